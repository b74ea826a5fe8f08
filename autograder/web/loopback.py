"""Which hosts are this machine alone: what goes there is heard by nobody else."""

from contextlib import suppress
from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a host of this name or address is this machine alone."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False
