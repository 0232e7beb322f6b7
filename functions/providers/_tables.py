"""Tables in files, as text: CSV (plain or packed) and Parquet, read piece by piece."""

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from functions.providers import ProviderError

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".csv", ".csv.gz", ".parquet")


def suffix_of(path: Path) -> str | None:
    """Return what makes a file a table; None when nothing does."""
    name = path.name.lower()
    return next((suffix for suffix in reversed(SUFFIXES) if name.endswith(suffix)), None)


def pieces(path: Path) -> Iterator[Mapping[str, "pa.StringArray"]]:
    """Yield columns of text by name in lower case; memory does not grow with the file.

    ProviderError for a file that cannot be read, which may be one that is being written.
    """
    import pyarrow as pa

    try:
        for batch in _parquet(path) if suffix_of(path) == ".parquet" else _csv(path):
            yield {
                name.strip().lower(): column.cast(pa.string())
                for name, column in zip(batch.schema.names, batch.columns, strict=True)
            }
    except (pa.ArrowException, OSError, UnicodeDecodeError, EOFError) as error:
        reason = str(error).splitlines()[0]
        raise ProviderError(f"{path.name} cannot be read: {reason}") from error


def _parquet(path: Path) -> Iterator["pa.RecordBatch"]:
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        yield from file.iter_batches()


def _csv(path: Path) -> Iterator["pa.RecordBatch"]:
    import pyarrow.csv

    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        header = file.readline().decode("utf-8-sig").rstrip("\r\n")
    if not header:
        raise ProviderError(f"{path.name} is empty")
    delimiter = max(",;\t", key=header.count)
    names = [name.strip().strip('"') for name in header.split(delimiter)]
    with pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=1),
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pyarrow.string())
        ),
    ) as batches:
        yield from batches
