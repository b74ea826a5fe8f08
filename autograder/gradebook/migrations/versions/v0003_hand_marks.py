"""Marks given by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of marks."""
    op.create_table(
        "hand_marks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("assignment", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("rubric", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("marker", sa.Text, nullable=False),
        sa.Column("marked", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("hand_marks_in_order", "hand_marks", ["assignment", "student", "id"])
