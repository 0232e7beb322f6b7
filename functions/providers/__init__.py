"""Where market data comes from: one module per provider.

A provider's module has an object `provider` that offers what Provider lists; so does the entry
point of another distribution, which is that object itself. Prices are raw, as traded; amounts
are exact decimals. A provider knows no clock: it is told the last session that has closed.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import NamedTuple, Protocol, runtime_checkable

from engine.errors import ParameterError
from engine.plugins import Plugins

__all__ = ["Bar", "CorporateAction", "Coverage", "Provider", "failures", "get", "names"]


class Bar(NamedTuple):
    """What one symbol did in one session; volume is None where nobody counted it."""

    symbol: str
    session: date
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal | None


class CorporateAction(NamedTuple):
    """A `split` (new shares per old one) or a `dividend` (cash per share), on its ex-date."""

    symbol: str
    ex_date: date
    kind: str
    value: Decimal


class Coverage(NamedTuple):
    """The first and the last session that a provider will ever have."""

    first: date
    last: date


@runtime_checkable
class Provider(Protocol):
    """Daily bars and corporate actions by symbol."""

    def symbols(self) -> Sequence[str]:
        """Return what it has, in order; nothing when that cannot be listed."""

    def coverage(self) -> Coverage | None:
        """Return the sessions it has; None when it goes on."""

    def bars(self, symbols: Sequence[str], after: date | None, until: date) -> Sequence[Bar]:
        """Return the bars of sessions later than `after`, up to and with `until`.

        In order of symbol and session, each once. A number that it cannot read is NaN.
        ParameterError names a symbol that it does not have.
        """

    def actions(self, symbols: Sequence[str], until: date) -> Sequence[CorporateAction]:
        """Return the actions known when `until` closed: those with an ex-date up to it."""


def _pick(thing: object) -> Provider:
    provider = getattr(thing, "provider", None) if isinstance(thing, ModuleType) else thing
    if not isinstance(provider, Provider):
        raise ParameterError("it has no `provider` with symbols, coverage, bars and actions")
    return provider


_plugins = Plugins("provider", "functions.providers", "tradingrobotplug.providers", _pick)
names = _plugins.names
get = _plugins.get
failures = _plugins.failures
