"""Health, as the API shows it."""

from typing import Literal

from functions.api.fields import Document


class Alive(Document):
    """The process answers."""

    status: Literal["ok"]


class Ready(Document):
    """The process answers, and so does its database, with the tables in it."""

    status: Literal["ok"]
    database: Literal["ok"]
