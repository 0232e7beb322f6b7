"""A segment played again over its tape: its run, and the chain of leaves that follows from it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine import Account, Run, simulate
from functions.services.record.definition import Definition
from functions.services.record.leaf import Decision, Leaf, Terms, chain, plain
from functions.services.record.rows import instant
from functions.services.record.tape import Tape
from functions.store.records import Record


class Replay(NamedTuple):
    """A segment's run over the tape so far, with its leaves in order.

    account: the one after the last slot, as its leaf has it. before: how many of the segment's
    slots came before the first leaf, 0 where all are there.
    """

    run: Run
    leaves: list[Leaf]
    account: str
    before: int = 0


def replay(record: Record, definition: Definition, tape: Tape) -> Replay:
    """Simulate the record's segment from its opening account to the tape's last slot.

    Raises what the strategy raises. The tape must hold at least one slot of the segment.
    """
    run = simulated(record, definition, tape)
    return _written(record, run, tape, list(_texts(run, 0)), record.segment.prev)


def gone_on(record: Record, run: Run, tape: Tape, account: str) -> Replay:
    """Write the leaves of the slots after the head alone.

    account: the head's, where no order and no event came since; else none.
    """
    before = record.head.seq - record.segment.first_seq + 1
    quiet = [("[]", account)] * (len(run.sessions) - before)
    texts = quiet if account else list(_texts(run, before))
    return _written(record, run, tape, texts, record.head.hash)


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


def _written(
    record: Record, run: Run, tape: Tape, texts: Sequence[tuple[str, str]], prev: str
) -> Replay:
    """Write the leaves of the last slots; texts: their orders and accounts."""
    before, slots = len(run.sessions) - len(texts), tape.slots[len(tape.slots) - len(texts) :]
    seq = record.segment.first_seq + before
    decisions = [
        Decision(seq + number, *slot, *text)
        for number, (slot, text) in enumerate(zip(slots, texts, strict=True))
    ]
    leaves = chain(terms_of(record), decisions, prev)
    return Replay(run, leaves, texts[-1][1] if texts else "", before)


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
