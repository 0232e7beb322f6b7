"""Tickets: what opens one connection, once, within a minute."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from functions.store import sockets
from functions.store.appending import Database

GOOD_FOR_SECONDS = 60


class Ticket(NamedTuple):
    """What is handed out; only its hash is kept."""

    ticket: str
    expires_at: datetime


def issue(database: Database, user_id: UUID | None = None) -> Ticket:
    """Hand out a ticket; without a user it opens public robots only."""
    ticket = secrets.token_urlsafe(32)
    expires = sockets.add_ticket(database, _hash(ticket), user_id, GOOD_FOR_SECONDS)
    return Ticket(ticket, expires)


def redeem(database: Database, ticket: str) -> tuple[UUID | None] | None:
    """Use a ticket up and return whose it was; None where it is unknown, used or too old."""
    return sockets.redeem(database, _hash(ticket))


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
