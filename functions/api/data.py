"""Market data: GET /data/health, /data/health/{symbol}, /symbols."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from functions.api.fields import SYMBOL, SYMBOLS, Nothing, Reads
from functions.api.models.data import (
    HealthQuestion,
    SeriesPage,
    SymbolHealth,
    SymbolPage,
    SymbolQuestion,
)
from functions.api.paging import COUNTED, Pages
from functions.store.reading import data

router = APIRouter(tags=["data"])


@router.get(
    "/data/health", operation_id="listDataHealth", summary="The state of each series of bars"
)
async def list_health(
    query: Annotated[HealthQuestion, Query()], reads: Reads, pages: Pages
) -> SeriesPage:
    """List what there is of each symbol's bars: coverage, gaps, refused and restated rows.

    A bar as first seen is never rewritten; told differently later it gets another version, and
    what was recorded keeps the one that it read.
    """
    with reads.reading() as connection:
        rows = data.page(connection, query.filters, query.after, query.rows)
        count = data.count(connection, query.filters, COUNTED + 1)
    return pages.page(SeriesPage, query, rows, count)


@router.get("/data/health/{symbol:path}", operation_id="getDataHealth", summary="One symbol's bars")
async def get_health(
    symbol: Annotated[
        str,
        Path(
            description="The symbol; a slash in it may stand as it is.",
            pattern=SYMBOL,
            examples=SYMBOLS,
        ),
    ],
    _query: Annotated[Nothing, Query()],
    reads: Reads,
) -> SymbolHealth:
    """Return a symbol's series with their gaps, refused rows, restatements and actions."""
    with reads.reading() as connection:
        return SymbolHealth.model_validate(data.detail(connection, symbol))


@router.get("/symbols", operation_id="listSymbols", summary="Symbols that there are bars of")
async def list_symbols(
    query: Annotated[SymbolQuestion, Query()], reads: Reads, pages: Pages
) -> SymbolPage:
    """List symbols in order, each with its sources and bar lengths."""
    with reads.reading() as connection:
        rows = data.symbols(connection, query.filters, query.after, query.rows)
        count = data.count_symbols(connection, query.filters, COUNTED + 1)
    return pages.page(SymbolPage, query, rows, count)
