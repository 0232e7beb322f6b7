"""The platform's own database on this machine: its server, its roles and its tables."""

from engine.errors import RobotPlugError
from functions.local.folder import Folder
from functions.local.postgres import Server
from functions.local.secret_file import secret
from functions.store.migrations import migrate, refuse_foreign
from functions.store.roles import API, JOBS, OWNER, has_database, make_database, url_for

NAME = "robotplug"


class Database:
    """One database on one server below the folder; passwords are made once and kept."""

    def __init__(self, folder: Folder) -> None:
        self.server = Server(folder.postgres, folder.secrets)

    def start(self) -> None:
        """Start the server, or adopt the one that a killed run left."""
        self.server.start()

    def stop(self) -> None:
        """Stop the server, whoever started it; done is done."""
        self.server.stop()

    def check(self) -> None:
        """RobotPlugError with the log's last complaint when the server has ended."""
        self.server.check()

    def prepare(self) -> None:
        """Make roles and database and migrate; done is done.

        RobotPlugError when a database of this name is there and is not ours; it stays as it is.
        """
        if has_database(self.server.url(), NAME):
            refuse_foreign(self.server.url(NAME))
        passwords = {role: self._password(role) for role in (OWNER, API, JOBS)}
        make_database(self.server.url(), NAME, passwords)
        migrate(self.url(OWNER))

    def url(self, role: str) -> str:
        """Return the URL for one of the three roles of functions.store.roles."""
        if role not in (OWNER, API, JOBS):
            raise RobotPlugError(f"no role {role!r}; there are {API}, {JOBS} and {OWNER}")
        return url_for(self.server.url(), role=role, password=self._password(role), database=NAME)

    def _password(self, role: str) -> str:
        return secret(self.server.secrets, role)
