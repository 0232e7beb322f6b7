"""The site bucket: what is written once, and what only moves forward."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from botocore.exceptions import ClientError

from engine.errors import DataError
from functions.store.delivery import cache_control_of, content_type_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MISSING = {"404", "NoSuchKey", "NotFound"}
# 409 when two conditional writes of one key meet, 412 when one came first, 404 when it is gone.
LOST_RACE = {"409", "412", "ConditionalRequestConflict", "PreconditionFailed", *MISSING}
ATTEMPTS = 10
AT_ONCE = 8  # botocore keeps ten connections
KEYS_PER_DELETE = 1000
Item = TypeVar("Item")
Result = TypeVar("Result")


class Stored(NamedTuple):
    """What the bucket says about one object; seq is -1 where the writer gave none."""

    etag: str
    seq: int
    position: int
    sha256: str

    @classmethod
    def read(cls, etag: str, marks: Mapping[str, str]) -> Self:
        """Read back the marks that a writer left."""
        order = int(marks.get("seq", -1)), int(marks.get("position", 0))
        return cls(etag, *order, marks.get("sha256", ""))

    def yields_to(self, seq: int, position: int, body: bytes) -> bool:
        """Whether this may be overwritten."""
        later = self.position <= position and self.sha256 != sha256(body)
        return self.seq < seq or (self.seq == seq and later)


class Objects:
    """One bucket. Every write names its content type, its cache rule and its SHA-256."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self.bucket = bucket
        self._s3 = s3
        # Saves a question before each write; where somebody wrote since, the write is refused.
        self._last_seen: dict[str, Stored] = {}
        self._giving_way: dict[str, str] = {}

    def put_immutable(self, key: str, body: bytes) -> bool:
        """Write what its key already names; False where it is there.

        DataError where other bytes are there: what a hash names must be what is hashed.
        """
        if self._overwrite(key, body, {}) or self._put_if(key, body, {}, {"IfNoneMatch": "*"}):
            return True
        if self.get(key) != body:
            raise DataError(f"{key!r} in {self.bucket!r} has other bytes; rebuild the bucket")
        return False

    def put_newer(self, key: str, body: bytes, seq: int, position: int = 0) -> bool:
        """Write unless the object there has a higher seq, or this seq and these bytes.

        position: when it was read; of one seq the later snapshot stays. Equal bytes under a
        higher seq are written all the same: the seq they leave stops a late writer of older.
        """
        marks = {"seq": str(seq), "position": str(position)}
        if self._overwrite(key, body, marks):
            return True
        there = self._last_seen.get(key)
        if there is None or not there.yields_to(seq, position, body):
            there = self.head(key)
        for _ in range(ATTEMPTS):
            if there and not there.yields_to(seq, position, body):
                return False
            condition = {"IfMatch": there.etag} if there else {"IfNoneMatch": "*"}
            if self._put_if(key, body, marks, condition):
                return True
            there = self.head(key)
        raise RuntimeError(f"{key!r} in {self.bucket!r} changed {ATTEMPTS} times under our hands")

    def put(self, key: str, body: bytes) -> None:
        """Write whatever is there; only for what one writer at a time owns."""
        self._put_if(key, body, {}, {})

    @contextmanager
    def overwriting(self) -> Iterator[Mapping[str, str]]:
        """Let all that is there now give way, whatever its seq; yield what has not done so yet."""
        self._giving_way = self.etags()
        try:
            yield self._giving_way
        finally:
            self._giving_way = {}

    def put_all_newer(self, bodies: Mapping[str, bytes], seq: int, position: int = 0) -> int:
        """`put_newer` for many keys side by side; how many were written."""
        order = seq, position
        return sum(side_by_side(lambda item: self.put_newer(*item, *order), bodies.items()))

    def put_all_immutable(self, bodies: Iterable[tuple[str, bytes]]) -> int:
        """`put_immutable` for many keys side by side; how many were written."""
        return sum(side_by_side(lambda item: self.put_immutable(*item), bodies))

    def head(self, key: str) -> Stored | None:
        """Return what is there without its body, or None."""
        try:
            answer = self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        return Stored.read(answer["ETag"], answer["Metadata"])

    def get(self, key: str) -> bytes | None:
        """Return the body, or None where there is no such object."""
        try:
            return self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise

    def etags(self, prefix: str = "") -> dict[str, str]:
        """Return the ETag of every key below a prefix."""
        pages = self._s3.get_paginator("list_objects_v2")
        return {
            item["Key"]: item["ETag"]
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix)
            for item in page.get("Contents", [])
        }

    def delete(self, keys: Iterable[str]) -> None:
        """Delete these; one that is not there is no error."""
        names = list(keys)
        for first in range(0, len(names), KEYS_PER_DELETE):
            batch = names[first : first + KEYS_PER_DELETE]
            answer = self._s3.delete_objects(
                Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in batch]}
            )
            if failed := answer.get("Errors"):
                raise RuntimeError(f"objects of {self.bucket!r} are still there: {failed}")

    def _overwrite(self, key: str, body: bytes, marks: dict[str, str]) -> bool:
        etag = self._giving_way.pop(key, None)
        return etag is not None and self._put_if(key, body, marks, {"IfMatch": etag})

    def _put_if(
        self, key: str, body: bytes, marks: dict[str, str], condition: dict[str, Any]
    ) -> bool:
        told = {**marks, "sha256": sha256(body)}
        try:
            answer = self._s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType=content_type_of(key),
                CacheControl=cache_control_of(key),
                Metadata=told,
                **condition,
            )
        except ClientError as error:
            if condition and code_of(error) in LOST_RACE:
                return False
            raise
        if "seq" in marks:
            self._last_seen[key] = Stored.read(answer["ETag"], told)
        return True


@cache
def objects_in(s3: "S3Client", bucket: str) -> Objects:
    """Return the one view of a bucket that a process shares."""
    return Objects(s3, bucket)


def side_by_side(call: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return the call's results in order, a few calls at a time; the first error is raised."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(call, items))


def sha256(body: bytes) -> str:
    """Return the digest in hexadecimal, as it stands in metadata and manifest."""
    return hashlib.sha256(body).hexdigest()


def code_of(error: ClientError) -> str:
    """Return S3's word for what went wrong."""
    return error.response.get("Error", {}).get("Code", "")
