"""A command that was typed wrong, in one line: what, which, and the way out."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from typer._click.exceptions import ClickException, NoArgsIsHelpError

from engine.errors import ParameterError, unknown
from functions.services.foreign import foreign_hint

if TYPE_CHECKING:
    from typer._click.core import Command, Context

MisuseError = ClickException
"""What typer raises for a command that it cannot read; it has no public name for it."""
HelpWantedError = NoArgsIsHelpError
"""What it raises where a group stands alone; the message is the group's help."""

_MISSING = re.compile(r"Missing (?:argument|option) '(?P<name>[^']+)'")
_VALUE = re.compile(r"Option '(?P<name>[^']+)' requires (?:an|\d+) argument")


def unknown_command(ctx: "Context", name: str, known: Iterable[str]) -> ParameterError:
    """Name a command that is not there, with the nearest that is."""
    where = path_of(ctx)
    return unknown(f"command of {where}" if " " in where else "command", name, known)


def words_of(error: MisuseError) -> str:
    """Return what the parser of the command line refuses, in this project's words."""
    ctx, message = getattr(error, "ctx", None), error.format_message()
    if found := _VALUE.match(message):
        return f"{found['name']} needs a value; `robotplug COMMAND --help` says which"
    if ctx is None:
        return f"{message[:1].lower()}{message[1:].rstrip('.')}"
    option = getattr(error, "option_name", None)
    if option and message.startswith("No such option"):
        if hint := foreign_hint(option.lstrip("-").replace("-", "_"), "", typed=True):
            return hint if "--" in hint else f"{hint}; give it by --set NAME=VALUE"
        return str(unknown(f"option of {path_of(ctx)}", option, options_of(ctx.command)))
    help_ = f"`{path_of(ctx)} --help` says more"
    if found := _MISSING.match(message):
        return f"{path_of(ctx)} needs {found['name']}; {help_}"
    return f"{message[:1].lower()}{message[1:].rstrip('.')}; {help_}"


def options_of(command: "Command") -> list[str]:
    """Return every option of a command as it is typed."""
    return ["--help", *(option for one in command.params for option in one.opts if "-" in option)]


def path_of(ctx: "Context") -> str:
    """Return the command with its groups, as it is typed."""
    return ctx.command_path
