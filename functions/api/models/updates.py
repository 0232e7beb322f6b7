"""What each decision brought, as the API shows it and as the socket sends it."""

from datetime import datetime

from pydantic import Field

from functions.api.fields import Amount, Document, Instant, Json, Question
from functions.api.models.executions import StrategyName
from functions.api.models.performance import Metrics
from functions.api.models.trades import Trade


class Decided(Document):
    """What a robot decided at the close of one slot."""

    hash: str = Field(description="The leaf of its record; verify follows the chain of them.")
    orders: list[Json] = Field(description="What it asked for, as its record tells it.")


class Worth(Document):
    """What the account was worth after the slot; amounts are simulated."""

    equity: Amount
    cash: Amount
    benchmark_equity: Amount | None = Field(
        description="The benchmark's record, brought to the robot's worth at the first session "
        "both have; null where there is none, or where it has not reached this slot yet."
    )


class Update(Document):
    """All that one decision brought."""

    seq: int = Field(description="The decision's number in its record, without gaps.")
    slot: str = Field(examples=["XNYS/1d/2013-03-01T21:00:00Z"])
    time: Instant = Field(description="When the slot closed.")
    decision: Decided
    trades: list[Trade] = Field(
        description="The fills since the slot before. Where bars follow each other without a "
        "pause, a fill at the instant between two stands with the later one."
    )
    performance: Worth
    status: str = Field(description="How the robot stands now.", examples=["active"])


class UpdatesAnswer(Document):
    """What came after a seq; what the socket sends, for who asks by polling."""

    strategy: StrategyName
    items: list[Update]
    seq: int | None = Field(
        description="The newest there is; null before the first. Less than `after`: "
        "the record has begun anew, ask again without `after`."
    )
    metrics: Metrics = Field(
        description="The headline metrics where the last item is the newest; else empty."
    )
    status: str = Field(examples=["active"])
    more: bool = Field(description="There are newer ones: ask again after the last item's seq.")


class UpdatesQuestion(Question):
    """Which updates."""

    after: int | None = Field(
        None,
        ge=-1,
        lt=2**31,
        description="Those after this seq; -1, or nothing, for the newest alone.",
        examples=[411],
    )
    limit: int = Field(100, ge=1, le=500, description="At most this many items.")


class Ticket(Document):
    """What opens one socket connection, once."""

    ticket: str = Field(description="Give it in the socket's address: ?ticket=")
    expires_at: datetime = Field(description="Not good for anything from then on.")
