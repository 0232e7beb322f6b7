"""A strategy run for its decisions alone, from its module as it was written or as a run left it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.util import module_from_spec
from types import TracebackType
from typing import NamedTuple

from engine.asked import Asked
from engine.broker import Now
from engine.decisions import orders_of
from engine.market import Market
from engine.options import Options
from engine.parameters import Value
from engine.simulation import simulate
from engine.strategy import Strategy


class Raised(NamedTuple):
    """What a strategy raised instead of deciding; row: of the bar it was at, None before any."""

    row: int | None
    error: BaseException

    def __str__(self) -> str:
        return f"{type(self.error).__name__}: {self.error}"


@dataclass(frozen=True)
class Rehearsal:
    """A strategy with all that it is run with."""

    strategy: type[Strategy]
    values: Mapping[str, Value]
    options: Options
    start: date | datetime | None = None

    @property
    def by_bar(self) -> bool:
        """Whether it decides bar by bar."""
        return self.strategy.event_driven()

    def anew(self) -> type[Strategy]:
        """Return the class from its module executed once more.

        The class itself where it is not its module's own, as one that a function made.
        """
        spec = getattr(sys.modules.get(self.strategy.__module__), "__spec__", None)
        if spec is None or spec.loader is None or "." in self.strategy.__qualname__:
            return self.strategy
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        again: type[Strategy] = getattr(module, self.strategy.__name__)
        return again

    def decide(self, market: Market, strategy: type[Strategy] | None = None) -> Asked:
        """Return all that it asks for; strategy: the class as an earlier run left it.

        What the strategy raises goes on its way.
        """
        fresh = (strategy or self.anew())(**self.values)
        if fresh.event_driven():
            run = simulate(fresh, market, start=self.start, options=self.options)
            return Asked.of(run.state.orders)
        weights = fresh.targets(market)
        return Asked.of(orders_of(weights, market, market.row_of(self.start), fresh.rebalance))

    def tried(self, market: Market, strategy: type[Strategy] | None = None) -> Asked | Raised:
        """Decide, over bars that may be too few for it."""
        try:
            return self.decide(market, strategy)
        except (Exception, SystemExit) as error:  # whatever a strategy raises
            return Raised(_row_of(error.__traceback__), error)


def _row_of(trace: TracebackType | None) -> int | None:
    """The row at which `on_bar` was, from what its frame has in hand."""
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "on_bar":
            hands = trace.tb_frame.f_locals.values()
            return next((each.row for each in hands if isinstance(each, Now)), None)
        trace = trace.tb_next
    return None
