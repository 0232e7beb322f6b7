"""The Python examples of a page, as a reader who pastes them one after the other runs them.

A ```python block is run. An ```output block right below it is what it prints, with `...` for any
text. The blocks of a page share one namespace. A ```py block is another engine's code, which is
not installed here: it is only compiled.
"""

import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from doctest import ELLIPSIS, Example, OutputChecker
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, its first line's number, its text and where that stands."""

    language: str
    line: int
    text: str
    start: int
    end: int


class Shown(NamedTuple):
    """An example and the block that shows what it prints, if one does."""

    code: Block
    output: Block | None


def blocks_of(text: str) -> list[Block]:
    """Every fenced block of a page, in order."""
    return [
        Block(
            found[1],
            text.count("\n", 0, found.start(2)) + 1,
            found[2],
            found.start(2),
            found.end(2),
        )
        for found in FENCE.finditer(text)
    ]


def examples_of(text: str) -> Iterator[Shown]:
    """Every example of a page; an output belongs to the block that nothing parts it from."""
    blocks = blocks_of(text)
    for code, after in zip(blocks, [*blocks[1:], None], strict=False):
        if code.language == "python":
            follows = after is not None and after.language == "output"
            between = text[code.end : after.start] if after else ""
            adjacent = follows and re.fullmatch(r"```\n\s*```output\n", between)
            yield Shown(code, after if adjacent else None)


def printed(code: Block, page: Path, module: ModuleType) -> str:
    """Run one example in the page's namespace; a traceback names the page and its line."""
    source = "\n" * (code.line - 1) + code.text
    with redirect_stdout(StringIO()) as out:
        exec(compile(source, str(page), "exec"), module.__dict__)
    return out.getvalue()


def difference(want: str, got: str) -> str:
    """Say how an output differs from what the page shows; empty where it does not."""
    checker = OutputChecker()
    if checker.check_output(want, got, ELLIPSIS):
        return ""
    return checker.output_difference(Example("", want), got, ELLIPSIS)


def rewritten(text: str, outputs: list[tuple[Shown, str]]) -> str:
    """The page with these outputs in their blocks; one that holds as it is stays."""
    for shown, got in reversed(outputs):
        if shown.output and difference(shown.output.text, got):
            text = text[: shown.output.start] + got + text[shown.output.end :]
    return text
