"""Requests of students for a second look at a question, and what is answered."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "second_looks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("look", sa.Integer, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("submission", sa.Integer, sa.ForeignKey("submissions.id"), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("second_looks_in_order", "second_looks", ["student", "id"])
