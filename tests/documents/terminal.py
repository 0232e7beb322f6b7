"""The commands of a page, as a reader who types them one after the other runs them.

A line of a ```bash block is a command of robotplug; one that ends with a backslash goes on. A
```text block right below it is what the last of them prints, with `...` for any text. A ```python
block behind a sentence that names a file and ends with a colon is that file.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.documents.examples import Block, Shown, blocks_of

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(\w+\.py)`[^`\n]*:\s*$")
COLUMNS = "80"


class Step(NamedTuple):
    """Something a reader does: save a file (name, content), or type commands."""

    file: str | None
    shown: Shown


def steps_of(text: str) -> Iterator[Step]:
    """Yield what a page asks for, in order; examples without a file's name are not among them."""
    blocks = blocks_of(text)
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        if block.language == "bash":
            yield Step(None, Shown(block, _output(text, block, after)))
        elif block.language == "python" and (named := _file(text, block)):
            yield Step(named, Shown(block, None))


def _output(text: str, block: Block, after: Block | None) -> Block | None:
    if after is None or after.language != "text":
        return None
    between = text[block.end : after.start]
    return after if re.fullmatch(r"```\n\s*```text\n", between) else None


def _file(text: str, block: Block) -> str | None:
    before = text[: block.start].rpartition("```python")[0].rstrip()
    found = NAMED.search(before.splitlines()[-1]) if before else None
    return found[1] if found else None


def commands_of(step: Step) -> list[str]:
    """The commands of a step, each on one line."""
    return step.shown.code.text.replace("\\\n", " ").splitlines()


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command in a folder, as in a terminal of 80 columns without colours."""
    name, *arguments = shlex.split(line, comments=True)
    if name != "robotplug":
        raise ValueError(f"only robotplug is run here, had {line!r}")
    return subprocess.run(
        [sys.executable, "-m", "functions.local.cli", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": COLUMNS, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
