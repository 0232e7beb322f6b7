"""A database set back to an earlier moment, much faster than by making another."""

import time

import psycopg
from psycopg import sql

SET_BACK = """
DELETE FROM public.{0} AS here
    WHERE NOT EXISTS (SELECT FROM saved.{0} AS there WHERE there::text = here::text);
INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM saved.{0} AS there
    WHERE NOT EXISTS (SELECT FROM public.{0} AS here WHERE here::text = there::text);
"""
"""Touches only the rows that differ; two rows of one text have the same values, to the digit."""

MOST_LOOKS = 20_000


class Snapshot:
    """All rows of all tables as they are now, kept beside them."""

    def __init__(self, superuser: str) -> None:
        # One connection for all: the server has planned its statements only once.
        self._database = psycopg.connect(superuser, autocommit=True)
        found = self._database.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        names = [sql.Identifier(name) for (name,) in found if name != "alembic_version"]
        self._database.execute("CREATE SCHEMA saved")
        for name in names:
            self._database.execute(
                sql.SQL("CREATE TABLE saved.{0} AS TABLE public.{0}").format(name)
            )
        body = sql.SQL("").join(sql.SQL(SET_BACK).format(name) for name in names)
        self._database.execute(
            sql.SQL(
                "CREATE FUNCTION saved.set_back() RETURNS void LANGUAGE plpgsql AS "
                "$$ BEGIN {} END $$"
            ).format(body)
        )
        # Neither keys nor guards apply to who puts back what they let pass before.
        self._database.execute("SET session_replication_role = replica")

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def set_back(self) -> None:
        """Have what was there then, and nothing else."""
        self._database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        self._database.execute("SELECT saved.set_back()")

    def wait_for_end_of(self, processes: list[int]) -> None:
        """Wait until the server has let go of these clients, and empty the list."""
        if not processes:
            return
        left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
        for _ in range(MOST_LOOKS):
            if self._database.execute(left, [processes]).fetchone() == (0,):
                processes.clear()
                return
            time.sleep(0.005)
        raise AssertionError(f"the server still holds {processes}")
