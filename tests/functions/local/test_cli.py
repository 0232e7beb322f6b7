"""The command line as a whole: help, mistakes, exit codes, completion."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from functions.local import cli, examples, exits
from tests.builders.typed import PROGRAM, Typing, started, typed

TREE = typer.main.get_command(cli.commands)


def walked(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from walked(one, f"{path} {name}")


COMMANDS = dict(walked(TREE, "robotplug"))


@pytest.fixture
def robotplug(capsys, tmp_path, monkeypatch) -> Typing:
    monkeypatch.chdir(tmp_path)
    return Typing(capsys)


@pytest.mark.parametrize("path", COMMANDS)
def test_help_says_what_a_command_does_and_how_it_is_typed(path, robotplug):
    done = robotplug(*path.split()[1:], "--help")
    assert (done.code, done.err) == (0, "")
    assert f"Usage: {path} " in done.out
    shown = done.out.partition("Examples:\n")[2]
    assert [line.strip() for line in shown.splitlines() if line] == [*examples.OF[path]]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_is_explained(path):
    command = COMMANDS[path]
    assert command.help
    for parameter in command.params:
        assert parameter.help, f"{path} {parameter.name}"


def test_every_example_is_of_a_command_that_is_there():
    assert set(examples.OF) == set(COMMANDS)
    for path, lines in examples.OF.items():
        assert lines
        assert all(line == path or line.startswith(path) for line in lines)


@pytest.mark.parametrize(
    "path", [path for path, one in COMMANDS.items() if not hasattr(one, "commands")]
)
def test_every_command_can_print_json(path):
    assert "--json" in {option for one in COMMANDS[path].params for option in one.opts}


def test_every_command_stands_below_one_heading(robotplug):
    shown = robotplug("--help").out
    for heading, group in cli.HEADINGS.items():
        assert f"\n{heading}:\n" in shown
        for name in group:
            assert f"\n  {name} " in shown


def test_without_words_the_help_is_shown(robotplug):
    for words in ((), ("data",)):
        done = robotplug(*words)
        assert done.out.startswith("Usage: robotplug ")
        assert done.err == ""


def test_the_version_is_that_of_the_package(robotplug):
    assert robotplug("--version").out == "robotplug 0.1.0\n"


def test_help_is_there_at_once():
    """Seconds of processor, the fewest of five: other work on the machine does not count."""
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([PROGRAM, "--help"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.3


@pytest.mark.parametrize("heavy", ["numpy", "boto3", "psycopg", "sqlalchemy", "rich.table"])
def test_help_imports_nothing_heavy(heavy):
    program = f"import sys, functions.local.cli; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


MISTAKES = [
    ("backtst", "no command named 'backtst'; did you mean 'backtest'?"),
    ("data imprt", "no command of robotplug data named 'imprt'; did you mean 'import'?"),
    (
        "backtest --simbols AAPL",
        "no option of robotplug backtest named '--simbols'; did you mean '--symbols'?",
    ),
    (
        "--vresion",
        "no option of robotplug named '--vresion'; did you mean '--version'?",
    ),
    ("backtest", "robotplug backtest needs STRATEGY; `robotplug backtest --help` says more"),
    (
        "backtest sma_cross --symbols",
        "--symbols needs a value; `robotplug COMMAND --help` says which",
    ),
    ("backtest sma_cross more", "got unexpected extra argument"),
    ("check sma_cross --cuts some", "invalid value for '--cuts'"),
    ("backtest sma_cross --metrics sharp_ratio", "did you mean 'sharpe_ratio'?"),
    ("backtest sma_cross --metrics sharp", "'probabilistic_sharpe_ratio' or 'sharpe_ratio'?"),
    ("metrics zzz", "no metric named 'zzz'; `robotplug metrics` has all"),
    ("strategies sma_cros", "no strategy named 'sma_cros'; did you mean 'sma_cross'?"),
    ("symbols IBN", "no symbol of the sample provider named 'IBN'; did you mean 'IBM'?"),
    ("symbols --provider smaple", "no provider named 'smaple'; did you mean 'sample'?"),
    ("robots --port 99999", "PORT must be a number between 1 and 65535, was '99999'"),
    ("backtest sma_cross --report page.py", "--report must name a .html file, was 'page.py'"),
    ("backtest sma_cross --save run.html", "--save must name a .run file, was 'run.html'"),
    ("backtest sma_cross --save gone/a.run", "no folder gone for a.run; make it first"),
    ("backtest sma_cross --plot --json", "--plot draws and --json prints for programs"),
    ("show nothing.run", "no saved run nothing.run; `backtest --save` writes one"),
    ("compare sma_cross", "compare needs at least two of them"),
    ("compare sma_cross sma_cross", "sma_cross is given twice"),
    (
        "backtest sma_cross:fast --symbols IBM",
        "must be name=value, was 'fast'; give it as --set fast=VALUE, or for SmaCross alone as "
        "STRATEGY:fast=VALUE",
    ),
    ("backtest sma_cross --metrics ,", "--metrics must be like cagr,sharpe_ratio, was ','"),
    ("new engine", "'engine' is a package that strategies import; take another, as my_engine"),
    ("backtest sma_cross:fsat=3 --symbols IBM", "did you mean 'fast'?"),
    ("run --pace soon", "PACE must be seconds between 0 and 86400, was 'soon'"),
    ("run --provider smaple", "no provider named 'smaple'; did you mean 'sample'?"),
]


@pytest.mark.parametrize(("words", "says"), MISTAKES, ids=[words for words, _ in MISTAKES])
def test_a_mistake_is_one_line_with_the_way_out(words, says, robotplug):
    done = robotplug(*words.split())
    assert (done.code, done.out) == (exits.MEND.code, "")
    assert says in done.said


def test_the_way_out_of_a_participation_that_cannot_be_works_as_it_is_written(robotplug):
    over = ("backtest", "buy_and_hold", "--symbols", "IBM", "--end", "2000-06-30")
    refused = robotplug(*over, "--participation", "2")
    assert refused.said.endswith("None fills as much as is asked for")
    for word in ("None", "none"):
        done = robotplug(*over, "--participation", word)
        assert done.code == 0
        assert "no volume limit" in done.out


def test_a_folder_that_ends_in_py_is_said_to_be_one(robotplug, tmp_path):
    Path("d.py").mkdir()
    assert robotplug("check", "d.py").said == "d.py is a folder; give the path of a .py file"


def test_the_nearest_file_of_a_stem_is_offered(robotplug):
    robotplug("new", "my_strategy")
    assert robotplug("backtest", "my_strateyg").said == (
        "no strategy named 'my_strateyg'; did you mean the file my_strategy.py?"
    )


def test_a_file_of_a_strategy_is_shown_as_a_built_in_is(robotplug):
    robotplug("new", "my_strategy")
    done = robotplug("strategies", "my_strategy.py")
    assert done.code == 0
    assert "Hold what closed above its average" in done.out
    assert "class MyStrategy(Strategy):" in done.out


def test_help_has_a_short_name(robotplug):
    assert robotplug("backtest", "-h").out == robotplug("backtest", "--help").out != ""


def test_formulas_can_be_read_where_letters_are_few():
    program = "import sys; sys.argv = ['robotplug', 'metrics', 'sharpe_ratio']; "
    program += "from functions.local.cli import app; app()"
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    ).stdout.decode("ascii")
    assert "sqrt" in told
    assert "?" not in told


def test_a_file_that_is_nearly_named_is_offered(robotplug, tmp_path):
    robotplug("new", "my_strategy")
    assert robotplug("backtest", "my_strateyg.py").said == (
        "no strategy file my_strateyg.py; did you mean 'my_strategy.py'?"
    )
    assert robotplug("backtest", "my_strategy").said == (
        "no strategy named 'my_strategy'; did you mean the file my_strategy.py?"
    )


FILES = {
    "exits": (b"raise SystemExit(3)\n", "exits.py ends the program while it is loaded"),
    "bytes": (b"\xff\xfe\x00", "bytes.py is not text in the encoding it names"),
    "latin": (b'x = "\xe9"\n', "latin.py is not text in the encoding it names"),
    "zero": (b"x = 1\0\n", "zero.py does not run"),
    "empty": (b"", "empty.py: a strategy file must define one Strategy, found none"),
    "syntax": (b"def x(:\n", "syntax.py does not run: SyntaxError: line 1"),
}


@pytest.mark.parametrize("command", ["backtest", "check", "compare"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_strategy_is_no_traceback(command, name, robotplug, tmp_path):
    content, says = FILES[name]
    (tmp_path / f"{name}.py").write_bytes(content)
    more = ["buy_and_hold"] if command == "compare" else []
    done = robotplug(command, f"{name}.py", *more)
    assert (done.code, done.out) == (exits.MEND.code, "")
    assert says in done.said


@pytest.mark.parametrize("name", [f"{'a' * 300}.py", "folder.py", "/dev/null", "./", "a\udcff.py"])
def test_a_name_that_no_file_can_have_is_no_traceback(name, robotplug, tmp_path):
    (tmp_path / "folder.py").mkdir()
    done = robotplug("backtest", name)
    assert (done.code, done.out) == (exits.MEND.code, "")
    assert done.said


def test_where_nothing_may_be_written_is_said(robotplug):
    done = robotplug("backtest", "buy_and_hold", "--symbols", "IBM", "--save", "/proc/a.run")
    assert done.code == exits.MEND.code
    assert done.said.startswith("/proc/a.run cannot be written (")


# Each code of the table, and a command that ends with it.
ENDS = {
    exits.OK: "costs",
    exits.FAILED: "robots --port 1",
    exits.MEND: "backtest sma_cros",
    exits.UNSURE: "check idle.py --symbols IBM --end 2001-06-30 --cuts 2",
}
IDLE = """
from engine import Strategy

