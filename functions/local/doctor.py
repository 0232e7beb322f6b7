"""`robotplug doctor`: what this machine has of what the platform needs."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.errors import RobotPlugError
from functions.local import ailments, console
from functions.local.ailments import MISSING, NOTE, OK, Finding
from functions.local.folder import default_folder
from functions.local.settings import read_port

_WIDTH = 11
_STYLES = {OK: "green", NOTE: "yellow", MISSING: "bold red"}


def examined(folder: Path | None) -> Iterator[Finding]:
    """Look at one thing after the other; a look that fails is a finding too."""
    place = (folder or default_folder()).absolute()
    looks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("Python", ailments.python),
        ("packages", ailments.packages),
        ("folder", lambda: ailments.folder(place)),
        ("disk", lambda: ailments.disk(place)),
        ("PostgreSQL", lambda: ailments.postgresql(place)),
        ("port", lambda: ailments.port(read_port(), place)),
        ("provider", lambda: ailments.provider(place)),
        ("speed", ailments.speed),
        ("Chromium", ailments.chromium),
        ("terminal", ailments.terminal),
    )
    for name, look in looks:
        yield _seen(look)._replace(name=name)


def print_findings(findings: Iterator[Finding], *, as_json: bool) -> bool:
    """Print each as it is found, and whether the platform can run; False where it cannot."""
    seen: list[Finding] = []
    for finding in findings:
        seen.append(finding)
        if not as_json:
            _print(finding)
    missing = [finding.name for finding in seen if finding.state == MISSING]
    if as_json:
        told = {
            "ready": not missing,
            "findings": [{"name": one.name, **one._asdict()} for one in seen],
        }
        print(json.dumps(told, indent=2))  # noqa: T201
    elif missing:
        console.say(f"\n`robotplug run` cannot start here: see {', '.join(missing)}")
    else:
        console.say("\n`robotplug run` has all that it needs")
    return not missing


def _seen(look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (RobotPlugError, OSError) as error:
        told, _, way_out = str(error).partition("; ")
        return Finding(MISSING, told, way_out)


def _print(finding: Finding) -> None:
    output = console.opened()
    state = f"[{_STYLES[finding.state]}]{finding.state:<8}[/]"
    output.print(f"{state}{finding.name:<{_WIDTH}}{console.plain(finding.told)}", soft_wrap=True)
    if finding.way_out:
        output.print(f"{'':<{8 + _WIDTH}}{console.plain(finding.way_out)}", soft_wrap=True)
