"""The price an order gets, and what is told of it afterwards."""

from dataclasses import dataclass
from datetime import date

from engine.money import worth


@dataclass(frozen=True, slots=True)
class Fill:
    """A simulated trade, or the end of a position by a delisting.

    A delisting is a sale at its payment without costs; its order_id is "delisting".
    side: "buy" or "sell". quantity: in units, above 0. price: raw, slippage included.
    commission, slippage: what each cost, in units. pnl: where the fill reduces, its proceeds less
        commission and less its share of what the position cost, commissions included; else None.
    time: the instant of the bar's open, seconds since 1970 UTC.
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


def market_price(open_price: int, direction: int, slippage_bps: float) -> int:
    """The next open, moved against you: up for a buy (direction 1), down for a sell (-1)."""
    return max(1, round(open_price * (1 + direction * slippage_bps / 10_000)))


def slippage_paid(quantity: int, open_price: int, price: int) -> int:
    """What the move from the open to the booked price cost, at least 0."""
    return abs(worth(quantity, price) - worth(quantity, open_price))
