"""Who runs a command: whatever is recorded keeps it."""

import os
import pwd


def find_user() -> str:
    """The Unix user who runs this; the environment, in which anybody can write another, is not asked."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
