"""SQS on one machine: the queues of serverless.yml, and the calls that AWS makes from them."""

import json
import logging
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from functions.local import events
from functions.local.deployment import ACCOUNT, REGION, Consumer, Deployment, Queue
from functions.local.handlers import Answer, Handlers

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

log = logging.getLogger(__name__)


def make_resources(s3: "S3Client", sqs: "SQSClient", deployment: Deployment) -> None:
    """Make the bucket and the queues; what is already there stays as it is."""
    s3.create_bucket(Bucket=deployment.bucket)
    dead_letters_first = sorted(deployment.queues.values(), key=lambda queue: queue.receive_limit)
    for queue in dead_letters_first:
        sqs.create_queue(QueueName=queue.name, Attributes=_attributes(queue, deployment))  # type: ignore[arg-type]


def _attributes(queue: Queue, deployment: Deployment) -> dict[str, str]:
    if queue.dead_letters is None:
        return queue.attributes
    policy = {
        "deadLetterTargetArn": _arn(deployment.queues[queue.dead_letters]),
        "maxReceiveCount": queue.receive_limit,
    }
    return {**queue.attributes, "RedrivePolicy": json.dumps(policy)}


def _arn(queue: Queue) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue.name}"


class Queues:
    """Hands messages to their functions, by the rules of an event source mapping.

    Up to batch_size messages make one call. What the call does not report as failed is
    deleted; the rest, or everything when it raises, is seen again after the queue's
    visibility timeout, and after receive_limit times is a dead letter.
    """

    def __init__(self, sqs: "SQSClient", deployment: Deployment, handlers: Handlers) -> None:
        self._sqs = sqs
        self._deployment = deployment
        self._handlers = handlers
        self._consumers = {consumer.function: consumer for consumer in deployment.consumers}
        self._urls = {
            name: sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
            for name, queue in deployment.queues.items()
        }

    def drain(self, functions: Collection[str] | None = None) -> int:
        """Call until the queues are empty of visible messages; return how many were handled.

        functions: whose queues; all by default.
        """
        consumers = [name for name in self._consumers if functions is None or name in functions]
        handled = 0
        while batch := sum(self._drain_one(name) for name in consumers):
            handled += batch
        return handled

    def _drain_one(self, function: str) -> int:
        handled = 0
        while batch := self.handle_next(function):
            handled += batch
        return handled

    def handle_next(self, function: str) -> int:
        """Make one call of a function, if its queue has messages; return how many it had."""
        consumer = self._consumers[function]
        messages = self._receive(consumer)
        if messages:
            event = events.queued(messages, _arn(self._deployment.queues[consumer.queue]))
            failed = self._call(consumer, event)
            for record in event["Records"]:
                if record["messageId"] not in failed:
                    self._delete(consumer, record)
        return len(messages)

    def _receive(self, consumer: Consumer) -> "list[MessageTypeDef]":
        """Gather a batch; SQS hands out ten at a time."""
        gathered: list[MessageTypeDef] = []
        while len(gathered) < consumer.batch_size:
            answer = self._sqs.receive_message(
                QueueUrl=self._urls[consumer.queue],
                MaxNumberOfMessages=min(consumer.batch_size - len(gathered), 10),
                MessageSystemAttributeNames=["All"],
            )
            received = answer.get("Messages", [])
            if not received:
                break
            gathered += received
        return gathered

    def _call(self, consumer: Consumer, event: events.Event) -> set[str]:
        """Return the messages that failed."""
        everything = {record["messageId"] for record in event["Records"]}
        try:
            answer = self._handlers.call(consumer.function, event)
        except Exception:
            log.exception("%s failed on %d messages", consumer.function, len(everything))
            return everything
        failed = _reported(answer) if consumer.reports_failures else set()
        if failed:
            log.error("%s reports %d failed messages", consumer.function, len(failed))
        return everything if failed - everything else failed

    def _delete(self, consumer: Consumer, record: dict[str, Any]) -> None:
        self._sqs.delete_message(
            QueueUrl=self._urls[consumer.queue], ReceiptHandle=record["receiptHandle"]
        )


def _reported(answer: Answer) -> set[str]:
    failures = (answer or {}).get("batchItemFailures") or []
    return {failure["itemIdentifier"] for failure in failures}
