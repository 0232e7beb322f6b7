import importlib
import pkgutil
from pathlib import Path

import pytest

from engine.errors import ParameterError
from functions import jobs
from functions.local import deployment
from functions.local.deployment import ROOT, read

DEPLOYMENT = read()


@pytest.mark.parametrize("function", DEPLOYMENT.functions.values(), ids=lambda one: one.name)
def test_every_handler_that_is_named_is_there(function):
    path, _, attribute = function.handler.rpartition(".")
    assert (ROOT / f"{path}.py").is_file()
    if function.name != "api":  # it reads the environment when it is imported
        assert callable(getattr(importlib.import_module(path.replace("/", ".")), attribute))


def test_every_job_is_named():
    modules = {module.name for module in pkgutil.iter_modules(jobs.__path__)}
    assert modules == set(DEPLOYMENT.functions) - {"api"}


def test_every_queue_that_is_read_has_dead_letters_and_outlasts_its_function():
    for consumer in DEPLOYMENT.consumers:
        queue = DEPLOYMENT.queues[consumer.queue]
        timeout = DEPLOYMENT.functions[consumer.function].timeout_seconds
        assert queue.dead_letters in DEPLOYMENT.queues
        assert int(queue.attributes["VisibilityTimeout"]) >= 6 * timeout


def test_bars_are_collected_before_robots_are_dispatched():
    times = {
        schedule.name.rpartition("local-")[2]: schedule.at for schedule in DEPLOYMENT.schedules
    }
    assert times["collect-close"] < times["dispatch-close"]
    assert times["collect-deadline"] < times["dispatch-deadline"]


def test_the_outbox_is_swept_after_each_run_of_the_robots():
    times = {
        schedule.name.rpartition("local-")[2]: schedule.at for schedule in DEPLOYMENT.schedules
    }
    assert times["dispatch-close"] < times["outbox"] < times["collect-deadline"]
    assert times["dispatch-deadline"] < times["outbox-late"]


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
