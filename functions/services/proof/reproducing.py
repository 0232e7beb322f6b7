"""A backtest run again over the bars as it read them, and laid beside what is stored of it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from engine import Run
from engine.errors import ParameterError, RobotPlugError
from functions.services.proof.rerunning import definition_of
from functions.services.proof.unlike import missing_and_added, shown, unlike
from functions.services.record.backtesting import newest_entry, simulated, trades_of
from functions.services.record.definition import Definition, resolve
from functions.services.record.identity import MACHINE, identity_content, identity_of
from functions.services.record.rows import points_of
from functions.services.record.tape import BrokenTapeError, Tape, blank, verified
from functions.store import executions, proving
from functions.store.appending import Database
from functions.store.archive import PostgresArchive
from functions.store.executions import Job
from functions.store.records import EquityRow
from functions.store.trades import Trade

_ALL = 2**31 - 1
_LISTED = 10

Content = dict[str, Any]


class Reproduced(NamedTuple):
    """What came of running a backtest again.

    differences: the first trade and the first point that differ, and all else that is not as it
    was stored; none where the run is proved. reasons: what is not as it was then. told: what is
    no difference but worth knowing.
    """

    execution: UUID
    slug: str
    identity: str
    trades: int
    points: int
    differences: list[str]
    reasons: list[str]
    told: list[str]

    @property
    def proved(self) -> bool:
        """Whether the run came out as it is stored."""
        return not self.differences


def job_named(database: Database, name: str) -> Job:
    """Return the run of this id, or the newest finished backtest of the robot of this slug."""
    found = proving.run_named(database, name)
    job = executions.read_job(database, found) if found else None
    if job is None:
        raise ParameterError(
            f"no run {name!r}; give its id, or the slug of a robot with a backtest"
        )
    return job


def reproduce(database: Database, job: Job, provider: str) -> Reproduced:
    """Run a finished backtest again, on its own terms, over its own tape.

    One recorded before backtests kept their tape is run over the newest bars, which it says.
    provider: whose bars that are, where the run does not say. ParameterError for a run that is
    no finished backtest.
    """
    if job.kind != "backtest" or job.status != "finished":
        raise ParameterError(f"run {job.owner.execution_id} is a {job.status} {job.kind}")
    archive, execution = PostgresArchive(lambda: database), job.owner.execution_id
    identity, content = proving.identity_of(database, execution)
    stored = archive.trades(execution), archive.points(execution, _ALL)
    counts = (len(stored[0]), len(stored[1]))
    found = Reproduced(execution, job.slug, identity or "", *counts, [], [], [])
    definition, reasons = _definition(database, job, content)
    try:
        tape, told = _tape(database, archive, job, (content, provider))
    except BrokenTapeError as error:
        return found._replace(differences=[str(error)])
    run = simulated(definition, tape, job.request)
    now = identity_content(run, tape, definition, job.request["cash"])
    return found._replace(
        differences=[*_changed(identity, content, now), *_differences(job, run, stored)],
        reasons=[*reasons, *_unlike_then(content or {}, now)],
        told=told,
    )


def _definition(
    database: Database, job: Job, content: Content | None
) -> tuple[Definition, list[str]]:
    """What the run ran, and whether that is no longer the code here."""
    terms = {name: job.request.get(name, {}) for name in ("parameters", "options")}
    if content is None:
        return resolve(job.strategy_code, terms), []
    code = content["code"]
    source = proving.source_of(database, job.owner.strategy_id, code)
    found = definition_of(job.strategy_code, code, terms, source)
    if isinstance(found, Definition):
        return found, _moved_on(job, terms, code)
    return resolve(job.strategy_code, terms), [f"code changed: {found}; run with the code here"]


def _moved_on(job: Job, terms: dict[str, Any], code: str) -> list[str]:
    try:
        here = resolve(job.strategy_code, terms).code
    except RobotPlugError as error:
        return [f"code here does not run it ({error}); run with its stored source"]
    if here == code:
        return []
    return [f"code changed since, from {code[:12]} to {here[:12]}; run with its stored source"]


def _tape(
    database: Database, archive: PostgresArchive, job: Job, bars: tuple[Content | None, str]
) -> tuple[Tape, list[str]]:
    content, provider = bars
    symbols = job.request["symbols"]
    if content is None:
        entry = newest_entry(archive, job.request, provider)
        told = ["it was recorded before backtests kept their tape: run over the bars of today"]
        return blank(symbols).extended([entry]), told
    tape = verified(blank(symbols), archive.chain(content["tape"], []))
    restated = proving.restated_on(database, content["tape"])
    return tape, _restated(restated)


def _restated(bars: Sequence[tuple[str, str, int, int]]) -> list[str]:
    if not bars:
        return []
    listed = ", ".join(f"{symbol} {day}" for symbol, day, *_ in bars[:_LISTED])
    more = f" and {len(bars) - _LISTED} more" if len(bars) > _LISTED else ""
    return [
        f"{len(bars)} of the bars it read were restated since ({listed}{more}): a backtest over "
        "today's data may differ"
    ]


def _unlike_then(then: Content, now: Content) -> list[str]:
    """Say what of the machine and the rules is not as it was."""
    found = []
    for name in ("rules", *MACHINE):
        if name in then:
            words = unlike("then", {name: then[name]}, {name: now[name]}, "here it is")
            found += [each.removeprefix("then: ") for each in words]
    return found


def _changed(identity: str | None, content: Content | None, now: Content) -> Iterator[str]:
    """Say where identity and request are not what the run was recorded with."""
    if content is None:
        return
    if identity_of(content) != identity:
        yield f"identity is {identity}, what it stands for has {identity_of(content)}"
    own = {name: value for name, value in now.items() if name not in ("rules", *MACHINE)}
    given = {name: content.get(name) for name in own}
    yield from unlike("run", own, given, "it was recorded with")


def _differences(
    job: Job, run: Run, stored: tuple[Sequence[Trade], Sequence[EquityRow]]
) -> Iterator[str]:
    """Say which decision, by its first trade, and which point is the first that differs."""
    trades, points = stored
    given = trades_of(job, run)
    worth = [point.row(job.owner) for point in points_of(run, 1)]
    first = next(_unlike_trades(trades, given), None)
    if first:
        yield f"the first trade that differs: {first}"
    rows = {point.sequence: point for point in points}
    there = missing_and_added("equity point", list(rows), [point.sequence for point in worth])
    found = (
        each
        for point in worth
        if point.sequence in rows
        for each in unlike(
            f"equity point {point.sequence} ({point.time.date()})",
            rows[point.sequence]._asdict(),
            point._asdict(),
        )
    )
    yield from (f"the first point that differs: {each}" for each in [next(found, None)] if each)
    yield from (each for each in [next(there, None)] if each)


def _unlike_trades(stored: Sequence[Trade], given: Sequence[Trade]) -> Iterator[str]:
    rows = {trade.sequence: trade for trade in stored}
    for trade in given:
        decided = (trade.market_data_snapshot or {}).get("decided_in")
        name = (
            f"trade {trade.sequence} ({trade.symbol} {trade.side} {trade.execution_time.date()}, "
            f"decided in {shown(decided)})"
        )
        if row := rows.get(trade.sequence):
            yield from unlike(name, row._asdict(), trade._asdict())
        else:
            yield f"{name} is missing"
    numbers = [trade.sequence for trade in given]
    yield from missing_and_added("trade", list(rows), numbers)
