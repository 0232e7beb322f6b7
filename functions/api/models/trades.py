"""Fills, as the API shows them."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter

from functions.api.fields import (
    STRATEGIES,
    STRATEGY,
    SYMBOL,
    Amount,
    Document,
    ExecutionChoice,
    Instant,
    Json,
    Range,
)
from functions.api.models.executions import Execution, Phase
from functions.api.paging import Page, Window


class Trade(Document):
    """One fill, of a simulated order."""

    id: UUID
    strategy_id: UUID
    execution_id: UUID
    phase: Phase
    trade_type: Literal["simulated", "paper"]
    sequence: int = Field(description="Its place in the run.", examples=[41])
    order_id: str | None = Field(
        description="The order it is of: for an attached exit the one that brought it. delisting, "
        "liquidation, ruin or end where no order was asked for.",
        examples=["2012-01-09-AAPL-1"],
    )
    reason: str | None = Field(
        description="What filled it, where that was not a market or stop order at its price: "
        "limit, stop loss, take profit, trailing stop, liquidated, ruined or the run ends.",
        examples=["stop loss"],
    )
    symbol: str = Field(examples=["AAPL"])
    side: Literal["buy", "sell"]
    quantity: Amount
    price: Amount
    commission: Amount
    slippage: Amount = Field(description="What slippage cost, in cash; price holds it already.")
    pnl: Amount | None = Field(
        description="Profit where the fill reduces a position, at average cost, less its share of "
        "commissions; null where it opens or adds. A sell without a profit is short, and a buy "
        "with one buys back."
    )
    execution_time: Instant


class TradeDetail(Trade):
    """One fill, with the market data it was made on."""

    market_data_snapshot: Json | None = Field(
        description="The bar that the order was filled in, and the decision behind it.",
        examples=[{"open": 61.2, "high": 62.1, "low": 60.9, "close": 61.5, "reason": "limit"}],
    )
    created_at: Instant


class TradePage(Page[Trade]):
    """Fills, the newest first."""

    execution: Execution | None = Field(
        description="The run they are of; null over several robots, whose fills each name theirs."
    )


class TradeQuestion(Window, Range):
    """Which fills."""

    keys: ClassVar = ("execution_time", "sequence", "id")
    place: ClassVar = TypeAdapter(tuple[AwareDatetime, Annotated[int, Field(ge=0, lt=2**31)], UUID])

    strategy_id: str | None = Field(
        None,
        pattern=STRATEGY,
        description="Only this robot's: its id, or its slug.",
        examples=STRATEGIES,
    )
    symbol: str | None = Field(
        None,
        pattern=SYMBOL,
        description="Only of this symbol.",
        examples=["AAPL"],
    )
    execution_id: ExecutionChoice = None

    @property
    def filters(self) -> dict[str, object]:
        """Which fills of a run, in the store's words."""
        return {"symbol": self.symbol, "since": self.since, "before": self.before}
