"""The REST API: one module per resource, every answer through one gate."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI

from functions.api import (
    dashboard,
    data,
    executions,
    health,
    parity,
    performance,
    strategies,
    trades,
)
from functions.api.answers import Answers
from functions.api.database import Database
from functions.api.openapi import DESCRIPTION, RESPONSES, TAGS, finished
from functions.api.problems import HANDLERS
from functions.api.refusals import each_once

PREFIX = "/api/v1"
_RESOURCES = (strategies, executions, trades, performance, parity, data, dashboard, health)


class Api(FastAPI):
    """FastAPI whose OpenAPI document says what the gate adds to every answer."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; made at the first call."""
        if self.openapi_schema is None:
            self.openapi_schema = finished(super().openapi())
        return self.openapi_schema


def create_app(database: Database) -> Api:
    """Make the API over a database that need not answer yet."""
    app = Api(
        title="TradingRobotPlug",
        version="1.0.0",
        summary="What trading robots that never trade would have done, and the proof of it.",
        description=DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=HANDLERS,
        separate_input_output_schemas=False,
    )
    app.state.database = database
    app.add_middleware(Answers)
    routes = APIRouter(prefix=PREFIX, responses=RESPONSES, dependencies=[Depends(each_once)])
    for resource in _RESOURCES:
        routes.include_router(resource.router)
    app.include_router(routes)
    return app


def description() -> dict[str, Any]:
    """Return the OpenAPI document; no database is needed for it."""
    return create_app(Database("")).openapi()
