"""Fills: GET /trades, /trades/{trade_id}."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from functions.api.fields import Nothing, Reads
from functions.api.models.trades import TradeDetail, TradePage, TradeQuestion
from functions.api.paging import COUNTED, Pages
from functions.services.answers.views import trade_filters
from functions.store.reading import trades

router = APIRouter(prefix="/trades", tags=["trades"])


@router.get("", operation_id="listTrades", summary="Fills, the newest first")
async def list_trades(
    query: Annotated[TradeQuestion, Query()], reads: Reads, pages: Pages
) -> TradePage:
    """List the fills of one run; without a robot, those of every robot's shown run.

    A fill counts by its execution time; start_date and end_date are days in UTC.
    """
    with reads.reading() as connection:
        execution, filters = trade_filters(
            connection, query.strategy_id, query.execution_id, query.filters
        )
        rows = trades.page(connection, filters, query.after, query.rows)
        count = trades.count(connection, filters, COUNTED + 1)
    return pages.page(TradePage, query, rows, count, execution=execution)


@router.get("/{trade_id}", operation_id="getTrade", summary="One fill")
async def get_trade(
    trade_id: Annotated[UUID, Path(description="The fill's id.")],
    _query: Annotated[Nothing, Query()],
    reads: Reads,
) -> TradeDetail:
    """Return a fill with the market data that it was made on."""
    with reads.reading() as connection:
        return TradeDetail.model_validate(trades.detail(connection, trade_id))
