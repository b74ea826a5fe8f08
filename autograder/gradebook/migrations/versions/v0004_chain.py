"""The chain over all that is recorded. What is there already is linked by the program, which has the key."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of links."""
    op.create_table(
        "chain",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("row", sa.Text, nullable=False),
        sa.Column("salt", sa.String(32)),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
    )
    op.create_index("chain_of_rows", "chain", ["kind", "row"], unique=True)
