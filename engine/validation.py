"""Whether bars can be computed with, asked once, when a market is built."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from engine.bars import (
    HIGHEST_PRICE,
    HIGHEST_VOLUME,
    LOWEST_PRICE,
    PRICES,
    Bars,
    QuotedPrices,
    ends_of,
    instant_text,
)
from engine.errors import DataError
from engine.money import Bools, Floats, Ints, frozen_all
from engine.shown import shown

_BY_ROW = ("sessions", "opens", "closes", "ends")


def checked(symbols: Sequence[str], bars: Bars) -> Bars:
    """Return the bars in the engine's types; DataError names the first row that cannot be.

    The price arrays come back read-only, so that no strategy can change what another sees. What
    was quoted without a trade has the middle for its prices, and every row knows its session's
    end, so that the first rows alone know it too.
    """
    if (bars.ask is None) != (bars.bid is None):
        raise DataError("bars have one of ask and bid alone; give both or neither")
    bars = Bars._make(
        [
            _typed("sessions", bars.sessions, "datetime64[D]"),
            *(_typed(name, getattr(bars, name), "int64") for name in ("opens", "closes")),
            *(_typed(name, getattr(bars, name), "float64") for name in Bars._fields[3:8]),
            *(_quotes(name, side) for name, side in (("ask", bars.ask), ("bid", bars.bid))),
            None if bars.ends is None else _typed("ends", bars.ends, "int64"),
        ]
    )
    _check_shapes(symbols, bars)
    _check_timeline(bars)
    bars = with_middle(bars)
    for wrong, what in wrong_values(bars):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise DataError(f"the bar of {symbols[column]} on {bars.name_of(int(row))} {what}")
    bars = bars._replace(ends=ends_of(bars))
    return frozen_all(bars)


def _typed(name: str, given: object, kind: str) -> np.ndarray:
    """A copy of what was given, in the engine's type."""
    try:
        return np.array(given, dtype=kind, order="C")
    except (TypeError, ValueError) as error:
        what = "days" if name == "sessions" else "numbers"
        raise DataError(f"{name} must be {what}: {error}; mend what is none") from error


def _quotes(name: str, side: QuotedPrices | None) -> QuotedPrices | None:
    if side is None:
        return None
    return QuotedPrices._make(
        _typed(f"{name} {of}", array, "float64") for of, array in zip(PRICES, side, strict=True)
    )


def _by_row(bars: Bars) -> list[tuple[str, np.ndarray]]:
    """Every array of shape (rows,) with its name."""
    return [(name, getattr(bars, name)) for name in _BY_ROW if getattr(bars, name) is not None]


def _arrays(bars: Bars) -> Iterator[tuple[str, Floats]]:
    """Yield every array of shape (rows, symbols) with its name."""
    yield from zip(Bars._fields[3:8], bars[3:8], strict=True)
    for name, side in (("ask", bars.ask), ("bid", bars.bid)):
        for of, array in zip(PRICES, side or (), strict=side is not None):
            yield f"{name} {of}", array


def check_symbols(symbols: Iterable[object]) -> None:
    """Raise DataError for a symbol that is no word."""
    for symbol in symbols:
        if not isinstance(symbol, str) or not symbol.strip() or not symbol.isprintable():
            raise DataError(f"a symbol must be text on one line like 'IBM', was {shown(symbol)}")


def _check_shapes(symbols: Sequence[str], bars: Bars) -> None:
    check_symbols(symbols)
    if len(set(symbols)) != len(symbols) or not symbols:
        raise DataError(f"symbols must be different and at least one, were {list(symbols)}")
    rows = len(bars.sessions)
    if rows == 0:
        raise DataError(f"no bars of {', '.join(symbols)}; give at least one session")
    for name, array in (*_by_row(bars), *_arrays(bars)):
        shape = (rows,) if name in _BY_ROW else (rows, len(symbols))
        if array.shape != shape:
            raise DataError(f"{name} must have shape {shape}, had {array.shape}")


