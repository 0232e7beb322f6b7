"""Alembic's entry: on the connection handed over, or on the URL of `-x url=...`."""

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from functions.store.connection import sqlalchemy_url
from functions.store.schema import metadata


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


def migrate_by_url() -> None:
    given = context.get_x_argument(as_dictionary=True).get("url")
    url = given or context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("no database to migrate; pass -x url=postgresql://...")
    with create_engine(sqlalchemy_url(url), poolclass=pool.NullPool).begin() as connection:
        migrate(connection)


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    migrate_by_url()
