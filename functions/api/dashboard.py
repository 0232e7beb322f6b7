"""The dashboard: overview, one robot, its updates, and tickets for the socket."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from functions.api.fields import Nothing, Reads, StrategyPath
from functions.api.models.dashboard import OverviewAnswer, StrategyAnswer
from functions.api.models.performance import RunQuestion
from functions.api.models.updates import Ticket, UpdatesAnswer, UpdatesQuestion
from functions.api.openapi import TOO_MANY
from functions.services.answers.views import overview, strategy_overview
from functions.services.live.tickets import issue
from functions.services.live.updates import updates_view

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


@router.get(
    "/strategies/{strategy_id}/updates",
    operation_id="listUpdates",
    summary="What a robot's newest decisions brought",
)
async def list_updates(
    strategy_id: StrategyPath, query: Annotated[UpdatesQuestion, Query()], reads: Reads
) -> UpdatesAnswer:
    """Return what each decision of a record brought, the oldest first: what the socket sends.

    A robot without a record has no items.
    """
    with reads.reading() as connection:
        return UpdatesAnswer.model_validate(
            updates_view(connection, strategy_id, query.after, query.limit)
        )


@router.post(
    "/tickets",
    operation_id="createTicket",
    summary="A ticket for the socket",
    status_code=201,
    responses=TOO_MANY,
)
async def create_ticket(
    request: Request, _query: Annotated[Nothing, Query()], database: Reads
) -> Ticket:
    """Hand out what opens one connection to /ws/dashboard/{strategy_id}, once, within a minute.

    It opens public robots only. Who asks for very many is told to wait.
    """
    source = request.client.host if request.client else ""
    with database.writing() as connection:
        return Ticket.model_validate(issue(connection, source)._asdict())
