"""`robotplug`: everything that is done from a terminal.

What a command needs is imported when it is called, so that --help answers at once; the engine
imports numpy and is no exception.
"""

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from engine.errors import DataError, OrderError, ParameterError, RobotPlugError
from functions.local import exits, spelling
from functions.local.commands import data, listing, platform, proof, simulating, writing
from functions.local.grammar import Command, Group, ReaderGoneError
from functions.local.misuse import HelpWantedError, MisuseError, words_of

HEADINGS: dict[str, dict[str, Callable[..., None] | typer.Typer]] = {
    "Write and try a strategy": {
        "new": writing.new,
        "check": writing.check,
        "backtest": simulating.backtest,
        "compare": simulating.compare,
        "show": simulating.show,
    },
    "See what there is": {
        "strategies": listing.strategies,
        "symbols": listing.symbols,
        "metrics": listing.metrics,
        "costs": listing.costs,
        "robots": listing.robots,
    },
    "Run the platform on this machine": {
        "run": platform.run,
        "doctor": platform.doctor,
        "rebuild": platform.rebuild,
        "clean": platform.clean,
    },
    "Prove what was published": {"verify": proof.verify, "reproduce": proof.reproduce},
    "Bring your own data": {"data": data.commands},
}


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"robotplug {version('tradingrobotplug')}")  # noqa: T201
        raise typer.Exit


def _main(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Trading robots that never trade: what they would have done, proved and published."""


def _made() -> typer.Typer:
    root = typer.Typer(
        cls=Group,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
        rich_markup_mode=None,  # half of the time that --help takes
    )
    root.callback()(_main)
    for heading, group in HEADINGS.items():
        for name, command in group.items():
            if isinstance(command, typer.Typer):
                root.add_typer(command, name=name, rich_help_panel=heading)
            else:
                root.command(name, cls=Command, rich_help_panel=heading)(command)
    return root


commands = _made()


def app() -> None:
    """Run one command and end with its code, see `exits`; no user's mistake is a traceback."""
    _open_streams()
    sys.exit(_code())


def _open_streams() -> None:
    """Make printing harmless: where an output was closed, and where it has few letters."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115 - for good
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=spelling.PLAIN)


def _code() -> int:
    try:
        code = commands(standalone_mode=False, prog_name="robotplug")
        sys.stdout.flush()
    except (ReaderGoneError, BrokenPipeError):
        _forget_output()
        return exits.CLOSED.code
    except KeyboardInterrupt:
        code = exits.INTERRUPTED.code
    except Exception as error:
        return _told(error)
    if code == exits.INTERRUPTED.code:
        _say("stopped")
    return code if isinstance(code, int) else exits.OK.code


def _told(error: Exception) -> int:
    """Say what a user can mend in one line; whatever else it is goes on its way."""
    if isinstance(error, HelpWantedError):
        print(error.format_message())  # noqa: T201
        return exits.MEND.code
    if isinstance(error, RobotPlugError):
        mends = isinstance(error, DataError | OrderError | ParameterError)
        words, code = str(error), exits.MEND.code if mends else exits.FAILED.code
    elif isinstance(error, MisuseError):
        words, code = words_of(error), exits.MEND.code
    elif isinstance(error, OSError) and error.strerror:
        place = "" if error.filename is None else f"{error.filename}: "
        words, code = f"{place}{error.strerror}; mend that and try again", exits.FAILED.code
        _forget_output()
    else:
        raise error
    _say(words)
    return code


def _say(words: str) -> None:
    with suppress(OSError):
        print(f"robotplug: {words}", file=sys.stderr)  # noqa: T201


def _forget_output() -> None:
    """Let what is left in the buffer go, which would fail once more when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    app()
