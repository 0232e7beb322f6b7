"""Tickets: what opens one connection, once, within a minute."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from functions.store import limits, sockets
from functions.store.appending import Database

GOOD_FOR_SECONDS = 60
AT_ONCE, PER_SECOND = 300, 5
"""What one source gets: as many as an office takes when the server comes back, then a few."""


class Ticket(NamedTuple):
    """What is handed out; only its hash is kept."""

    ticket: str
    expires_at: datetime


class TooManyError(Exception):
    """A source asks more often than it may."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"{source} has asked for more than {AT_ONCE} tickets; try again in a second, "
            f"when there are {PER_SECOND} more"
        )


def issue(database: Database, source: str) -> Ticket:
    """Hand out a ticket, which opens public robots only.

    TooManyError where its source, an address, has had too many of late.
    """
    if not limits.take(database, f"tickets/{source}"[:255], AT_ONCE, PER_SECOND):
        raise TooManyError(source)
    ticket = secrets.token_urlsafe(32)
    return Ticket(ticket, sockets.add_ticket(database, _hash(ticket), GOOD_FOR_SECONDS))


def redeem(database: Database, ticket: str) -> bool:
    """Use a ticket up; False where it is unknown, used or too old."""
    return sockets.redeem(database, _hash(ticket))


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
