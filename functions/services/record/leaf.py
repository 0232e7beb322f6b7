"""The exact text of one decision, and the hash that chains it to the one before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import rfc8785

GENESIS = "0" * 64
VERSION = 1
KEPT_TERMS = 4096


class Terms(NamedTuple):
    """What all leaves of one segment share, in the leaf's own words."""

    robot: str
    segment: int
    code: str
    parameters: Mapping[str, Any]
    rules: str
    options: Mapping[str, Any]


class Decision(NamedTuple):
    """What one slot adds to its segment's terms.

    tape: hash of the tape so far. orders, account: what the engine's `to_dict` gives, as text
    written by `plain`.
    """

    seq: int
    slot: str
    tape: str
    orders: str
    account: str


class Leaf(NamedTuple):
    """A decision's exact text and its hash, with what the record is read by."""

    seq: int
    slot: str
    tape: str
    text: str
    hash: str


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the one RFC 8785 text of a JSON object."""
    return rfc8785.dumps(dict(content))


def plain(content: object) -> str:
    r"""Return the RFC 8785 text of a value without floats, whose keys are ASCII; much faster.

    >>> plain({"b": [None, 1], "a": "é\n"})
    '{"a":"é\\n","b":[null,1]}'
    """
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def leaf_hash(text: bytes) -> str:
    """Hash a leaf as RFC 6962 does: SHA-256 over a zero byte and the text, in hex."""
    return hashlib.sha256(b"\x00" + text).hexdigest()


@lru_cache(maxsize=KEPT_TERMS)
def source_hash(source: str) -> str:
    """Return the SHA-256 of a strategy's source, in hex."""
    return hashlib.sha256(source.encode()).hexdigest()


def chain(terms: Terms, decisions: Sequence[Decision], prev: str) -> list[Leaf]:
    """Write the leaves of decisions in order, each naming the hash before it.

    A leaf's text is RFC 8785: keys in order, no spaces, numbers as ECMAScript writes them.
    """
    before, between, after = _terms_in_place(terms)
    leaves = []
    for decision in decisions:
        text = (
            f'{{"account":{decision.account}{before}"orders":{decision.orders}{between}'
            f'"prev":"{prev}"{after}"seq":{decision.seq},"slot":{plain(decision.slot)},'
            f'"tape":"{decision.tape}","v":{VERSION}}}'
        )
        prev = leaf_hash(text.encode())
        leaves.append(Leaf(decision.seq, decision.slot, decision.tape, text, prev))
    return leaves


def _terms_in_place(terms: Terms) -> tuple[str, str, str]:
    """The shared members where the alphabet puts them: after account, orders and prev."""
    return _in_place(json.dumps(terms))


@lru_cache(maxsize=KEPT_TERMS)
def _in_place(written: str) -> tuple[str, str, str]:
    """Write terms once, as they are the same in every slot; they are in no order yet."""
    terms = Terms(*json.loads(written))
    places = (("code", "options"), ("parameters",), ("robot", "rules", "segment"))
    texts = {name: rfc8785.dumps(value).decode() for name, value in terms._asdict().items()}
    before, between, after = (
        "".join(f',"{name}":{texts[name]}' for name in names) + "," for names in places
    )
    return before, between, after
