"""Why a value was refused, in words: what must be, what was, and the nearest name."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from pydantic.fields import FieldInfo

from functions.api.fields import Document

_LONGEST_ECHO = 60


class Refusal(Document):
    """One value that was refused."""

    field: str = Field(description="The parameter.", examples=["limit"])
    place: str = Field(description="Where it stands: query or path.", examples=["query"])
    message: str = Field(
        description="What it must be, and what it was.", examples=["must be at most 500, was 501"]
    )


def refusals(request: Request, errors: Sequence[Mapping[str, Any]]) -> list[Refusal]:
    """Turn pydantic's errors over a request's parameters into our words."""
    route = request.scope["route"].dependant
    in_path = {parameter.name: parameter.field_info for parameter in route.path_params}
    parameters = {"path": in_path, "query": _query_fields(route.query_params)}
    return [_refusal(error, parameters[str(error["loc"][0])]) for error in errors]


async def each_once(request: Request) -> None:
    """Refuse a parameter that is given twice: which one counts would be anybody's guess."""
    times = Counter(name for name, _ in request.query_params.multi_items())
    twice = sorted(name for name, count in times.items() if count > 1)
    if twice:
        raise RequestValidationError([_twice(request, name) for name in twice])


def nearest(name: str, known: Iterable[str]) -> str:
    """Say what is there instead of a name that is not.

    >>> nearest("limt", ["limit", "offset"])
    "did you mean 'limit'?"
    >>> nearest("x", [])
    'there are none'
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"there are {', '.join(names)}" if names else "there are none"


def _twice(request: Request, name: str) -> dict[str, object]:
    given = ", ".join(request.query_params.getlist(name))
    return {"type": "twice", "loc": ("query", name), "msg": "must be given once", "input": given}


def _refusal(error: Mapping[str, Any], parameters: Mapping[str, FieldInfo]) -> Refusal:
    context, value = error.get("ctx", {}), error["input"]
    place, field = str(error["loc"][0]), str(context.get("field", error["loc"][-1]))
    if error["type"] == "extra_forbidden":
        message = f"is unknown; {nearest(field, parameters)}"
        return Refusal(field=_short(field), place=place, message=message)
    if isinstance(value, Mapping):  # refused where all parameters are seen together
        value = value.get(field)
    say = _WORDS.get(error["type"], _as_it_came)
    examples = parameters[field].examples if field in parameters else None
    message = say(context, examples or (), error["msg"])
    return Refusal(field=field, place=place, message=f"{message}, was {_short(value)!r}")


def _query_fields(parameters: Sequence[Any]) -> dict[str, FieldInfo]:
    models = [parameter.field_info.annotation for parameter in parameters]
    return {name: info for model in models for name, info in model.model_fields.items()}


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_ECHO else f"{text[:_LONGEST_ECHO]}…"


Words = Callable[[Mapping[str, Any], Sequence[Any], str], str]


def _as_it_came(_context: Mapping[str, Any], _examples: Sequence[Any], message: str) -> str:
    return message[:1].lower() + message[1:]


_WORDS: dict[str, Words] = {
    "int_parsing": lambda _context, _examples, _message: "must be a whole number",
    "int_parsing_size": lambda _context, _examples, _message: "must be a smaller number",
    "int_from_float": lambda _context, _examples, _message: "must be a whole number",
    "uuid_parsing": lambda _context, _examples, _message: "must be a uuid",
    "greater_than_equal": lambda context, _examples, _message: f"must be at least {context['ge']}",
    "less_than_equal": lambda context, _examples, _message: f"must be at most {context['le']}",
    "literal_error": lambda context, _examples, _message: f"must be {context['expected']}",
    "string_too_long": lambda context, _examples, _message: (
        f"must have at most {context['max_length']} characters"
    ),
    "string_pattern_mismatch": lambda _context, examples, _message: (
        f"must look like {' or '.join(map(repr, examples))}"
    ),
    "date_from_datetime_parsing": lambda _context, _examples, _message: "must be a day that exists",
    "date_parsing": lambda _context, _examples, _message: "must be a day that exists",
}
