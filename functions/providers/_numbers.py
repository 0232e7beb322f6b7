"""Numbers as people write them into cells."""

from decimal import Decimal, InvalidOperation

_NAN = Decimal("NaN")


def number(text: str | None) -> Decimal:
    """Return what a cell holds; NaN where that is no number."""
    try:
        return Decimal((text or "").strip())
    except InvalidOperation:
        return _NAN
