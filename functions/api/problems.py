"""Everything that goes wrong, as problem documents (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from psycopg import InterfaceError, OperationalError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from functions.api.fields import Document
from functions.api.refusals import Refusal, refusals
from functions.services.answers.measurements import NotMeasuredError
from functions.services.live.tickets import TooManyError
from functions.store.reading.rows import MissingError

logger = logging.getLogger(__name__)
TYPES = "https://tradingrobotplug.example/docs/api/#"
RETRY_AFTER_SECONDS = 5


class Problem(Document):
    """What went wrong, where, and the way out."""

    type: str = Field(description="Which kind of problem; its page explains it.")
    title: str = Field(description="The kind in words.", examples=["Not Found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What, which, and the way out.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[Refusal] | None = Field(
        None, description="With 422 only: each value that was refused."
    )


class _Kind(NamedTuple):
    name: str
    status: HTTPStatus


_KINDS = {
    status: _Kind(name, status)
    for status, name in {
        HTTPStatus.NOT_FOUND: "not-found",
        HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
        HTTPStatus.UNPROCESSABLE_ENTITY: "refused",
        HTTPStatus.TOO_MANY_REQUESTS: "too-many",
        HTTPStatus.INTERNAL_SERVER_ERROR: "internal",
        HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
    }.items()
}


def problem(
    request: Request,
    status: int,
    detail: str,
    errors: list[Refusal] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Make the answer that says what went wrong."""
    kind = _KINDS.get(HTTPStatus(status))
    document = Problem(
        type=f"{TYPES}{kind.name}" if kind else "about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        errors=errors,
    )
    return Response(
        document.model_dump_json(exclude_none=True),
        status,
        headers=headers,
        media_type="application/problem+json",
    )


def internal(request: Request, error: Exception) -> Response:
    """Log what nobody foresaw; the answer tells nothing of it."""
    logger.exception("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(request, 500, "the platform failed here; it has been logged, try again later")


async def _missing(request: Request, error: Exception) -> Response:
    return problem(request, 404, str(error))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    allowed = _allowed(error)
    verb = "are" if "," in allowed else "is"
    details = {
        404: f"nothing is at {request.url.path}; /api/v1/openapi.json lists what there is",
        405: f"{request.method} is not possible here; {allowed.replace(', ', ' and ')} {verb}",
    }
    headers = {"Allow": allowed} if error.status_code == 405 else None
    detail = details.get(error.status_code, str(error.detail))
    return problem(request, error.status_code, detail, headers=headers)


def _allowed(error: HTTPException) -> str:
    """Every route that reads answers HEAD too."""
    methods = (error.headers or {}).get("Allow", "GET")
    return "GET, HEAD" if methods == "GET" else methods


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = refusals(request, error.errors())
    detail = "; ".join(f"{refusal.field} {refusal.message}" for refusal in found)
    return problem(request, 422, detail, found)


async def _not_measured(request: Request, error: Exception) -> Response:
    return problem(
        request, 422, str(error), [Refusal(field="metrics", place="query", message=str(error))]
    )


async def _too_many(request: Request, error: Exception) -> Response:
    return problem(request, 429, str(error), headers={"Retry-After": "1"})


async def _unavailable(request: Request, error: Exception) -> Response:
    logger.warning("the database did not answer: %s", error)
    return problem(
        request,
        503,
        f"the database does not answer just now; try again in {RETRY_AFTER_SECONDS} seconds",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


HANDLERS: dict[int | type[Exception], Any] = {
    HTTPException: _http,
    RequestValidationError: _refused,
    MissingError: _missing,
    NotMeasuredError: _not_measured,
    TooManyError: _too_many,
    OperationalError: _unavailable,
    InterfaceError: _unavailable,
}
