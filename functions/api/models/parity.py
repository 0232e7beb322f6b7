"""How a record was checked, as the API shows it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from functions.api.fields import Document, Instant
from functions.api.models.executions import Execution, StrategyName
from functions.api.paging import Page, Window


class Advance(Document):
    """One step of the record: what lay before it was worked out anew, then slots were added."""

    seq: int = Field(description="The last decision that it added.", examples=[412])
    slot: str = Field(examples=["XNYS/1d/2013-03-01T21:00:00Z"])
    slots: int = Field(description="How many it added.", examples=[1])
    replayed: int = Field(
        description="How many of its segment it worked out anew first, all of them so far.",
        examples=[411],
    )
    at: Instant = Field(description="When it was written.")


class Drifted(Document):
    """Slots at which a replay left the record, by what had changed."""

    engine: int = Field(description="The same orders led to another account.")
    data: int = Field(description="What is stored is not what was written.")
    code: int = Field(description="The same account led to other orders.")


class Drift(Document):
    """Where a replay left the record, and what each of them says."""

    seq: int
    slot: str
    kind: Literal["engine", "data", "code"]
    at: Instant
    recorded: str
    replayed: str


class CaughtUp(Document):
    """Slots in a row that were written later than at their own close."""

    first: str
    last: str
    slots: int


class Backfilled(Document):
    """What was caught up after an outage: record, decided on the tape alone."""

    slots: int
    ranges: list[CaughtUp]


class Skipped(Document):
    """Slots that were due and not recorded then."""

    open: int = Field(description="Not recorded to this day.")
    late: int = Field(description="Recorded since.")


class Skip(Document):
    """A slot that was not recorded when it was due."""

    slot: str
    kind: Literal["waiting", "failed", "drifted"]
    reason: str = Field(examples=["no bar of IBM yet"])
    attempts: int
    at: Instant = Field(description="When it was last tried.")
    late: bool = Field(description="It was recorded since; else it is open.")


class Restated(Document):
    """A bar on the record's tape that the provider tells differently since."""

    symbol: str
    bar: str
    time: Instant = Field(description="The bar's start.")
    version_read: int = Field(description="What the record read, and keeps.")
    version_now: int
    seen_at: Instant
    reason: str = Field(examples=["the provider restated it: close was 61.5"])


class Segment(Document):
    """A stretch under one code, parameters, options and rules of the engine."""

    number: int
    first_seq: int
    reason: str = Field(description="Why it was opened.", examples=["registered"])
    rules: str = Field(description="The version of the engine's rules.", examples=["1"])


class ParityPage(Page[Advance]):
    """How a record was checked, with its advances, the newest first.

    Of every other list the newest 100 are told; the counts are of all.
    """

    strategy: StrategyName
    execution: Execution | None = Field(description="The record; null before there is one.")
    status: Literal["equal", "drifted", "empty"] = Field(
        description="drifted: the newest replay disagreed with the record, which stands still."
    )
    checked_at: Instant | None = Field(description="When it was last worked out anew.")
    slots: int = Field(description="Slots recorded.")
    replayed: int = Field(
        description="Slots worked out anew, each as often as it was.", examples=[84_666]
    )
    equal: int = Field(description="Advances whose replay found no difference.")
    drifted: Drifted
    drifts: list[Drift]
    backfilled: Backfilled
    skipped: Skipped
    skips: list[Skip]
    restated_count: int
    restated: list[Restated] = Field(description="Data drift: bars that changed since.")
    segments: list[Segment]


class ParityQuestion(Window):
    """Which of the advances."""

    keys: ClassVar = ("seq",)
    place: ClassVar = TypeAdapter(tuple[Annotated[int, Field(ge=0, lt=2**31)]])
