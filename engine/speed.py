"""When the loop is compiled: once this process has played so many bars that it pays."""

import math
import warnings
from threading import Lock
from typing import TYPE_CHECKING

from engine.loop import advance, decide, next_busy
from engine.prices import Prices
from engine.state import Rules, State

if TYPE_CHECKING:
    from engine.compiled import Bound, Compiled

# What counts as one takes 0.05 to 0.3 ms plain. Loading machine code takes 0.7 s, with Numba's
# import; making it takes 25 s. Each is begun when about as much was spent without it.
LOAD_AFTER = 5_000
COMPILE_AFTER = 170_000


class Pace:
    """How far this process has come, and whether it has the compiled loop yet.

    load_after, compile_after: how much is played plain before machine code is looked for on disk,
    and before it is made; infinity for never. A bar counts as one, and so does each order that
    waits for it. folder: where machine code is kept, by default the user's own cache folder.
    """

    def __init__(
        self,
        load_after: float = LOAD_AFTER,
        compile_after: float = COMPILE_AFTER,
        folder: str = "",
    ) -> None:
        self.played = 0
        self.compiled: Compiled | None = None
        self._due, self._compile_after, self._folder = load_after, compile_after, folder
        self._lock = Lock()

    def take(self, state: State, prices: Prices, rules: Rules) -> "Bound | None":
        """Return the compiled loop over these arrays, or None while it does not pay."""
        if self.compiled is None and self.played >= self._due and self._lock.acquire(False):
            try:  # other threads go on plain meanwhile
                if self.compiled is None:
                    self._prepare(state, prices, rules)
            finally:
                self._lock.release()
        return None if self.compiled is None else self.compiled.bound(prices, rules)

    def _prepare(self, state: State, prices: Prices, rules: Rules) -> None:
        due, self._due = self._due, math.inf
        try:
            self.compiled = self._had(state, prices, rules)
        except ImportError:  # no Numba here, or none for this NumPy
            return
        except Exception as error:
            warnings.warn(_cannot(error, self._folder), RuntimeWarning, stacklevel=2)
            return
        if self.compiled is None and due < self._compile_after:
            self._due = self._compile_after

    def _had(self, state: State, prices: Prices, rules: Rules) -> "Compiled | None":
        from engine.compiled import Compiled

        found = Compiled(state, prices, rules, self._folder)
        due = self.played >= self._compile_after
        if found.switched_off or not (due or found.stored()):
            return None
        found.compile()
        return found


def _cannot(error: Exception, folder: str) -> str:
    kept = folder or "tradingrobotplug in your cache folder, or in NUMBA_CACHE_DIR"
    return (
        f"the compiled loop cannot be had ({type(error).__name__}: {error}); the plain one goes "
        f"on, slower; remove {kept} to have it made anew"
    )


PACE = Pace()


class Loop:
    """The one loop over a run's prices, plain or compiled: the same rules, the same ledger."""

    def __init__(self, prices: Prices, rules: Rules) -> None:
        self._prices, self._rules = prices, rules
        self._plain = rules.fees.own is not None or rules.slippage.own is not None
        self._compiled: Bound | None = None

    def advance(self, state: State, start: int, stop: int) -> int:
        """Play rows as `engine.loop.advance` does."""
        while start < stop:
            if self._is_compiled(state) and self._compiled:
                return self._compiled.advance(state, start, stop)
            row = next_busy(state, self._prices, start, stop)
            if row < stop:
                PACE.played += 1 + int(state.waiting.used[0])
                if (reached := advance(state, self._prices, self._rules, row, row + 1)) <= row:
                    return reached
            start = row + 1
        return stop

    def decide(self, state: State, row: int) -> None:
        """Take in what was decided, as `engine.loop.decide` does."""
        if self._is_compiled(state) and self._compiled:
            self._compiled.decide(state, row)
        else:
            decide(state, self._prices, self._rules, row)

    def next_busy(self, state: State, start: int, stop: int) -> int:
        """Find the next row at which anything can happen, as `engine.loop.next_busy` does."""
        if self._is_compiled(state) and self._compiled:
            return self._compiled.next_busy(state, start, stop)
        return next_busy(state, self._prices, start, stop)

    def _is_compiled(self, state: State) -> bool:
        if self._compiled is None and not self._plain:
            self._compiled = PACE.take(state, self._prices, self._rules)
        return self._compiled is not None
