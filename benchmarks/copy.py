"""How many trades a second go into the table; run as `python -m benchmarks.copy`.

By COPY, with row-level security, foreign keys and all indexes in place, over a PostgreSQL on the
same machine, which shares its processors.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import NamedTuple
from uuid import UUID, uuid5

from benchmarks.world import REGISTERED, Place, database, platform_on, prepare, say
from functions.store.records import Owner
from functions.store.trades import Trade, append_trades

START = datetime(2013, 3, 1, 14, 30, tzinfo=UTC)


def trades(owner: Owner, first: int, count: int) -> list[Trade]:
    """Make trades as a record has them."""
    return [_trade(owner, first + number) for number in range(count)]


def _trade(owner: Owner, sequence: int) -> Trade:
    snapshot = {
        "session": "2013-03-01",
        "open": 200.67,
        "high": 202.94,
        "low": 199.36,
        "close": 202.91,
        "volume": 3309400.0,
        "decided_in": "XNYS/1d/2013-02-28T21:00:00Z",
        "decision": "5" * 64,
    }
    return Trade(
        uuid5(owner.execution_id, str(sequence)),
        *owner,
        sequence=sequence,
        order_id="2013-02-28-IBM-1",
        symbol="IBM",
        side="buy" if sequence % 2 else "sell",
        quantity=Decimal("57.00000000"),
        price=Decimal("200.77033500"),
        commission=Decimal("5.72195455"),
        slippage=Decimal("5.71909500"),
        pnl=None if sequence % 2 else Decimal("-11.44104955"),
        execution_time=START + timedelta(seconds=sequence),
        trade_type="paper",
        market_data_snapshot=snapshot,
    )


class Copied(NamedTuple):
    """When a writer began and ended, on the machine's clock, and its processor seconds."""

    began: float
    ended: float
    cpu: float


def copied(url: str, robot: UUID, first: int, count: int) -> Copied:
    """Copy so many trades of a robot in one transaction."""
    with platform_on(url) as platform:
        (record,) = platform.archive.records([robot])
        rows = trades(record.owner, first, count)
        began, used = perf_counter(), process_time()
        with platform.connect() as connection:
            append_trades(connection, rows)
        return Copied(began, perf_counter(), process_time() - used)


def measure(place: Place, robots: list[UUID], count: int, times: int) -> None:
    """Copy for each robot in a process of its own, several times, and print each."""
    with ProcessPoolExecutor(len(robots), get_context("spawn")) as pool:
        for number in range(times):
            server, first = place.cpu_seconds(), number * count + 1
            calls = [pool.submit(copied, place.url, robot, first, count) for robot in robots]
            found = [call.result() for call in calls]
            cpu, server = sum(one.cpu for one in found), place.cpu_seconds() - server
            seconds = max(one.ended for one in found) - min(one.began for one in found)
            whole = count * len(robots)
            say(
                f"{whole} trades in {seconds:5.2f} s: {whole / seconds:6.0f} a second; processor "
                f"seconds {cpu:5.2f} of writers, {server:5.2f} of the server: "
                f"{whole / (cpu + server):6.0f} a processor second"
            )


def main() -> None:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trades", type=int, default=40_000, help="of each writer, at once")
    parser.add_argument("--times", type=int, default=4)
    parser.add_argument("--writers", type=int, default=2)
    asked = parser.parse_args()
    with database() as place:
        robots = prepare(place.url, asked.writers, -REGISTERED - 1)
        measure(place, robots, asked.trades, asked.times)


if __name__ == "__main__":
    main()
