"""A database set back to an earlier moment, much faster than by making another."""

import time
from typing import Any

import psycopg
from psycopg import sql


class Snapshot:
    """All rows of all tables as they are now, kept beside them."""

    def __init__(self, superuser: str) -> None:
        self._url = superuser
        with psycopg.connect(superuser, autocommit=True) as database:
            found = database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            )
            self._tables = [name for (name,) in found if name != "alembic_version"]
            database.execute("CREATE SCHEMA saved")
            for table in self._tables:
                name = sql.Identifier(table)
                database.execute(sql.SQL("CREATE TABLE saved.{0} AS TABLE public.{0}").format(name))

    def set_back(self) -> None:
        """Have what was there then, and nothing else."""
        with psycopg.connect(self._url) as database:
            _disconnect_others(database)
            # Neither keys nor guards apply to who puts back what they let pass before.
            database.execute("SET session_replication_role = replica")
            for table in self._tables:
                name = sql.Identifier(table)
                database.execute(sql.SQL("DELETE FROM public.{}").format(name))
                database.execute(
                    sql.SQL(
                        "INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM saved.{0}"
                    ).format(name)
                )

    def wait_for_end_of(self, processes: list[int]) -> None:
        """Wait until the server has let go of these clients, and empty the list."""
        if not processes:
            return
        left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
        with psycopg.connect(self._url, autocommit=True) as database:
            for _ in range(1000):
                if database.execute(left, [processes]).fetchone() == (0,):
                    processes.clear()
                    return
                time.sleep(0.005)
        raise AssertionError(f"the server still holds {processes}")


def _disconnect_others(database: Any) -> None:
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
