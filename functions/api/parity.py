"""How a record was checked: GET /strategies/{strategy_id}/parity."""

from typing import Annotated

from fastapi import APIRouter, Query

from functions.api.fields import Reads, StrategyPath
from functions.api.models.parity import ParityPage, ParityQuestion
from functions.api.paging import Pages
from functions.services.answers.parity import parity
from functions.store.reading.parity import advances

router = APIRouter(prefix="/strategies", tags=["parity"])


@router.get(
    "/{strategy_id}/parity", operation_id="getParity", summary="Whether replay and record agree"
)
async def get_parity(
    strategy_id: StrategyPath, query: Annotated[ParityQuestion, Query()], reads: Reads, pages: Pages
) -> ParityPage:
    """Return how a robot's record was checked, with its advances, the newest first.

    Before a slot is added, the whole segment so far is worked out anew from the tape and must
    come out as it is recorded; where it does not, nothing is added and the difference is kept as
    a drift. A process that meets a robot for the first time reads every row for that. Later it
    compares with the replay that it has verified and remembers, as long as the database says that
    no row was written since.
    """
    with reads.reading() as connection:
        found = parity(connection, strategy_id)
        run = found["execution"]
        rows = advances(connection, run["id"], query.after, query.rows) if run else []
    return pages.page(ParityPage, query, rows, found.pop("advances"), **found)
