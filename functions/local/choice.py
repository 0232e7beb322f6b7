"""Which market a user chose: PROVIDER, and what that provider wants to know."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from engine.errors import ParameterError, unknown
from functions import providers
from functions.providers import Provider

SAMPLE, BAR = "sample", "1d"
MOST_SYMBOLS = 50
_ADDRESSES = {"yahoo": "YAHOO_URL", "crypto": "CRYPTO_URL"}
"""Where another server answers in the place of the real one."""
_OWNERS = {"DATA_FOLDER": "files", "CRYPTO_EXCHANGE": "crypto"} | {
    variable: provider for provider, variable in _ADDRESSES.items()
}
"""The variables that one provider alone reads."""


@dataclass(frozen=True)
class Choice:
    """A provider with its settings; symbols: none given means what it has.

    A record follows one choice for good: see `within`.
    """

    provider: str = SAMPLE
    symbols: tuple[str, ...] = ()
    data_folder: str = ""
    exchange: str = ""
    address: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Take the settings from the environment; ParameterError when they make no sense."""
        name = environment.get("PROVIDER", "").strip() or SAMPLE
        providers.get(name)
        for variable, owner in _OWNERS.items():
            if environment.get(variable) and owner != name:
                raise ParameterError(f"{variable} is for PROVIDER={owner}, PROVIDER was {name}")
        folder = environment.get("DATA_FOLDER", "")
        return cls(
            name,
            _symbols(environment.get("SYMBOLS", "")),
            str(Path(folder).expanduser().absolute()) if folder else "",
            environment.get("CRYPTO_EXCHANGE", "").strip().lower(),
            environment.get(_ADDRESSES.get(name, ""), ""),
        )

    @classmethod
    def of_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return a choice as to_dict wrote it."""
        return cls(**{**kept, "symbols": tuple(kept["symbols"])})

    def to_dict(self) -> dict[str, Any]:
        """Return what a record is kept with."""
        return asdict(self)

    def source(self) -> Provider:
        """Return the provider; its settings are those of this process's environment."""
        return providers.get(self.provider)

    def variables(self) -> dict[str, str]:
        """Return the settings as the functions' environment has them."""
        told = {
            "PROVIDER": self.provider,
            "SYMBOLS": ",".join(self.symbols),
            "DATA_FOLDER": self.data_folder,
            "CRYPTO_EXCHANGE": self.exchange,
        }
        if self.provider in _ADDRESSES:
            told[_ADDRESSES[self.provider]] = self.address
        return {name: value for name, value in told.items() if value}

    def within(self, kept: Self | None, place: Path) -> Self:
        """Return the choice of a record that goes on, which what is set now must not contradict.

        kept: the record's own choice. ParameterError where another one was set.
        """
        if kept is None:
            return self
        for name, own in kept.to_dict().items():
            now = getattr(self, name)
            # What is no longer set is as it was; the address of a source is no part of a record.
            if name != "address" and now and _folded(now) != _folded(own):
                raise ParameterError(
                    f"the record in {place} is of {_shown(own)}, not of {_shown(now)}; give this "
                    "one another folder: .venv/bin/robotplug run --folder NAME"
                )
        return replace(kept, address=self.address)

    def checked(self, calendars: Sequence[str]) -> Self:
        """Return the choice with its symbols by name, as far as is known without asking anybody.

        calendars: those with daily schedules. ParameterError names what cannot be.
        """
        source = self.source()
        symbols = _known(self, source.symbols())
        facts = source.facts
        if BAR not in facts.lengths:
            raise ParameterError(
                f"the robots that a platform starts with decide on daily bars; the "
                f"{self.provider} provider has {', '.join(facts.lengths)} alone"
            )
        if facts.calendar not in calendars:
            raise ParameterError(
                f"serverless.yml has daily schedules for {', '.join(calendars)}, none for the "
                f"calendar {facts.calendar} of the {self.provider} provider"
            )
        return replace(self, symbols=symbols)


def own_names(listed: Sequence[str], symbols: Sequence[str]) -> tuple[str, ...]:
    """Return symbols as a provider writes them, whatever their case; unknown ones as they are.

    Where names differ in their case alone, the one that is written so is meant.

    >>> own_names(["spy", "BRK-B"], ["SPY", "brk-b", "QQQ"])
    ('spy', 'BRK-B', 'QQQ')
    >>> own_names(["SPY", "spy"], ["SPY"])
    ('SPY',)
    """
    by_name = {symbol.upper(): symbol for symbol in listed}
    exact = {symbol: symbol for symbol in listed}
    return tuple(exact.get(one, by_name.get(one.upper(), one)) for one in symbols)


def tell_providers(folder: Path | None, symbols: str = "") -> None:
    """Set what the providers of this process read: the folder of files, and which symbols."""
    if folder is not None:
        os.environ["DATA_FOLDER"] = str(folder.absolute())
    if symbols:
        os.environ["SYMBOLS"] = symbols


def _symbols(text: str) -> tuple[str, ...]:
    if not text.strip():
        return ()
    names = tuple(name.strip().upper() for name in text.split(","))
    if not all(names) or len(set(names)) != len(names) or any(" " in name for name in names):
        raise ParameterError(f"SYMBOLS must be like SPY,QQQ, each once, was {text!r}")
    return names


def _known(choice: Choice, listed: Sequence[str]) -> tuple[str, ...]:
    found = own_names(listed, choice.symbols) or tuple(listed)
    for symbol in found:
        if listed and symbol not in listed:
            raise unknown(f"symbol of the {choice.provider} provider", symbol, listed)
    if not 1 <= len(found) <= MOST_SYMBOLS:
        raise ParameterError(
            f"SYMBOLS must name 1 to {MOST_SYMBOLS} symbols for the {choice.provider} provider, "
            f"were {len(found)}"
        )
    return found


def _folded(setting: object) -> object:
    return {one.upper() for one in setting} if isinstance(setting, tuple) else setting


def _shown(setting: object) -> str:
    return ", ".join(setting) if isinstance(setting, tuple) else str(setting)
