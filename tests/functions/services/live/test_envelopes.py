"""Frames: as many updates in each as fit, and nothing that a socket does not carry."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.services.live.envelopes import (
    FRAME_BYTES,
    LARGEST_BYTES,
    envelope,
    update_frames,
)
from functions.services.live.updates import Told

ROBOT = {"slug": "sma-cross", "latest_metrics": {"total_return": {"value": 0.1}}}


def told(*sizes, first=1, head=None, more=False):
    """Updates whose orders take so many characters each."""
    items = [
        {"seq": first + number, "decision": {"hash": "h", "orders": [{"id": "é" * size}]}}
        for number, size in enumerate(sizes)
    ]
    newest = first + len(sizes) - 1 if head is None else head
    return Told({**ROBOT, "head": newest}, items, more)


def read(frames):
    return [json.loads(text) for text in frames.texts]


@given(
    sizes=st.lists(st.integers(0, 40_000), max_size=30),
    most=st.integers(1, 12),
    more=st.booleans(),
)
def test_frames_tell_each_update_once_and_in_order(sizes, most, more):
    frames = update_frames(told(*sizes, more=more), most)
    seqs = [item["seq"] for frame in read(frames) for item in frame["data"]["items"]]
    assert seqs == list(range(1, len(seqs) + 1))
    assert frames.more == (more or len(seqs) < len(sizes))
    assert len(frames.texts) <= most


@given(sizes=st.lists(st.integers(0, 40_000), min_size=1, max_size=30))
def test_a_frame_of_several_is_small_and_no_frame_too_large(sizes):
    for text in update_frames(told(*sizes), 12).texts:
        items = json.loads(text)["data"]["items"]
        assert len(text.encode()) <= (FRAME_BYTES if len(items) > 1 else LARGEST_BYTES)


def test_the_last_frame_alone_says_whether_there_is_more():
    frames = read(update_frames(told(*[5_000] * 12), 3))
    assert [frame["data"]["more"] for frame in frames] == [False, False, True]
    frames = read(update_frames(told(*[5_000] * 12), 12))
    assert not any(frame["data"]["more"] for frame in frames)
    (frame,) = read(update_frames(told(10, more=True), 12))
    assert frame["data"]["more"] is True


def test_an_update_that_fits_no_frame_is_left_to_who_polls():
    frames = update_frames(told(10, 70_000, 10, first=5), 12)
    before, left, after = read(frames)
    assert [item["seq"] for item in before["data"]["items"]] == [5]
    assert [item["seq"] for item in after["data"]["items"]] == [7]
    assert (left["seq"], left["data"]["first"], left["data"]["items"]) == (6, 6, [])
    assert [one["data"]["left_out"] for one in (before, left, after)] == [False, True, False]
    assert not frames.more


def test_where_the_newest_is_too_large_there_is_nothing_more_to_ask_for():
    frames = update_frames(told(70_000), 12)
    (left,) = read(frames)
    assert (left["seq"], left["data"]["left_out"], left["data"]["more"]) == (1, True, False)
    assert left["data"]["metrics"]["total_return"]["value"] == 0.1
    assert not frames.more


def test_metrics_go_with_the_newest_update_alone():
    first, last = read(update_frames(told(20_000, 20_000, head=2), 12))[:2]
    assert first["data"]["metrics"] == {}
    assert last["data"]["metrics"]["total_return"]["value"] == 0.1


def test_nothing_to_tell_is_no_frame():
    assert update_frames(told(), 12).texts == []


def test_values_are_written_as_the_api_writes_them():
    at = datetime(2013, 3, 1, 21, tzinfo=UTC)
    frame = json.loads(envelope("status", "a", 1, {"at": at, "id": UUID(int=1)}))
    assert frame["data"] == {
        "at": "2013-03-01T21:00:00Z",
        "id": "00000000-0000-0000-0000-000000000001",
    }
    with pytest.raises(TypeError, match="no frame takes a set"):
        envelope("status", "a", 1, {"at": {1}})
