"""What becomes of a run that is over: words, JSON, a chart, a tear sheet, a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from engine.errors import ParameterError
from functions.local import console, report
from functions.local.typed import metrics_of
from functions.local.written import write
from functions.services.reporting.files import of_kind
from functions.services.reporting.finished import Finished


@dataclass(frozen=True)
class Wanted:
    """What was asked for; checked before anything is simulated."""

    metrics: tuple[str, ...] = ()
    report: Path | None = None
    save: Path | None = None
    plot: bool = False
    json: bool = False

    @classmethod
    def parse(
        cls,
        metrics: str | None,
        *,
        report: Path | None = None,
        save: Path | None = None,
        plot: bool = False,
        json: bool = False,
    ) -> Self:
        """Read what somebody typed; ParameterError names what cannot be."""
        if plot and json:
            raise ParameterError("--plot draws and --json prints for programs; give one of them")
        if report is not None:
            of_kind(report, ".html", "--report")
        if save is not None:
            of_kind(save, ".run", "--save")
        return cls(metrics_of(metrics), report, save, plot, json)


def deliver(finished: Finished, wanted: Wanted) -> None:
    """Write the files, then print."""
    written = _write_files(finished, wanted)
    if wanted.json:
        report.print_json(finished, wanted.metrics)
        return
    report.print_table(finished, wanted.metrics)
    if wanted.plot:
        from functions.local.plot import Screen, drawn

        console.say(f"\n{drawn(finished, Screen.of_this_terminal())}")
    tell_written(written)


def tell_written(paths: list[Path]) -> None:
    """Name the files that were written."""
    for path in paths:
        console.say(f"wrote {path}")


def _write_files(finished: Finished, wanted: Wanted) -> list[Path]:
    written = []
    if wanted.save is not None:
        from functions.local.saved import to_bytes

        write(wanted.save, to_bytes(finished))
        written.append(wanted.save)
    if wanted.report is not None:
        from functions.services.reporting.tear_sheet import tear_sheet

        write(wanted.report, tear_sheet(finished).encode())
        written.append(wanted.report)
    return written
