"""A platform over a test's own database and cloud."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from functions.services.platform import Platform
from functions.store.session import Session


@contextmanager
def platform_over(
    database: Any,
    aws: Any,
    site_url: str = "https://robots.example",
    *,
    connections_url: str = "",
) -> Iterator:
    """The jobs' platform; its connections are closed at the end."""
    session, beside = Session(database.jobs), Session(database.jobs)
    yield Platform(
        connect=session.connect,
        connect_beside=beside.connect,
        s3=aws.s3,
        sqs=aws.sqs,
        site_bucket=aws.site_bucket,
        robot_queue_url=aws.robot_queue_url,
        execution_queue_url=aws.execution_queue_url,
        publish_queue_url=aws.publish_queue_url,
        provider="sample",
        site_url=site_url,
        connections_url=connections_url,
    )
    session.connect().close()
    beside.connect().close()
