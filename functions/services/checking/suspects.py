"""Lines of a strategy's file that can make two runs over the same data differ."""

import ast
from collections.abc import Iterator

from functions.services.checking.blame import Line

CHANCE = {"random", "rand", "randn", "randint", "normal", "uniform", "choice", "shuffle", "hash"}
CHANCE |= {"permutation", "seed", "default_rng", "uuid4", "uuid1", "urandom", "id"}
CLOCK = {
    "datetime64",
    "now",
    "today",
    "utcnow",
    "time",
    "time_ns",
    "perf_counter",
    "monotonic",
    "localtime",
}
OUTSIDE = {"open", "read_text", "write_text", "read_csv", "to_csv", "load", "save", "getenv"}
OUTSIDE |= {"environ", "read_bytes", "write_bytes", "getpid"}


def suspects(source: str) -> list[Line]:
    """Return the lines that draw by chance, read a clock or leave the process, in order."""
    lines = source.splitlines()
    return [Line(number, lines[number - 1].strip()) for number in sorted(set(_numbers(source)))]


def _numbers(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in CHANCE | CLOCK | OUTSIDE:
            if not _seeded(node):
                yield node.lineno
        elif isinstance(node, ast.Attribute) and node.attr == "environ":
            yield node.lineno


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _seeded(call: ast.Call) -> bool:
    """Whether it makes a generator that always begins the same way."""
    return _name(call.func) in ("default_rng", "seed") and bool(call.args or call.keywords)
