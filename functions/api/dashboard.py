"""The dashboard: GET /dashboard/overview, /dashboard/strategies/{strategy_id}."""

from typing import Annotated

from fastapi import APIRouter, Query

from functions.api.fields import Nothing, Reads, StrategyPath
from functions.api.models.dashboard import OverviewAnswer, StrategyAnswer
from functions.api.models.performance import RunQuestion
from functions.services.answers.views import overview, strategy_overview

router = APIRouter(prefix="/dashboard", tags=["dashboard"])


@router.get("/overview", operation_id="getOverview", summary="All robots at a glance")
async def get_overview(_query: Annotated[Nothing, Query()], reads: Reads) -> OverviewAnswer:
    """Return headline figures, active robots and the newest fills."""
    with reads.reading() as connection:
        return OverviewAnswer.model_validate(overview(connection))


@router.get(
    "/strategies/{strategy_id}", operation_id="getStrategyOverview", summary="One robot at a glance"
)
async def get_strategy_overview(
    strategy_id: StrategyPath, query: Annotated[RunQuestion, Query()], reads: Reads
) -> StrategyAnswer:
    """Return a robot's performance, metrics and newest fills, all of one run."""
    with reads.reading() as connection:
        return StrategyAnswer.model_validate(
            strategy_overview(connection, strategy_id, query.execution_id)
        )
