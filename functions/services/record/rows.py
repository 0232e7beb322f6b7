"""From a run to the rows that stand for it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid5

from engine import Fill, Run
from engine.money import to_text, to_units
from functions.store.lines import equity_line
from functions.store.records import EquityRow, Owner
from functions.store.trades import Trade

PAPER, SIMULATED = "paper", "simulated"


class Decided(NamedTuple):
    """Where the decision behind a fill stands; a backtest's has no hash."""

    slot: str
    hash: str | None


class Ledger(NamedTuple):
    """How a run's fills become trades.

    first_sequence: the number of the run's first fill. decided: by the order's id.
    """

    owner: Owner
    kind: str
    first_sequence: int
    decided: Mapping[str, Decided]

    def trades(self, run: Run) -> list[Trade]:
        """Return every fill of a run as a trade."""
        return [
            self.trade(run, fill, self.first_sequence + number)
            for number, fill in enumerate(run.fills)
        ]

    def trade(self, run: Run, fill: Fill, sequence: int) -> Trade:
        """Return one fill as a trade; its id is the same whenever it is worked out."""
        return Trade(
            uuid5(self.owner.execution_id, str(sequence)),
            *self.owner,
            sequence=sequence,
            order_id=fill.order_id,
            symbol=fill.symbol,
            side=fill.side,
            quantity=amount(fill.quantity),
            price=amount(to_units(fill.price)),
            commission=amount(fill.commission),
            slippage=amount(fill.slippage),
            pnl=None if fill.pnl is None else amount(fill.pnl),
            execution_time=instant(fill.time),
            trade_type=self.kind,
            market_data_snapshot=_snapshot(run, fill, self.decided.get(fill.order_id)),
        )


def _snapshot(run: Run, fill: Fill, decided: Decided | None) -> dict[str, Any]:
    raw, column = run.market.raw, run.market.symbols.index(fill.symbol)
    names = ("open", "high", "low", "close", "volume")
    values = {name: float(getattr(raw, name)[fill.row, column]) for name in names}
    known = {name: None if value != value else value for name, value in values.items()}
    slot, name = decided or (None, None)
    why = {"reason": fill.reason} if fill.reason else {}
    return {"session": str(fill.session), **known, "decided_in": slot, "decision": name, **why}


class Point(NamedTuple):
    """What a run was worth after one of its rows; money in units."""

    sequence: int
    seconds: int
    equity: int
    cash: int

    def line(self) -> str:
        """Return it as the proof writes it."""
        return equity_line(self.sequence, self.seconds, to_text(self.equity), to_text(self.cash))

    def row(self, owner: Owner) -> EquityRow:
        """Return it as it is stored."""
        worth = amount(self.equity), amount(self.cash)
        return EquityRow(*owner, self.sequence, instant(self.seconds), *worth)


def points_of(run: Run, first_sequence: int, before: int = 0) -> list[Point]:
    """Return what the run was worth after each of its rows; before: but for the first few."""
    closes: list[int] = run.market.closes[run.start_row + before :].tolist()
    equity, cash = run.equity_units[before:].tolist(), run.cash_units[before:].tolist()
    values = zip(closes, equity, cash, strict=True)
    return [Point(first_sequence + before + number, *value) for number, value in enumerate(values)]


def amount(units: int) -> Decimal:
    """Take hundred-millionths to the exact number with its eight places.

    >>> amount(10_000_050_000_000)
    Decimal('100000.50000000')
    """
    return Decimal(to_text(units))


def instant(seconds: int) -> datetime:
    """Take seconds since 1970 to a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
