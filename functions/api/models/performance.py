"""What was measured, as the API shows it."""

from datetime import date
from typing import Literal

from pydantic import Field

from functions.api.fields import Amount, Document, ExecutionChoice, Instant, Question, Range
from functions.api.models.executions import Execution, StrategyName
from functions.services.answers.measurements import Asked

Granularity = Literal["daily", "weekly", "monthly"]
_NAMES = r"^[a-z0-9_]{1,100}(,[a-z0-9_]{1,100}){0,99}$"


class Measurement(Document):
    """One metric: a number as JSON has it, fractions and not percent, drawdowns negative."""

    value: float | None = Field(description="null where undefined; reason says why.")
    low: float | None = Field(None, description="Lower end of its interval, where it has one.")
    high: float | None = Field(None, description="Upper end of its interval.")
    sample_size: int | None = Field(None, description="How many observations it rests on.")
    method: str | None = Field(None, description="How the interval was made.")
    reason: str | None = Field(None, description="Why there is no value.")
    dates: dict[str, date | None] | None = Field(
        None,
        description="When it happened, by what happened then; null for what has not happened yet. "
        "Told with the latest metrics.",
        examples=[{"start": "2020-02-19", "trough": "2020-03-23", "recovery": None}],
    )
    calculation_time: Instant | None = Field(
        None, description="The slot or run that it was recorded with; null for the latest."
    )
    period_start: Instant | None = None
    period_end: Instant | None = None


Metrics = dict[str, Measurement]


class MetricsAnswer(Document):
    """Recorded metrics of one run, by name."""

    strategy: StrategyName
    execution: Execution | None = Field(description="The run; null where there is none to show.")
    source: Literal["latest", "recorded"] = Field(
        description="latest: over the whole run so far. recorded: each metric's newest recorded "
        "measurement over a period within the range that was asked for."
    )
    metrics: Metrics = Field(
        examples=[{"sharpe_ratio": {"value": 0.71, "low": -0.2, "high": 1.6, "sample_size": 500}}]
    )


class EquityEnds(Document):
    """The account's value at both ends of the range."""

    start: Instant
    end: Instant
    first: Amount
    last: Amount
    points: int = Field(description="Recorded values between, both ends included.")


class PerformanceAnswer(MetricsAnswer):
    """Recorded metrics of one run, and what its account was worth."""

    equity: EquityEnds | None = Field(description="null where nothing is recorded.")


class Point(Document):
    """The account after the last slot of a day, week or month (UTC)."""

    time: Instant
    equity: Amount
    cash: Amount
    change: float | None = Field(
        description="Fraction against the point before, which may lie before the range; null at "
        "the run's first point.",
        examples=[0.0123],
    )


class HistoryAnswer(Document):
    """A run's equity over time."""

    strategy: StrategyName
    execution: Execution | None
    granularity: Granularity
    points: list[Point]


class RunQuestion(Question):
    """Which run."""

    execution_id: ExecutionChoice = None


class MetricsQuestion(Range):
    """Which metrics, over which days, of which run."""

    metrics: str | None = Field(
        None,
        pattern=_NAMES,
        description="Names of metrics, separated by commas; all without it.",
        examples=["sharpe_ratio,max_drawdown"],
    )
    execution_id: ExecutionChoice = None

    @property
    def asked(self) -> Asked:
        """The same in the services' words; each metric once."""
        names = list(dict.fromkeys(self.metrics.split(","))) if self.metrics else None
        return Asked(self.execution_id, names, self.since, self.before)


class HistoryQuestion(Range):
    """Which points of which run."""

    granularity: Granularity = Field(
        "daily", description="One point a day, ISO week or month: the last recorded in it."
    )
    execution_id: ExecutionChoice = None

    @property
    def asked(self) -> Asked:
        """The same in the services' words."""
        return Asked(self.execution_id, None, self.since, self.before)
