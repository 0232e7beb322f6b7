"""Your own bars, from a folder of CSV and Parquet files that DATA_FOLDER names.

One file per symbol (`SPY.csv`, `SPY.csv.gz` or `SPY.parquet`): daily bars in the folder itself,
others in folders named after their length (`1h/`, `1m/`); `actions.csv` beside them lists
corporate actions. What the files cannot say, a `robotplug.toml` says. Bars of trades are read;
files of bids and asks are not.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.errors import ParameterError, unknown
from functions.providers import Coverage, Facts, Fetched, Request, _settings
from functions.providers._actions import written_actions
from functions.providers._ranges import LENGTHS, check_length, known_by, zone_of
from functions.providers._rows import Span, rows_of
from functions.providers._statement import NAME, read_statement
from functions.providers._tables import suffix_of


class Files:
    """A folder, read anew at each question: a file may have changed since.

    Bars stand as the file has them, doubles and faults included: collecting judges them. What
    is no bar and no action is told beside them, as it is written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._given = folder

    @property
    def facts(self) -> Facts:
        """Return what the folder says of itself and which lengths it has."""
        statement = read_statement(self._folder)
        lengths = tuple(length for length in LENGTHS if self._paths(length)) or ("1d",)
        if lengths != ("1d",) and statement.anchor is None:
            raise ParameterError(
                f"{NAME} must say where bars shorter than a day begin: "
                'anchor = "open" (of the session) or "clock" (the full hour)'
            )
        return Facts(statement.calendar, lengths, statement.anchor or "open")

    def symbols(self) -> Sequence[str]:
        """Return the symbols of all files, in order."""
        return tuple(sorted({symbol for length in LENGTHS for symbol in self._paths(length)}))

    def coverage(self) -> Coverage | None:
        """Return the first and last day there is, when the folder says that it does not grow."""
        statement = read_statement(self._folder)
        length = self.facts.lengths[0]
        if statement.grows:
            return None
        days = [
            bar.starts.date()
            for symbol, path in self._paths(length).items()
            for bar in rows_of(path, symbol, Span(length), statement).bars
        ]
        return Coverage(min(days), max(days)) if days else None

    def fetch(self, request: Request) -> Fetched:
        """Read one file; ProviderError when most of it makes no sense."""
        symbol, length, after, until = request
        check_length("files", self.facts, length)
        paths = self._paths(length)
        if symbol not in paths:
            raise unknown(f"symbol with {length} bars in the folder of files", symbol, paths)
        statement = read_statement(self._folder)
        span = Span(length, after, until)
        bars, unread = rows_of(paths[symbol], symbol, span, statement)
        written = written_actions(self._folder, symbol)
        actions = known_by(request, written.actions, lambda: zone_of(statement.calendar))
        unread += [row for row in written.unread if isinstance(row.at, str) or row.at < until]
        return Fetched(bars, actions, statement.adjusted, unread)

    @property
    def _folder(self) -> Path:
        return self._given or _settings.data_folder()

    def _paths(self, length: str) -> Mapping[str, Path]:
        folder = self._folder if length == "1d" else self._folder / length
        found: dict[str, Path] = {}
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            suffix = suffix_of(path)
            symbol = path.name[: -len(suffix)] if suffix else ""
            if not symbol or symbol.lower() == "actions":
                continue
            if symbol in found:
                raise ParameterError(f"{path.name} and {found[symbol].name}: keep one of the two")
            found[symbol] = path
        return found


provider = Files()
