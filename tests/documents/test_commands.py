"""What the first pages tell a reader to type is typed here, and prints what they show."""

import re
from pathlib import Path

import pytest

from tests.documents.examples import difference, rewritten
from tests.documents.terminal import ROOT, Step, commands_of, steps_of, typed

DOCS = ROOT / "site/content/docs"
TYPED = [DOCS / f"{name}.md" for name in ("five-minute-start", "tutorial", "notebook")]
FAILS = re.compile(r"#.*exit code (\d)")


def done(step: Step, folder: Path) -> str:
    """Do one step; return what it printed on either stream."""
    printed = ""
    for line in commands_of(step):
        ran = typed(line, folder)
        wanted = int(found[1]) if (found := FAILS.search(line)) else 0
        assert ran.returncode == wanted, f"{line}\n{ran.stdout}\n{ran.stderr}"
        assert "Traceback" not in ran.stderr
        printed = ran.stdout + ran.stderr
    return "\n".join(line.rstrip() for line in printed.splitlines()) + "\n"


def save(step: Step, folder: Path) -> None:
    """Save a file as the page shows it; what a command has written is shown as it is."""
    file = folder / str(step.file)
    if file.exists():
        assert file.read_text(encoding="utf-8") == step.shown.code.text
    file.write_text(step.shown.code.text, encoding="utf-8")


@pytest.mark.parametrize("page", TYPED, ids=lambda page: page.stem)
def test_a_reader_gets_what_the_page_shows(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = page.read_text(encoding="utf-8")
    outputs = []
    for step in steps_of(text):
        if step.file:
            save(step, tmp_path)
        else:
            outputs.append((step.shown, done(step, tmp_path)))
    if request.config.getoption("--update-golden"):
        page.write_text(rewritten(text, outputs), encoding="utf-8")
        return
    wrong = [
        f"{page.name}:{shown.code.line}\n{why}"
        for shown, got in outputs
        if shown.output and (why := difference(shown.output.text, got))
    ]
    assert not wrong, "\n".join(wrong)


def test_what_home_tells_to_type_runs(tmp_path: Path) -> None:
    """Installing is what made these tests run; what comes after it is typed."""
    home = (ROOT / "site/theme/templates/home.html").read_text(encoding="utf-8")
    shown = re.findall(r'<pre class="own-commands"[^>]*><code>(.*?)</code></pre>', home, re.DOTALL)
    install, activate, *lines = shown[0].splitlines()
    assert (install, activate) == ("make install", ". .venv/bin/activate")
    assert len(lines) == 2
    for line in lines:
        ran = typed(line, tmp_path)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"


@pytest.mark.parametrize("page", TYPED, ids=lambda page: page.stem)
def test_every_shown_output_belongs_to_a_command(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shown = [step.shown.output for step in steps_of(text) if step.shown.output]
    assert len(shown) == text.count("\n```text\n")


def test_a_page_that_shows_another_output_is_told(tmp_path: Path) -> None:
    (step,) = steps_of("```bash\nrobotplug symbols --json\n```\n\n```text\nnothing\n```\n")
    assert difference(step.shown.output.text if step.shown.output else "", done(step, tmp_path))


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    (step,) = steps_of("```bash\nrobotplug backtest sma_cros\n```\n")
    with pytest.raises(AssertionError, match="did you mean"):
        done(step, tmp_path)
    (step,) = steps_of("```bash\nrobotplug backtest sma_cros  # exit code 2\n```\n")
    assert "sma_cross" in done(step, tmp_path)


def test_a_file_that_a_command_wrote_must_be_shown_as_it_is(tmp_path: Path) -> None:
    (step,) = steps_of("This is `mine.py`:\n\n```python\nx = 1\n```\n")
    (tmp_path / "mine.py").write_text("x = 2\n", encoding="utf-8")
    with pytest.raises(AssertionError):
        save(step, tmp_path)


def test_a_file_is_what_a_sentence_names() -> None:
    text = "Save it as `mine.py`:\n\n```python\nx = 1\n```\n\nWords.\n\n```python\ny = 2\n```\n"
    assert [(step.file, step.shown.code.text) for step in steps_of(text)] == [
        ("mine.py", "x = 1\n")
    ]
