"""Database URLs as drivers and messages want them; opening is session.py's."""

from urllib.parse import urlsplit, urlunsplit


def sqlalchemy_url(url: str) -> str:
    """Return the URL with the driver named, since SQLAlchemy's default is not ours to rely on.

    >>> sqlalchemy_url("postgres://jobs:secret@db:5432/robotplug?sslmode=verify-full")
    'postgresql+psycopg://jobs:secret@db:5432/robotplug?sslmode=verify-full'
    """
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql+psycopg"))


def without_password(url: str) -> str:
    """Return the URL fit for a message.

    >>> without_password("postgresql://jobs:secret@db:5432/robotplug")
    'postgresql://jobs:***@db:5432/robotplug'
    """
    parts = urlsplit(url)
    login, at, place = parts.netloc.rpartition("@")
    name, colon, _ = login.partition(":")
    shown = f"{name}:***" if colon else name
    return urlunsplit(parts._replace(netloc=f"{shown}{at}{place}"))
