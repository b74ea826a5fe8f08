"""Who is meant by the numbers that stand for people everywhere else."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table. Who is in a store already is numbered by the program, which seals their rows."""
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.UniqueConstraint("number", name="one_person"),
        sa.UniqueConstraint("student", name="one_number"),
        sqlite_autoincrement=True,
    )
