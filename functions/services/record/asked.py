"""Which orders of an account may still trade, in later slots or the next segment."""

from collections.abc import Mapping
from typing import Any

from engine import Account


def still_asked(account: Account) -> set[str]:
    """Return the ids of the orders that wait, and of those that brought a position's exits."""
    brackets = (held.bracket for held in account.positions.values())
    return {
        *(order.id for order in account.waiting),
        *(bracket.order for bracket in brackets if bracket is not None),
    }


def opened_with(opening: Mapping[str, Any]) -> set[str]:
    """Return the same of an account as a segment keeps it."""
    return still_asked(Account.from_dict(opening))
