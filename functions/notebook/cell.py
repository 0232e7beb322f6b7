"""A backtest as the output of a notebook's cell: its headline figures and its equity."""

import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from functions.charts import equity
from functions.charts.palette import DARK, LIGHT, Palette
from functions.charts.subject import LONGEST, Subject
from functions.services.reporting.daily import beside, equity_of, marks_of, measured
from functions.services.reporting.drawings import benchmark_name
from functions.services.reporting.figures import Beside, headline
from functions.services.reporting.finished import Finished
from functions.services.reporting.numerals import LONG, counted, rows_told

SYMBOLS_TOLD = 8


def html(finished: Finished) -> str:
    """Return a fragment that needs no script; it is dark where the notebook says that it is."""
    return _template().render(
        style=_style(),
        chart=_chart(finished),
        name=finished.run.strategy,
        about=_about(finished),
        benchmark=benchmark_name(finished),
        figures=_figures(finished),
        notes=finished.notes,
    )


def text(finished: Finished) -> str:
    """Return the same figures as lines of plain text."""
    told = [(one.run.title, one.run.value, one.run.interval) for one in _figures(finished)]
    width = max(len(title) for title, *_ in told)
    return "\n".join(
        [
            f"{finished.run.strategy}, simulated: {'; '.join(_about(finished))}",
            *(
                f"{title:<{width}}  {value:>10}  {f'95%: {between}' if between else ''}".rstrip()
                for title, value, between in told
            ),
            *finished.notes,
        ]
    )


def _about(finished: Finished) -> list[str]:
    run, symbols = finished.run, finished.run.market.symbols
    more = [f"{len(symbols) - SYMBOLS_TOLD} more"] if len(symbols) > SYMBOLS_TOLD else []
    values = ", ".join(f"{name} {value}" for name, value in run.parameters.items())
    return [
        *([values] if values else []),
        ", ".join([*symbols[:SYMBOLS_TOLD], *more]),
        f"{run.sessions[0]} to {run.sessions[-1]}",
        f"{rows_told(len(run.sessions), finished.length)}, {counted(len(run.fills), 'fill')}",
        f"{finished.periods_per_year:g} {_each(finished.length)} a year",
    ]


def _each(length: str) -> str:
    return f"{LONG[length]} bars" if length in LONG else "sessions"


def _figures(finished: Finished) -> list[Beside]:
    return headline(finished, beside(finished, measured(finished)))


def _chart(finished: Finished) -> Markup:
    """The equity; a notebook may show several, so that each has ids of its own."""
    document, fills = equity_of(finished, measured(finished)), marks_of(finished.run)
    own = hashlib.sha256(f"{document}{fills}".encode()).hexdigest()[:12]
    subject = Subject(f"run-{own}", finished.run.strategy[:LONGEST], benchmark_name(finished))
    return Markup(equity.svg(subject, document, fills, steep=0.0))  # noqa: S704 - it escapes


@cache
def _style() -> Markup:
    """The style, with the colours of light and dark as every chart has them."""
    rules = files(__package__).joinpath("cell.css").read_text(encoding="utf-8")
    colours = {"LIGHT": _tokens(LIGHT), "DARK": _tokens(DARK)}
    for name, tokens in colours.items():
        rules = rules.replace(f"/* {name} */", tokens)
    return Markup(rules)  # noqa: S704 - this package's own file


def _tokens(palette: Palette) -> str:
    return " ".join(f"{name}: {colour};" for name, colour in palette.tokens().items())


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__package__, "."), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("cell.html")
