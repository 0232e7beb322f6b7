"""Whether a robot can be registered: its bars are long enough, and its symbols have some."""

from engine.errors import DataError, ParameterError, unknown
from functions import providers
from functions.services.market.grid import DAY, check_length
from functions.services.market.slots import Slot
from functions.services.record.archive import Tapes
from functions.store.tapes import Feed, Named

ROBOT_BARS = (DAY, "1h")


def check_bar(bar: str) -> None:
    """ParameterError for bars so short that no slot could replay a robot from its begin."""
    if check_length(bar) not in ROBOT_BARS:
        raise ParameterError(
            f"a robot's bar must be {' or '.join(ROBOT_BARS)}, was {bar!r}: robots on shorter bars "
            "need checkpoints with a declared history, which are not there yet; run backtests on "
            "such bars"
        )


def admitted(archive: Tapes, feed: Feed, at_slot: Slot, history: Named | None) -> Named:
    """Return a robot's history where its symbols are such that a provider has.

    One without a bar may be listed later. DataError where none has any, or why one could not be
    read; ParameterError names one that the provider lacks.
    """
    there = {bar.symbol for bar in history[1].bars} if history else set()
    lacking = [symbol for symbol in feed.symbols if symbol not in there]
    failures = archive.failures(feed) if lacking else {}
    told = [failures[symbol] for symbol in lacking if symbol in failures]
    if told:
        raise _without_bars(feed._replace(symbols=lacking), at_slot, "; ".join(told))
    if history is None:
        raise _without_bars(feed, at_slot)
    if lacking:
        _check_listed(feed.source, lacking)
    return history


def _check_listed(source: str, symbols: list[str]) -> None:
    provider = providers.get(source)
    if provider.coverage() is None:
        return  # What it lists are suggestions.
    listed = provider.symbols()
    for symbol in symbols:
        if symbol not in listed:
            raise unknown(f"symbol of the {source} provider", symbol, listed)


def _without_bars(feed: Feed, at_slot: Slot, reason: str = "") -> DataError:
    way_out = f"{reason}; mend that and collect them first" if reason else "collect them first"
    return DataError(
        f"no bars of {', '.join(feed.symbols)} from the {feed.source} provider up to {at_slot}; "
        f"{way_out}"
    )
