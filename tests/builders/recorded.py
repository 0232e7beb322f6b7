"""Robots advanced slot by slot, with tape and chain, for tests of what is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import psycopg
from psycopg.types.json import Jsonb

from engine import Options
from functions.services.record.leaf import GENESIS, Decision, Terms, chain, plain
from functions.store.drifts import DriftRow, append_drift, keep_drift
from functions.store.skips import SkipRow, note_skips

REGISTERED = datetime(2013, 1, 2, 21, tzinfo=UTC)
OPTIONS = Options().to_dict()
PARAMETERS = {"fast": 20, "slow": 50}
Metrics = Mapping[str, Mapping[str, Any]]


def closes_at(day: date) -> datetime:
    """The close of New York in winter."""
    return datetime.combine(day, time(21), UTC)


@dataclass
class Recorded:
    """One robot as it is being recorded."""

    id: UUID
    slug: str
    visibility: str
    terms: Terms
    runs: dict[str, UUID] = field(default_factory=dict)
    segment: UUID = field(default_factory=uuid4)
    seq: int = 0
    trades: int = 0
    prev: str = GENESIS
    tape: str = GENESIS

    def owned(self, kind: str) -> list[Any]:
        return [self.id, self.runs[kind], None, self.visibility]


class Recorder:
    """Writes what the jobs would have written; one symbol, IBM, trades at its bars."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.database = connection
        self.bars: dict[date, UUID] = {}

    def register(
        self,
        slug: str,
        *,
        benchmark: str | None = None,
        visibility: str = "public",
        name: str = "",
        symbols: Sequence[str] = ("IBM",),
        bar: str = "1d",
        source: str | None = None,
    ) -> Recorded:
        """A robot with an empty record."""
        id_ = uuid5(NAMESPACE_URL, f"https://tradingrobotplug.example/robots/{slug}")
        config = {
            "parameters": PARAMETERS,
            "symbols": list(symbols),
            "calendar": "XNYS",
            "bar": bar,
            "cash": "100000.00000000",
            "benchmark": benchmark,
            "options": OPTIONS,
        }
        self.database.execute(
            """
            INSERT INTO strategies (id, slug, name, description, strategy_code, config,
                visibility, registered_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                *(id_, slug, name or slug, f"What {slug} does.", "builtin:sma_cross"),
                *(Jsonb(config), visibility, REGISTERED),
            ],
        )
        terms = Terms(str(id_), 1, "c" * 64, PARAMETERS, "1", OPTIONS)
        robot = Recorded(id_, slug, visibility, terms)
        self._run(robot, "paper", "running", REGISTERED, {"source": source} if source else {})
        self._segment(robot)
        return robot

    def backtest(
        self,
        robot: Recorded,
        equities: Mapping[date, float],
        *,
        status: str = "finished",
        created_at: datetime = REGISTERED,
        metrics: Metrics | None = None,
    ) -> UUID:
        """A backtest with this curve."""
        robot.runs.pop("backtest", None)
        self._run(robot, "backtest", status, created_at)
        for sequence, (day, equity) in enumerate(equities.items()):
            self._point(robot, "backtest", sequence, day, Decimal(str(equity)), Decimal(0))
        self.measure(robot, "backtest", metrics or {})
        return robot.runs["backtest"]

    def measure(self, robot: Recorded, kind: str, metrics: Metrics) -> None:
        """Replace a run's latest metrics."""
        self.database.execute(
            "UPDATE executions SET latest_metrics = %s WHERE id = %s",
            [Jsonb(dict(metrics)), robot.runs[kind]],
        )

    def bar(self, day: date, close: float) -> UUID:
        """IBM's bar of a session, as first seen."""
        if day not in self.bars:
            row = self.database.execute(
                """
                INSERT INTO market_data (symbol, timestamp, open, high, low, close, volume,
                    data_source, seen_at) VALUES ('IBM', %s, %s, %s, %s, %s, 1000, 'sample', %s)
                RETURNING id
                """,
                [datetime.combine(day, time(), UTC), *[close] * 4, closes_at(day)],
            ).fetchone()
            assert row is not None
            self.bars[day] = row[0]
        return self.bars[day]

    def restate(self, day: date, close: float) -> None:
        """The bar's second version."""
        self.database.execute(
            """
            INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,
                seen_at, reason) VALUES (%s, 2, %s, %s, %s, %s, 1000, %s, 'restated')
            """,
            [self.bars[day], *[close] * 4, closes_at(day)],
        )

    def advance(
        self,
        robot: Recorded,
        day: date,
        *,
        close: float = 200.0,
        shares: int = 0,
        cash: float = 100_000.0,
        version: int = 1,
        fills: Sequence[tuple[str, int, float]] = (),
        caught_up: bool = False,
    ) -> str:
        """One slot: its tape entry, its decision, its fills at the open, and its equity.

        caught_up: with the next one, in one advance.
        """
        robot.seq += 1
        slot = f"XNYS/1d/{closes_at(day):%Y-%m-%dT%H:%M:%SZ}"
        self._tape(robot, slot, day, self.bar(day, close), version)
        held = {"IBM": {"quantity": f"{shares}.00000000", "cost": "1.00000000"}} if shares else {}
        account = {"cash": f"{cash:.8f}", "positions": held, "waiting": []}
        decision = Decision(robot.seq, slot, robot.tape, "[]", plain(account))
        (leaf,) = chain(robot.terms, [decision], robot.prev)
        robot.prev = leaf.hash
        self.database.execute(
            """
            INSERT INTO decisions (strategy_id, execution_id, user_id, visibility, segment_id,
                seq, slot, closes_at, tape, leaf, hash, backfilled, digest)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                *(*robot.owned("paper"), robot.segment, robot.seq, slot, closes_at(day)),
                *(robot.tape, leaf.text, leaf.hash, caught_up),
                None if caught_up else "d" * 64,
            ],
        )
        for side, quantity, price in fills:
            self._trade(robot, day, side, quantity, price)
        equity = Decimal(str(cash)) + shares * Decimal(str(close))
        self._point(robot, "paper", robot.seq, day, equity, Decimal(str(cash)))
        return leaf.hash

    def dirty(self, robot: Recorded) -> None:
        """Its page waits in the outbox."""
        self.database.execute(
            "INSERT INTO outbox (kind, key, payload) VALUES ('page', %s, %s)",
            [f"{robot.slug}/{robot.seq}", Jsonb({"slug": robot.slug, "seq": robot.seq})],
        )

    def _run(
        self,
        robot: Recorded,
        kind: str,
        status: str,
        created_at: datetime,
        request: Mapping[str, Any] | None = None,
    ) -> None:
        robot.runs[kind] = uuid4()
        self.database.execute(
            """
            INSERT INTO executions (strategy_id, id, user_id, visibility, kind, status, created_at,
                request) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [*robot.owned(kind), kind, status, created_at, Jsonb(dict(request or {}))],
        )

    def begin(self, robot: Recorded, reason: str) -> None:
        """A segment from the next decision on."""
        robot.segment = uuid4()
        robot.terms = robot.terms._replace(segment=robot.terms.segment + 1)
        self._segment(robot, reason)

    def skip(self, robot: Recorded, day: date, kind: str, reason: str) -> None:
        """A slot that was due and not recorded."""
        slot = f"XNYS/1d/{closes_at(day):%Y-%m-%dT%H:%M:%SZ}"
        owner = (robot.id, robot.runs["paper"], None, robot.visibility)
        note_skips(self.database, [SkipRow(*owner, slot, closes_at(day), kind, reason)])

    def drift(self, robot: Recorded, day: date, kind: str, texts: tuple[str, str]) -> None:
        """A replay that left the record at a slot; an engine's does not stop it."""
        slot = f"XNYS/1d/{closes_at(day):%Y-%m-%dT%H:%M:%SZ}"
        owner = (robot.id, robot.runs["paper"], None, robot.visibility)
        note = keep_drift if kind == "engine" else append_drift
        note(self.database, DriftRow(*owner, slot, robot.seq, kind, *texts))

    def _segment(self, robot: Recorded, reason: str = "registered") -> None:
        self.database.execute(
            """
            INSERT INTO segments (strategy_id, execution_id, user_id, visibility, id, number,
                first_seq, history, prev, code, parameters, rules, options, opening, reason)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '1', %s, '{}', %s)
            """,
            [
                *(*robot.owned("paper"), robot.segment, robot.terms.segment, robot.seq + 1),
                *(GENESIS, robot.prev, robot.terms.code, Jsonb(dict(robot.terms.parameters))),
                *(Jsonb(OPTIONS), reason),
            ],
        )

    def _tape(self, robot: Recorded, slot: str, day: date, bar: UUID, version: int) -> None:
        name = f"{uuid5(NAMESPACE_URL, robot.tape + slot).hex:0>64}"
        self.database.execute(
            """
            INSERT INTO tapes (hash, prev, slot, closes_at, sessions, bars, versions, actions)
            VALUES (%s, %s, %s, %s, %s, %s, %s, '{}') ON CONFLICT (hash) DO NOTHING
            """,
            [name, robot.tape, slot, closes_at(day), Jsonb([str(day)]), [bar], [version]],
        )
        robot.tape = name

    def _trade(self, robot: Recorded, day: date, side: str, quantity: int, price: float) -> None:
        robot.trades += 1
        opens = closes_at(day) - timedelta(hours=6.5)
        self.database.execute(
            """
            INSERT INTO trades (strategy_id, execution_id, user_id, visibility, id, sequence,
                order_id, symbol, side, quantity, price, commission, slippage, execution_time,
                trade_type, market_data_snapshot)
            VALUES (%s, %s, %s, %s, %s, %s, 'o1', 'IBM', %s, %s, %s, 5.16, 0.5, %s, 'paper', %s)
            """,
            [
                *robot.owned("paper"),
                *(uuid5(robot.runs["paper"], str(robot.trades)), robot.trades, side),
                *(quantity, Decimal(str(price)), opens, Jsonb({"session": str(day)})),
            ],
        )
        self.database.execute(
            "UPDATE executions SET trade_count = %s WHERE id = %s",
            [robot.trades, robot.runs["paper"]],
        )

    def _point(
        self, robot: Recorded, kind: str, sequence: int, day: date, equity: Decimal, cash: Decimal
    ) -> None:
        self.database.execute(
            """
            INSERT INTO equity_points (strategy_id, execution_id, user_id, visibility, sequence,
                time, equity, cash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [*robot.owned(kind), sequence, closes_at(day), equity, cash],
        )
