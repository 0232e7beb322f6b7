"""The page of the command line, written from the commands themselves."""

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from functions.local import cli, examples, exits

HEAD = """\
Title: Command line
Order: 30
Section: reference
Description: Every command with its options, examples and exit codes, as the program tells them.

This page is written from the commands themselves; `--help` behind any of them shows the same. The
tests run every example, one after the other in one folder; the one that asks Yahoo is only read.

What a command prints on standard output is its answer. A fault is one line on standard error that
says what, which, and the way out; what a strategy prints goes there too. With `--json` the answer
is one JSON object or list, and `run` prints one object a line; a fault is the same line of words
on standard error, and standard output stays empty. Into a pipe or a file no line is cut or
broken, and `NO_COLOR` takes the colours away. What an environment variable can set has its name in
the last column.
"""
COMPLETION = """\
## Completion

    robotplug --install-completion    # for the shell you are in
    robotplug --show-completion       # prints it, to put it where you want

After that TAB completes commands and options, strategies and files, symbols behind commas, metrics,
parameters behind `--set`, and the robots of the platform that runs. It was tested in bash.
"""
HIDDEN = ("help",)


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *_sections(), _exit_codes(), COMPLETION])


def _sections() -> Iterator[str]:
    root = typer.main.get_command(cli.commands)
    for heading, group in cli.HEADINGS.items():
        yield f"## {heading}\n"
        for name in group:
            yield from _command(root.commands[name], f"robotplug {name}")


def _command(command: Any, path: str) -> Iterator[str]:
    yield f"### {path.removeprefix('robotplug ')}\n"
    yield f"{inspect.cleandoc(command.help)}\n"
    below = getattr(command, "commands", {})
    if not below:
        yield f"    {_usage(command, path)}\n"
        yield from _table("argument", [one for one in command.params if not _is_option(one)])
        yield from _table("option", [one for one in command.params if _is_option(one)])
    yield "Examples:\n"
    yield "".join(f"    {line}\n" for line in examples.OF[path])
    for name, one in below.items():
        yield from _command(one, f"{path} {name}")


def _usage(command: Any, path: str) -> str:
    words = [_argument(one) for one in command.params if not _is_option(one)]
    return " ".join([path, *words, "[OPTIONS]"])


def _argument(one: Any) -> str:
    name = one.metavar + ("..." if one.nargs == -1 else "")
    return name if one.required else f"[{name}]"


def _table(what: str, parameters: list[Any]) -> Iterator[str]:
    shown = [one for one in parameters if one.name not in HIDDEN]
    if not shown:
        return
    rows = [[what, "what it says", "by default"], ["---", "---", "---"]]
    rows += [[f"`{_typed(one)}`", _cell(one.help), _default(one)] for one in shown]
    wide = any(map(_default, shown))
    yield "\n".join([*(f"| {' | '.join(row if wide else row[:2])} |" for row in rows), ""])


def _typed(one: Any) -> str:
    if not _is_option(one):
        return _argument(one)
    return f"{one.opts[0]} {one.metavar}" if one.metavar else one.opts[0]


def _default(one: Any) -> str:
    if getattr(one, "envvar", None):
        return f"`{one.envvar}`"
    if one.default in (None, False, (), []) or one.required:
        return ""
    return f"`{one.default}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").rstrip(".")


def _is_option(one: Any) -> bool:
    return bool(one.param_type_name == "option")


def _exit_codes() -> str:
    rows = [f"| {one.code} | {_cell(one.meaning)} |" for one in exits.ALL]
    return "\n".join(["## Exit codes\n", "| code | what it means |", "|---|---|", *rows, ""])
