"""What serverless.yml says, as the platform on one machine needs it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from engine.errors import ParameterError
from functions.local.schedules import Schedule

Yaml = dict[str, Any]
ROOT = Path(__file__).parents[2]
STAGE, ACCOUNT, REGION = "local", "123456789012", "us-east-1"
_LOCAL = {"sls:stage": STAGE, "aws:accountId": ACCOUNT, "aws:region": REGION}
_VARIABLE = re.compile(r"\$\{([^${}]*)\}")


class Function(NamedTuple):
    """A handler and how long it may take."""

    name: str
    handler: str
    timeout_seconds: int


class Queue(NamedTuple):
    """A queue as CloudFormation would make it; attributes are those of CreateQueue."""

    logical_name: str
    name: str
    attributes: dict[str, str]
    dead_letters: str | None
    receive_limit: int


class Consumer(NamedTuple):
    """A function that a queue calls with up to batch_size messages."""

    function: str
    queue: str
    batch_size: int
    reports_failures: bool


class Deployment(NamedTuple):
    """Everything that the local worker stands in for."""

    functions: dict[str, Function]
    schedules: tuple[Schedule, ...]
    queues: dict[str, Queue]
    consumers: tuple[Consumer, ...]
    bucket: str


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as the mappings they abbreviate."""


def _tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Yaml:
    if not isinstance(node, yaml.ScalarNode):
        raise ParameterError(f"serverless.yml: !{suffix} must be given a name{node.start_mark}")
    return {suffix: loader.construct_scalar(node)}


_Loader.add_multi_constructor("!", _tag)


def read(root: Path = ROOT) -> Deployment:
    """Read serverless.yml and the resources that it includes.

    ParameterError when the folder is not a checkout of the project.
    """
    source = root / "serverless.yml"
    if not source.is_file():
        raise ParameterError(f"there is no {source}; run the platform from a checkout")
    parsed = _parse(source)
    document: Yaml = _resolved(parsed, parsed, root)  # type: ignore[assignment]
    resources = _resources(document["resources"])
    functions = document["functions"]
    return Deployment(
        functions={name: _function(name, body) for name, body in functions.items()},
        schedules=tuple(_schedules(functions)),
        queues={name: _queue(name, body) for name, body in _of_type(resources, "SQS::Queue")},
        consumers=tuple(_consumers(functions)),
        bucket=next(_of_type(resources, "S3::Bucket"))[1]["BucketName"],
    )


def _parse(path: Path) -> Yaml:
    document: Yaml = yaml.load(path.read_text(), _Loader)  # noqa: S506  (a SafeLoader, with tags)
    return document


def _resolved(value: object, document: Yaml, root: Path) -> object:
    """Replace ${...} as the deployment would for the stage `local`."""
    if isinstance(value, dict):
        return {key: _resolved(inner, document, root) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, document, root) for inner in value]
    if isinstance(value, str):
        return _text(value, document, root)
    return value


def _text(value: str, document: Yaml, root: Path) -> object:
    included = re.fullmatch(r"\$\{file\((.+)\)\}", value)
    if included:
        return _resolved(_parse(root / included[1]), document, root)
    return _VARIABLE.sub(lambda match: _variable(match, document), value)


def _variable(match: re.Match[str], document: Yaml) -> str:
    source, _, default = match[1].partition(", ")
    if source in _LOCAL:
        return _LOCAL[source]
    if source.startswith("self:"):
        found: Any = document
        for key in source.removeprefix("self:").split("."):
            found = found[key]
        return str(found)
    return default.strip("'") if default else match[0]


def _resources(parts: list[Yaml]) -> Yaml:
    return {name: body for part in parts for name, body in part.get("Resources", {}).items()}


def _of_type(resources: Yaml, kind: str) -> Iterator[tuple[str, Yaml]]:
    for name, body in resources.items():
        if body["Type"] == f"AWS::{kind}":
            yield name, body["Properties"]


def _function(name: str, body: Yaml) -> Function:
    return Function(name, body["handler"], body["timeout"])


def _schedules(functions: Yaml) -> Iterator[Schedule]:
    for name, event in _events(functions, "schedule"):
        yield Schedule.parse(event["name"], name, event["rate"], event["timezone"], event["input"])


def _consumers(functions: Yaml) -> Iterator[Consumer]:
    for name, event in _events(functions, "sqs"):
        queue = event["arn"]["GetAtt"].removesuffix(".Arn")
        reports = event.get("functionResponseType") == "ReportBatchItemFailures"
        yield Consumer(name, queue, event["batchSize"], reports)


def _events(functions: Yaml, kind: str) -> Iterator[tuple[str, Yaml]]:
    for name, body in functions.items():
        for event in body.get("events", []):
            if kind in event:
                yield name, event[kind]


def _queue(name: str, body: Yaml) -> Queue:
    names = ("VisibilityTimeout", "MessageRetentionPeriod")
    attributes = {key: str(body[key]) for key in names if key in body}
    redrive = body.get("RedrivePolicy")
    target = redrive["deadLetterTargetArn"]["GetAtt"].removesuffix(".Arn") if redrive else None
    limit = redrive["maxReceiveCount"] if redrive else 0
    return Queue(name, body["QueueName"], attributes, target, limit)
