"""Lists: a window of rows, how many there are, and the way to the next."""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Generic, NamedTuple, Self, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from pydantic import Field, PrivateAttr, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from functions.api.fields import Document, Question
from functions.store.reading.rows import Row

Item = TypeVar("Item", bound=Document)
COUNTED = 10_000


class Window(Question):
    """Which part of a list: by cursor, which stays true while rows arrive, or by offset."""

    keys: ClassVar[tuple[str, ...]]
    """The columns that the list is sorted by, all the same way; together they are unique."""
    place: ClassVar[TypeAdapter[tuple[Any, ...]]]
    """What the keys of a row look like."""

    limit: int = Field(50, ge=1, le=500, description="At most this many items.")
    offset: int = Field(
        0,
        ge=0,
        le=COUNTED,
        description="Leave out this many first. Rows that arrive between two requests shift it; "
        "a cursor stays true. Not together with cursor.",
    )
    cursor: str | None = Field(
        None,
        max_length=1_000,
        description="Go on after this: `next` of the answer before, with the same filters.",
    )
    _after: tuple[Any, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _read_cursor(self) -> Self:
        if self.cursor is not None:
            if self.offset:
                raise _wrong_cursor("must not be given together with offset")
            self._after = self._decoded(self.cursor)
        return self

    @property
    def after(self) -> tuple[Any, ...]:
        """The keys of the row to go on after, or nothing."""
        return self._after

    @property
    def rows(self) -> dict[str, int]:
        """What to ask of the store: one row more than the page, to see whether there is one."""
        return {"limit": self.limit + 1, "offset": self.offset}

    def cursor_after(self, row: Row) -> str:
        """Return the cursor that goes on after this row."""
        place = json.loads(self.place.dump_json(tuple(row[key] for key in self.keys)))
        text = json.dumps([place, self._seal(place)], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _decoded(self, cursor: str) -> tuple[Any, ...]:
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            place, seal = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            after = self.place.validate_json(json.dumps(place))
        except (ValueError, TypeError, RecursionError):
            seal, place, after = None, None, ()
        if seal is None or seal != self._seal(place):
            raise _wrong_cursor("must be `next` of an answer to the same question, unchanged")
        return after

    def _seal(self, place: Sequence[Any]) -> str:
        """Bind a place to its list and filters; against mistakes, for it guards no secret."""
        filters = self.model_dump_json(exclude={"limit", "offset", "cursor"})
        text = f"{type(self).__name__} {filters} {json.dumps(place)}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Page(Document, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    total: int = Field(description="How many there are in all, counted to 10,000.", examples=[412])
    total_is_minimum: bool = Field(description="There are more than total.")
    next: str | None = Field(description="The cursor of the next part; null at the end.")


AnyPage = TypeVar("AnyPage", bound=Page[Any])


class Pager(NamedTuple):
    """Makes a page, and tells the next one in the Link header too (RFC 8288)."""

    request: Request
    response: Response

    def page(
        self, kind: type[AnyPage], window: Window, rows: Sequence[Row], count: int, **more: object
    ) -> AnyPage:
        """Make a page of the rows that the window asked for; count may end at COUNTED + 1."""
        next_ = None
        if len(rows) > window.limit:
            next_ = window.cursor_after(rows[window.limit - 1])
            self.response.headers["Link"] = f'<{self._address(next_)}>; rel="next"'
        return kind.model_validate(
            {
                "items": rows[: window.limit],
                "total": min(count, COUNTED),
                "total_is_minimum": count > COUNTED,
                "next": next_,
                **more,
            }
        )

    def _address(self, cursor: str) -> str:
        asked = self.request.query_params.multi_items()
        kept = [(name, value) for name, value in asked if name not in ("offset", "cursor")]
        return f"{self.request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def _wrong_cursor(message: str) -> PydanticCustomError:
    return PydanticCustomError("cursor", "{words}", {"field": "cursor", "words": message})


async def _pager(request: Request, response: Response) -> Pager:
    return Pager(request, response)


Pages = Annotated[Pager, Depends(_pager)]
