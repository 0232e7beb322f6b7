"""Runs, as the API shows them."""

from typing import Literal
from uuid import UUID

from pydantic import Field, computed_field

from engine.notes import notes_of
from functions.api.fields import Document, Instant, Json

Phase = Literal["backtest", "record"]


class StrategyName(Document):
    """The robot that an answer is about."""

    id: UUID
    slug: str = Field(examples=["sma-cross"])
    name: str = Field(examples=["Moving-average cross"])


class Execution(Document):
    """One run of a robot."""

    id: UUID
    strategy_id: UUID
    kind: Literal["backtest", "sweep", "paper"]
    phase: Phase = Field(
        description="record: decided since registration, by a paper execution. backtest: all else."
    )
    status: Literal["queued", "running", "finished", "failed", "cancelled", "drifted"]
    progress: float | None = Field(
        description="Share of the work done, 0 to 1; null for a record, which has no end.",
        examples=[1.0],
    )
    period_start: Instant | None
    period_end: Instant | None
    trade_count: int = Field(description="Fills in the whole run.", examples=[412])
    decision_count: int = Field(description="Slots in the record.", examples=[500])
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    options: Json | None = Field(
        description="What it is simulated with: costs, sizes, fills and margin. What is usual is "
        "left out, but for the first five.",
        examples=[{"commission_bps": 5.0, "slippage_bps": 5.0, "lot_size": 1.0, "leverage": 2.0}],
    )

    @computed_field(  # type: ignore[prop-decorator]
        description="What must be said wherever its result is shown, such as that it trades "
        "without costs; each text is a name, a colon and what it means.",
        examples=[["no costs: a real account would have earned less"]],
    )
    @property
    def notes(self) -> list[str]:
        """What its options make it say."""
        return notes_of(self.options or {})


class ExecutionDetail(Execution):
    """One run, with what stopped it."""

    error: str | None = Field(description="Why it failed, where it did.")
