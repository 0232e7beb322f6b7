"""What the bars around a bar say of it, with the splits between them."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from engine.money import Floats
from engine.neighbours import strays
from functions.providers import Bar, CorporateAction
from functions.services.market.scales import off_scale


class Noted(NamedTuple):
    """A bar that is odd, but possible: where it starts, and what is odd.

    All but those outside trading hours are used.
    """

    starts: datetime
    kind: str


class Around(NamedTuple):
    """One symbol's bars in order, with the session of each and the splits between them.

    thin: the market never closes, and a sweep of its book is a trade.
    """

    bars: Sequence[Bar]
    days: Sequence[date]
    splits: Sequence[CorporateAction]
    thin: bool

    def strays(self, noted: list[Noted]) -> dict[datetime, str]:
        """Say of bars that have both neighbours which cannot be, on one scale of shares."""
        prices = np.array([[float(price) for price in bar[2:6]] for bar in self.bars])
        ratios = self._ratios()
        found = strays(prices.reshape(-1, 4).T, ratios, thin=self.thin)
        alone = off_scale(self.bars, self.days, self.splits, ratios.cumprod())
        for note, rows in (("high far above", found.high), ("low far below", found.low)):
            noted += [Noted(self.bars[at].starts, f"a {note} all around it") for at in rows]
        reasons = {
            at: f"its prices are {ratio:.4g} times those before and after it, the ratio of "
            "a split that is listed"
            for at, ratio in alone.items()
        } | found.refused
        return {self.bars[at].starts: reason for at, reason in reasons.items()}

    def _ratios(self) -> Floats:
        """New shares for one old by the splits since the bar before."""
        ratios = np.ones(len(self.bars))
        for split in self.splits:
            at = bisect_left(self.days, split.ex_date)
            if 0 < at < len(ratios):
                ratios[at] *= float(split.value or 1)
        return ratios
