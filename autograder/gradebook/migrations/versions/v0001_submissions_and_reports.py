"""Blobs, submissions and reports."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "blobs",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("assignment", sa.Text, nullable=False),
        sa.Column("blob", sa.String(64), sa.ForeignKey("blobs.hash"), nullable=False),
        sa.Column("received", sa.Text, nullable=False),
        sa.Column("received_by", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("stands", sa.Text, nullable=False),
        sa.Column("recorded", sa.Text, nullable=False),
        sa.UniqueConstraint("student", "assignment", "blob", "received", name="one_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("submissions_in_order", "submissions", ["assignment", "student", "stands", "id"])
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission", sa.Integer, sa.ForeignKey("submissions.id"), nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("graded", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("submission", "revision", "attempt", name="one_report"),
        sqlite_autoincrement=True,
    )
