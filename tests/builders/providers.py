"""A provider whose answers a test writes down."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from engine.errors import ParameterError
from functions.providers import Bar, CorporateAction, Coverage


def bar(symbol: str, session: date, price: str = "10", **other: str | None) -> Bar:
    """A bar whose four prices are one price, unless told otherwise."""
    told = {**dict.fromkeys(("open", "high", "low", "close"), price), "volume": "1000", **other}
    values = {name: None if text is None else Decimal(text) for name, text in told.items()}
    return Bar(symbol, session, **values)


class WrittenProvider:
    """Tells what it was given, and remembers what it was asked for.

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
    ) -> None:
        self.rows = list(bars)
        self.listed = listed
        self.failing = list(failing)
        self.asked: list[tuple[str, date | None, date]] = []
        self.news = list(actions)
        self._careless = careless

    def symbols(self) -> Sequence[str]:
        return self.listed

    def coverage(self) -> Coverage | None:
        return None

    def bars(self, symbols: Sequence[str], after: date | None, until: date) -> list[Bar]:
        for symbol in symbols:
            self.asked.append((symbol, after, until))
            if symbol in self.failing:
                raise ParameterError(f"{symbol} does not answer")
        return [
            row
            for row in self.rows
            if row.symbol in symbols
            and (after is None or row.session > after)
            and (self._careless or row.session <= until)
        ]

    def actions(self, symbols: Sequence[str], until: date) -> list[CorporateAction]:
        return [
            action
            for action in self.news
            if action.symbol in symbols and (self._careless or action.ex_date <= until)
        ]
