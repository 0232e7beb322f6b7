"""What the worker tells its parent, as the user sees it and the folder keeps it."""

from datetime import datetime
from typing import Any

from engine.errors import ParameterError, RobotPlugError
from functions.local.choice import Choice
from functions.local.folder import Folder
from functions.local.terminal import Terminal


class Messages:
    """Shows messages as they come; what is said twice is shown once."""

    def __init__(self, folder: Folder, shown: Terminal) -> None:
        self._folder = folder
        self._shown = shown
        self._trouble = ""
        self._drifted: set[str] = set()

    def show(self, content: dict[str, Any]) -> None:
        """Show one message; RobotPlugError where it says that the worker could not begin."""
        self._tell_drifts(content.get("drifted"))
        match content:
            case {"stage": name, "done": done, "total": total}:
                self._shown.stage(name, done, total)
            case {"market": kept}:
                self._folder.keep_choice(Choice.of_dict(kept))
            case {"line": text}:
                self._shown.line(text)
            case {"session": session, "left": left}:
                self._shown.status(f"session {session}, {left} to come")
            case {"next": due, "trouble": trouble}:
                self._next(datetime.fromisoformat(due), trouble)
            case {"failed": reason, "mend": mend}:
                raise ParameterError(reason) if mend else RobotPlugError(reason)
            case {"ended": session}:
                self._ended(session)

    def _next(self, due: datetime, trouble: str) -> None:
        if trouble != self._trouble:
            self._shown.line(f"robots wait: {trouble}" if trouble else "robots wait no longer")
            self._trouble = trouble
        waiting = f"; robots wait: {trouble}" if trouble else ""
        self._shown.status(f"next at {due:%Y-%m-%d %H:%M} UTC{waiting}")

    def _tell_drifts(self, drifted: dict[str, str] | None) -> None:
        if drifted is None:
            return
        for slug in sorted(drifted.keys() - self._drifted):
            where = f" ({drifted[slug]})" if drifted[slug] else ""
            self._shown.line(
                f"{slug} has drifted{where}: a replay does not give its record again; "
                "its page shows where they part"
            )
        self._drifted = set(drifted)

    def _ended(self, session: str) -> None:
        self._folder.ended.write_text(session)
        self._shown.line(
            f"the data ends with {session}: the clock has stopped, the pages stay; "
            "the next `make run` keeps this record and starts a new one"
        )
