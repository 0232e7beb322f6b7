"""A result's output in the page of a notebook: legible in its light and dark, on any width."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from functions.charts.palette import DARK, LIGHT
from functions.notebook import backtest
from tests.browser.conftest import DESKTOP, PHONE
from tests.functions.notebook.test_backtests import Steps, walk

# As JupyterLab, VS Code and Colab say that they are dark.
JUPYTER, CODE, COLAB = '<body data-jp-theme-light="false">', '<body class="vscode-dark">', "<body>"
PAGE = '<!doctype html><html lang="en"{html}><title>Notebook</title>{body}<main><h1>A</h1>{cell}'
PLACES = {
    "light": PAGE.replace("{html}", "").replace("{body}", "<body>"),
    "jupyter": PAGE.replace("{html}", "").replace("{body}", JUPYTER),
    "code": PAGE.replace("{html}", "").replace("{body}", CODE),
    "colab": PAGE.replace("{html}", ' theme="dark"').replace("{body}", COLAB),
}


@pytest.fixture(scope="module")
def cell():
    return backtest(Steps, walk(), symbol="IBM")._repr_html_()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(chromium, request):
    context = chromium.new_context(viewport=request.param, color_scheme="light")
    yield context.new_page()
    context.close()


def rgb(colour):
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


@pytest.mark.parametrize("place", PLACES)
def test_it_has_the_notebooks_colours_and_no_violation(page, cell, place):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(PLACES[place].replace("{cell}", cell))
    palette = LIGHT if place == "light" else DARK
    style = "getComputedStyle(document.querySelector('.robotplug'))"
    assert page.evaluate(f"{style}.backgroundColor") == rgb(palette.surface)
    assert page.evaluate(f"{style}.color") == rgb(palette.ink)
    assert Axe().run(page).response["violations"] == []
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) == 0
    assert asked == []
