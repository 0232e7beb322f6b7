"""Corporate actions as a table that somebody keeps beside their bars."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from engine.errors import ParameterError
from functions.providers import CorporateAction, ProviderError, Unread
from functions.providers._numbers import number
from functions.providers._ranges import midnight
from functions.providers._ratios import ratio
from functions.providers._tables import COMMENT, Cells, pieces, suffix_of

_OTHER_WORDS = {"cash_dividend": "dividend"}
_COLUMNS = ("symbol", "ex_date", "kind", "value")


class Written(NamedTuple):
    """A symbol's actions in order, and rows that are none."""

    actions: list[CorporateAction]
    unread: list[Unread]


def written_actions(folder: Path, symbol: str) -> Written:
    """Return what a folder says of a symbol; of which kinds there are collecting judges.

    ProviderError for a table of which most lines are torn.
    """
    written = Written([], [])
    for path in sorted(folder.iterdir()):
        if path.name.lower().split(".")[0] == "actions" and suffix_of(path):
            for row, reason in _rows(path):
                if (row.get("symbol") or "").upper() == symbol.upper():
                    _add(written, symbol, row, reason)
    written.actions.sort(key=lambda action: (action.ex_date, action.kind))
    return written


def _rows(path: Path) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield each row that is not blank, and what is wrong with it, or nothing."""
    torn: list[tuple[Mapping[str, str], str]] = []
    whole = 0
    for columns in pieces(path, lambda cells, reason: torn.append((_stripped(cells), reason))):
        for name in _COLUMNS:
            if name not in columns:
                raise ParameterError(f"{path.name} has no column {name}")
        lists = [column.to_pylist() for column in columns.values()]
        for cells in zip(*lists, strict=True):
            row = _stripped(dict(zip(columns, cells, strict=True)))
            if any(row.values()) and not row["symbol"].startswith(COMMENT):
                whole += 1
                yield row, ""
    if len(torn) > whole:
        raise ProviderError(f"{path.name} cannot be read: most lines are torn, {torn[0][1]}")
    yield from torn


def _stripped(cells: Cells) -> dict[str, str]:
    return {name: (cell or "").strip() for name, cell in cells.items()}


def _add(written: Written, symbol: str, row: Mapping[str, str], torn: str) -> None:
    at: date | None = None
    with suppress(ValueError):
        at = date.fromisoformat(row["ex_date"][:10])
    value = number(row["value"]) if row["value"] else None
    kind = _OTHER_WORDS.get(row["kind"].lower(), row["kind"].lower())
    wrong = torn or _wrong(row, kind, at, value)
    if wrong or at is None:
        when = row["ex_date"] if at is None else midnight(at)
        written.unread.append(Unread(symbol, when, row, wrong, action=True))
        return
    if kind == "split" and value is not None:
        value = ratio(value)
    written.actions.append(CorporateAction(symbol, at, kind, value, row.get("detail") or None))


def _wrong(row: Mapping[str, str], kind: str, at: date | None, value: Decimal | None) -> str:
    if at is None:
        return f"its ex_date is {row['ex_date']!r}; write it like 2013-03-01"
    if value is not None and value.is_nan():
        return f"the value of a {kind} must be a number, was {row['value']!r}"
    return ""
