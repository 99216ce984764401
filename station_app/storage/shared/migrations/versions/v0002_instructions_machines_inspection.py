"""The record kinds of authored instructions, machine data and inspection, and where a unit's own records are found."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen SQL as the owner of the schema."""
    for part in ("reporting", "exchange"):
        sql = (Path(__file__).parent / f"0002_{part}.sql").read_text(encoding="utf-8")
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql(sql)
    op.get_bind().exec_driver_sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (2, 1)")
