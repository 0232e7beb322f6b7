"""Asking a provider for one symbol, under the name it goes by today."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from functions.providers import Bar, CorporateAction, Fetched, Provider, Request
from functions.services.market.actions import summed
from functions.services.market.grid import DAY, BarTime
from functions.store.bars import ActionRow

RENAME, DELISTING = "rename", "delisting"
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing older is kept."""
READ_AGAIN = {DAY: timedelta(days=7)}
READ_AGAIN_INTRADAY = timedelta(days=2)
"""How far back a provider's corrections are looked for."""


class Wanted(NamedTuple):
    """A symbol's bars of one length up to one of them.

    newest: where the last stored one starts. since: where bars shall begin that are not stored.
    again: whether those that are stored are read once more.
    """

    symbol: str
    length: str
    newest: datetime | None
    last: BarTime
    since: datetime | None = None
    again: bool = False

    @property
    def after(self) -> datetime | None:
        """The instant after which bars are asked for; None: all there are."""
        if self.since is not None:
            return self.since - timedelta(microseconds=1)
        if self.newest is None or self.again:
            return None
        return self.newest - READ_AGAIN.get(self.length, READ_AGAIN_INTRADAY)


def fetch(provider: Provider, wanted: Wanted, known: Sequence[ActionRow]) -> Fetched:
    """Ask for a symbol, and again under its new name where it tells of one.

    Nothing later than what was asked for comes back but splits and dividends, which say what
    the prices were adjusted for. Raises what the provider raises.
    """
    name = name_on(known, wanted.symbol, wanted.last.session)
    fetched = _ask(provider, wanted, name)
    asked = {name}
    while (name := name_on(fetched.actions, name, wanted.last.session)) not in asked:
        asked.add(name)
        fetched = _joined(fetched, _ask(provider, wanted, name))
    return fetched


def name_on(actions: Sequence[ActionRow | CorporateAction], symbol: str, day: date) -> str:
    """Return what a symbol is called on a day, by the renames among its actions."""
    renames = [
        (action.ex_date, action.detail)
        for action in actions
        if action.kind == RENAME and action.detail and action.ex_date <= day
    ]
    return max(renames)[1] if renames else symbol


def delisted(actions: Sequence[ActionRow], day: date) -> date | None:
    """Return since when a symbol is traded no more, if that was so on a day."""
    days = [one.ex_date for one in actions if one.kind == DELISTING and one.ex_date <= day]
    return min(days, default=None)


def _ask(provider: Provider, wanted: Wanted, name: str) -> Fetched:
    until = wanted.last.closes
    told = provider.fetch(Request(name, wanted.length, wanted.after, until))
    bars = [
        bar._replace(symbol=wanted.symbol) for bar in told.bars if EARLIEST <= bar.starts < until
    ]
    actions = [action._replace(symbol=wanted.symbol) for action in told.actions]
    unread = [row._replace(symbol=wanted.symbol) for row in told.unread]
    return Fetched(bars, summed(actions), told.adjusted, unread)


def _joined(old: Fetched, new: Fetched) -> Fetched:
    bars: dict[datetime, Bar] = {bar.starts: bar for bar in (*old.bars, *new.bars)}
    known = {(action.ex_date, action.kind) for action in old.actions}
    later = [one for one in new.actions if (one.ex_date, one.kind) not in known]
    unread = [*old.unread, *new.unread]
    return Fetched(list(bars.values()), [*later, *old.actions], new.adjusted, unread)
