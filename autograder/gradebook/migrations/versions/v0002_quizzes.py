"""Attempts at quizzes, responses, judgings, and how attempts ended."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of quizzes."""
    op.create_table(
        "quiz_attempts",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("quiz", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("started", sa.Text, nullable=False),
        sa.Column("closes", sa.Text),
        sa.Column("variants", sa.Text, nullable=False),
        sa.UniqueConstraint("quiz", "student", "number", name="one_attempt"),
    )
    op.create_table(
        "quiz_responses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("attempt", sa.String(24), sa.ForeignKey("quiz_attempts.id"), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("quiz_responses_in_order", "quiz_responses", ["attempt", "id"])
    op.create_table(
        "quiz_judgings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("attempt", sa.String(24), sa.ForeignKey("quiz_attempts.id"), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("quiz_judgings_in_order", "quiz_judgings", ["attempt", "id"])
    op.create_table(
        "quiz_handed_in",
        sa.Column("attempt", sa.String(24), sa.ForeignKey("quiz_attempts.id"), primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by_clock", sa.Integer, nullable=False),
    )
