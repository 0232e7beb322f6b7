"""What a user may set: PORT, PACE, the folder and the market."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ParameterError
from functions.local.choice import Choice

DEFAULT_PORT = 8000


@dataclass(frozen=True)
class Settings:
    """How one platform runs; pace is in seconds of real time per session."""

    folder: Path
    port: int
    pace: float
    choice: Choice

    @classmethod
    def read(cls, folder: Path, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Take all but the folder from the environment; ParameterError when it makes no sense."""
        port, pace = read_port(environment), _pace(environment.get("PACE", "5"))
        return cls(folder, port, pace, Choice.read(environment))

    @property
    def address(self) -> str:
        """Return where a browser on this machine finds the platform."""
        return f"http://127.0.0.1:{self.port}"


def read_port(environment: Mapping[str, str] = os.environ) -> int:
    """Return PORT, or its default."""
    text = environment.get("PORT", str(DEFAULT_PORT))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ParameterError(f"PORT must be a number between 1 and 65535, was {text!r}")
    return int(text)


def port_of(text: str | None) -> int:
    """Return the port that was typed; without one PORT, or its default."""
    return read_port() if text is None else read_port({"PORT": text})


def tell(**settings: str | None) -> None:
    """Set what was typed in the environment, where all parts of a platform read it."""
    os.environ.update({name: value for name, value in settings.items() if value is not None})


def _pace(text: str) -> float:
    try:
        pace = float(text)
    except ValueError:
        pace = -1.0
    if not 0 <= pace <= 86_400:
        raise ParameterError(f"PACE must be seconds between 0 and 86400, was {text!r}")
    return pace
