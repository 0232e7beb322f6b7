"""A queued backtest: simulate over the newest bars in its range, and store the whole at once."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from engine import Account, Run, simulate
from engine.errors import ParameterError, RobotPlugError
from functions import trackers
from functions.services.market.calendars import sessions
from functions.services.market.slots import Slot
from functions.services.platform import Platform
from functions.services.record.archive import Tapes
from functions.services.record.benchmark import benchmark_curve
from functions.services.record.definition import Definition, resolve, version_of
from functions.services.record.identity import identity_content, identity_of
from functions.services.record.performances import Account as Measured
from functions.services.record.performances import curve_of, measurable
from functions.services.record.reading import extended, history_of
from functions.services.record.rows import SIMULATED, Decided, Ledger, instant, points_of
from functions.services.record.skipping import storable
from functions.services.record.tape import Tape, blank
from functions.services.record.work import Work
from functions.store import executions, outbox, tapes, versions
from functions.store.appending import append
from functions.store.executions import Job, Result
from functions.store.outbox import Message
from functions.store.performance import Performance
from functions.store.tapes import Feed, Named
from functions.store.trades import Trade

EARLIEST = date(1990, 1, 1)


class Backtest(NamedTuple):
    """A simulated request, with the tape it was simulated over and that tape's one entry."""

    run: Run
    tape: Tape
    entry: Named
    definition: Definition


def run_execution(platform: Platform, execution_id: UUID) -> tuple[int, ...]:
    """Work on a queued backtest; one that has ended is left as it is.

    Returns the outbox positions to deliver. What its author can mend is kept as the execution's
    error; what a repetition may mend is raised.
    """
    database = platform.connect()
    job = executions.read_job(database, execution_id)
    if job is None:
        raise ParameterError(f"no execution {execution_id}; queue one that is stored")
    if job.kind != "backtest" or not executions.start(database, execution_id):
        return ()
    try:
        backtest = _simulated(platform, job)
    except RobotPlugError as error:
        executions.fail(database, execution_id, storable(str(error)))
        return ()
    return _store(platform, job, backtest)


def _simulated(platform: Platform, job: Job) -> Backtest:
    database, request = platform.connect(), job.request
    definition = resolve(job.strategy_code, request)
    entry = newest_entry(platform.archive, request, platform.provider)
    tape = extended(blank(request["symbols"]), [entry])
    executions.set_progress(database, job.owner.execution_id, 0.2)
    run = simulated(definition, tape, request)
    executions.set_progress(database, job.owner.execution_id, 0.7)
    return Backtest(run, tape, entry, definition)


def simulated(definition: Definition, tape: Tape, request: dict[str, Any]) -> Run:
    """Simulate a request over a tape; ParameterError where the strategy's code fails."""
    try:
        return simulate(
            definition.strategy,
            tape.market,
            start=date.fromisoformat(request["start"]) if request.get("start") else None,
            opening=Account.of_cash(request["cash"]),
            options=definition.options,
        )
    except RobotPlugError:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise ParameterError(f"the strategy failed with {told}; mend its code") from error


def newest_entry(archive: Tapes, request: dict[str, Any], provider: str) -> Named:
    """Return a tape's first entry: the newest versions of all bars up to the request's end.

    provider: whose bars, where the request does not say.
    """
    symbols, calendar, bar = request["symbols"], request["calendar"], request["bar"]
    last = date.fromisoformat(request["end"])
    days = sessions(calendar, EARLIEST, last)
    if not days:
        raise ParameterError(f"end must be on or after {EARLIEST}, was {last}")
    feed = Feed(symbols, request.get("source") or provider, bar)
    slot = Slot(calendar, bar, days[-1].closes)
    history = history_of(archive, feed, slot)
    if history is None:
        raise ParameterError(
            f"no bars of {', '.join(symbols)} up to {last} from the {feed.source} provider"
        )
    return history


def _store(platform: Platform, job: Job, backtest: Backtest) -> tuple[int, ...]:
    database, owner, run = platform.connect(), job.owner, backtest.run
    opened = trackers.open_built_in(Work(database, [_measurable(platform, job, backtest)]))
    trades = trades_of(job, run)
    for tracker in opened:
        for trade in trades:
            tracker.track_trade(trade)
    result = _result(job, backtest, len(trades))
    with database.transaction():
        if not executions.lock_open(database, owner.execution_id):
            return ()
        tapes.insert_entries(database, [backtest.entry])
        versions.append_version(database, version_of(backtest.definition, owner))
        append(database, "equity_points", [point.row(owner) for point in points_of(run, 1)])
        for tracker in opened:
            tracker.finish()
        executions.finish(database, owner.execution_id, result)
        return tuple(outbox.put(database, _messages(job)))


def _measurable(platform: Platform, job: Job, backtest: Backtest) -> Performance:
    run, request, curve = backtest.run, job.request, curve_of(backtest.run)
    since = instant(int(curve.closes[0]))
    account = Measured(job.owner, float(request["cash"]), since, request["calendar"])
    named = request.get("benchmark")
    robots = platform.archive.public_robots([named] if isinstance(named, str) else [])
    benchmark = benchmark_curve(robots, request, backtest.tape.hash, run.market, run.start_row)
    return measurable(account, curve, benchmark, job.created_at, lasting=True)


def _result(job: Job, backtest: Backtest, trades: int) -> Result:
    run = backtest.run
    content = identity_content(run, backtest.tape, backtest.definition, job.request["cash"])
    closes = run.market.closes[run.start_row :]
    ends = (instant(int(closes[0])), instant(int(closes[-1])))
    return Result(identity_of(content), content, trades, *ends)


def trades_of(job: Job, run: Run) -> list[Trade]:
    """Return a backtest's fills as trades."""
    return Ledger(job.owner, SIMULATED, 1, _decided(run, job.request)).trades(run)


def _decided(run: Run, request: dict[str, Any]) -> dict[str, Decided]:
    """Where each order was asked for; a backtest's decisions are in no chain."""
    closes = run.market.closes[run.state.orders.row[: len(run.orders)]].tolist()
    calendar, bar = request["calendar"], request["bar"]
    return {
        order.id: Decided(str(Slot(calendar, bar, instant(close))), None)
        for order, close in zip(run.orders, closes, strict=True)
    }


def _messages(job: Job) -> list[Message]:
    if job.owner.visibility != "public":
        return []
    key = f"{job.slug}/backtest/{job.owner.execution_id}"
    return [Message("robot", key, {"slug": job.slug, "seq": 0})]
