"""Corporate actions as they are told: added up, judged, and laid beside those that are known."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from functions.providers import CorporateAction
from functions.services.market.quality import HIGHEST_PRICE, LOWEST_PRICE
from functions.store.bars import ActionRow, RefusedRow

KINDS = ("split", "dividend", "special_dividend", "delisting", "rename")
DIVIDENDS = ("dividend", "special_dividend")
_SAME = Decimal("0.0001")


def summed(actions: Sequence[CorporateAction]) -> list[CorporateAction]:
    """Return actions with the dividends of one kind and day as one; the same row twice is one.

    A day has one row of a kind. A value that is none is added to nothing, so that it is found.
    """
    found: list[CorporateAction] = []
    place: dict[tuple[date, str], int] = {}
    for action in dict.fromkeys(actions):
        key = action.ex_date, action.kind
        if action.kind not in DIVIDENDS or fault(action):
            found.append(action)
        elif key in place:
            earlier = found[place[key]]
            total = (earlier.value or Decimal()) + (action.value or Decimal())
            found[place[key]] = earlier._replace(value=total)
        else:
            place[key] = len(found)
            found.append(action)
    return found


def fault(action: CorporateAction) -> str | None:
    """Say why nobody may book an action, whatever the prices are."""
    kind, value = action.kind, action.value
    if kind not in KINDS:
        return f"no action has the kind {kind!r}; there are {', '.join(KINDS)}"
    if kind == "rename":
        return None if action.detail else "the rename names no symbol"
    if kind == "delisting":
        paid = value is None or (value.is_finite() and 0 <= value <= HIGHEST_PRICE)
        return None if paid else f"a delisting pays from 0 to 1e9 a share, was {value}"
    if value is None or not (value.is_finite() and LOWEST_PRICE <= value <= HIGHEST_PRICE):
        return f"the value of a {kind} must be from 1e-8 to 1e9, was {value}"
    return None


def too_large(
    dividends: Sequence[CorporateAction],
    splits: Sequence[CorporateAction],
    last: tuple[date, Decimal],
) -> str | None:
    """Say that what one ex-date pays is not below the close before it, in that day's shares.

    last: the session of the last bar before, and its close.
    """
    session, close = last
    for split in splits:
        if session < split.ex_date <= dividends[0].ex_date and split.value:
            close /= split.value
    paid = sum((one.value or Decimal() for one in dividends), Decimal())
    if paid < close:
        return None
    return f"it pays {text(paid)} a share, not below the close of {text(close)} before it"


def by_day(actions: Sequence[CorporateAction]) -> dict[date, list[CorporateAction]]:
    """Return the dividends of each ex-date."""
    days: dict[date, list[CorporateAction]] = defaultdict(list)
    for action in actions:
        if action.kind in DIVIDENDS:
            days[action.ex_date].append(action)
    return days


def together(known: Sequence[ActionRow], told: Sequence[CorporateAction]) -> list[CorporateAction]:
    """Known actions and newly told ones, each once, as first seen."""
    found = {(action.ex_date, action.kind): action for action in told}
    found |= {(row.ex_date, row.kind): CorporateAction(*row) for row in known}
    return list(found.values())


def contradicted(known: Sequence[ActionRow], told: Sequence[CorporateAction]) -> list[RefusedRow]:
    """Return actions that are told otherwise than they were first; those stay."""
    first: Mapping[tuple[date, str], ActionRow] = {(row.ex_date, row.kind): row for row in known}
    return [
        refused(action, f"the {action.kind} was first told as {_told(row)}, now as {_told(action)}")
        for action in told
        if (row := first.get((action.ex_date, action.kind))) and not _same(action, row)
    ]


def refused(action: CorporateAction, reason: str) -> RefusedRow:
    """Return an action as a row that nobody books."""
    value = None if action.value is None else str(action.value)
    row = {"kind": action.kind, "value": value, "detail": action.detail}
    return RefusedRow(action.symbol, action.ex_date.isoformat(), row, reason)


def text(value: Decimal) -> str:
    """Return a number as people write it."""
    return f"{value.normalize():f}"


def _same(action: CorporateAction, row: ActionRow) -> bool:
    if action.value is None or row.value is None:
        return (action.value, action.detail) == (row.value, row.detail)
    near = abs(action.value - row.value) <= _SAME * max(action.value, row.value, Decimal(1))
    return near and action.detail == row.detail


def _told(action: ActionRow | CorporateAction) -> str:
    return action.detail or ("its last close" if action.value is None else text(action.value))
