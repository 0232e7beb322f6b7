"""What must be said wherever a result is shown, as far as a run's options tell."""

from collections.abc import Mapping
from datetime import date
from typing import Any

VOLUME_UNKNOWN = "volume unknown: a bar without a volume caps no fill"
ENDED = ", and nothing was traded any more"
RUINED = f"ruined: equity fell to 0 or below{ENDED}"

USUAL = {"commission_bps": 5.0, "slippage_bps": 5.0}
CHARGES = (
    *("commission_bps", "slippage_bps", "maker_bps", "per_share", "per_order", "minimum"),
    *("volume_impact", "volatility_impact", "own_fee", "own_price"),
)


def notes_of(options: Mapping[str, Any]) -> list[str]:
    """Return what must be said; each text is a name, a colon and what it means.

    options: as `Options.to_dict` writes them.

    >>> notes_of({"commission_bps": 0.0, "slippage_bps": 0.0})
    ['no costs: a real account would have earned less']
    """
    found = {
        "no costs: a real account would have earned less": free(options),
        "fills at the same close: at a price that was known when it was decided": (
            options.get("fill") == "same_close"
        ),
        "fills at the next close: not at the next open": options.get("fill") == "next_close",
        "no volume limit: fills as if any size could be traded": (
            "participation" in options and options["participation"] is None
        ),
        "take-profit first: of two exits inside one bar the better one counts": (
            options.get("take_profit_first", False)
        ),
        "own cost code: the cost model runs Python of its own, which is not compiled": (
            "own_fee" in options or "own_price" in options
        ),
    }
    return [words for words, said in found.items() if said]


def ruined(equity: float, session: date) -> str:
    """Say of a run how far it fell, and when.

    >>> ruined(-100678.5, date(2012, 1, 12))
    'ruined: equity fell to -100,678.50 on 2012-01-12, and nothing was traded any more'
    """
    return f"ruined: equity fell to {equity:,.2f} on {session}{ENDED}"


def ambiguous(bars: int) -> str:
    """Say in how many bars the worse of two exits was taken."""
    where = "1 bar" if bars == 1 else f"{bars:,} bars"
    return f"ambiguous: in {where} what came first is not known, the worse is assumed"


def free(options: Mapping[str, Any]) -> bool:
    """Say whether trading costs nothing at all."""
    charged = [options.get(name, USUAL.get(name)) for name in CHARGES]
    return not any(charged) and not any(bps for _, bps in options.get("tiers", ()))
