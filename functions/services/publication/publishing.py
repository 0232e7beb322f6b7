"""From PostgreSQL to a robot's published documents and drawings."""

from collections.abc import Sequence

from engine.notes import VOLUME_UNKNOWN
from functions.charts import charts
from functions.charts.card import card
from functions.services.platform import Platform
from functions.services.publication.actions import actions_of
from functions.services.publication.documents import (
    Document,
    History,
    Standing,
    encode,
    equity_of,
    headed,
    record_of,
    seq_of,
    trades_of,
)
from functions.services.publication.parity import parity_of
from functions.services.publication.standings import histories, standings
from functions.services.publication.state import publish_state
from functions.services.publication.summary import summary_of
from functions.store import publication
from functions.store.objects import Objects, objects_in

FOLDER = "data/robots"
SUMMARY = "summary.json"
RECENT_TRADES = 10
AT_ONCE = 50


def publish_robot(platform: Platform, slug: str) -> int:
    """Write one public robot's documents as of now; how many changed.

    A robot that is private, or not there, has none. What a higher seq has written stays, and of
    one seq what was read later.
    """
    return publish_robots(platform, [slug])


def publish_robots(platform: Platform, slugs: Sequence[str]) -> int:
    """`publish_robot` for many, read together; how many documents changed."""
    written = 0
    for first in range(0, len(slugs), AT_ONCE):
        batch = slugs[first : first + AT_ONCE]
        with publication.snapshot(platform.connect()) as connection:
            position = publication.position(connection)
            shown = standings(connection, batch, platform.provider)
            told = histories(connection, shown)
        objects = objects_in(platform.s3, platform.site_bucket)
        pairs = zip(shown, told, strict=True)
        written += sum(_publish(objects, *pair, position) for pair in pairs)
    publish_state(platform)
    return written


def _publish(objects: Objects, standing: Standing, history: History, position: int) -> int:
    """The summary goes last: who finds it finds the rest."""
    folder, seq = f"{FOLDER}/{standing.robot.slug}", seq_of(standing)
    bodies = {f"{folder}/{name}": body for name, body in _bodies(standing, history).items()}
    last = f"{folder}/{SUMMARY}"
    summary = bodies.pop(last)
    written = objects.put_all_newer(bodies, seq, position)
    return written + objects.put_newer(last, summary, seq, position)


def documents(standing: Standing, history: History) -> dict[str, Document]:
    """Return all of one robot's documents by file name."""
    trades, head = trades_of(history), headed(standing)
    summary = summary_of(standing) | {"recent_trades": _recent(standing, trades)}
    if not all(trade.volume_known for rows in history.trades.values() for trade in rows):
        summary["notes"].append(VOLUME_UNKNOWN)
    return {
        SUMMARY: summary,
        "equity.json": head | equity_of(history),
        "trades.json": head | {"items": trades, "actions": actions_of(standing, history)},
        "record.json": head | record_of(standing, history),
        "parity.json": parity_of(standing, history.parity),
    }


def _recent(standing: Standing, trades: Sequence[Document]) -> list[Document]:
    """A record's own newest fills; a backtest's before the first decision."""
    phase = "record" if standing.head else "backtest"
    return [trade for trade in trades if trade["phase"] == phase][-RECENT_TRADES:]


def _bodies(standing: Standing, history: History) -> dict[str, bytes]:
    told = documents(standing, history)
    bodies = {name: encode(document) for name, document in told.items()}
    for name, chart in charts(told[SUMMARY], told["equity.json"], told["trades.json"]).items():
        bodies[f"figures/{name}.json"] = encode(chart.figure)
        bodies[f"figures/{name}.svg"] = chart.svg.encode()
    bodies["figures/card.svg"] = card(told["equity.json"]).encode()
    return bodies
