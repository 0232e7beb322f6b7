"""What was typed, as values; what cannot be is a ParameterError that names the option."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from engine import metrics
from engine.errors import ParameterError
from engine.metrics import Metric
from functions import providers

MOST_SYMBOLS = 5
"""How many of a provider's symbols are taken where none are named."""


def symbols_of(text: str) -> tuple[str, ...]:
    """Read AAPL,MSFT, each once."""
    names = [name.strip().upper() for name in text.split(",")]
    if not all(names) or len(set(names)) != len(names):
        raise ParameterError(f"--symbols must be like AAPL,MSFT, each once, was {text!r}")
    return tuple(names)


def symbols_or_first(text: str | None, provider: str) -> tuple[str, ...]:
    """Read symbols; where none are given, take the provider's first five."""
    if text is not None:
        return symbols_of(text)
    listed = providers.get(provider).symbols()
    if not listed:
        raise ParameterError(f"the {provider} provider lists no symbols; name some with --symbols")
    return tuple(listed[:MOST_SYMBOLS])


def day_of(name: str, text: str | None) -> date | None:
    """Read an option's day."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise ParameterError(f"--{name} must be a day like 2005-01-01, was {text!r}") from None


def money_of(text: str) -> str:
    """Read an account's cash."""
    try:
        money = Decimal(text)
    except InvalidOperation:
        money = Decimal(0)
    if not money.is_finite() or not 0 < money <= 10**9:
        raise ParameterError(f"--cash must be an amount from above 0 to 1000000000, was {text!r}")
    return text


def metrics_of(text: str | None) -> tuple[str, ...]:
    """Read metrics by name, each once, in the order given; nothing given means all of them."""
    if text is None:
        return ()
    names = dict.fromkeys(name.strip() for name in text.split(","))
    if "" in names:
        raise ParameterError(f"--metrics must be like cagr,sharpe_ratio, was {text!r}")
    return tuple(metric_of(name).name for name in names)


def metric_of(name: str) -> Metric:
    """Return a metric; its error names those that are near, never the whole catalogue."""
    known = metrics.names()
    if name in known:
        return metrics.get(name)
    near = get_close_matches(name, known, n=1)
    near = near or [one for one in known if len(name) > 1 and name in one][:3]
    told = (
        f"did you mean {' or '.join(map(repr, near))}?" if near else "`robotplug metrics` has all"
    )
    raise ParameterError(f"no metric named {name!r}; {told}")


def chosen(names: Iterable[str], among: Iterable[str]) -> list[str]:
    """Return the metrics to show: those that were chosen, else all there are."""
    return list(names) or list(among)
