"""How `robotplug` reads its words and shows its help."""

from typing import TYPE_CHECKING

from typer.core import TyperCommand, TyperGroup

from functions.local import examples
from functions.local.misuse import path_of, unknown_command

if TYPE_CHECKING:
    from typer._click.core import Command as AnyCommand
    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter


class ReaderGoneError(Exception):
    """Whoever read the output went away."""


class Command(TyperCommand):
    """A command whose help ends with examples that the tests run."""

    def format_epilog(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write the examples."""
        write_examples(path_of(ctx), formatter)


class Group(TyperGroup):
    """Commands that are listed by what they are for; a wrong name has the nearest one beside it."""

    def format_commands(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write the commands below their headings, each with its first sentence whole."""
        for heading, commands in self.by_heading(ctx).items():
            with formatter.section(heading):
                formatter.write_dl([(name, first_line(one)) for name, one in commands.items()])

    def format_epilog(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write the examples."""
        write_examples(path_of(ctx), formatter)

    def by_heading(self, ctx: "Context") -> "dict[str, dict[str, AnyCommand]]":
        """Return the commands by heading, in the order in which they are registered."""
        found: dict[str, dict[str, AnyCommand]] = {}
        for name in self.list_commands(ctx):
            command = self.commands[name]
            heading = getattr(command, "rich_help_panel", None) or "Commands"
            found.setdefault(str(heading), {})[name] = command
        return found

    def resolve_command(
        self, ctx: "Context", args: list[str]
    ) -> "tuple[str | None, AnyCommand | None, list[str]]":
        """Find the command; ParameterError names the nearest."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            raise unknown_command(ctx, args[0], self.commands)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: "Context") -> object:
        """Run the command; a pipe that is closed is no fault of it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGoneError from error


def first_line(command: "AnyCommand") -> str:
    """Return what a command does, in one line."""
    return (command.help or "").strip().split("\n", 1)[0]


def write_examples(path: str, formatter: "HelpFormatter") -> None:
    """Write a command's examples as they are typed; a long one is not broken."""
    lines = examples.OF.get(path, ())
    if lines:
        with formatter.section("Examples"):
            for line in lines:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
