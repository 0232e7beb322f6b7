"""Where market data comes from: one module per provider.

A provider's module has an object `provider` that offers what Provider lists; so does the entry
point of another distribution, which is that object itself. A provider knows no clock and no
calendar: it is told up to which instant it may look. Amounts are exact decimals.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from inspect import getattr_static
from types import ModuleType
from typing import Literal, NamedTuple, Protocol, cast, runtime_checkable

from engine.errors import ParameterError, RobotPlugError
from engine.plugins import Plugins

__all__ = [
    "Bar",
    "CorporateAction",
    "Coverage",
    "Facts",
    "Fetched",
    "Provider",
    "ProviderError",
    "Request",
    "Unread",
    "failures",
    "get",
    "names",
]

Adjusted = Literal["none", "splits", "all"]


class ProviderError(RobotPlugError):
    """A provider did not answer, or not usably; asking again later may help."""


class Bar(NamedTuple):
    """What one symbol did in one bar; volume is None where nobody counted it.

    starts: the bar's first instant in UTC; of a daily bar its session's date at midnight UTC.
    """

    symbol: str
    starts: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal | None


class CorporateAction(NamedTuple):
    """Something that happened to a share, on its ex-date.

    kind: `split` (value: new shares per old one), `dividend` or `special_dividend` (cash per
        share), `delisting` (cash per share; None: its last close), `rename` (detail: the symbol
        it goes on under).
    """

    symbol: str
    ex_date: date
    kind: str
    value: Decimal | None
    detail: str | None = None


class Coverage(NamedTuple):
    """The first and the last session that a provider will ever have."""

    first: date
    last: date


class Facts(NamedTuple):
    """What is true of all that a provider tells.

    calendar: the market's code that its bars follow unless told otherwise. lengths: the bars it
    has, of `1d 1h 30m 15m 5m 1m`. anchor: where an intraday bar begins, counted from the
    session's `open` or from the full hour of the `clock`.
    """

    calendar: str
    lengths: tuple[str, ...]
    anchor: Literal["open", "clock"] = "open"


class Request(NamedTuple):
    """One question about one symbol: bars that start later than `after` and before `until`."""

    symbol: str
    length: str
    after: datetime | None
    until: datetime


class Unread(NamedTuple):
    """A row that is no bar, or no action, with the reason.

    at: when its bar began, or what it says of that. row: its cells as they are written.
    """

    symbol: str
    at: datetime | str
    row: Mapping[str, str | None]
    reason: str
    action: bool = False


class Fetched(NamedTuple):
    """An answer: bars by start, each once, and all actions with an ex-date before `until`.

    adjusted: what the prices had been adjusted for when they were read. unread: rows that stop
    no other.
    """

    bars: Sequence[Bar]
    actions: Sequence[CorporateAction]
    adjusted: Adjusted = "none"
    unread: Sequence[Unread] = ()


@runtime_checkable
class Provider(Protocol):
    """Bars and corporate actions by symbol."""

    @property
    def facts(self) -> Facts:
        """What is true of all it tells."""

    def symbols(self) -> Sequence[str]:
        """Return what it has, in order; nothing when that cannot be listed."""

    def coverage(self) -> Coverage | None:
        """Return the sessions it has; None when it goes on."""

    def fetch(self, request: Request) -> Fetched:
        """Answer one question; a number that it cannot read is NaN, or its row is unread.

        ParameterError for a symbol or length that it does not have; ProviderError where it
        does not answer.
        """


def _pick(thing: object) -> Provider:
    provider = getattr(thing, "provider", None) if isinstance(thing, ModuleType) else thing
    for name in ("facts", "symbols", "coverage", "fetch"):
        # Without calling it: what facts says may need settings that are not there.
        if getattr_static(provider, name, None) is None:
            raise ParameterError(f"it has no `provider` with {name}; Provider lists what it needs")
    return cast("Provider", provider)


_plugins = Plugins("provider", "functions.providers", "tradingrobotplug.providers", _pick)
names = _plugins.names
get = _plugins.get
failures = _plugins.failures
