"""Run the backtests that queue messages name."""

import json
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from functions import bootstrap
from functions.services.plugins import warn_of_failures
from functions.services.record.backtesting import run_execution
from functions.services.record.delivering import deliver


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Run each message's execution; one that has ended is left as it is."""
    warn_of_failures(bootstrap.logger)
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=event["Records"], handler=_run):
        processor.process()
    return dict(processor.response())


def _run(record: dict[str, Any]) -> None:
    execution_id = UUID(json.loads(record["body"])["execution_id"])
    bootstrap.logger.info("execution taken up", extra={"execution": str(execution_id)})
    deliver(bootstrap.platform(), run_execution(bootstrap.platform(), execution_id))
