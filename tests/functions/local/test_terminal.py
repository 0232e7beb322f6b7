import io
import json

from rich.console import Console

from functions.local.terminal import Bars, Lines, opened


def test_a_pipe_gets_a_line_for_each_stage_that_is_complete(capsys):
    lines = Lines()
    for done in range(4):
        lines.stage("bars", done, 3)
    lines.status("session 2011-03-07")
    lines.line("The platform is at http://127.0.0.1:8000")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("bars: 3 of 3 (")
    assert second == "The platform is at http://127.0.0.1:8000"


def test_a_terminal_gets_bars_then_lines_then_the_clock():
    screen = io.StringIO()
    bars = Bars(Console(file=screen, force_terminal=True, width=80, _environ={}))
    bars.stage("PostgreSQL", 1, 1)
    bars.stage("bars", 3, 12)
    bars.line("The platform is at [bold]http://127.0.0.1:8000[/bold]")
    bars.status("session 2011-03-07, 499 to come")
    bars.close()
    said = screen.getvalue()
    assert "3/12" in said
    assert "[bold]http" in said  # what is said is not markup
    assert "session 2011-03-07, 499 to come" in said
    assert said.count("\x1b[?25h") == said.count("\x1b[?25l")  # the cursor is back


def test_what_is_no_terminal_gets_lines(capsys):
    with opened() as terminal:
        terminal.line("hello")
    assert capsys.readouterr().out == "hello\n"


def test_a_program_gets_one_object_a_line(capsys):
    with opened(as_json=True) as terminal:
        terminal.stage("bars", 1, 3)
        terminal.line("\nThe platform is at http://127.0.0.1:8000")
        terminal.status("session 2011-03-07")
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"stage": "bars", "done": 1, "total": 3},
        {"line": "The platform is at http://127.0.0.1:8000"},
        {"status": "session 2011-03-07"},
    ]
