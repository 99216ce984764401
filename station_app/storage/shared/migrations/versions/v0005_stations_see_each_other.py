"""What a station may see of the line's other stations, and inspection plans under document control."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen SQL, one file a subject, as the owner of the schema."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for path in sorted(Path(__file__).parent.glob("0005_*.sql")):
        connection.exec_driver_sql(path.read_text(encoding="utf-8"))
    connection.exec_driver_sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (5, 1)")
