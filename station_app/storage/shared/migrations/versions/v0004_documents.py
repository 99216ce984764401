"""Document control of instructions, and published instructions that never change."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen SQL as the owner of the schema."""
    sql = (Path(__file__).parent / "0004_documents.sql").read_text(encoding="utf-8")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(sql)
    op.get_bind().exec_driver_sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (4, 1)")
