"""A segment played again over its tape: its run, and the chain of leaves that follows from it."""

from collections.abc import Iterator
from typing import NamedTuple

from engine import Account, Run, simulate
from functions.services.record.definition import Definition
from functions.services.record.leaf import Decision, Leaf, Terms, chain, plain
from functions.services.record.tape import Tape
from functions.store.records import Record


class Replay(NamedTuple):
    """A segment's run over the tape so far; leaves in order from the segment's first slot."""

    run: Run
    leaves: list[Leaf]


def replay(record: Record, definition: Definition, tape: Tape) -> Replay:
    """Simulate the record's segment from its opening account to the tape's last slot.

    Raises what the strategy raises. The tape must hold at least one slot of the segment.
    """
    segment = record.segment
    slots = tape.slots_after(segment.history)
    first = len(tape.bars.sessions) - len(slots)
    run = simulate(
        definition.strategy,
        tape.market,
        start=tape.bars.sessions[first].item(),
        opening=Account.from_dict(segment.opening),
        options=definition.options,
    )
    decisions = [
        Decision(segment.first_seq + number, *slot, *texts)
        for number, (slot, texts) in enumerate(zip(slots, _texts(run), strict=True))
    ]
    return Replay(run, chain(terms_of(record), decisions, segment.prev))


def _texts(run: Run) -> Iterator[tuple[str, str]]:
    """Yield orders and account of each row as text; on most rows nothing happens to either."""
    before, text = None, ""
    for row in range(run.start_row, len(run.market.sessions)):
        account = run.account_at(row)
        if account != before:
            before, text = account, plain(account.to_dict())
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
