"""S3 and SQS in a dictionary: fast enough to be called a thousand times, and to be set back.

What it answers is what moto answers; test_cloud.py asks both.
"""

import fcntl
import hashlib
import io
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

REFUSED = {"put_object": "PreconditionFailed", "get_object": "NoSuchKey", "head_object": "404"}


class Bucket:
    """The objects of one bucket, as boto3's client is asked for them."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self._lock = Lock()

    @contextmanager
    def opened(self) -> Iterator[dict[str, dict[str, Any]]]:
        """Have the objects to oneself."""
        with self._lock:
            yield self.objects

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **more: Any) -> dict[str, Any]:  # noqa: N803
        with self.opened() as objects:
            known = objects[Key]["ETag"] if Key in objects else None
            if ("IfNoneMatch" in more and known) or more.get("IfMatch", known) != known:
                raise _refused("put_object")
            etag = f'"{hashlib.md5(Body).hexdigest()}"'
            objects[Key] = {"Body": Body, "ETag": etag, "Metadata": more.get("Metadata", {})}
            return {"ETag": etag}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        found = self._found("get_object", Key)
        return {**found, "Body": io.BytesIO(found["Body"])}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {**self._found("head_object", Key), "Body": None}

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        with self.opened() as objects:
            for one in Delete["Objects"]:
                objects.pop(one["Key"], None)
        return {}

    def get_paginator(self, operation: str) -> "Pages":
        assert operation == "list_objects_v2"
        return Pages(self)

    def _found(self, operation: str, key: str) -> dict[str, Any]:
        with self.opened() as objects:
            if key not in objects:
                raise _refused(operation)
            return objects[key]


class Pages:
    """What a bucket holds, on one page."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def paginate(self, *, Bucket: str, Prefix: str = "") -> list[dict[str, Any]]:  # noqa: N803
        with self._bucket.opened() as objects:
            found = [{"Key": key, "ETag": each["ETag"]} for key, each in sorted(objects.items())]
        return [{"Contents": [item for item in found if item["Key"].startswith(Prefix)]}]


class FileBucket(Bucket):
    """A bucket in a file, for any process to write to; one that is killed leaves it whole."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @contextmanager
    def opened(self) -> Iterator[dict[str, dict[str, Any]]]:
        """Have the objects to oneself, among all processes."""
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = pickle.loads(self._file.read_bytes()) if self._file.exists() else {}
            objects = dict(before)
            yield objects
            if objects != before:
                fresh = self._file.with_suffix(".new")
                fresh.write_bytes(pickle.dumps(objects))
                fresh.replace(self._file)


def _refused(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": REFUSED[operation], "Message": ""}}, operation)


class Queues:
    """Queues by URL; what was received and not deleted is received again after `reappear`."""

    def __init__(self, *urls: str) -> None:
        self.waiting: dict[str, list[dict[str, Any]]] = {url: [] for url in urls}
        self._taken: dict[str, list[dict[str, Any]]] = {url: [] for url in urls}
        self._sent = 0

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:  # noqa: N803
        self._sent += 1
        name = f"message-{self._sent}"
        message = {"MessageId": name, "ReceiptHandle": name, "Body": MessageBody}
        self.waiting[QueueUrl].append(message)
        return {"MessageId": name}

    def send_message_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        Entries: list[dict[str, str]],  # noqa: N803
    ) -> dict[str, Any]:
        sent = [self.send_message(QueueUrl=QueueUrl, MessageBody=e["MessageBody"]) for e in Entries]
        return {"Successful": sent}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int = 1) -> dict[str, Any]:  # noqa: N803
        queue = self.waiting[QueueUrl]
        found, queue[:] = queue[:MaxNumberOfMessages], queue[MaxNumberOfMessages:]
        self._taken[QueueUrl] += found
        return {"Messages": found} if found else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:  # noqa: N803
        taken = self._taken[QueueUrl]
        taken[:] = [message for message in taken if message["ReceiptHandle"] != ReceiptHandle]
        return {}

    def reappear(self) -> None:
        """Let the visibility timeout of all that was received pass."""
        for url, taken in self._taken.items():
            self.waiting[url] += taken
            taken.clear()


@dataclass
class Cloud:
    """What a platform needs of AWS, in this process's memory."""

    s3: Any = field(default_factory=Bucket)
    sqs: Any = field(default_factory=lambda: Queues("robots", "executions", "publish"))
    site_bucket: str = "site"
    robot_queue_url: str = "robots"
    execution_queue_url: str = "executions"
    publish_queue_url: str = "publish"

    def objects(self) -> dict[str, bytes]:
        """The bodies of all objects."""
        with self.s3.opened() as objects:
            return {key: stored["Body"] for key, stored in objects.items()}

    def take(self, queue: str) -> list[str]:
        """Take all bodies from a queue."""
        found = [message["Body"] for message in self.sqs.waiting[queue]]
        self.sqs.waiting[queue].clear()
        return found

    def copy(self) -> "Cloud":
        """All objects and messages as they are now, for later."""
        made = Cloud()
        made.s3.objects = dict(self.s3.objects)
        made.sqs.waiting = deepcopy(self.sqs.waiting)
        return made

    def set_back(self, to: "Cloud") -> None:
        """Have what another has."""
        self.s3.objects = dict(to.s3.objects)
        self.sqs.waiting = deepcopy(to.sqs.waiting)
