"""The state of the market data, as the API shows it."""

from datetime import date
from typing import ClassVar

from pydantic import Field, TypeAdapter

from functions.api.fields import SYMBOL, SYMBOLS, Document, Instant, Json, Question
from functions.api.paging import Page, Window

_BAR = r"^(1d|1h|30m|15m|5m|1m)$"
_SOURCE = r"^[a-z][a-z0-9_-]{0,49}$"


class Series(Document):
    """The bars of one symbol, of one length, from one provider."""

    symbol: str = Field(examples=["AAPL"])
    source: str = Field(description="The provider that they are from.", examples=["sample"])
    bar: str = Field(description="How long each of them is.", examples=["1d"])
    calendar: str = Field(description="The market whose sessions they follow.", examples=["XNYS"])
    first: Instant | None = Field(description="The start of the oldest bar; null without one.")
    last: Instant | None = Field(description="The start of the newest bar.")
    bars: int = Field(description="How many there are.", examples=[3313])
    expected: int = Field(
        description="How many the calendar has from the first to the end of the newest's session."
    )
    coverage: float | None = Field(
        description="bars as a share of expected; null where none was expected.", examples=[0.9994]
    )
    gap_count: int = Field(description="Stretches without a bar where there should be some.")
    overdue: int = Field(description="Sessions that closed since the newest bar.")
    quarantined: int = Field(description="Refused rows that are not used, each with a reason.")
    noted: int = Field(
        description="Oddities of its bars; all but those outside trading hours are used."
    )
    restated: int = Field(description="Bars that the provider told differently later.")
    failure: str | None = Field(description="Why the provider last gave nothing, where it did.")
    checked_at: Instant


class SeriesPage(Page[Series]):
    """Series of bars by symbol, source and length."""


class Gap(Document):
    """Bars that the calendar has and the provider did not give, in a row."""

    first: Instant = Field(description="The start of the first that is missing.")
    last: Instant
    bars: int = Field(description="How many are missing.")


class SeriesDetail(Series):
    """One series, with its gaps."""

    gaps: list[Gap] = Field(description="Oldest first.")


class Refused(Document):
    """A row that nobody may compute with."""

    series: str = Field(description="The provider, and the length where that is not a session.")
    time: str = Field(description="The bar's start, as the provider wrote it.")
    row: Json = Field(description="What the provider gave.")
    reason: str = Field(examples=["low 62.1 is above open 61.5"])
    seen_at: Instant


class Noted(Document):
    """What is odd in a bar, but possible."""

    series: str
    time: Instant = Field(description="The bar's start.")
    kind: str = Field(examples=["no volume"])
    seen_at: Instant


class Restatement(Document):
    """A bar that was told differently later; what was recorded keeps the version it read."""

    series: str
    time: Instant
    bar: str
    version: int = Field(description="The version that this made; the bar as first seen is 1.")
    reason: str = Field(examples=["the provider restated it: close was 61.5"])
    seen_at: Instant


class MarketAction(Document):
    """Something that happened to a share, as a provider told it."""

    source: str
    ex_date: date
    kind: str = Field(examples=["split"])
    value: str | None = Field(
        description="New shares for one old, or cash per share; null where there is none."
    )
    detail: str | None = Field(description="The symbol it goes on under, for a rename.")
    seen_at: Instant


class SymbolHealth(Document):
    """All that is known of one symbol's bars; of the four last lists the newest 100."""

    symbol: str
    series: list[SeriesDetail]
    quarantined: list[Refused] = Field(description="Rows refused, the newest first.")
    noted: list[Noted] = Field(description="What is odd in bars, the newest of them first.")
    restated: list[Restatement] = Field(description="Later versions, the newest first.")
    actions: list[MarketAction] = Field(
        description="Splits, dividends, renames and delistings, the newest first."
    )


class SymbolSeries(Document):
    """One series in short."""

    source: str
    bar: str
    calendar: str


class Symbol(Document):
    """A symbol that there are bars of, or that were asked for."""

    symbol: str
    first: Instant | None
    last: Instant | None
    series: list[SymbolSeries]


class SymbolPage(Page[Symbol]):
    """Symbols in order."""


class _Filters(Question):
    source: str | None = Field(
        None, pattern=_SOURCE, description="Only from this provider.", examples=["sample"]
    )
    bar: str | None = Field(
        None, pattern=_BAR, description="Only bars of this length.", examples=["1d", "1h"]
    )
    symbol: str | None = Field(
        None, pattern=SYMBOL, description="Only of this symbol.", examples=SYMBOLS
    )

    @property
    def filters(self) -> dict[str, object]:
        """The same in the store's words."""
        return {"source": self.source, "bar": self.bar, "symbol": self.symbol}


class HealthQuestion(Window, _Filters):
    """Which series."""

    keys: ClassVar = ("symbol", "source", "bar")
    place: ClassVar = TypeAdapter(tuple[str, str, str])


class SymbolQuestion(Window, _Filters):
    """Which symbols."""

    keys: ClassVar = ("symbol",)
    place: ClassVar = TypeAdapter(tuple[str])
