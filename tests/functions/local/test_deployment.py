import importlib
import pkgutil
from datetime import time
from pathlib import Path

import pytest
import yaml

from engine.errors import ParameterError
from functions import jobs
from functions.local import deployment
from functions.local.deployment import ROOT, read
from functions.providers._patience import LIMITS
from functions.providers.crypto import LIMITS as CRYPTO_LIMITS
from functions.services.market.turns import SECONDS

DEPLOYMENT = read()


@pytest.mark.parametrize("function", DEPLOYMENT.functions.values(), ids=lambda one: one.name)
def test_every_handler_that_is_named_is_there(function):
    path, _, attribute = function.handler.rpartition(".")
    assert (ROOT / f"{path}.py").is_file()
    if function.name != "api":  # it reads the environment when it is imported
        assert callable(getattr(importlib.import_module(path.replace("/", ".")), attribute))


def test_every_job_is_named():
    modules = {module.name for module in pkgutil.iter_modules(jobs.__path__)}
    assert modules == set(DEPLOYMENT.functions) - {"api", "sockets"}


def test_every_queue_that_is_read_has_dead_letters_and_outlasts_its_function():
    for consumer in DEPLOYMENT.consumers:
        queue = DEPLOYMENT.queues[consumer.queue]
        timeout = DEPLOYMENT.functions[consumer.function].timeout_seconds
        assert queue.dead_letters in DEPLOYMENT.queues
        assert int(queue.attributes["VisibilityTimeout"]) >= 6 * timeout


def test_the_last_symbol_that_is_begun_ends_before_the_function_does():
    longest = max(LIMITS.deadline, CRYPTO_LIMITS.deadline)
    assert SECONDS + longest + 20 <= DEPLOYMENT.functions["collect_bars"].timeout_seconds


def of_slots(calendar: str, bar: str) -> dict[str, list[tuple[time, ...]]]:
    """The times of each function's schedules for these slots, as they stand in the file."""
    found: dict[str, list[tuple[time, ...]]] = {}
    for schedule in DEPLOYMENT.schedules:
        if schedule.slots == (calendar, bar):
            found.setdefault(schedule.function, []).append(schedule.times)
    return found


@pytest.mark.parametrize("calendar", ["XNYS", "24/7"])
def test_a_day_is_collected_dispatched_and_swept_and_so_is_its_deadline(calendar):
    times = of_slots(calendar, "1d")
    steps = zip(
        times["collect_bars"], times["dispatch_robots"], times["deliver_outbox"], strict=True
    )
    for collected, dispatched, swept in steps:
        assert collected < dispatched < swept
    assert times["deliver_outbox"][0] < times["collect_bars"][1]


@pytest.mark.parametrize(("calendar", "calls"), [("XNYS", 14), ("24/7", 24)])
def test_every_hour_is_collected_before_it_is_dispatched(calendar, calls):
    times = of_slots(calendar, "1h")
    collected, dispatched = times["collect_bars"][0], times["dispatch_robots"][0]
    assert len(collected) == len(dispatched) == calls
    pairs = list(zip(collected, dispatched, strict=True))
    assert all(one < other for one, other in pairs)
    assert all(other < one for other, one in zip(dispatched, collected[1:], strict=False))


def test_a_deployment_calls_for_new_york_days_alone_unless_told_otherwise():
    document = deployment._parse(ROOT / "serverless.yml")
    slots = document["custom"]["slots"]
    assert [name for name, on in slots.items() if "'true'" in on] == ["xnys_daily"]
    for function in document["functions"].values():
        for event in function.get("events", []):
            if "schedule" in event:
                switch = event["schedule"]["enabled"].removeprefix("${self:custom.slots.")
                detail = event["schedule"]["input"]["detail"]
                market = {"XNYS": "xnys", "24/7": "always"}[detail["calendar"]]
                assert switch == f"{market}_{'daily' if detail['bar'] == '1d' else 'hourly'}}}"


def test_what_is_turned_away_while_the_site_is_built_does_not_soon_die():
    document = deployment._parse(ROOT / "serverless.yml")
    publish = document["functions"]["publish_site"]
    assert publish["reservedConcurrency"] == 1
    assert publish["events"][0]["sqs"]["maximumConcurrency"] == 2
    assert DEPLOYMENT.queues["PublishQueue"].receive_limit >= 50


def test_the_api_reaches_the_database_and_nothing_else():
    roles = deployment._parse(ROOT / "infra" / "resources" / "roles.yml")["Resources"]
    assert "Policies" not in roles["ApiRole"]["Properties"]


def test_the_stage_and_the_account_are_local():
    assert DEPLOYMENT.bucket == "tradingrobotplug-local-site"
    assert all("${" not in schedule.name for schedule in DEPLOYMENT.schedules)
    assert DEPLOYMENT.schedules[0].event["account"] == "123456789012"


def test_another_folder_is_refused(tmp_path: Path):
    with pytest.raises(ParameterError, match=r"no .*serverless\.yml; run .* from a checkout"):
        read(tmp_path)


def test_both_apis_take_no_more_than_so_much_a_second():
    throttling = yaml.safe_load((ROOT / "infra/resources/throttling.yml").read_text())
    assert "${file(infra/resources/throttling.yml)}" in (ROOT / "serverless.yml").read_text()
    stages = throttling["extensions"]
    assert set(stages) == {"HttpApiStage", "WebsocketsDeploymentStage"}
    for stage in stages.values():
        settings = stage["Properties"]["DefaultRouteSettings"]
        assert 0 < settings["ThrottlingRateLimit"] <= settings["ThrottlingBurstLimit"]
