"""Files that a command writes for its user: whole or not at all, and never over something else."""

from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from engine.errors import ParameterError


def write(path: Path, content: bytes) -> None:
    """Put a file in its place at once; ParameterError where that is refused."""
    fresh = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise ParameterError(
            f"{path} cannot be written ({error.strerror}); name a file where you may write"
        ) from error


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet; ParameterError where something is."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ParameterError(
            f"{path} is there already and was left as it is; choose another name"
        ) from error
    except OSError as error:
        raise ParameterError(
            f"{path} cannot be written ({error.strerror}); go where you may write"
        ) from error
