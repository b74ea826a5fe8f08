"""What an interpreter says of itself. Another one runs this file as a program, and it prints that.

Of the standard library alone, since nothing else may be there.
"""

import json
import os
import site
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def readable_roots() -> tuple[str, ...]:
    """The folders of this interpreter and its libraries, apart from the system's own."""
    found = {sys.prefix, sys.base_prefix, sys.exec_prefix, *site.getsitepackages()}
    found |= {os.path.realpath(path) for path in found}
    found.add(str(Path(sys.executable).resolve().parent.parent))
    inner = {path for path in found for root in found - {path} if Path(path).is_relative_to(root)}
    return tuple(sorted(found - inner))


def find_versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of those of these packages that are installed."""
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"roots": readable_roots(), "versions": find_versions(sys.argv[1:])}))
