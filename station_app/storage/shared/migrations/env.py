"""Run by alembic: the migrations of schema ``mes`` on the connection that admin.py opened; never offline."""

from alembic import context

from station_app.storage.shared.reporting import SCHEMA
from station_app.storage.shared.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    transaction_per_migration=False,
)
context.run_migrations()
