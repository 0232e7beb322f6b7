"""What a user says of providers in the environment, read in one place on first use."""

import os
from collections.abc import Mapping
from pathlib import Path

from engine.errors import ParameterError


def symbols(default: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return SYMBOLS, a list with commas, each once.

    >>> symbols(("SPY",), {"SYMBOLS": " brk-b, ^GSPC,brk-b"})
    ['BRK-B', '^GSPC']
    """
    told = [part.strip().upper() for part in environment.get("SYMBOLS", "").split(",")]
    return list(dict.fromkeys(part for part in told if part)) or list(default)


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return DATA_FOLDER; ParameterError says to set it."""
    text = environment.get("DATA_FOLDER", "")
    if not text:
        raise ParameterError(
            "no DATA_FOLDER; set it to a folder with a robotplug.toml and one file per symbol"
        )
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise ParameterError(f"DATA_FOLDER must be a folder, was {text!r}")
    return folder


def crypto_exchange(environment: Mapping[str, str] = os.environ) -> str:
    """Return CRYPTO_EXCHANGE, the exchange's name in ccxt."""
    return environment.get("CRYPTO_EXCHANGE", "").strip().lower() or "bitstamp"


def crypto_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return CRYPTO_URL, a server that answers in the exchange's stead."""
    return _url("CRYPTO_URL", environment)


def yahoo_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return YAHOO_URL, a server that answers in Yahoo's stead."""
    return _url("YAHOO_URL", environment)


def _url(name: str, environment: Mapping[str, str]) -> str | None:
    text = environment.get(name, "").strip()
    if text and not text.startswith(("http://", "https://")):
        raise ParameterError(f"{name} must be like http://127.0.0.1:8080, was {text!r}")
    return text or None
