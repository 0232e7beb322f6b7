"""Where robots stand, as the database has it: read in one snapshot for many at once."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row

from functions.store.closes import SESSION

AnyConnection = Connection[Any]
Row = TypeVar("Row")


class RobotRow(NamedTuple):
    """One public robot as it was registered."""

    id: UUID
    slug: str
    name: str
    description: str | None
    strategy_code: str
    config: dict[str, Any]
    registered_at: datetime | None
    status: str


class RunRow(NamedTuple):
    """One execution, with the two ends of its equity; nothing of those before its first slot.

    source: whose bars it reads, where that was asked for.
    """

    id: UUID
    strategy_id: UUID
    kind: str
    status: str
    trade_count: int
    latest_metrics: dict[str, dict[str, Any]] | None
    first: datetime | None
    last: datetime | None
    sessions: int
    equity: Decimal | None
    cash: Decimal | None
    source: str | None


class HeadRow(NamedTuple):
    """The newest decision of a record; account is the leaf's own."""

    execution_id: UUID
    seq: int
    slot: str
    closes_at: datetime
    hash: str
    tape: str
    account: dict[str, Any]


@contextmanager
def snapshot(connection: AnyConnection) -> Iterator[AnyConnection]:
    """Read everything inside as of one instant, so that documents agree with each other.

    Inside a transaction that has begun, what one statement sees is up to that transaction.
    """
    begins = connection.info.transaction_status is TransactionStatus.IDLE
    with connection.transaction():
        if begins:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


def position(connection: AnyConnection) -> int:
    """Return how many transactions had ended by now, which orders snapshots by what they see.

    Two with one position see the same. (xmax alone orders nothing: one that ends late leaves it.)
    """
    row = connection.execute(
        """SELECT pg_snapshot_xmax(seen)::text::bigint -
            (SELECT count(*) FROM pg_snapshot_xip(seen)) FROM pg_current_snapshot() seen"""
    ).fetchone()
    return int(row[0]) if row else 0


def public_slugs(connection: AnyConnection) -> list[str]:
    """Return every public robot's slug, sorted by code point."""
    rows = connection.execute(
        """SELECT slug FROM strategies WHERE visibility = 'public' ORDER BY slug COLLATE "C" """
    )
    return [slug for (slug,) in rows]


def robots(connection: AnyConnection, slugs: Sequence[str]) -> list[RobotRow]:
    """Return those of these slugs that are public, sorted by slug."""
    return rows_of(
        connection,
        RobotRow,
        """
        SELECT id, slug, name, description, strategy_code, config, registered_at, status
        FROM strategies
        WHERE visibility = 'public' AND slug = ANY(%s)
        ORDER BY slug COLLATE "C"
        """,
        list(slugs),
    )


def runs(connection: AnyConnection, strategy_ids: Iterable[UUID]) -> list[RunRow]:
    """Return each robot's paper execution and its newest finished backtest, where it has them."""
    return rows_of(
        connection,
        RunRow,
        f"""
        WITH shown AS (
            SELECT DISTINCT ON (strategy_id, kind)
                id, strategy_id, kind, status, trade_count, latest_metrics,
                request ->> 'source' AS source
            FROM executions
            WHERE strategy_id = ANY(%s)
                AND (kind = 'paper' OR (kind = 'backtest' AND status = 'finished'))
            ORDER BY strategy_id, kind, created_at DESC, id
        )
        SELECT shown.*, head.time AS first, tail.time AS last, tail.equity, tail.cash,
            CASE WHEN s.config ->> 'bar' = '1d' THEN coalesce(tail.sequence - head.sequence + 1, 0)
                ELSE (SELECT count(DISTINCT {SESSION}) FROM equity_points
                    WHERE execution_id = shown.id) END AS sessions
        FROM shown JOIN strategies s ON s.id = shown.strategy_id
        LEFT JOIN LATERAL (
            SELECT time, sequence FROM equity_points
            WHERE execution_id = shown.id ORDER BY sequence LIMIT 1
        ) head ON true
        LEFT JOIN LATERAL (
            SELECT time, sequence, equity, cash FROM equity_points
            WHERE execution_id = shown.id ORDER BY sequence DESC LIMIT 1
        ) tail ON true
        """,  # noqa: S608 - own words
        list(strategy_ids),
    )


def heads(connection: AnyConnection, execution_ids: Iterable[UUID]) -> dict[UUID, HeadRow]:
    """Return the newest decision of each execution that has one."""
    found = rows_of(
        connection,
        HeadRow,
        """
        SELECT newest.*
        FROM unnest(%s::uuid[]) AS wanted(id)
        CROSS JOIN LATERAL (
            SELECT execution_id, seq, slot, closes_at, hash, tape,
                leaf::jsonb -> 'account' AS account
            FROM decisions WHERE execution_id = wanted.id ORDER BY seq DESC LIMIT 1
        ) newest
        """,
        list(execution_ids),
    )
    return {head.execution_id: head for head in found}


def marks(
    connection: AnyConnection, head: HeadRow, symbols: Iterable[str], series: str
) -> dict[str, Decimal]:
    """Return the raw closes that the record marked its holdings at: its tape's own versions.

    A symbol without a bar in the head's slot is marked at its last one before.
    """
    rows = connection.execute(
        """
        SELECT DISTINCT ON (bar.symbol) bar.symbol, coalesce(version.close, bar.close)
        FROM market_data bar
        LEFT JOIN (
            SELECT unnest(bars) AS id, unnest(versions) AS version FROM tapes WHERE hash = %s
        ) read ON read.id = bar.id
        LEFT JOIN bar_versions version
            ON version.market_data_id = bar.id AND version.version = read.version
        WHERE bar.symbol = ANY(%s) AND bar.timestamp <= %s AND bar.data_source = %s
        ORDER BY bar.symbol, bar.timestamp DESC
        """,
        (head.tape, list(symbols), head.closes_at, series),
    )
    return dict(rows.fetchall())


def reach(connection: AnyConnection) -> tuple[datetime | None, datetime | None]:
    """Return the closes of the first slot after a public robot's registration and the newest."""
    row = connection.execute(
        """
        SELECT min(closes_at) FILTER (WHERE closes_at > (
            SELECT min(registered_at) FROM strategies WHERE visibility = 'public'
        )), max(closes_at) FROM tapes
        """
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def rows_of(
    connection: AnyConnection, kind: type[Row], query: str, *parameters: object
) -> list[Row]:
    """Return what a query answers, each row in its own type."""
    cursor: Cursor[Row] = connection.cursor(row_factory=class_row(kind))
    with cursor:
        return cursor.execute(query.encode(), parameters).fetchall()
