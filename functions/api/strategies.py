"""Robots: GET /strategies, /strategies/{strategy_id}."""

from typing import Annotated

from fastapi import APIRouter, Query

from functions.api.fields import Nothing, Reads, StrategyPath
from functions.api.models.strategies import StrategyDetail, StrategyPage, StrategyQuestion
from functions.api.paging import COUNTED, Pages
from functions.services.answers.views import strategy_detail
from functions.store.reading import strategies

router = APIRouter(prefix="/strategies", tags=["strategies"])


@router.get("", operation_id="listStrategies", summary="Robots, the newest first")
async def list_strategies(
    query: Annotated[StrategyQuestion, Query()], reads: Reads, pages: Pages
) -> StrategyPage:
    """List the robots that you may see; without a log-in, the public ones."""
    filters = {"user_id": query.user_id, "status": query.status}
    with reads.reading() as connection:
        rows = strategies.page(connection, filters, query.after, query.rows)
        count = strategies.count(connection, filters, COUNTED + 1)
    return pages.page(StrategyPage, query, rows, count)


@router.get("/{strategy_id}", operation_id="getStrategy", summary="One robot")
async def get_strategy(
    strategy_id: StrategyPath, _query: Annotated[Nothing, Query()], reads: Reads
) -> StrategyDetail:
    """Return a robot's metadata, configuration and its two runs."""
    with reads.reading() as connection:
        return StrategyDetail.model_validate(strategy_detail(connection, strategy_id))
