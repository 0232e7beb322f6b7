"""The function behind the socket's routes: $connect, $default and $disconnect."""

import os
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple

from psycopg import InterfaceError, OperationalError

from engine.errors import RobotPlugError
from functions import bootstrap
from functions.services.live import watching
from functions.services.live.envelopes import problem
from functions.services.live.posting import Line, line_to
from functions.services.live.watching import Asked, RefusedError
from functions.sockets.messages import MessageError, read
from functions.store import sockets
from functions.store.reading.rows import MissingError
from functions.store.session import Session

Event = Mapping[str, Any]
Answer = dict[str, Any]
_DONE: Answer = {"statusCode": 200}
_UNAVAILABLE = (OperationalError, InterfaceError, RobotPlugError)
_LONGEST_REASON = 200
_LATER = "the database does not answer just now; try again in 5 seconds"


class Desk(NamedTuple):
    """What the routes need: the database, the open connections, and whose pages may connect."""

    session: Session
    line: Line
    site_url: str


def handler(event: dict[str, Any], _context: object) -> Answer:
    """Answer one event of a connection; nothing can be sent to it before $connect has ended."""
    context = event["requestContext"]
    return _ROUTES[context["routeKey"]](_desk(), event, context["connectionId"])


@cache
def _desk() -> Desk:
    url = os.environ["CONNECTIONS_URL"]
    return Desk(Session(os.environ["DATABASE_URL"]), line_to(url), os.environ["SITE_URL"])


def _connect(desk: Desk, event: Event, connection_id: str) -> Answer:
    query = event.get("queryStringParameters") or {}
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    asked = Asked(
        connection_id,
        query.get("strategy_id", ""),
        query.get("ticket", ""),
        headers.get("origin"),
        headers.get("host", ""),
    )
    try:
        watching.connect(desk.session.connect(), asked, desk.site_url)
    except RefusedError as error:
        reason = str(error)[:_LONGEST_REASON]
        bootstrap.logger.info("refused", extra={"status": error.status, "reason": reason})
        return {"statusCode": error.status, "body": str(error)}
    except _UNAVAILABLE as error:
        bootstrap.logger.warning("the database did not answer", extra={"reason": str(error)})
        return {"statusCode": 503, "body": _LATER}
    return _DONE


def _default(desk: Desk, event: Event, connection_id: str) -> Answer:
    try:
        frames, ends = _answer(desk, event.get("body") or "", connection_id)
    except _UNAVAILABLE as error:
        bootstrap.logger.warning("the database did not answer", extra={"reason": str(error)})
        frames, ends = [problem("", HTTPStatus.SERVICE_UNAVAILABLE, _LATER)], False
    posted = desk.line.post({connection_id: frames})
    if posted.gone or ends:
        sockets.forget(desk.session.connect(), [connection_id])
    if ends:
        desk.line.close(connection_id)
    return _DONE


def _answer(desk: Desk, body: str, connection_id: str) -> tuple[list[str], bool]:
    """What is sent back, and whether the connection is closed after it."""
    database = desk.session.connect()
    connected = sockets.connected(database, connection_id)
    if connected is None:
        detail = "this connection has come to its end; open another one with a new ticket"
        return [problem("", HTTPStatus.GONE, detail)], True
    try:
        seen = read(body)
        if seen is None:
            return [watching.alive(database, connected)], False
        return watching.missed(database, connected, seen), False
    except MessageError as error:
        return [problem("", HTTPStatus.BAD_REQUEST, str(error))], False
    except MissingError as error:
        return [problem("", HTTPStatus.NOT_FOUND, str(error))], True


def _disconnect(desk: Desk, _event: Event, connection_id: str) -> Answer:
    """Forget a connection; where the database is away, who finds it gone forgets it."""
    try:
        sockets.forget(desk.session.connect(), [connection_id])
    except _UNAVAILABLE as error:
        bootstrap.logger.warning("the database did not answer", extra={"reason": str(error)})
    return _DONE


_ROUTES: dict[str, Callable[[Desk, Event, str], Answer]] = {
    "$connect": _connect,
    "$default": _default,
    "$disconnect": _disconnect,
}
