"""Whether the platform answers."""

from typing import Annotated

from fastapi import APIRouter, Query

from functions.api.fields import Nothing, Reads
from functions.api.models.health import Alive, Ready
from functions.store.reading import health

router = APIRouter(tags=["health"])


@router.get("/health", operation_id="getHealth", summary="Whether the process answers")
async def get_health(_query: Annotated[Nothing, Query()]) -> Alive:
    """Ask nothing of the database."""
    return Alive(status="ok")


@router.get("/health/ready", operation_id="getReadiness", summary="Whether it can do its work")
async def get_readiness(_query: Annotated[Nothing, Query()], reads: Reads) -> Ready:
    """Read one row as every other route does; 503 when that fails."""
    with reads.reading() as connection:
        health.touch(connection)
    return Ready(status="ok", database="ok")