class Idle(Strategy):
    \"\"\"Nothing.\"\"\"
    def on_bar(self, now, broker):
        pass
"""


@pytest.mark.parametrize("exit_", ENDS, ids=lambda exit_: str(exit_.code))
def test_the_code_says_how_it_ended(exit_, robotplug, tmp_path):
    (tmp_path / "idle.py").write_text(IDLE)
    assert robotplug(*ENDS[exit_].split()).code == exit_.code


def test_every_code_has_a_test():
    assert set(exits.ALL) - set(ENDS) == {exits.INTERRUPTED, exits.CLOSED}


def test_ctrl_c_is_one_word(tmp_path):
    (tmp_path / "slow.py").write_text(IDLE.replace("pass", "import time; time.sleep(9)"))
    with started("backtest", "slow.py", "--symbols", "IBM", cwd=tmp_path) as process:
        deadline = time.monotonic() + 60
        while _cpu(process.pid) < 0.7 and time.monotonic() < deadline:  # it has begun to import
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (exits.INTERRUPTED.code, "", "robotplug: stopped\n")


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("words", ["metrics", "metrics --json"])
def test_a_reader_that_goes_away_is_no_fault(words):
    with started(*words.split()) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (exits.CLOSED.code, "")


def test_an_output_that_is_closed_or_full_is_no_traceback():
    closed = subprocess.run(f"{PROGRAM} metrics >&-", shell=True, capture_output=True, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")
    full = subprocess.run(f"{PROGRAM} metrics >/dev/full", shell=True, capture_output=True)
    assert full.returncode == exits.FAILED.code
    assert b"No space left on device" in full.stderr
    assert full.stderr.count(b"\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_shows_what_it_can(encoding):
    done = typed("metrics", "sharpe_ratio", PYTHONIOENCODING=encoding)
    assert (done.code, done.err) == (0, "")
    assert "Mean excess return" in done.out


def test_a_narrow_terminal_and_no_colour_change_no_word():
    wide = typed("costs", COLUMNS="200")
    narrow = typed("costs", COLUMNS="20", NO_COLOR="1", TERM="dumb")
    assert (narrow.code, narrow.out) == (0, wide.out)


COMPLETED = [
    ("robotplug back", {"backtest"}),
    ("robotplug backtest sma", {"sma_cross"}),
    ("robotplug backtest sma_cross --symbols AAPL,M", {"AAPL,MSFT"}),
    ("robotplug backtest sma_cross --metrics sharpe", {"sharpe_ratio"}),
    ("robotplug backtest sma_cross --set fa", {"fast="}),
    ("robotplug backtest sma_cross --fill same", {"same_close"}),
    ("robotplug backtest sma_cross --cost-model le", {"lean"}),
    ("robotplug backtest sma_cross --provider sam", {"sample"}),
    ("robotplug backtest sma_cross --bar 3", {"30m"}),
    ("robotplug compare kept", {"kept.run"}),
    ("robotplug strategies rsi", {"rsi_reversion"}),
    ("robotplug data im", {"import"}),
    ("robotplug robots s", set()),
    ("robotplug backtest sma_cross --lev", {"--leverage"}),
]


@pytest.mark.parametrize(("words", "offered"), COMPLETED, ids=[words for words, _ in COMPLETED])
def test_the_shell_offers_what_goes_on(words, offered, robotplug, tmp_path, monkeypatch):
    (tmp_path / "kept.run").touch()
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("_ROBOTPLUG_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    done = robotplug()
    assert set(done.out.split()) == offered
    assert done.err == ""


def test_completion_is_shown_and_installed(tmp_path):
    def shell(line: str) -> str:
        variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        done = subprocess.run(
            ["bash", "-c", f"{line}; exit $?"], capture_output=True, text=True, env=variables
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "_ROBOTPLUG_COMPLETE=complete_bash" in shell(f"{PROGRAM} --show-completion")
    shell(f"{PROGRAM} --install-completion")
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert any("_ROBOTPLUG_COMPLETE=complete_bash" in text for text in written)
