"""What is sent over the socket: one JSON text a frame, each with its type, robot and seq."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from functions.services.live.updates import Told, Update

FRAME_BYTES = 30_000
"""What a frame of several updates holds at most; a socket's frames are paid for by 32 KB."""
LARGEST_BYTES = 120_000
"""What a frame of one update holds at most; 128 KB is what a socket carries."""
ALL = "all"
Heads = Mapping[str, int | None]
_AROUND_BYTES = 4_000  # what an envelope and its metrics take beside the updates
_PROBLEMS = "https://tradingrobotplug.example/docs/websocket/#problems"


def envelope(kind: str, strategy: str, seq: int | None, data: Mapping[str, Any]) -> str:
    """Return one frame; strategy: a slug, or "all"."""
    content = {
        "type": kind,
        "strategy": strategy,
        "seq": seq,
        "time": datetime.now(UTC),
        "data": data,
    }
    return _json(content)


class Frames(NamedTuple):
    """What is told of one robot; more: whether there is more to ask for."""

    texts: list[str]
    more: bool


def update_frames(told: Told, most: int) -> Frames:
    """Return up to so many frames of what is told, as many updates in each as fit.

    The last one says whether there is more. An update that fits no frame is left out: its frame
    has its seq and no items, and who hears it polls for that one.
    """
    parts = list(_parts(told.items))
    more = told.more or len(parts) > most
    sent = parts[:most]
    texts = [_updates(told, part, more=more and part is sent[-1]) for part in sent]
    return Frames(texts, more)


def status(told: Mapping[str, Any], slug: str, seq: int | None) -> str:
    """Return the frame that says how a robot stands now."""
    return envelope("status", slug, seq, told)


def resumed(strategy: str, heads: Heads, begun_anew: Sequence[str], *, more: bool) -> str:
    """Return the frame that ends the answer to a resume.

    heads: of what is watched, by slug. begun_anew: those whose head is less than the seq that
    was named, so that it belongs to an earlier record.
    """
    data = {"seqs": heads, "more": more, "reset": begun_anew}
    return envelope("resumed", strategy, heads.get(strategy), data)


def heartbeat(strategy: str, heads: Heads) -> str:
    """Return the answer to a ping: the newest seq of each robot that is watched."""
    return envelope("heartbeat", strategy, heads.get(strategy), {"seqs": heads})


def problem(strategy: str, code: HTTPStatus, detail: str) -> str:
    """Return what went wrong as a problem document (RFC 9457)."""
    document = {"type": _PROBLEMS, "title": code.phrase, "status": code.value, "detail": detail}
    return envelope("problem", strategy, None, document)


def _updates(told: Told, part: Sequence[Update], *, more: bool) -> str:
    data = {
        "first": part[0]["seq"],
        "items": part,
        "metrics": told._replace(items=list(part)).metrics,
        "more": more,
        "left_out": False,
    }
    slug, seq = told.robot["slug"], part[-1]["seq"]
    frame = envelope("updates", slug, seq, data)
    if len(frame.encode()) <= LARGEST_BYTES:
        return frame
    return envelope("updates", slug, seq, {**data, "items": [], "left_out": True})


def _parts(items: Sequence[Update]) -> Iterator[list[Update]]:
    """Runs of updates that fit one frame together; one that fits none stands alone."""
    part: list[Update] = []
    size = _AROUND_BYTES
    for item in items:
        more = len(_json(item).encode()) + 1
        if part and size + more > FRAME_BYTES:
            yield part
            part, size = [], _AROUND_BYTES
        part.append(item)
        size += more
    if part:
        yield part


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False, default=_text)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no frame takes a {type(value).__name__}")
