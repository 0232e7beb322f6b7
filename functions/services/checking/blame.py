"""Which line of a strategy's file lets it see what it must not: found by comparing two traces."""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from functions.services.checking.tracing import Place, Trace
from functions.services.checking.values import same


class Line(NamedTuple):
    """A line of a file, with its text."""

    number: int
    text: str


def blamed(one: Trace, other: Trace, source: str, *, everything: bool) -> Line | None:
    """Return the line at which two runs part, or the one that made what it reads; None if none.

    everything: whether all values must be the same, not only those of bars up to the cut, as when
    both runs had the same data.
    """
    place = _first(one, other, everything)
    if place is None:
        return None
    return line_at(source, _origin(place, one, other, _statements(source), set()))


def line_at(source: str, number: int) -> Line | None:
    """Return a line with its text; None where the text has no such line."""
    lines = source.splitlines()
    return Line(number, lines[number - 1].strip()) if 0 < number <= len(lines) else None


def _first(one: Trace, other: Trace, everything: bool) -> Place | None:
    """The first line that made something else in both, or after which they go other ways."""
    parted = _parted(one, other)
    for place in _in_order(one, other):
        if parted is not None and _when(one, parted) < _when(one, place):
            return parted
        mine, yours = one.made.get(place), other.made.get(place)
        by_row = any(known.by_row for known in (mine, yours) if known)
        if (everything or by_row or place.row >= 0) and not same(mine, yours):
            return place
    return parted


def _in_order(one: Trace, other: Trace) -> list[Place]:
    """The places of both runs whose lines both reached, in the first one's order."""
    places = dict.fromkeys([*one.made, *other.made])
    both = [place for place in places if place[:3] in one.order and place[:3] in other.order]
    return sorted(both, key=lambda place: _when(one, place))


def _when(trace: Trace, place: Place) -> int:
    return trace.order[place[:3]]


def _parted(one: Trace, other: Trace) -> Place | None:
    """The last line in common where `on_bar` first goes another way."""
    for row, mine in one.trail.items():
        yours = other.trail.get(row, [])
        for at, (left, right) in enumerate(zip(mine, yours, strict=False)):
            if left != right and at:
                function, line = mine[at - 1]
                return Place(row, function, line, "")
    return None


def _origin(
    place: Place,
    one: Trace,
    other: Trace,
    statements: Mapping[int, ast.AST],
    seen: set[int],
) -> int:
    """Follow a value to the line that first made it otherwise, through the names that are read."""
    statement = statements.get(place.line)
    if statement is None or place.line in seen:
        return place.line
    seen.add(place.line)
    read = set(_names(statement))
    for made, known in one.made.items():
        mine = made.name.startswith("self.") or made.function == place.function
        called = made.name == "return" and made.function in read
        if (called or (mine and made.name in read)) and made.line not in seen:
            yours = other.made.get(made)
            if yours is not None and not known.by_row and not same(known, yours):
                return _origin(made, one, other, statements, seen)
    return place.line


def _names(statement: ast.AST) -> Iterator[str]:
    """The names that a statement reads, `self.x` among them."""
    for node in _own(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
            if isinstance(node.value, ast.Name):
                yield f"{node.value.id}.{node.attr}"


def _own(statement: ast.AST) -> Iterator[ast.AST]:
    """A statement's own parts; of a compound one its head alone."""
    for name, part in ast.iter_fields(statement):
        if name in ("body", "orelse", "finalbody", "handlers"):
            continue
        for each in part if isinstance(part, list) else [part]:
            if isinstance(each, ast.AST):
                yield from ast.walk(each)


def _statements(source: str) -> dict[int, ast.AST]:
    """The innermost statement of each line."""
    found: dict[int, ast.AST] = {}
    for node in ast.walk(ast.parse(source)):  # outer ones come first
        if isinstance(node, ast.stmt):
            found |= dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), node)
    return found
