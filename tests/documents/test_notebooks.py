"""Every notebook that the site offers runs from top to bottom in a real kernel."""

import os
import re
from pathlib import Path

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "site/content/notebooks").glob("*.ipynb"))


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request, tmp_path_factory):
    """A notebook after all of its cells ran, in a folder of its own, without a network."""
    folder, book = tmp_path_factory.mktemp("notebook"), read(request.param)
    client = nbclient.NotebookClient(
        book,
        timeout=600,
        startup_timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    refused = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    client.execute(env={**os.environ, **refused, "PYTHONPATH": paths})
    return request.param.stem, book, folder


def outputs(book, kind):
    return [
        (cell.execution_count, output.data[kind])
        for cell in book.cells
        for output in cell.get("outputs", [])
        if output.output_type in ("execute_result", "display_data") and kind in output.data
    ]


def printed(book):
    """What a reader without a browser would see, cell by cell."""
    texts = []
    for cell in book.cells:
        for output in cell.get("outputs", []):
            stream = output.output_type == "stream"
            told = output.text if stream else output.data.get("text/plain", "a chart")
            texts.append(f"[{cell.execution_count}]\n{told.rstrip()}\n")
    return "\n".join(texts)


@pytest.mark.filterwarnings("ignore")  # of the kernel's client, which the project does not use
def test_every_cell_prints_what_it_printed(executed, golden):
    name, book, _ = executed
    golden(f"notebook-{name}", printed(book))


@pytest.mark.filterwarnings("ignore")
def test_a_result_shows_its_table_and_its_chart(executed):
    _, book, _ = executed
    shown = [html for _, html in outputs(book, "text/html") if 'class="robotplug"' in html]
    assert shown
    for html in shown:
        assert "<svg" in html
        assert "Sharpe ratio" in html
        assert re.findall(r"(?:src|href)\s*=", html) == []


@pytest.mark.filterwarnings("ignore")
def test_a_figure_of_plotly_is_shown_as_one(executed):
    _, book, _ = executed
    ((_, figure),) = outputs(book, "application/vnd.plotly.v1+json")
    assert any(trace["name"].endswith(", simulated") for trace in figure["data"])


@pytest.mark.filterwarnings("ignore")
def test_the_report_keeps_the_text_of_the_cell(executed):
    _, _, folder = executed
    (report,) = folder.glob("*.html")
    text = report.read_text(encoding="utf-8")
    assert "Strategy code" in text
    assert re.search(r"Strategy code</dt>\s*<dd[^>]*>\s*(<code[^>]*>)?[0-9a-f]{8,}", text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    book = read(path)
    nbformat.validate(book)
    codes = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.id for cell in codes if cell.outputs or cell.execution_count] == []
    assert book.metadata.keys() == {"kernelspec", "language_info"}
    assert len({cell.id for cell in book.cells}) == len(book.cells)


def test_there_is_a_notebook():
    assert NOTEBOOKS
