"""Names of files that reports are written to."""

from pathlib import Path

from engine.errors import ParameterError


def of_kind(path: Path, suffix: str, option: str) -> Path:
    """Return the path; ParameterError where its name could be that of another kind of file.

    What is there already under such a name is replaced, so that a name must say what it is.
    option: what the path was given as.
    """
    if path.suffix.lower() != suffix:
        raise ParameterError(f"{option} must name a {suffix} file, was {str(path)!r}")
    if path.is_dir():
        raise ParameterError(f"{path} is a folder; name a {suffix} file in it")
    if not path.parent.is_dir():
        raise ParameterError(f"no folder {path.parent} for {path.name}; make it first")
    return path
