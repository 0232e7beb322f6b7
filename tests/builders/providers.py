"""A provider whose answers a test writes down."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from functions.providers import (
    Adjusted,
    Bar,
    CorporateAction,
    Coverage,
    Facts,
    Fetched,
    ProviderError,
    Request,
)


def bar(symbol: str, starts: date, price: str = "10", **other: str | None) -> Bar:
    """A bar whose four prices are one price, unless told otherwise.

    starts: an instant, or the session of a daily bar.
    """
    told = {**dict.fromkeys(("open", "high", "low", "close"), price), "volume": "1000", **other}
    values = {name: None if text is None else Decimal(text) for name, text in told.items()}
    instant = starts if isinstance(starts, datetime) else datetime.combine(starts, time(), UTC)
    return Bar(symbol, instant, **values)


DAYS = Facts("XNYS", ("1d",))


class WrittenProvider:
    """Tells what it was given, and remembers what it was asked for.

    bars: of the first length that facts name; those of others by length in `finer`.
    careless: it also tells what lies after the range it is asked for.
    """

    def __init__(
        self,
        bars: Iterable[Bar] = (),
        actions: Iterable[CorporateAction] = (),
        *,
        listed: Sequence[str] = (),
        failing: Sequence[str] = (),
        careless: bool = False,
        facts: Facts = DAYS,
        finer: Mapping[str, Iterable[Bar]] | None = None,
        adjusted: Adjusted = "none",
    ) -> None:
        self.facts = facts
        self.rows = list(bars)
        self.finer = {length: list(rows) for length, rows in (finer or {}).items()}
        self.listed = listed
        self.failing = list(failing)
        self.asked: list[Request] = []
        self.news = list(actions)
        self.adjusted: Adjusted = adjusted
        self._careless = careless

    def symbols(self) -> Sequence[str]:
        return self.listed

    def coverage(self) -> Coverage | None:
        return None

    def fetch(self, request: Request) -> Fetched:
        self.asked.append(request)
        symbol, length, after, until = request
        if symbol in self.failing:
            raise ProviderError(f"{symbol} does not answer")
        rows = self.rows if length == self.facts.lengths[0] else self.finer.get(length, [])
        bars = [
            row
            for row in rows
            if row.symbol == symbol
            and (after is None or row.starts > after)
            and (self._careless or row.starts < until)
        ]
        actions = [
            action
            for action in self.news
            if action.symbol == symbol
            and (self._careless or datetime.combine(action.ex_date, time(), UTC) < until)
        ]
        return Fetched(bars, actions, self.adjusted)
