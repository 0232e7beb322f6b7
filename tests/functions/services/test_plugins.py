import pytest

from functions import bootstrap
from functions.services import plugins
from functions.services.plugins import warn_of_failures


@pytest.mark.parametrize("kind", plugins.KINDS)
def test_a_plugin_that_does_not_load_is_told_once_with_its_reason(kind, monkeypatch, caplog):
    reason = "ImportError: no module named 'gone'"
    monkeypatch.setattr(plugins.KINDS[kind], "failures", lambda: {"theirs": reason})
    warn_of_failures.cache_clear()
    for _ in range(3):
        warn_of_failures(bootstrap.logger)
    (told,) = [one for one in caplog.records if one.message == "plugin does not load"]
    assert (told.levelname, told.kind, told.plugin, told.reason) == (
        *("WARNING", kind, "theirs", reason),
    )


def test_what_comes_with_the_platform_loads(caplog):
    warn_of_failures.cache_clear()
    warn_of_failures(bootstrap.logger)
    assert [one.message for one in caplog.records] == []
