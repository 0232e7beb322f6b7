"""What the shell offers after TAB; whatever goes wrong there offers nothing.

What a function is called with, typer reads from its signature: it must not look like another.
"""

from collections.abc import Callable, Iterable

import typer

_WORDS = Callable[[typer.Context, str], Iterable[str]]


def _offered(words: _WORDS) -> Callable[[typer.Context, str], list[str]]:
    """Offer those words that go on from what is typed."""

    def offer(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            return [word for word in words(ctx, incomplete) if word.startswith(incomplete)]
        except Exception:  # a traceback in the middle of a line that is being typed helps nobody
            return []

    return offer


def _listed(words: _WORDS) -> Callable[[typer.Context, str], list[str]]:
    """Offer words for the last place of a list with commas, each once."""

    def offer(ctx: typer.Context, incomplete: str) -> list[str]:
        before, comma, _ = incomplete.rpartition(",")
        there = before.upper().split(",")
        return [before + comma + one for one in words(ctx, incomplete) if one.upper() not in there]

    return _offered(offer)


@_offered
def strategies(_ctx: typer.Context, incomplete: str) -> Iterable[str]:
    """Built-in and installed strategies, and files."""
    from pathlib import Path

    import strategies as found

    folder = Path(incomplete).parent if "/" in incomplete else Path()
    return [*found.names(), *(str(path) for path in sorted(folder.glob("*.py")))]


@_offered
def runs(ctx: typer.Context, incomplete: str) -> Iterable[str]:
    """Strategies and saved runs."""
    from pathlib import Path

    folder = Path(incomplete).parent if "/" in incomplete else Path()
    return [*strategies(ctx, incomplete), *(str(path) for path in sorted(folder.glob("*.run")))]


@_offered
def providers(_ctx: typer.Context, _incomplete: str) -> Iterable[str]:
    """Where bars come from."""
    from functions import providers as found

    return found.names()


@_offered
def bar_lengths(_ctx: typer.Context, _incomplete: str) -> Iterable[str]:
    """How long bars last."""
    return ("1d", "1h", "30m", "15m", "5m", "1m")


@_listed
def symbols(ctx: typer.Context, _incomplete: str) -> Iterable[str]:
    """What the provider lists, behind what is there already."""
    from functions import providers as found

    return found.get(str(ctx.params.get("provider") or "sample")).symbols()


@_listed
def metrics(_ctx: typer.Context, _incomplete: str) -> Iterable[str]:
    """Metrics of the catalogue, behind what is there already."""
    from engine import metrics as found

    return found.names()


@_offered
def cost_models(_ctx: typer.Context, _incomplete: str) -> Iterable[str]:
    """What trading costs, by name."""
    from engine import cost_models as found

    return found.names()


@_offered
def fills(_ctx: typer.Context, _incomplete: str) -> Iterable[str]:
    """When orders fill."""
    from engine.options import FILLS

    return FILLS


@_offered
def settings(ctx: typer.Context, _incomplete: str) -> Iterable[str]:
    """Parameters of the strategy that was named, and options."""
    from engine.options import NAMES
    from functions.local.strategy_source import find_strategy

    # An option without its value leaves the words before it unread.
    named = str(ctx.params.get("strategy") or next(iter(ctx.args), ""))
    declared = find_strategy(named).parameters() if named else ()
    return [f"{name}=" for name in (*(one.name for one in declared), *NAMES)]


@_offered
def robots(_ctx: typer.Context, _incomplete: str) -> Iterable[str]:
    """The public robots of the platform that runs here."""
    from functions.local.published import league
    from functions.local.settings import read_port

    return [robot["slug"] for robot in league(read_port())["robots"]]
