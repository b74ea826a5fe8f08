"""How well one process is sealed: what it said before any student code ran, and what the kernel says."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.domain.report import Isolation
from autograder.errors import IsolationError

LIMITS_ONLY, CONFINED, SEALED = 1, 2, 3
_NEEDED = ("landlock", "seccomp", "rlimits")


def isolation_of(active: Mapping[str, Any], namespaces: Sequence[str], facts: Mapping[str, str]) -> Isolation:
    """The level reached. A layer counts if the process reported it and nothing we can see contradicts it."""
    held = {name for name in active if _confirmed(name, active[name], facts)}
    layers = [f"{name} {active[name]}" if name in ("landlock", "uid") else name for name in sorted(held)]
    if namespaces:
        layers.append(f"namespaces {' '.join(namespaces)}")
    layers.append("watchdog")
    return Isolation(_level(held, namespaces), tuple(layers))


def _level(held: set[str], namespaces: Sequence[str]) -> int:
    if "rlimits" not in held:
        return 0
    root_kept = os.geteuid() == 0 and "uid" not in held
    if root_kept or not held.issuperset(_NEEDED):
        return LIMITS_ONLY
    return SEALED if "uid" in held or {"user", "pid"} <= set(namespaces) else CONFINED


def _confirmed(layer: str, detail: Any, facts: Mapping[str, str]) -> bool:
    if layer == "seccomp":
        return facts.get("Seccomp") == "2"
    if layer == "landlock":
        return facts.get("NoNewPrivs") == "1"
    if layer == "capabilities":
        # A fact that is not there speaks against it.
        return int(facts.get("CapPrm", "1"), 16) == 0 == int(facts.get("CapEff", "1"), 16)
    if layer == "uid":
        users = set(facts.get("Uid", "").split()) | set(facts.get("Gid", "").split())
        return users == {str(detail)} and detail != 0
    return True


def demand(isolation: Isolation, failed: Mapping[str, str], accept_level: int) -> None:
    """Raise IsolationError, naming the missing layer and the flag that accepts it, if this is not enough."""
    if isolation.level >= max(1, accept_level):
        return
    reasons = [f"{layer} ({reason})" for layer, reason in failed.items()]
    names = {layer.split()[0] for layer in isolation.layers}
    reasons += [layer for layer in _NEEDED if layer not in names and layer not in failed]
    if os.geteuid() == 0 and "uid" not in names and "uid" not in failed:
        reasons.append("uid (root was not given up)")
    if not reasons:
        reasons.append("a user or namespaces of its own")
    raise IsolationError(
        f"student code can be sealed at level {isolation.level} only, level {accept_level} was asked for; "
        f"missing: {', '.join(reasons)}. To run it all the same, at your own risk: "
        f"--accept-isolation {max(1, isolation.level)}"
    )
