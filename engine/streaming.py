"""A run that grows bar by bar: the same ledger as one call over all of its bars."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

import numpy as np

from engine.account import Account
from engine.bars import Action, Bars, joined
from engine.continuing import Played, Terms, play_on
from engine.errors import DataError, ParameterError
from engine.events import Event, told_events
from engine.market import Market
from engine.options import Options
from engine.run import Run
from engine.saving import (
    actions_from_list,
    actions_to_list,
    bars_from_dict,
    bars_to_dict,
    start_from_text,
)
from engine.simulation import DEFAULT_CASH, RULES_VERSION, simulate
from engine.strategy import Strategy

ONE_DAY = np.timedelta64(1, "D")
Part = TypeVar("Part")


class Stream:
    """A strategy that is given its bars as they close.

    The bars of a session with several rows must tell when it ends (`Bars.ends`).
    """

    def __init__(
        self,
        strategy: Strategy | type[Strategy],
        symbols: Sequence[str],
        *,
        start: date | datetime | None = None,
        opening: Account | None = None,
        options: Options | None = None,
    ) -> None:
        self._given = strategy() if isinstance(strategy, type) else strategy
        self._symbols, self._start = tuple(symbols), start
        self._opening = opening or Account.of_cash(DEFAULT_CASH)
        self._options = options or Options()
        self._bars: Bars | None = None
        self._actions: tuple[Action, ...] = ()
        self._market: Market | None = None
        self._played: Played | None = None
        self._told = 0  # rows whose events push has returned

    def push(self, bars: Bars, actions: Sequence[Action] = ()) -> tuple[Event, ...]:
        """Play one row or more, and return what happened in them.

        actions: what became known with these bars. One whose ex-date has been played is booked
        late, when it is seen: with these bars, or else on the next day.
        """
        actions = (*self._actions, *(self._seen(each, bars) for each in actions))
        bars = bars if self._bars is None else joined(self._bars, bars)
        market = Market.build(self._symbols, bars, actions)
        before, self._played = self._played, None  # what fails half-way is played again
        played = self._play(market, before)
        self._bars, self._actions, self._market, self._played = bars, actions, market, played
        told, self._told = self._told, len(market.sessions)
        return () if played is None else self._news(market, played, told)

    @property
    def run(self) -> Run:
        """The run so far, as one call over the bars so far gives it."""
        if self._market is None or self._played is None:
            raise DataError(f"no bars of {', '.join(self._symbols)} were pushed yet; push some")
        market, start, opening = self._market, self._start, self._opening
        again = partial(simulate, self._given, market, start=start, opening=opening)
        if self._options.close_at_end:  # which bar of a stream is the last, only its end tells
            return again(options=self._options)
        name, values = type(self._given).__name__, self._given.parameters_dict()
        state, row = _copied(self._played.state), market.row_of(start)
        return Run(market, name, values, self._options, opening, row, state, again)

    def save(self) -> dict[str, Any]:
        """Return all that the stream is made of, as values that JSON can hold."""
        return {
            "rules": RULES_VERSION,
            "strategy": type(self._given).__name__,
            "parameters": self._given.parameters_dict(),
            "symbols": list(self._symbols),
            "start": None if self._start is None else self._start.isoformat(),
            "opening": self._opening.to_dict(),
            "options": self._options.to_dict(),
            "bars": None if self._bars is None else bars_to_dict(self._bars),
            "actions": actions_to_list(self._actions),
        }

    @classmethod
    def load(cls, strategy: Strategy | type[Strategy], saved: Mapping[str, Any]) -> "Stream":
        """Take what `save` gave, and go on; a class gets the parameters that were saved."""
        given = strategy(**saved["parameters"]) if isinstance(strategy, type) else strategy
        now = RULES_VERSION, type(given).__name__, given.parameters_dict()
        then = saved["rules"], saved["strategy"], saved["parameters"]
        for what, one, other in zip(("rules", "strategy", "parameters"), now, then, strict=True):
            if one != other:
                raise ParameterError(
                    f"the stream was saved with {what} {other}, here they are {one}; give the "
                    "same, or push the bars to a new stream"
                )
        stream = cls(
            given,
            saved["symbols"],
            start=start_from_text(saved["start"]),
            opening=Account.from_dict(saved["opening"]),
            options=Options.from_dict(saved["options"]),
        )
        if saved["bars"] is not None:
            stream.push(bars_from_dict(saved["bars"]), actions_from_list(saved["actions"]))
        return stream

    def _seen(self, action: Action, bars: Bars) -> Action:
        """Mark what came after its ex-date was played."""
        if self._bars is None or action.seen is not None:
            return action
        last = self._bars.sessions[-1]
        if np.datetime64(action.ex_date, "D") > last:
            return action
        return action._replace(seen=max(bars.sessions[0], last + ONE_DAY).item())

    def _play(self, market: Market, before: Played | None) -> Played | None:
        try:
            row = market.row_of(self._start)
        except DataError:  # what was pushed so far is history
            return None
        return play_on(Terms(self._given, self._opening, self._options, row), market, before)

    def _news(self, market: Market, played: Played, first: int) -> tuple[Event, ...]:
        """What happened from a row on."""
        events = played.state.events
        place = int(np.searchsorted(events.row[: int(events.used[0])], first))
        return told_events(played.state, market, played.orders, self._opening, first=place)


def _copied(part: Part) -> Part:
    """Copy arrays, also within tuples of them."""
    if isinstance(part, np.ndarray):
        return part.copy()
    if isinstance(part, tuple):
        return type(part)(*(_copied(each) for each in part))
    return part
