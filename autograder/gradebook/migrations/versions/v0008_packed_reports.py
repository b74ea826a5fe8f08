"""Long reports are packed: no table changes, but programs of before could not read them."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Leave what is there as it is: a report of before is read as it stands."""
