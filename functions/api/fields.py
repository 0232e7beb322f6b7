"""The kinds of value that parameters and answers are made of."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from functions.api.database import Database

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_ID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def _day(value: object) -> object:
    """Refuse what pydantic would also take for a date: a number, an instant."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("day", "must be a day such as 2013-03-01")
    return value


def _of_our_times(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PydanticCustomError("day", f"must be between {FIRST_DAY} and {LAST_DAY}")
    return day


class Document(BaseModel):
    """A part of an answer; it has exactly the fields that the OpenAPI document names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(BaseModel):
    """The query of a route; a parameter that it does not name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Amount = Annotated[
    str,
    Field(
        description="A decimal with 8 places, as text, so that no reader rounds it.",
        pattern=r"^-?\d+\.\d{8}$",
        examples=["181.10000000"],
    ),
]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_of_our_times)]
Instant = Annotated[datetime, Field(examples=["2013-03-01T21:00:00Z"])]
Json = dict[str, Any]
SYMBOL = r"^[A-Za-z0-9.^=/_-]{1,50}$"
SYMBOLS = ["AAPL", "BTC/USD", "^GSPC"]
STRATEGY = rf"^({_ID}|[a-z0-9-]{{3,60}})$"
STRATEGIES = ["sma-cross", "5f0f3c2e-6b3b-5d55-9a60-2f5c8f9f7a10"]
StrategyPath = Annotated[
    str, Path(description="The robot's id, or its slug.", pattern=STRATEGY, examples=STRATEGIES)
]
ExecutionChoice = Annotated[
    UUID | None,
    Field(
        description="Answer for this run. Without it: the paper execution, else the newest "
        "finished backtest; never a mixture of runs.",
    ),
]


class Range(Question):
    """The days that a question is about, both ends included."""

    start_date: Day | None = Field(
        None, description="First day (UTC) that counts.", examples=["2012-01-03"]
    )
    end_date: Day | None = Field(
        None, description="Last day (UTC) that counts.", examples=["2013-03-01"]
    )

    @field_validator("end_date")
    @classmethod
    def _after_the_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start_date")
        if start and end and end < start:
            raise PydanticCustomError(
                "range", "must not be before start_date, which is {start}", {"start": str(start)}
            )
        return end

    @property
    def since(self) -> datetime | None:
        """The first instant of the range."""
        return _midnight(self.start_date) if self.start_date else None

    @property
    def before(self) -> datetime | None:
        """The first instant after the range."""
        return _midnight(self.end_date + timedelta(days=1)) if self.end_date else None


class Nothing(Question):
    """No parameters."""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Reads = Annotated[Database, Depends(_database)]