def _check_timeline(bars: Bars) -> None:
    nameless = np.flatnonzero(np.isnat(bars.sessions))
    if len(nameless):
        closes = instant_text(bars.closes[nameless[0]])
        raise DataError(f"the row that closes at {closes} has no session; name it")
    late = np.flatnonzero(np.diff(bars.sessions).astype(np.int64) < 0)
    if len(late):
        before, after = bars.sessions[late[0]], bars.sessions[late[0] + 1]
        raise DataError(f"session {after} follows {before}; sort the rows by time")
    twice = np.flatnonzero(np.diff(bars.closes) == 0)
    if len(twice):
        raise DataError(f"two rows close at {instant_text(bars.closes[twice[0]])}; keep each once")
    overlapping = np.flatnonzero(bars.opens[1:] < bars.closes[:-1])
    if len(overlapping):
        row = overlapping[0] + 1
        opens, before = instant_text(bars.opens[row]), instant_text(bars.closes[row - 1])
        raise DataError(
            f"session {bars.sessions[row]} opens at {opens}, before the row before it closed at "
            f"{before}; mend its times"
        )
    inverted = np.flatnonzero(bars.opens >= bars.closes)
    if len(inverted):
        opens, closes = (instant_text(at[inverted[0]]) for at in (bars.opens, bars.closes))
        session = bars.sessions[inverted[0]]
        raise DataError(f"session {session} closes at {closes}, not after {opens}; mend its times")
    if bars.ends is not None:
        _check_ends(bars, bars.ends)


def _check_ends(bars: Bars, ends: Ints) -> None:
    early = np.flatnonzero(ends < bars.closes)
    if len(early):
        row = int(early[0])
        session, end = bars.sessions[row], instant_text(ends[row])
        closes = instant_text(bars.closes[row])
        raise DataError(
            f"session {session} ends at {end}, before a row of it closes at {closes}; "
            "mend ends, or leave them out"
        )
    same = bars.sessions[1:] == bars.sessions[:-1]
    apart = np.flatnonzero(same & (ends[1:] != ends[:-1]))
    if len(apart):
        one, other = (instant_text(ends[at]) for at in (apart[0], apart[0] + 1))
        session = bars.sessions[apart[0]]
        raise DataError(f"session {session} ends at {one} and at {other}; give all its rows one")


def wrong_values(bars: Bars) -> Iterator[tuple[Bools, str]]:
    """Yield where bars cannot be computed with, shape (rows, symbols), and what each has."""
    if bars.ask is not None and bars.bid is not None:
        yield from _wrong_quotes(bars.ask, bars.bid)
    whole = "give all of open, high, low and close, or none of them"
    yield _partly(np.stack(bars[3:7])), f"has a NaN inside; {whole}"
    yield from _wrong_side(QuotedPrices(*bars[3:7]), "")
    yield bars.volume < 0, "has a negative volume; give NaN where it is unknown"
    yield np.isinf(bars.volume), "has an infinite volume; give NaN for unknown"
    yield bars.volume > HIGHEST_VOLUME, "has a volume above 1e18; give other units"


def _wrong_quotes(ask: QuotedPrices, bid: QuotedPrices) -> Iterator[tuple[Bools, str]]:
    whole = "give all eight prices, or none of them"
    yield _partly(np.stack([*ask, *bid])), f"has a NaN inside its ask and bid; {whole}"
    for name, side in (("ask", ask), ("bid", bid)):
        yield from _wrong_side(side, f"{name} ")
    for name, asked, offered in (("open", ask.open, bid.open), ("close", ask.close, bid.close)):
        yield asked < offered, f"has its ask below its bid at the {name}; mend or leave it out"


def _wrong_side(side: QuotedPrices, of: str) -> Iterator[tuple[Bools, str]]:
    for name, price in zip(PRICES, side, strict=True):
        yield np.isinf(price), f"has an infinite {of}{name}; leave the bar out"
        yield price < LOWEST_PRICE, f"has {of}{name} below 1e-8; leave the bar out"
        yield price > HIGHEST_PRICE, f"has {of}{name} above 1e9; give other units"
    yield side.high < side.low, f"has its {of}high below its {of}low; mend or leave it out"
    for name, price in (("open", side.open), ("close", side.close)):
        outside = (price > side.high) | (price < side.low)
        yield outside, f"has its {of}{name} beyond {of}high or {of}low; mend or leave it out"


def _partly(prices: Floats) -> Bools:
    missing = np.isnan(prices)
    partly: Bools = np.asarray(missing.any(axis=0) & ~missing.all(axis=0))
    return partly


def with_middle(bars: Bars) -> Bars:
    """Return the bars with the middle for their prices where they were quoted without a trade."""
    if bars.ask is None or bars.bid is None:
        return bars
    untraded = np.isnan(np.stack(bars[3:7])).all(axis=0)
    open_, high, low, close = (
        np.where(untraded, (asked + offered) / 2, trade)
        for trade, asked, offered in zip(bars[3:7], bars.ask, bars.bid, strict=True)
    )
    return bars._replace(open=open_, high=high, low=low, close=close)
