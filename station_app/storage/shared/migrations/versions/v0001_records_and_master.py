"""The first schema: landing tables, reporting tables, the functions stations call, and who may call them.

The SQL stands beside this file, frozen: what has been released is changed by a new migration only.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PARTS = ("landing", "landing_functions", "projection_functions", "reporting", "exchange_functions", "grants")


def upgrade() -> None:
    """Run the frozen SQL as the owner of the schema."""
    for part in _PARTS:
        sql = (Path(__file__).parent / f"0001_{part}.sql").read_text(encoding="utf-8")
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql(sql)
    op.get_bind().exec_driver_sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (1, 1)")
