"""Tables in files, as text: CSV (plain or packed) and Parquet, read piece by piece.

Lines that begin with `#` are comments. A line with too few or too many cells is torn: it may be
half written, and stops no other.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from functions.providers import ProviderError

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".csv", ".csv.gz", ".parquet")


def suffix_of(path: Path) -> str | None:
    """Return what makes a file a table; None when nothing does."""
    name = path.name.lower()
    return next((suffix for suffix in reversed(SUFFIXES) if name.endswith(suffix)), None)


Cells: TypeAlias = Mapping[str, str | None]
Torn: TypeAlias = Callable[[Cells, str], None]
COMMENT = "#"


def pieces(path: Path, torn: Torn) -> Iterator[Mapping[str, "pa.StringArray"]]:
    """Yield columns of text by name in lower case; memory does not grow with the file.

    torn: told the cells of each torn line and what is wrong with it. ProviderError for a file
    that cannot be read, which may be one that is being written.
    """
    import pyarrow as pa

    try:
        for batch in _parquet(path) if suffix_of(path) == ".parquet" else _csv(path, torn):
            yield {
                _name(name): column.cast(pa.string())
                for name, column in zip(batch.schema.names, batch.columns, strict=True)
            }
    except (pa.ArrowException, OSError, UnicodeDecodeError, EOFError) as error:
        reason = str(error).splitlines()[0]
        raise ProviderError(f"{path.name} cannot be read: {reason}") from error


def _name(written: str) -> str:
    return written.strip().lower()


def _parquet(path: Path) -> Iterator["pa.RecordBatch"]:
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        yield from file.iter_batches()


class _Header(NamedTuple):
    names: list[str]
    delimiter: str
    lines: int

    def torn(self, row: "pa.csv.InvalidRow", torn: Torn) -> str:
        if not row.text.lstrip().startswith(COMMENT):
            cells = [cell.strip(' "') for cell in row.text.split(self.delimiter)]
            told = zip_longest(map(_name, self.names), cells[: len(self.names)])
            wrong = f"it has {row.actual_columns} cells, not {row.expected_columns}"
            torn({str(name): cell for name, cell in told}, wrong)
        return "skip"


def _csv(path: Path, torn: Torn) -> Iterator["pa.RecordBatch"]:
    import pyarrow.csv

    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        header = _header(file)
    if header is None:
        raise ProviderError(f"{path.name} is empty")
    names = header.names
    with pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=header.lines),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=header.delimiter, invalid_row_handler=lambda row: header.torn(row, torn)
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pyarrow.string())
        ),
    ) as batches:
        yield from batches


def _header(file: Iterable[bytes]) -> _Header | None:
    """Find the names of the columns, below blank lines and comments."""
    for number, line in enumerate(file, 1):
        text = line.decode("utf-8-sig").strip("\r\n")
        if text.strip() and not text.lstrip().startswith(COMMENT):
            delimiter = max(",;\t", key=text.count)
            return _Header(
                [name.strip().strip('"') for name in text.split(delimiter)], delimiter, number
            )
    return None
