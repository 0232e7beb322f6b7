"""Two tellings of one thing, and in which of their fields they part, in words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_LONGEST = 80


def unlike(
    name: str, stored: Mapping[str, Any], given: Mapping[str, Any], whose: str = "the replay gives"
) -> Iterator[str]:
    """Say of each field in which what is stored is not what is given.

    A decimal must have the same places too: it is stored as it was written.
    """
    for field, value in given.items():
        for place, was, should in _parted(field, stored[field], value):
            yield f"{name}: {place} is {shown(was)}, {whose} {shown(should)}"


def missing_and_added(
    kind: str, stored: Sequence[int], given: Sequence[int], whose: str = "the replay has none"
) -> Iterator[str]:
    """Say which numbers are on one side only."""
    for number in sorted(set(given) - set(stored)):
        yield f"{kind} {number} is missing"
    for number in sorted(set(stored) - set(given)):
        yield f"{kind} {number} was added; {whose}"


def shown(value: object) -> str:
    """Write a value for a message.

    >>> shown(Decimal("10.00000000"))
    '10.00000000'
    """
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    else:
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _parted(place: str, was: Any, should: Any) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401
    if isinstance(was, dict) and isinstance(should, dict):
        for key in sorted({*was, *should}):
            yield from _parted(f"{place}.{key}", was.get(key), should.get(key))
    elif _differs(was, should):
        yield place, was, should


def _differs(was: object, should: object) -> bool:
    if isinstance(was, Decimal) and isinstance(should, Decimal):
        return str(was) != str(should)
    return was != should
