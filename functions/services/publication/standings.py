"""Public robots as the database has them: where they stand, and all they did."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from functions.services.publication.documents import History, Phase, Standing
from functions.store import publication
from functions.store import series as store
from functions.store.bars import series_name
from functions.store.parity import parity_rows
from functions.store.publication import AnyConnection, HeadRow, RobotRow, RunRow
from functions.store.told import told_actions

PHASES: Mapping[str, Phase] = {"backtest": "backtest", "paper": "record"}
Runs = dict[Phase, RunRow]
Item = TypeVar("Item")


def standings(connection: AnyConnection, slugs: Sequence[str], provider: str) -> list[Standing]:
    """Return where those of these robots that are public stand, sorted by slug."""
    robots = publication.robots(connection, slugs)
    runs = _runs(connection, [robot.id for robot in robots])
    records = [each["record"].id for each in runs.values() if "record" in each]
    heads = publication.heads(connection, records)
    series = {
        runs[robot.id]["record"].id: _series(robot, runs[robot.id]["record"], provider)
        for robot in robots
        if "record" in runs.get(robot.id, {})
    }
    marks = _marks(connection, heads.values(), series)
    found = []
    for robot in robots:
        own = runs.get(robot.id, {})
        head = heads.get(own["record"].id) if "record" in own else None
        found.append(Standing(robot, own, head, marks.get(head.tape, {}) if head else {}))
    return found


def histories(connection: AnyConnection, shown: Sequence[Standing]) -> list[History]:
    """Return all that these robots did, in their order, each with its benchmark's curve."""
    benchmarks = _benchmark_runs(connection, shown)
    own = [run.id for standing in shown for run in standing.runs.values()]
    theirs = [run.id for runs in benchmarks.values() for run in runs.values()]
    curves = store.curves(connection, {*own, *theirs})
    trades = store.trades(connection, own)
    leaves = store.leaves(connection, own)
    records = [each.runs["record"].id for each in shown if "record" in each.runs]
    parity, told = parity_rows(connection, records), told_actions(connection, records)
    return [
        History(
            curves=_by_phase(standing.runs, curves),
            benchmark=_by_phase(benchmarks.get(standing.robot.slug, {}), curves),
            trades=_by_phase(standing.runs, trades),
            leaves=[leaf for run in standing.runs.values() for leaf in leaves.get(run.id, ())],
            parity=_by_phase(standing.runs, parity).get("record"),
            told=_by_phase(standing.runs, told).get("record", ()),
        )
        for standing in shown
    ]


def _runs(connection: AnyConnection, strategy_ids: Iterable[UUID]) -> dict[UUID, Runs]:
    found: dict[UUID, Runs] = {}
    for run in publication.runs(connection, strategy_ids):
        found.setdefault(run.strategy_id, {})[PHASES[run.kind]] = run
    return found


def _marks(
    connection: AnyConnection, heads: Iterable[HeadRow], series: Mapping[UUID, str]
) -> dict[str, Mapping[str, Decimal]]:
    """Robots that read the same tape share its marks, so each tape is asked once."""
    held: dict[str, set[str]] = {}
    newest: dict[str, HeadRow] = {}
    for head in heads:
        held.setdefault(head.tape, set()).update(head.account["positions"])
        newest[head.tape] = head
    return {
        tape: publication.marks(connection, head, held[tape], series[head.execution_id])
        for tape, head in newest.items()
        if held[tape]
    }


def _series(robot: RobotRow, record: RunRow, provider: str) -> str:
    """A record reads the source it was registered with, whatever the platform's is by now."""
    return series_name(record.source or provider, robot.config["bar"])


def _benchmark(standing: Standing) -> str:
    return standing.robot.config.get("benchmark") or ""


def _benchmark_runs(connection: AnyConnection, shown: Iterable[Standing]) -> dict[str, Runs]:
    """Return what each robot's benchmark robot did, by the robot's slug.

    Figures are measured against the benchmark's rule on the robot's own terms. Only where both
    have the same ones is the benchmark's own curve that of the figures, and drawn.
    """
    slugs = {_benchmark(standing) for standing in shown} - {""}
    robots = publication.robots(connection, sorted(slugs)) if slugs else []
    runs = _runs(connection, [robot.id for robot in robots])
    found = {robot.slug: robot for robot in robots}
    pairs = [(each.robot, found.get(_benchmark(each))) for each in shown]
    return {
        robot.slug: runs.get(benchmark.id, {})
        for robot, benchmark in pairs
        if benchmark and _terms(benchmark) == _terms(robot)
    }


def _terms(robot: RobotRow) -> list[object]:
    config = robot.config
    return [sorted(config["symbols"]), *(config.get(name) for name in ("calendar", "options"))]


def _by_phase(runs: Mapping[Phase, RunRow], found: Mapping[UUID, Item]) -> dict[Phase, Item]:
    return {phase: found[run.id] for phase, run in runs.items() if run.id in found}
