"""Where one stretch of a record ends and the next begins."""

import json
from typing import Any, NamedTuple
from uuid import uuid5

from engine import Account
from functions.services.market.slots import Slot
from functions.services.record.archive import Archive
from functions.services.record.definition import Definition
from functions.services.record.leaf import GENESIS, leaf_hash
from functions.services.record.tape import Tape
from functions.store.records import Record, Segment


class Damage(NamedTuple):
    """What does not fit, in words, and the decision that it is found at."""

    seq: int
    words: str


def damage(archive: Archive, record: Record, tape: Tape) -> Damage | None:
    """Say what of the stored robot, segment or head does not fit leaves and tape, or nothing."""
    if words := _head(record):
        return Damage(record.head.seq, words)
    if words := _start(record, tape):
        return Damage(1, words)
    words = _opening(archive, record, tape)
    return Damage(record.segment.first_seq, words) if words else None


def _head(record: Record) -> str:
    head, segment = record.head, record.segment
    if head.seq != record.robot.decision_count:
        return f"the chain ends at {head.seq}, not at {record.robot.decision_count}"
    if head.leaf is None:
        return ""
    if leaf_hash(head.leaf.encode()) != head.hash:
        return f"the leaf of {head.slot} no longer has the hash {head.hash}"
    told = json.loads(head.leaf)
    terms = ("code", "parameters", "rules", "options")
    stored: dict[str, Any] = {"slot": head.slot, "seq": head.seq, "tape": head.tape}
    stored |= {"segment": segment.number, **{name: getattr(segment, name) for name in terms}}
    unlike = [name for name, value in stored.items() if told[name] != value]
    return f"{unlike[0]} is not what the leaf of {head.slot} says" if unlike else ""


def _start(record: Record, tape: Tape) -> str:
    """The border between backtest and record is the slot that the tape begins with."""
    begins = Slot.parse(tape.slots[0][0]).closes_at
    registered = record.robot.registered_at
    if registered != begins:
        return f"registered_at is {registered}, the tape begins at {begins}"
    cash, asked = record.robot.config.get("cash"), record.robot.request["cash"]
    return "" if cash == asked else f"cash is {cash}, was {asked} when the robot was registered"


def _opening(archive: Archive, record: Record, tape: Tape) -> str:
    segment = record.segment
    if (segment.number == 1) != (segment.reason == "registered"):
        return f"the reason of segment {segment.number} is {segment.reason}"
    opens = (segment.prev, segment.history, segment.opening)
    if opens == _before(archive, record, tape):
        return ""
    return f"segment {segment.number} does not open with what was left"


def _before(archive: Archive, record: Record, tape: Tape) -> tuple[str, str, object] | None:
    """Hash, tape and account that the segment must begin with."""
    seq = record.segment.first_seq - 1
    if seq == 0:
        given = Account.of_cash(record.robot.request["cash"]).to_dict()
        return GENESIS, tape.slots[0][1], given
    last = archive.leaf(record.owner.execution_id, seq)
    if last is None or leaf_hash(last.leaf.encode()) != last.hash:
        return None
    told = json.loads(last.leaf)
    return last.hash, told["tape"], told["account"]


def successor(record: Record, definition: Definition, reason: str) -> Record:
    """Return the record with a new segment that opens with what the last one left."""
    owner, last, head = record.owner, record.segment, record.head
    segment = Segment(
        id=uuid5(owner.execution_id, f"segment/{last.number + 1}"),
        number=last.number + 1,
        first_seq=head.seq + 1,
        history=head.tape,
        prev=head.hash,
        code=definition.code,
        parameters=definition.parameters,
        rules=definition.rules,
        options=dict(definition.options.to_dict()),
        opening=_left(record),
        first_trade=record.robot.trade_count + 1,
        reason=reason,
    )
    return record._replace(segment=segment)


def _left(record: Record) -> dict[str, Any]:
    """The account after the head, orders included; the segment's own before its first slot."""
    if record.head.leaf is None or record.head.seq < record.segment.first_seq:
        return record.segment.opening
    account: dict[str, Any] = json.loads(record.head.leaf)["account"]
    return account
