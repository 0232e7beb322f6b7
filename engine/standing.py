"""What an account holds from one fill to the next, and what that is worth at a close."""

from engine.marks import marked
from engine.money import LARGEST, UNIT, Ints, value_of
from engine.state import CASH, OVERFLOWN, Rules, State


class Standing:
    """Cash and holdings in Python's own numbers, which are quicker to reckon with than arrays.

    It holds until something is booked.
    """

    def __init__(self, state: State, rules: Rules) -> None:
        self._state, self._rules = state, rules
        self.units: list[int] = state.quantity.tolist()
        self._cash = int(state.money[CASH])
        self._multiplier: list[float] = rules.multiplier.tolist()
        odd = any(units % UNIT for units in self.units) or self._multiplier.count(1.0) < len(
            self.units
        )
        self._shares = None if odd else [units // UNIT for units in self.units]

    def worth(self, prices: Ints) -> tuple[int, list[int]]:
        """Return equity, and what each holding is worth; prices: shape (symbols,), in units.

        Where that is more than can be counted the state says so, and all are 0.
        """
        if self._shares is not None:
            pairs = zip(self._shares, prices.tolist(), strict=True)
            values = [shares * price for shares, price in pairs]
            if abs(self._cash) + sum(map(abs, values)) < LARGEST // 2:  # nearly always
                return self._cash + sum(values), values
        return self._one_by_one(prices)

    def _one_by_one(self, prices: Ints) -> tuple[int, list[int]]:
        equity, _ = marked(self._state, self._rules, prices)
        if self._state.flags[OVERFLOWN]:
            return 0, [0] * len(self.units)
        held = zip(self.units, prices.tolist(), self._multiplier, strict=True)
        return equity, [value_of(*each) if each[0] else 0 for each in held]
