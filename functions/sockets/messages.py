"""What a client may say: one JSON object a frame, with its type."""

import json

from functions.services.live.updates import MOST_ROBOTS
from functions.services.live.watching import Seen

LARGEST_BYTES = 32_768
"""A frame that names the seq of a hundred robots has a tenth of this."""
_LARGEST_SEQ = 2**31


class MessageError(ValueError):
    """A frame says nothing that can be answered; the text says what is wrong with it."""


def read(body: str) -> Seen | None:
    """Return what a resume says its sender has, None for a ping.

    MessageError where the frame is too large, malformed or unknown.
    """
    if len(body.encode()) > LARGEST_BYTES:
        raise MessageError(f"a frame must have at most {LARGEST_BYTES} bytes")
    match _parsed(body):
        case {"type": "ping"}:
            return None
        case {"type": "resume", **rest}:
            return Seen(_seq(rest.get("seq", -1), "seq"), _seqs(rest.get("seqs", {})))
        case {"type": str(kind)}:
            raise MessageError(f"type must be resume or ping, was {kind[:40]!r}")
    raise MessageError('a frame must be like {"type": "resume", "seq": 411} or {"type": "ping"}')


def _parsed(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MessageError("a frame must be one JSON object") from error


def _seqs(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or len(value) > MOST_ROBOTS:
        raise MessageError(f"seqs must name at most {MOST_ROBOTS} robots, each with its seq")
    return {slug: _seq(seq, f"the seq of {slug[:60]!r}") for slug, seq in value.items()}


def _seq(value: object, name: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and -1 <= value < _LARGEST_SEQ:
        return value
    raise MessageError(f"{name} must be a whole number from -1 on, was {str(value)[:40]!r}")
