"""What the documentation says exists, exists; what it shows can be run."""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import typer.main

from functions.local import cli
from functions.providers import Bar, CorporateAction, Fetched, Request
from functions.providers.files import Files
from functions.services.market.actions import contradicted, too_large
from functions.services.market.actions import fault as unfit
from functions.services.market.adjusting import Past, as_traded
from functions.services.market.grid import bars_of
from functions.services.market.quality import Grid, Judged, judge
from functions.store.bars import ActionRow

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "site/content/docs"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "site/content").rglob("*.md")])
PROMISED = re.findall(
    r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (DOCS / "what-is-promised.md").read_text()
)
OWN_DATA = (DOCS / "bring-your-own-data.md").read_text()
REFUSED = OWN_DATA.partition("## What is refused")[2]
REASONS = re.findall(r"^\| `([^`]+)` \|", REFUSED, flags=re.MULTILINE)


def test_the_promises_are_many() -> None:
    assert len(PROMISED) > 30


@pytest.mark.parametrize(("file", "name"), PROMISED, ids=lambda part: part.rpartition("/")[2])
def test_every_test_that_a_promise_names_is_there(file: str, name: str) -> None:
    source = (ROOT / file).read_text()
    assert not name or re.search(rf"^(async )?def {name}\(", source, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_test_that_any_page_names_is_there(page: Path) -> None:
    files = re.findall(r"\btests/[\w/]+\.py\b", page.read_text())
    assert [file for file in files if not (ROOT / file).is_file()] == []


def commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for line in re.findall(r"robotplug ([a-z][^`\n|;]*)", page.read_text()):
            found.append((page.stem, line.partition("#")[0].strip()))
    return found


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_that_is_shown_can_be_given(page: str, line: str) -> None:
    """Names and options are there; nothing is run."""
    command = typer.main.get_command(cli.commands)
    words = line.split()
    while words and hasattr(command, "commands"):
        name = words.pop(0)
        names = name.split("|")
        assert set(names) <= command.commands.keys(), f"robotplug {line} on {page}"
        command = command.commands[names[0]]
    options = {option for parameter in command.params for option in parameter.opts}
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert given <= options | {"--help"}, f"robotplug {line} on {page}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the page shows, file by file."""
    told = re.findall(r"```(\w+)\n(.*?)```", OWN_DATA, flags=re.DOTALL)
    (toml,) = [text for kind, text in told if kind == "toml"]
    bars, actions = [text for kind, text in told if kind == "csv"]
    (tmp_path / "robotplug.toml").write_text(toml)
    (tmp_path / "ACME.csv").write_text(bars)
    (tmp_path / "actions.csv").write_text(actions)
    assert tomllib.loads(toml)["prices"] == "raw"
    return tmp_path


def test_the_folder_on_the_page_is_read_as_the_page_says(folder: Path) -> None:
    files = Files(folder)
    assert list(files.symbols()) == ["ACME"]
    assert files.facts.calendar == "XNYS"
    until = datetime(2024, 6, 30, tzinfo=UTC)
    told = files.fetch(Request("ACME", "1d", None, until))
    judged = judged_days(list(told.bars))
    assert [bar.starts.day for bar in judged.good] == [6, 7, 10, 12]
    refused = {one.bar.starts.day: one.reason for one in judged.refused}
    assert refused == {11: REASONS[2], 15: REASONS[5]}
    assert [(action.kind, action.value) for action in told.actions] == [
        ("dividend", Decimal("0.35"))
    ]


def judged_days(bars: list[Bar]) -> Judged:
    days = bars_of("XNYS", "1d", "open", date(2024, 6, 1), date(2024, 6, 30))
    return judge(bars, [], Grid.of(days))


WEEK = [3, 4, 5, 6, 7]
PRICES = ("open", "high", "low", "close")


def day(number: int, *prices: str, volume: str = "1000") -> Bar:
    starts = datetime(2024, 6, number, tzinfo=UTC)
    opened, high, low, close = (Decimal(price) for price in prices or ("50", "51", "49", "50"))
    return Bar("ACME", starts, opened, high, low, close, Decimal(volume))


FAULTS = [
    day(5, "50", "51", "0", "50"),
    day(5, "50", "2e9", "49", "50"),
    day(5, "50", "49", "48", "50"),
    day(5, volume="-1"),
    day(5, volume="1e30"),
    day(8),
    day(4, "50", "52", "49", "50"),
    day(5, "5000", "5100", "4900", "5000"),
    day(5, "50", "153", "49", "50"),
    day(7, "5000", "5100", "4900", "5000"),
]


@pytest.mark.parametrize(("place", "fault"), list(enumerate(FAULTS)))
def test_the_reasons_on_the_page_are_those_of_the_code(place: int, fault: Bar) -> None:
    week = [day(number) for number in WEEK if number != fault.starts.day or place == 6]
    (refused,) = judged_days([*week, fault]).refused
    assert refused.reason == REASONS[place]


def shown(reason: str) -> str:
    """The row of the page that stands for a reason: what differs from case to case is left open."""
    patterns = {row: ".+".join(map(re.escape, row.split("…"))) for row in REASONS}
    found = [row for row, pattern in patterns.items() if re.fullmatch(pattern, reason)]
    assert len(found) == 1, reason
    return found[0]


def test_there_is_a_row_for_whatever_refuses_an_answer_or_an_action(tmp_path: Path) -> None:
    split = CorporateAction("ACME", date(2024, 6, 5), "split", Decimal(2), None)
    week = [day(number) for number in WEEK]
    halved = [bar._replace(**{name: getattr(bar, name) / 2 for name in PRICES}) for bar in week]
    grid = Grid.of(bars_of("XNYS", "1d", "open", date(2024, 6, 1), date(2024, 6, 30)))
    stored = {bar.starts: bar for bar in week}
    missed = as_traded(Fetched(halved, [], "splits"), Past(stored, None), grid)
    early = as_traded(Fetched([*week[:2], *halved[2:]], [split], "splits"), Past({}, None), grid)
    (other,) = contradicted([ActionRow(*split)], [split._replace(value=Decimal(3))])
    told = [missed.refused, early.refused, other.reason]
    told += [
        str(unfit(split._replace(value=Decimal(0)))),
        str(unfit(split._replace(kind="spinoff"))),
    ]
    large = split._replace(kind="dividend", value=Decimal(5000))
    told.append(str(too_large([large], [], (date(2024, 6, 4), Decimal(50)))))
    told[:0] = [*alone_at_a_ratio(grid), *torn_lines(tmp_path), *hours_had_twice(tmp_path)]
    rows = [shown(each) for each in told]
    assert set(rows) == set(REASONS[len(FAULTS) :])


def alone_at_a_ratio(grid: Grid) -> list[str]:
    later = CorporateAction("ACME", date(2025, 6, 5), "split", Decimal(4), None)
    bars = [day(number) for number in WEEK]
    bars[2] = bars[2]._replace(**{name: getattr(bars[2], name) * 4 for name in PRICES})
    return [one.reason for one in judge(bars, [later], grid).refused]


def torn_lines(folder: Path) -> list[str]:
    rows = [f"2024-06-{number},50,51,49,50,1000" for number in (10, 11, 12)]
    rows += ["06/13/2024,50,51,49,50,1000", "2024-06-14,50"]
    actions = ["ACME,2024-06-10,split,two", "ACME,soon,split,2"]
    (folder / "robotplug.toml").write_text('calendar = "XNYS"\nprices = "raw"\n')
    (folder / "ACME.csv").write_text("\n".join(["date,open,high,low,close,volume", *rows]))
    (folder / "actions.csv").write_text("\n".join(["symbol,ex_date,kind,value", *actions]))
    until = datetime(2024, 6, 30, tzinfo=UTC)
    return [row.reason for row in Files(folder).fetch(Request("ACME", "1d", None, until)).unread]


def hours_had_twice(folder: Path) -> list[str]:
    stated = 'calendar = "24/7"\nprices = "raw"\ntimezone = "America/New_York"\nanchor = "clock"\n'
    (folder / "robotplug.toml").write_text(stated)
    (folder / "1h").mkdir()
    rows = ["time,open,high,low,close", "2020-11-01 00:00,1,1,1,1", "2020-11-01 01:30,1,1,1,1"]
    (folder / "1h" / "ACME.csv").write_text("\n".join(rows))
    until = datetime(2024, 6, 30, tzinfo=UTC)
    return [row.reason for row in Files(folder).fetch(Request("ACME", "1h", None, until)).unread]


def test_hours_begin_where_the_page_says() -> None:
    page = (DOCS / "life-of-a-slot.md").read_text()
    (slot,) = set(re.findall(r"XNYS/1h/(\S+?Z)", page))
    first = bars_of("XNYS", "1h", "open", date(2013, 3, 1), date(2013, 3, 1))[0]
    assert first.closes == datetime.fromisoformat(slot)
    assert first.closes - first.starts == timedelta(hours=1)
