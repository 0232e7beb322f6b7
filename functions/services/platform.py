"""What a handler needs of the world, as one value that is passed down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import Connection

from functions.store.archive import PostgresArchive

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

Connect = Callable[[], Connection[tuple[Any, ...]]]


@dataclass(frozen=True)
class Platform:
    """Database, buckets, queues and the provider's name.

    connect: the process's own connection, never closed by its user. A statement stands alone
        unless it is inside `with platform.connect() as database:`, which is one transaction.
    connect_beside: a second one, which holds a lock while the first does what the lock is for.
    connections_url: where open sockets are reached; empty where nobody can be connected.
    """

    connect: Connect
    connect_beside: Connect
    s3: S3Client
    sqs: SQSClient
    site_bucket: str
    robot_queue_url: str
    execution_queue_url: str
    publish_queue_url: str
    provider: str
    site_url: str
    connections_url: str = ""

    @property
    def archive(self) -> PostgresArchive:
        """Where records are kept."""
        return PostgresArchive(self.connect)
