"""What a station sees of the line's newest hour, its gaps, and remarks on other stations' trends."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen SQL, one file a subject, as the owner of the schema."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for path in sorted(Path(__file__).parent.glob("0006_*.sql")):
        connection.exec_driver_sql(path.read_text(encoding="utf-8"))
    connection.exec_driver_sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (6, 1)")
