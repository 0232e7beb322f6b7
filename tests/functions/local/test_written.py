"""Files for the user: whole or not at all, and never over another kind of file."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.errors import ParameterError
from functions.local.written import write, write_new
from functions.services.reporting.files import of_kind


def test_of_many_that_write_one_file_one_wins_whole(tmp_path):
    path, contents = tmp_path / "a.run", [bytes([number]) * 100_000 for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write(path, content), contents))
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


def test_of_many_that_write_a_new_file_one_does(tmp_path):
    def tried(number: int) -> bool:
        try:
            write_new(tmp_path / "mine.py", f"{number}" * 1000)
        except ParameterError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(tried, range(8)))
    assert done.count(True) == 1
    assert (tmp_path / "mine.py").read_text() == f"{done.index(True)}" * 1000


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path):
    (tmp_path / "a.run").mkdir()
    with pytest.raises(ParameterError, match=r"a\.run cannot be written \("):
        write(tmp_path / "a.run", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["a.run"]
    with pytest.raises(ParameterError, match="cannot be written"):
        write_new(tmp_path / "none" / "a.py", "")


@pytest.mark.parametrize("name", ["page.txt", "page", ".html", "page.html.py"])
def test_a_name_must_say_which_kind_it_is(name, tmp_path):
    with pytest.raises(ParameterError, match=r"--report must name a \.html file, was"):
        of_kind(tmp_path / name, ".html", "--report")


def test_a_folder_is_no_file_and_a_folder_that_is_missing_is_named(tmp_path):
    (tmp_path / "a.html").mkdir()
    with pytest.raises(ParameterError, match="is a folder"):
        of_kind(tmp_path / "a.html", ".html", "--report")
    with pytest.raises(ParameterError, match="make it first"):
        of_kind(tmp_path / "none" / "b.html", ".html", "--report")
    assert of_kind(tmp_path / "B.HTML", ".html", "--report") == Path(tmp_path / "B.HTML")
