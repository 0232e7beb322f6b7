"""Runs: GET /executions/{execution_id}."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from functions.api.fields import Nothing, Reads
from functions.api.models.executions import ExecutionDetail
from functions.store.reading import executions

router = APIRouter(prefix="/executions", tags=["executions"])


@router.get("/{execution_id}", operation_id="getExecution", summary="One run")
async def get_execution(
    execution_id: Annotated[UUID, Path(description="The run's id.")],
    _query: Annotated[Nothing, Query()],
    reads: Reads,
) -> ExecutionDetail:
    """Return what kind of run it is, how far it has come, and what it covers."""
    with reads.reading() as connection:
        return ExecutionDetail.model_validate(executions.by_id(connection, execution_id))
