"""The price an order gets, and what is told of it afterwards."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Fill:
    """A simulated trade, or the end of a position by a delisting.

    A delisting is an exit at its payment without costs; its order_id is "delisting". What nobody
    asked for has "liquidation", "ruin" or "end"; a bracket's exit that of the order it came with.
    side: "buy" or "sell". quantity: in units, above 0. price: raw, slippage included.
    commission, slippage: what each cost, in units. pnl: where the fill reduces, its proceeds less
        commission and less its share of what the position cost, commissions included; else None.
    time: the instant of the bar's open, or of its close for what fills there; seconds since 1970
        UTC.
    reason: "limit" where it filled at its limit, "stop loss", "take profit" or "trailing stop" for
        a bracket's exit, why a position was closed for what nobody asked for; else None.
    """

    row: int
    session: date
    time: int
    symbol: str
    side: str
    quantity: int
    price: float
    commission: int
    slippage: int
    pnl: int | None
    order_id: str
    reason: str | None = None
