"""A folder of published robots as the platform writes it, from real runs of the sample."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from functions.api import app as api
from functions.charts import charts
from functions.charts.card import card
from functions.services.publication.catalogue import catalogue
from functions.services.publication.documents import encode
from functions.services.publication.health import health
from functions.services.publication.league import beginning, league
from functions.services.publication.parities import parities
from functions.services.publication.publishing import documents
from functions.store.health import HealthRow
from functions.store.parity import (
    AdvanceRow,
    DriftedRow,
    ParityRows,
    RangeRow,
    RestatedRow,
    SegmentRow,
    SkipRow,
    TotalsRow,
)
from tests.site.lived import (
    ALL,
    BACKTEST,
    LISTED,
    RECORD,
    ROBOTS,
    SESSIONS,
    Lived,
    lived,
    run_id,
    slot_at,
)

__all__ = ["BACKTEST", "LISTED", "RECORD", "ROBOTS", "SESSIONS", "platform", "publish", "write"]

TRADE = "trade|1|8feb|7|AAPL|buy|56.00000000|{}|1.00000000|0.17752450|-|1299594600|paper|-"
TROUBLED = "rsi-reversion"


def publish(folder: Path, *, sessions: int = RECORD, ended: bool = False, robots: int = 6) -> Path:
    """Write everything the site reads; `sessions` is how long the records are by now."""
    shown = sorted(
        (_lived(number, sessions) for number in range(robots)),
        key=lambda each: each.standing.robot.slug,
    )
    told = [_publish_robot(folder, each) for each in shown]
    table = league([each.standing for each in shown])
    write(folder / "robots/index.json", table)
    write(folder / "robots/first.json", beginning(table))
    write(folder / "platform.json", platform(sessions, ended=ended))
    write(folder / "catalogue.json", catalogue())
    write(folder / "openapi.json", _description())
    write(folder / "parity.json", parities(told))
    write(folder / "health.json", health(_series(sessions)))
    return folder


@cache
def _description() -> dict[str, Any]:
    """Made once: it says the same at every length of a record, and is only written down."""
    return api.description()


def _lived(number: int, sessions: int) -> Lived:
    slug = ROBOTS[number % len(ROBOTS)].slug
    troubled = number < len(ROBOTS) and _is_troubled(slug, sessions)
    parity = _checks(slug, sessions) if sessions else None
    return lived(number, sessions, parity, "drifted" if troubled else "running")


def _publish_robot(folder: Path, robot: Lived) -> dict[str, Any]:
    """Write a robot's documents as the platform does; gives how it was checked."""
    place = folder / "robots" / robot.standing.robot.slug
    told = documents(robot.standing, robot.history)
    for name, document in told.items():
        write(place / name, document)
    for leaf in robot.leaves:
        path = folder / f"leaves/{leaf.hash}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(leaf.text, encoding="utf-8")
    drawn = charts(told["summary.json"], told["equity.json"], told["trades.json"])
    for figure, chart in drawn.items():
        write(place / f"figures/{figure}.json", chart.figure)
        (place / f"figures/{figure}.svg").write_text(chart.svg, encoding="utf-8")
    (place / "figures/card.svg").write_text(card(told["equity.json"]), encoding="utf-8")
    return told["parity.json"]


def _is_troubled(slug: str, sessions: int) -> bool:
    return slug == TROUBLED and sessions > 40


def _checks(slug: str, sessions: int) -> ParityRows:
    run, troubled = run_id(slug, "record"), _is_troubled(slug, sessions)
    advances = [
        AdvanceRow(run, seq, slot_at(seq), 1, seq - 1, written_at(seq))
        for seq in range(sessions, max(0, sessions - 20), -1)
    ]
    changed = [TRADE.format(price) for price in ("355.08745500", "355.09745500")]
    drift = DriftedRow(run, 40, slot_at(40), "data", written_at(41), *changed)
    skips = [
        SkipRow(run, slot_at(30), "waiting", "IBM has no bar yet", 3, written_at(30), True),
        SkipRow(
            run,
            slot_at(41),
            "drifted",
            "data: trade 1 (AAPL buy 2011-03-08) was changed",
            1,
            written_at(41),
            False,
        ),
    ]
    restated = RestatedRow(run, "IBM", "1d", datetime(2012, 5, 1, tzinfo=UTC), 1, 2, written_at(9),
                           "the provider restated it: close was 205.1")  # fmt: skip
    totals = TotalsRow(
        run, "drifted" if troubled else "running", sessions, sessions,
        *[max(sessions - 1, 0)] * 2, *[sessions * (sessions - 1) // 2] * 2,
        3 * troubled, int(troubled), 2 * troubled, int(troubled), written_at(sessions),
    )  # fmt: skip
    return ParityRows(
        totals,
        advances,
        [RangeRow(run, slot_at(30), slot_at(32), 3)] * troubled,
        [drift] * troubled,
        skips * troubled,
        [restated] * troubled,
        [SegmentRow(run, 1, 1, "registered", "1")],
    )


def written_at(seq: int) -> datetime:
    return datetime.fromisoformat(f"{SESSIONS[BACKTEST + seq - 1]}T21:02:03Z")


def _series(sessions: int) -> list[HealthRow]:
    """Five whole series, and one of a market around the clock that is not."""
    seen = written_at(max(sessions, 1))
    until = SESSIONS[: BACKTEST + max(sessions, 1)]
    first, last = _midnight(until[0]), _midnight(until[-1])
    gap = ["2012-01-03T05:00:00Z", "2012-01-03T08:00:00Z", 4]
    refused = [["low and high do not hold open and close", 2], ["a price is missing", 1]]
    silent = "kraken did not answer: 429, asks to wait 30 s"
    holed = HealthRow("BTC/USD", "crypto", "1h", "24/7", first, last, 43_996, 44_000, 2, [gap],
                      silent, seen, 7, refused)  # fmt: skip
    return [*(_whole(symbol, until, seen) for symbol in ALL), holed]


def _whole(symbol: str, until: list[str], seen: datetime) -> HealthRow:
    """Bars since the symbol was listed; of one that is not yet there are none."""
    traded = [day for day in until if day >= LISTED.get(symbol, "")]
    first, last = (_midnight(traded[at]) if traded else None for at in (0, -1))
    count = len(traded)
    return HealthRow(
        symbol, "sample", "1d", "XNYS", first, last, count, count, 0, [], None, seen, 0, []
    )


def _midnight(session: str) -> datetime:
    return datetime.fromisoformat(f"{session}T00:00:00Z")


def platform(sessions: int, *, ended: bool = False) -> dict[str, Any]:
    session = SESSIONS[BACKTEST + sessions - 1]
    return {
        "v": 1,
        "as_of": f"{session}T21:00:00Z",
        "session": session,
        "source": "sample",
        "source_first": SESSIONS[0],
        "source_last": SESSIONS[-1],
        "ended": ended,
        "live_from": SESSIONS[BACKTEST],
        "message": f"The sample data ends with {SESSIONS[-1]}." if ended else "",
    }


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(content))
