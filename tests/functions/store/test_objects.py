"""The site bucket moves forward only, whoever writes first, late or twice."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.errors import DataError
from functions.store import objects as module
from functions.store.objects import Objects, side_by_side

KEY = "data/robots/sma-cross/summary.json"


@pytest.fixture
def bucket(aws: Any) -> Objects:
    return Objects(aws.s3, aws.site_bucket)


class Meddled:
    """A client that lets somebody else write between our question and our answer."""

    def __init__(self, s3: Any, meddle: Any) -> None:
        self._s3, self._meddle = s3, meddle

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def head_object(self, **options: Any) -> Any:
        try:
            return self._s3.head_object(**options)
        finally:
            self._meddle()


def test_what_its_key_names_is_written_once(bucket):
    assert bucket.put_immutable("data/leaves/ab.json", b"leaf")
    assert not bucket.put_immutable("data/leaves/ab.json", b"leaf")
    with pytest.raises(DataError, match=r"'data/leaves/ab.json' .* other bytes"):
        bucket.put_immutable("data/leaves/ab.json", b"forged")
    assert bucket.get("data/leaves/ab.json") == b"leaf"


@given(seqs=some.lists(some.integers(0, 5), min_size=1, max_size=8))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_in_whatever_order_they_come_the_highest_seq_stays(bucket, seqs):
    bucket.delete([KEY])
    for seq in seqs:
        bucket.put_newer(KEY, f"as of {seq}".encode(), seq)
    assert bucket.get(KEY) == f"as of {max(seqs)}".encode()
    assert bucket.head(KEY).seq == max(seqs)


def test_a_late_writer_changes_nothing(bucket):
    assert bucket.put_newer(KEY, b"seventh", 7)
    assert not bucket.put_newer(KEY, b"sixth", 6)
    assert bucket.get(KEY) == b"seventh"


def test_equal_bytes_under_a_higher_seq_still_hold_off_what_lies_between(bucket):
    bucket.put_newer(KEY, b"same", 5)
    assert bucket.put_newer(KEY, b"same", 7)
    assert not bucket.put_newer(KEY, b"other", 6)


def test_the_same_again_writes_nothing(bucket):
    bucket.put_newer(KEY, b"fifth", 5)
    before = bucket.etags()
    assert not bucket.put_newer(KEY, b"fifth", 5)
    assert bucket.etags() == before


def test_of_one_seq_the_newest_words_stay(bucket):
    bucket.put_newer(KEY, b"in old words", 5)
    assert bucket.put_newer(KEY, b"in new words", 5)
    assert bucket.get(KEY) == b"in new words"


@given(order=some.permutations([(4, 9), (5, 6), (5, 7), (5, 8)]))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_of_one_seq_the_later_snapshot_stays(bucket, order):
    bucket.delete([KEY])
    for seq, position in order:
        bucket.put_newer(KEY, f"{seq} seen at {position}".encode(), seq, position)
    assert bucket.get(KEY) == b"5 seen at 8"


def test_what_gives_way_is_overwritten_whatever_its_seq_and_its_name(bucket):
    leaf, unknown = "data/leaves/ab.json", "data/robots/gone/summary.json"
    bucket.put_newer(KEY, b"the lost future", 9)
    for key in (leaf, unknown):
        bucket.put(key, b"forged")
    with bucket.overwriting() as left:
        assert bucket.put_newer(KEY, b"restored", 5)
        assert bucket.put_immutable(leaf, b"leaf")
        assert list(left) == [unknown]
    assert (bucket.get(KEY), bucket.get(leaf)) == (b"restored", b"leaf")
    assert not bucket.put_newer(KEY, b"late", 4)


def test_what_somebody_wrote_since_does_not_give_way(aws, bucket):
    bucket.put_newer(KEY, b"before", 3)
    with bucket.overwriting() as left:
        Objects(aws.s3, aws.site_bucket).put_newer(KEY, b"theirs", 6)
        assert not bucket.put_newer(KEY, b"ours", 5)
        assert not left
    assert bucket.get(KEY) == b"theirs"


@pytest.mark.parametrize(("theirs", "stays"), [(9, b"theirs"), (3, b"ours")])
@pytest.mark.parametrize("before", [None, 1])
def test_a_lost_race_is_decided_again(aws, bucket, before, theirs, stays):
    if before is not None:
        bucket.put_newer(KEY, b"before", before)
    races = iter([True])

    def meddle() -> None:
        if next(races, False):
            assert bucket.put_newer(KEY, b"theirs", theirs)

    assert Objects(Meddled(aws.s3, meddle), aws.site_bucket).put_newer(KEY, b"ours", 5) == (
        stays == b"ours"
    )
    assert bucket.get(KEY) == stays


class Counted:
    """A client that counts questions."""

    def __init__(self, s3: Any) -> None:
        self._s3, self.asked = s3, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def head_object(self, **options: Any) -> Any:
        self.asked += 1
        return self._s3.head_object(**options)


def test_who_wrote_last_need_not_ask_before_writing_again(aws):
    s3 = Counted(aws.s3)
    ours = Objects(s3, aws.site_bucket)
    assert all(ours.put_newer(KEY, f"as of {seq}".encode(), seq) for seq in range(5))
    assert s3.asked == 1


@pytest.mark.parametrize(("theirs", "stays"), [(9, b"theirs"), (3, b"ours again")])
def test_what_was_written_since_is_not_taken_for_our_own(aws, bucket, theirs, stays):
    ours = Objects(aws.s3, aws.site_bucket)
    ours.put_newer(KEY, b"ours", 2)
    assert bucket.put_newer(KEY, b"theirs", theirs)
    assert ours.put_newer(KEY, b"ours again", 5) == (stays == b"ours again")
    assert bucket.get(KEY) == stays


@pytest.mark.parametrize("seq", [2, 3])
def test_what_was_removed_since_is_written_again(bucket, seq):
    bucket.put_newer(KEY, b"before", 2)
    bucket.delete([KEY])
    assert bucket.put_newer(KEY, b"before", seq)
    assert bucket.get(KEY) == b"before"


def test_a_race_that_never_ends_is_an_error_not_a_hang(aws, bucket):
    count = iter(range(1000))

    def meddle() -> None:
        bucket.put(KEY, f"theirs {next(count)}".encode())

    with pytest.raises(RuntimeError, match=f"changed {module.ATTEMPTS} times"):
        Objects(Meddled(aws.s3, meddle), aws.site_bucket).put_newer(KEY, b"ours", 5)


def test_an_error_that_is_no_lost_race_is_raised(aws):
    nowhere = Objects(aws.s3, "no-such-bucket")
    for call in (
        lambda: nowhere.put_immutable("a", b""),
        lambda: nowhere.put("a", b""),
        lambda: nowhere.etags(),
    ):
        with pytest.raises(ClientError, match="NoSuchBucket"):
            call()


@pytest.mark.parametrize(
    ("key", "content_type", "cache"),
    [
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        (KEY, "application/json", "no-cache"),
        ("data/robots/sma-cross/figures/equity.svg", "image/svg+xml", "no-cache"),
        ("theme/0123456789ab/style.css", "text/css; charset=utf-8", "max-age=31536000, immutable"),
        ("theme/plotly-0123456789ab.min.js", "text/javascript; charset=utf-8", "immutable"),
        ("theme/style.css", "text/css; charset=utf-8", "no-cache"),
        ("data/leaves/ab.json", "application/json", "immutable"),
    ],
)
def test_each_kind_of_file_says_what_it_is_and_how_long_it_keeps(
    aws, bucket, key, content_type, cache
):
    bucket.put(key, b"x")
    answer = aws.s3.head_object(Bucket=aws.site_bucket, Key=key)
    assert answer["ContentType"] == content_type
    assert answer["CacheControl"].endswith(cache)


def test_what_is_not_there_is_none_and_may_be_deleted(bucket):
    assert bucket.get("gone") is None
    assert bucket.head("gone") is None
    bucket.delete(["gone"])


def test_more_keys_than_one_answer_holds_are_listed_and_deleted(bucket):
    names = [f"many/{number:04}" for number in range(1001)]
    bucket.put_all_immutable((name, b"") for name in names)
    assert sorted(bucket.etags("many/")) == names
    bucket.delete(names)
    assert bucket.etags() == {}


def test_side_by_side_keeps_the_order_and_raises_the_first_error():
    met = threading.Barrier(2, timeout=60)
    assert side_by_side(lambda number: (met.wait() >= 0, number), [1, 2]) == [(True, 1), (True, 2)]
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 1 / number, [1, 0])
