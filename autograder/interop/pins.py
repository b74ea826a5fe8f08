"""Libraries in the versions that are installed here, as lines that pip takes."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from re import match


def pin_imports(modules: Iterable[str]) -> list[str]:
    """The packages in which these modules are, pinned; what is not installed here is left out."""
    known = packages_distributions()
    return sorted({f"{name}=={version(name)}" for module in modules for name in known.get(module, ())})


def pin_needs(packages: Iterable[str]) -> list[str]:
    """These packages, and what they need in turn, pinned; what is not installed here is left out."""
    found: dict[str, str] = {}
    waiting = list(packages)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name], needs = version(name), requires(name) or ()
        except PackageNotFoundError:  # for another system, or another Python
            continue
        named = (match(r"[A-Za-z0-9._-]+", line) for line in needs if "extra ==" not in line)
        waiting += [each[0] for each in named if each]
    return [f"{name}=={found[name]}" for name in sorted(found, key=str.lower)]
