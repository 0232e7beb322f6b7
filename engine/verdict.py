"""What a check of a strategy found."""

from typing import NamedTuple

CLEAN, LEAKING, NOT_EXERCISED = "clean", "leaking", "not exercised"
FUTURE, STATE, RANDOMNESS, OUTSIDE = "future", "state", "randomness", "outside"


class Change(NamedTuple):
    """A decision that came out otherwise.

    cause: FUTURE, STATE, RANDOMNESS or OUTSIDE, what is read beside the bars. bar: its name.
    Where another process raised no bar is known: row is -1, bar, symbol and decided are empty.
    decided, otherwise: what was asked for over the whole market the first time, and what over
    another one or another time.
    cut: the last row that both had in common. future: what came after it, see engine.futures.
    """

    cause: str
    row: int
    bar: str
    symbol: str
    decided: str
    otherwise: str
    cut: int
    future: str


class Verdict(NamedTuple):
    """What was found, and how much of the strategy was exercised.

    decisions: bars at which it asked for something; not the last bar, which has no future.
    covered: how many of them had a cut right behind them. cuts: all that were made.
    failed: how many runs raised over bars cut short or changed; failure: with what, the first.
    """

    strategy: str
    decisions: int
    covered: int
    cuts: int
    change: Change | None
    failed: int
    failure: str

    @property
    def verdict(self) -> str:
        """One of CLEAN, LEAKING, NOT_EXERCISED."""
        if self.change is not None:
            return LEAKING
        return CLEAN if self.covered else NOT_EXERCISED

    @property
    def share(self) -> float:
        """The share of its decisions that was exercised; 0 where it made none."""
        return self.covered / self.decisions if self.decisions else 0.0
