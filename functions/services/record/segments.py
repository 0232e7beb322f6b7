"""Where one stretch of a record ends and the next begins."""

import json
from typing import Any
from uuid import uuid5

from functions.services.record.definition import Definition
from functions.services.record.leaf import leaf_hash
from functions.store.records import Record, Segment


def damage(record: Record) -> str:
    """Say what of the stored segment or head does not fit the head's leaf, or nothing."""
    head, segment = record.head, record.segment
    if head.seq != record.robot.decision_count:
        return f"the chain ends at {head.seq}, not at {record.robot.decision_count}"
    if head.leaf is None:
        return ""
    if leaf_hash(head.leaf.encode()) != head.hash:
        return f"the leaf of {head.slot} no longer has the hash {head.hash}"
    told = json.loads(head.leaf)
    stored: dict[str, Any] = {"slot": head.slot, "seq": head.seq, "tape": head.tape}
    if told["segment"] == segment.number:
        terms = ("code", "parameters", "rules", "options")
        stored |= {name: getattr(segment, name) for name in terms}
    unlike = [name for name, value in stored.items() if told[name] != value]
    return f"{unlike[0]} is not what the leaf of {head.slot} says" if unlike else ""


def successor(record: Record, definition: Definition) -> Record:
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
    )
    return record._replace(segment=segment)


def _left(record: Record) -> dict[str, Any]:
    """The account after the head, orders included; the segment's own before its first slot."""
    if record.head.leaf is None or record.head.seq < record.segment.first_seq:
        return record.segment.opening
    account: dict[str, Any] = json.loads(record.head.leaf)["account"]
    return account
