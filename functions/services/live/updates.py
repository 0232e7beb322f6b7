"""What an update is: all that one decision of a record brought, told once and gapless by seq."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from functions.services.answers.measurements import chosen
from functions.services.answers.views import HEADLINE_METRICS
from functions.store.reading import trades, updates
from functions.store.reading.rows import MissingError, Reading, Row
from functions.store.reading.subjects import key

MOST_ROBOTS = 100
_MOST_TRADES = 50_000
Update = dict[str, Any]


class Told(NamedTuple):
    """Updates of one robot in order of seq.

    robot: as `store.reading.updates` gives it. more: whether there are newer ones.
    """

    robot: Row
    items: list[Update]
    more: bool

    @property
    def metrics(self) -> dict[str, Row]:
        """The headline metrics, where the last item is what they were measured at."""
        at_head = not self.items or self.items[-1]["seq"] == self.robot["head"]
        return headline(self.robot) if at_head else {}


def robot_of(connection: Reading, reference: str) -> Row:
    """Return where a robot stands; MissingError when it cannot be seen."""
    found = updates.robot(connection, key(reference))
    if found is None:
        raise MissingError("strategy", reference)
    return found


def headline(robot: Row) -> dict[str, Row]:
    """Return the few metrics that stand for a robot, as of its newest decision."""
    return chosen(robot["latest_metrics"], HEADLINE_METRICS)


def told_after(connection: Reading, robot: Row, after: int | None, limit: int) -> Told:
    """Return what came after a seq.

    after: None or -1 gives the newest alone; a seq that is still to come gives nothing.
    """
    head = robot["head"]
    if head is None:
        return Told(robot, [], more=False)
    first_after = head - 1 if after is None or after < 0 else after
    rows = updates.updates(connection, robot, first_after, limit + 1)
    items = _items(connection, robot, rows[:limit])
    return Told(robot, items, more=len(rows) > limit)


def updates_view(
    connection: Reading, reference: str, after: int | None, limit: int
) -> dict[str, Any]:
    """Return the same for who asks by polling."""
    robot = robot_of(connection, reference)
    told = told_after(connection, robot, after, limit)
    return {
        "strategy": {name: robot[name] for name in ("id", "slug", "name")},
        "items": told.items,
        "seq": robot["head"],
        "metrics": told.metrics,
        "status": robot["status"],
        "more": told.more,
    }


def state_of(connection: Reading, robot: Row) -> dict[str, str | None]:
    """Return a robot's status, with the reason where it stands still."""
    return {"status": robot["status"], "reason": _reason(connection, robot)}


def _reason(connection: Reading, robot: Row) -> str | None:
    run = robot["execution_id"]
    if run is None:
        return None
    if robot["status"] == "drifted" and (drift := updates.newest_drift(connection, run)):
        return f"worked out anew, {drift['slot']} came out otherwise ({drift['kind']})"
    wait = updates.newest_wait(connection, run)
    return f"{wait['slot']} is not recorded yet: {wait['reason']}" if wait else None


def _items(connection: Reading, robot: Row, rows: Sequence[Row]) -> list[Update]:
    fills = _fills(connection, robot, rows)
    return [_update(row, fills.get(row["seq"], []), robot["status"]) for row in rows]


def _update(row: Row, fills: list[Row], status: str) -> Update:
    money = ("equity", "cash", "benchmark_equity")
    return {
        "seq": row["seq"],
        "slot": row["slot"],
        "time": row["closes_at"],
        "decision": {"hash": row["hash"], "orders": row["orders"]},
        "trades": fills,
        "performance": {name: row[name] for name in money},
        "status": status,
    }


def _fills(connection: Reading, robot: Row, rows: Sequence[Row]) -> Mapping[int, list[Row]]:
    """Fills by the seq of the update that tells them, in the order they were made."""
    if not rows:
        return {}
    closes = [row["closes_at"] for row in rows]
    found: dict[int, list[Row]] = {}
    for fill in _fills_between(connection, robot, rows[0]["seq"] - 1, closes[-1]):
        place = _place(fill["execution_time"], closes, contiguous=robot["contiguous"])
        if place < len(rows):
            found.setdefault(rows[place]["seq"], []).append(fill)
    return found


def _place(time: datetime, closes: Sequence[datetime], *, contiguous: bool) -> int:
    """Which slot a fill is told with.

    Where the next bar opens at the instant at which the last one closes, a fill of that instant
    is told with the later one, so that none comes after its update was sent.
    """
    return bisect_right(closes, time) if contiguous else bisect_left(closes, time)


def _fills_between(connection: Reading, robot: Row, seq: int, last: datetime) -> list[Row]:
    before = updates.closed_at(connection, robot["execution_id"], seq)
    since = before["closes_at"] if before else None
    if since is not None and not robot["contiguous"]:
        since += timedelta(microseconds=1)
    whose = {"strategy_id": robot["id"], "execution_id": robot["execution_id"]}
    asked = {**trades.ANY, **whose, "since": since, "before": last + timedelta(microseconds=1)}
    newest_first = trades.page(connection, asked, (), {"limit": _MOST_TRADES, "offset": 0})
    return newest_first[::-1]
