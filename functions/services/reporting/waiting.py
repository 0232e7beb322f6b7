"""Orders that were asked for and still wait when a run ends."""

from engine import Run
from functions.services.reporting.numerals import counted

NAMED = 5


def waiting_at_end(run: Run) -> list[str]:
    """Say of each order what it is and since when it waits; of many the first few."""
    rows = run.state.orders.row
    places = {order.id: at for at, order in enumerate(run.orders)}
    orders = run.account_at(len(run.market.sessions) - 1).waiting
    told = [
        f"{order} since {run.market.name_of(max(int(rows[places[order.id]]), 0))}"
        for order in orders[:NAMED]
    ]
    return [*told, f"{len(orders) - NAMED:,} more"] if len(orders) > NAMED else told


def unfilled(run: Run) -> str:
    """Say that orders were asked for and none was filled; empty where that is not so."""
    asked = len(run.orders)
    return "" if run.fills or not asked else f"{counted(asked, 'order')} asked for, none filled"
