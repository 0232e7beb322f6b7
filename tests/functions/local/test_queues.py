import json
import sys
from types import ModuleType
from typing import Any

import boto3
import pytest

from functions.local.deployment import Consumer, Deployment, Function, Queue
from functions.local.handlers import Handlers
from functions.local.queues import Queues, make_resources


class Job(ModuleType):
    """A batch function whose messages fail, or which raises, as it is told."""

    def __init__(self) -> None:
        super().__init__("batch_job")
        self.calls: list[list[str]] = []
        self.failing: set[str] = set()
        self.raises = False

    def handler(self, event: dict[str, Any], _context: object) -> dict[str, Any]:
        records = event["Records"]
        self.calls.append([record["body"] for record in records])
        if self.raises:
            raise RuntimeError("no memory left")
        failed = [record["messageId"] for record in records if record["body"] in self.failing]
        return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def deployment(*, visibility: str = "600", reports_failures: bool = True) -> Deployment:
    return Deployment(
        functions={"job": Function("job", "batch_job.handler", 10)},
        schedules=(),
        queues={
            "Work": Queue("Work", "work", {"VisibilityTimeout": visibility}, "Dead", 2),
            "Dead": Queue("Dead", "dead", {"MessageRetentionPeriod": "1209600"}, None, 0),
        },
        consumers=(Consumer("job", "Work", 2, reports_failures),),
        bucket="made-here",
    )


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Job:
    module = Job()
    monkeypatch.setitem(sys.modules, "batch_job", module)
    return module


@pytest.fixture
def sqs(aws: Any) -> Any:
    return aws.sqs


def made(sqs: Any, of: Deployment) -> tuple[Queues, str]:
    make_resources(boto3.client("s3"), sqs, of)
    return Queues(sqs, of, Handlers(of.functions)), sqs.get_queue_url(QueueName="work")["QueueUrl"]


def waiting(sqs: Any, name: str) -> int:
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(count) for count in counts.values())


def send(sqs: Any, url: str, *bodies: str) -> None:
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)


def test_resources_are_made_once_with_what_the_file_says(sqs):
    wanted = deployment()
    make_resources(boto3.client("s3"), sqs, wanted)
    make_resources(boto3.client("s3"), sqs, wanted)
    url = sqs.get_queue_url(QueueName="work")["QueueUrl"]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    policy = json.loads(attributes["RedrivePolicy"])
    assert attributes["VisibilityTimeout"] == "600"
    assert policy["deadLetterTargetArn"].endswith(":dead")
    assert int(policy["maxReceiveCount"]) == 2


def test_messages_come_in_batches_and_are_gone_afterwards(sqs, job):
    queues, url = made(sqs, deployment())
    send(sqs, url, "a", "b", "c")
    assert queues.drain() == 3
    assert sorted(body for call in job.calls for body in call) == ["a", "b", "c"]
    assert max(len(call) for call in job.calls) == 2
    assert waiting(sqs, "work") == 0


def test_a_message_that_is_reported_stays_alone_and_ends_as_a_dead_letter(sqs, job):
    queues, url = made(sqs, deployment(visibility="0"))
    job.failing = {"b"}
    send(sqs, url, "a", "b")
    queues.drain()
    assert [call.count("b") for call in job.calls].count(1) == 2
    assert sum(call.count("a") for call in job.calls) == 1
    assert (waiting(sqs, "work"), waiting(sqs, "dead")) == (0, 1)


def test_a_function_that_raises_keeps_its_whole_batch(sqs, job):
    queues, url = made(sqs, deployment())
    job.raises = True
    send(sqs, url, "a", "b")
    queues.drain()
    assert waiting(sqs, "work") == 2
    assert waiting(sqs, "dead") == 0


def test_a_function_that_does_not_report_loses_nothing_but_what_raises(sqs, job):
    queues, url = made(sqs, deployment(reports_failures=False))
    job.failing = {"a"}
    send(sqs, url, "a")
    assert queues.drain() == 1
    assert waiting(sqs, "work") == 0


def test_a_report_of_a_message_that_was_not_sent_fails_the_batch(sqs, job, monkeypatch):
    queues, url = made(sqs, deployment())
    monkeypatch.setattr(
        job, "handler", lambda *_: {"batchItemFailures": [{"itemIdentifier": "another"}]}
    )
    send(sqs, url, "a")
    queues.drain()
    assert waiting(sqs, "work") == 1
