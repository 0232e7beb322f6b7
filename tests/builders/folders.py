"""A folder of files as a provider, on a platform of its own, played slot by slot."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from functions import providers
from functions.providers import Bar, CorporateAction, ProviderError
from functions.services.market.collecting import Source, collect, collect_symbols
from functions.services.market.slots import Slot, bars_of
from functions.services.platform import Platform
from functions.services.record.advancing import Due, Outcome, advance_robot
from functions.services.record.registering import RobotDefinition, register_robot
from functions.store.records import read_records

DELAY, LAST_CALL = timedelta(minutes=10), timedelta(minutes=40)


class Folder:
    """What DATA_FOLDER names; written anew whenever a test's world goes on."""

    def __init__(self, path: Path, calendar: str = "XNYS", anchor: str = "clock") -> None:
        self.path, self.calendar, self.anchor = path, calendar, anchor
        self.state("raw")

    def state(self, prices: str) -> None:
        """Say what the prices are adjusted for: raw, splits or all."""
        told = {"calendar": self.calendar, "prices": prices, "anchor": self.anchor}
        lines = (f'{name} = "{value}"' for name, value in told.items())
        (self.path / "robotplug.toml").write_text("\n".join(lines) + "\n")

    def bars(self, symbol: str, bars: Iterable[Bar], length: str = "1d") -> None:
        """Write a symbol's file of one length."""
        folder = self.path if length == "1d" else self.path / length
        folder.mkdir(exist_ok=True)
        with (folder / f"{symbol}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["start_utc", "open", "high", "low", "close", "volume"])
            rows.writerows([bar.starts.isoformat(), *bar[2:]] for bar in bars)

    def actions(self, actions: Iterable[CorporateAction]) -> None:
        """Write what is known of corporate actions."""
        with (self.path / "actions.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["symbol", "ex_date", "kind", "value", "detail"])
            rows.writerows(
                [one.symbol, one.ex_date, one.kind, one.value, one.detail] for one in actions
            )


def slots_of(folder: Folder, length: str, first: date, last: date) -> list[Slot]:
    """The slots of sessions first to last."""
    times = bars_of(folder.calendar, length, folder.anchor, first, last)  # type: ignore[arg-type]
    return [Slot(folder.calendar, length, time.closes) for time in times]


def reading_files(platform: Platform) -> Platform:
    """The same platform with the folder of files as its provider."""
    return replace(platform, provider="files")


def collected(platform: Platform, slot: Slot, after: timedelta = DELAY) -> dict[str, int] | str:
    """Collect a slot; what failed, in words, where something did."""
    try:
        return collect(platform, slot, slot.closes_at + after)
    except ProviderError as error:
        return str(error)


def begun(platform: Platform, robot: RobotDefinition, at_slot: Slot) -> None:
    """Collect a robot's symbols up to a slot and register it there."""
    source = Source("files", providers.get("files"))
    at = at_slot.closes_at + DELAY
    found = collect_symbols(source, platform.connect, at_slot, at, robot.symbols)
    assert not [one.failure for one in found.values() if one.failure]
    register_robot(platform, robot, at_slot)


def advanced(
    platform: Platform, robot: RobotDefinition, slot: Slot, *, deadline: bool = False
) -> Outcome:
    """Advance to a slot."""
    (record,) = read_records(platform.connect(), [robot.id])
    return advance_robot(platform.archive, record, Due(slot, deadline))


def played(platform: Platform, robot: RobotDefinition, slots: Sequence[Slot]) -> list[Outcome]:
    """Collect and advance slot by slot, with a last call where one waits."""
    found = []
    for slot in slots:
        collected(platform, slot)
        outcome = advanced(platform, robot, slot)
        if outcome.waiting:
            collected(platform, slot, LAST_CALL)
            outcome = advanced(platform, robot, slot, deadline=True)
        found.append(outcome)
    return found


def account(platform: Platform, robot: RobotDefinition) -> dict[str, Any]:
    """The account after the newest decision, as its leaf tells it."""
    row = platform.connect().execute(
        "SELECT leaf::jsonb -> 'account' FROM decisions WHERE strategy_id = %s"
        " ORDER BY seq DESC LIMIT 1",
        [robot.id],
    )
    (found,) = row.fetchone() or ({},)
    return dict(found)
