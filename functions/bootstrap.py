"""The environment, read once: the only place below the API that knows where things are."""

import os
from functools import cache

import boto3
from aws_lambda_powertools import Logger

from functions.services.platform import Platform
from functions.store.session import Session

__all__ = ["Platform", "logger", "platform"]

logger = Logger(service="tradingrobotplug")


@cache
def platform() -> Platform:
    """Return the process's platform; KeyError names the variable that is not set."""
    url = os.environ["DATABASE_URL"]
    return Platform(
        connect=Session(url).connect,
        connect_beside=Session(url).connect,
        s3=boto3.client("s3"),
        sqs=boto3.client("sqs"),
        site_bucket=os.environ["SITE_BUCKET"],
        robot_queue_url=os.environ["ROBOT_QUEUE_URL"],
        execution_queue_url=os.environ["EXECUTION_QUEUE_URL"],
        publish_queue_url=os.environ["PUBLISH_QUEUE_URL"],
        provider=os.environ.get("PROVIDER", "sample"),
        site_url=os.environ["SITE_URL"],
        connections_url=os.environ.get("CONNECTIONS_URL", ""),
    )
