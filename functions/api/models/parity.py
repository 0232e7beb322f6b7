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
    slots_replayed: int = Field(
        description="How many of its segment it worked out anew first, all of them so far: "
        "inferred from where the advance before it ended.",
        examples=[411],
    )
    at: Instant = Field(description="When it was written.")


class Drifted(Document):
    """Slots at which a replay left the record, by what had changed."""

    engine: int = Field(description="The same orders led to another account.")
    data: int = Field(description="What is stored is not what was written.")
    code: int = Field(description="The same account led to other orders.")


class Change(Document):
    """A field in which record and replay part; null where one of them does not have it."""

    field: str = Field(examples=["price"])
    recorded: str | None = Field(examples=["355.08745500"])
    replayed: str | None = Field(examples=["355.09745500"])


class Drift(Document):
    """Where a replay left the record, and what each of them says."""

    seq: int = Field(
        description="The decision in whose slot the row belongs; where no more is known than that "
        "one of many rows was changed, the last of them; 0 before the first decision."
    )
    slot: str = Field(description="That decision's slot.")
    kind: Literal["engine", "data", "code"]
    at: Instant = Field(description="When it was found.")
    row: str | None = Field(
        description="The row that parts; null where it is not known (see `robotplug verify`).",
        examples=["trade 1 (AAPL buy 2011-03-08)"],
    )
    finding: str = Field(description="What became of it.", examples=["was changed"])
    changes: list[Change] = Field(description="The fields in which both part.")
    recorded: str = Field(description="The whole row as it is recorded, or `nothing`.")
    replayed: str = Field(description="The whole row as it comes out, or `nothing`.")


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
    advances_replayed: int = Field(
        description="Advances before which slots were worked out anew: all but a record's first, "
        "and the first one after a change of code. Inferred, like the three below: an advance is "
        "written only after such a check, so each one that is recorded stands for one.",
        examples=[411],
    )
    advances_equal: int = Field(
        description="Those of them whose replay found no difference.", examples=[411]
    )
    slots_replayed: int = Field(
        description="Slots that they worked out anew, each as often as it was: inferred from "
        "where the advances ended. Checks that added nothing are not counted.",
        examples=[84_666],
    )
    slots_equal: int = Field(
        description="Slots of the advances that found no difference; of one that found some, none.",
        examples=[84_666],
    )
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
