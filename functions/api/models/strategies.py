"""Robots, as the API shows them."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter

from functions.api.fields import Document, Instant, Json
from functions.api.models.executions import Execution
from functions.api.paging import Page, Window


class Strategy(Document):
    """One robot: a strategy with its parameters, symbols and cash."""

    id: UUID
    slug: str = Field(description="Its name in addresses.", examples=["sma-cross"])
    name: str = Field(examples=["Moving-average cross"])
    description: str | None
    user_id: UUID | None = Field(description="Who owns it; null for the platform's own.")
    visibility: str = Field(description="public or private.", examples=["public"])
    status: str = Field(
        description="active, or drifted when a replay disagreed with the record.",
        examples=["active"],
    )
    registered_at: Instant | None = Field(
        description="What lies before is backtest, what follows is record."
    )
    created_at: Instant
    updated_at: Instant


class Phases(Document):
    """A robot's two runs, which are never mixed."""

    backtest: Execution | None = Field(None, description="The newest finished backtest.")
    record: Execution | None = Field(
        None, description="What was decided since registration, one session after the other."
    )


class StrategyDetail(Strategy):
    """One robot with its configuration."""

    config: Json = Field(
        description="parameters, symbols, calendar, bar, cash, benchmark and options.",
        examples=[{"parameters": {"fast": 20, "slow": 50}, "symbols": ["AAPL", "MSFT"]}],
    )
    source_public: bool = Field(description="Whether its source may be read here.")
    strategy_code: str | None = Field(
        description="builtin:NAME, or Python source where that is public; else null.",
        examples=["builtin:sma_cross"],
    )
    executions: Phases


class StrategyPage(Page[Strategy]):
    """Robots, the newest first."""


class StrategyQuestion(Window):
    """Which robots."""

    keys: ClassVar = ("created_at", "id")
    place: ClassVar = TypeAdapter(tuple[AwareDatetime, UUID])

    user_id: UUID | None = Field(None, description="Only this user's.")
    status: str | None = Field(
        None,
        pattern=r"^[a-z][a-z-]{0,49}$",
        description="Only those in this status.",
        examples=["active"],
    )
