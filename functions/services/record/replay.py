"""A segment played again over its tape: its run, and the chain of leaves that follows from it."""

from collections.abc import Iterator
from typing import NamedTuple

from engine import Account, Run, simulate
from functions.services.record.definition import Definition
from functions.services.record.leaf import Decision, Leaf, Terms, chain, plain
from functions.services.record.rows import instant
from functions.services.record.tape import Tape
from functions.store.records import Record


class Replay(NamedTuple):
    """A segment's run over the tape so far, with its leaves in order.

    before: how many of the segment's slots came before the first leaf, 0 where all are there.
    """

    run: Run
    leaves: list[Leaf]
    before: int = 0


def replay(record: Record, definition: Definition, tape: Tape) -> Replay:
    """Simulate the record's segment from its opening account to the tape's last slot.

    Raises what the strategy raises. The tape must hold at least one slot of the segment.
    """
    run = simulated(record, definition, tape)
    return Replay(run, leaves_of(record, run, tape, 0, record.segment.prev))


def simulated(record: Record, definition: Definition, tape: Tape) -> Run:
    """Simulate the record's segment, without writing its leaves."""
    first = len(tape.bars.sessions) - len(tape.slots_after(record.segment.history))
    return simulate(
        definition.strategy,
        tape.market,
        start=instant(int(tape.bars.closes[first])),
        opening=Account.from_dict(record.segment.opening),
        options=definition.options,
    )


def leaves_of(record: Record, run: Run, tape: Tape, before: int, prev: str) -> list[Leaf]:
    """Write the leaves of the segment's slots but the first few, whose last leaf is prev."""
    slots = tape.slots[len(tape.slots) - len(run.sessions) + before :]
    seq = record.segment.first_seq + before
    decisions = [
        Decision(seq + number, *slot, *texts)
        for number, (slot, texts) in enumerate(zip(slots, _texts(run, before), strict=True))
    ]
    return chain(terms_of(record), decisions, prev)


def _texts(run: Run, before: int) -> Iterator[tuple[str, str]]:
    """Yield orders and account of each row as text; on most rows nothing happens to either."""
    last, text = None, ""
    for row in range(run.start_row + before, len(run.market.sessions)):
        account = run.account_at(row)
        if account != last:
            last, text = account, plain(account.to_dict())
        orders = run.orders_at(row)
        yield plain([order.to_dict() for order in orders]) if orders else "[]", text


def terms_of(record: Record) -> Terms:
    """Return what all leaves of the record's segment share."""
    segment = record.segment
    return Terms(
        str(record.owner.strategy_id),
        segment.number,
        segment.code,
        segment.parameters,
        segment.rules,
        segment.options,
    )
