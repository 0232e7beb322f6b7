"""Corporate actions as a table that somebody keeps beside their bars."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from engine.errors import ParameterError, unknown
from functions.providers import CorporateAction, ProviderError
from functions.providers._ratios import ratio
from functions.providers._tables import pieces, suffix_of

KINDS = {
    "split": "split",
    "dividend": "dividend",
    "cash_dividend": "dividend",
    "special_dividend": "special_dividend",
    "delisting": "delisting",
    "rename": "rename",
}
_NEED_NO_VALUE = ("delisting", "rename")
_COLUMNS = ("symbol", "ex_date", "kind", "value")
_NAN = Decimal("NaN")


def written_actions(folder: Path, symbol: str) -> list[CorporateAction]:
    """Return a symbol's actions in order; ParameterError or ProviderError for what is unclear."""
    paths = [path for path in folder.iterdir() if path.name.lower().split(".")[0] == "actions"]
    found = [
        _action(row, symbol, path.name)
        for path in paths
        if suffix_of(path)
        for columns in pieces(path)
        for row in _cells(columns, path.name)
        if row["symbol"].upper() == symbol.upper()
    ]
    return sorted(found, key=lambda action: (action.ex_date, action.kind))


def _cells(columns: Mapping[str, object], file: str) -> Iterator[Mapping[str, str]]:
    for name in _COLUMNS:
        if name not in columns:
            raise ParameterError(f"{file} has no column {name}")
    lists = [column.to_pylist() for column in columns.values()]  # type: ignore[attr-defined]
    for row in zip(*lists, strict=True):
        cells = {name: (cell or "").strip() for name, cell in zip(columns, row, strict=True)}
        if any(cells.values()):
            yield cells


def _action(row: Mapping[str, str], symbol: str, file: str) -> CorporateAction:
    written = row["kind"].lower()
    if written not in KINDS:
        told = unknown("kind of action", row["kind"], KINDS)
        raise ParameterError(
            f"{file} has the row {','.join(row.values())!r}: {told} (kinds are {', '.join(KINDS)})"
        )
    kind = KINDS[written]
    value = number(row["value"]) if row["value"] else None
    usable = kind in _NEED_NO_VALUE if value is None else value.is_finite() and value >= 0
    try:
        ex_date = date.fromisoformat(row["ex_date"][:10])
    except ValueError:
        usable = False
    if not usable:
        raise ProviderError(f"{file} has a {kind} of {row['symbol']} that makes no sense: {row}")
    if kind == "split" and value is not None:
        value = ratio(value)
    return CorporateAction(symbol, ex_date, kind, value, row.get("detail") or None)


def number(text: str | None) -> Decimal:
    """Return what a cell holds; NaN where that is no number."""
    try:
        return Decimal((text or "").strip())
    except InvalidOperation:
        return _NAN
