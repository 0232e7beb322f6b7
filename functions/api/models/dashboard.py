"""The dashboard's two views, as the API shows them."""

from pydantic import Field

from functions.api.fields import Amount, Document, Instant
from functions.api.models.executions import Execution, StrategyName
from functions.api.models.performance import EquityEnds, Metrics
from functions.api.models.strategies import StrategyDetail
from functions.api.models.trades import Trade


class Headline(Document):
    """All robots in a few numbers."""

    strategies: int = Field(description="Robots that can be seen.", examples=[6])
    active: int = Field(description="Those in status active.")
    drifted: int = Field(description="Those whose replay disagreed with their record.")
    with_record: int = Field(description="Those with a paper execution.")
    recorded_trades: int = Field(description="Fills since registration, over all records.")
    as_of: Instant | None = Field(description="The newest slot that a record has reached.")


class ActiveStrategy(StrategyName):
    """One robot at a glance."""

    status: str = Field(examples=["active"])
    equity: Amount | None
    execution: Execution | None
    metrics: Metrics = Field(description="A few of its latest metrics.")


class OverviewAnswer(Document):
    """All robots at a glance."""

    headline: Headline
    active_strategies: list[ActiveStrategy] = Field(
        description="Robots at work, drifted ones too, by slug; at most 100."
    )
    recent_trades: list[Trade] = Field(description="The newest 20 of all robots' shown runs.")


class StrategyAnswer(Document):
    """One robot at a glance."""

    strategy: StrategyDetail
    execution: Execution | None = Field(description="The run that all figures here are of.")
    equity: EquityEnds | None
    metrics: Metrics
    recent_trades: list[Trade] = Field(description="The newest 20 of this run.")
