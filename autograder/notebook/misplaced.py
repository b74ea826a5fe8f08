"""Python in a cell where it does not run, or keeps nothing: between fences, or below `%%timeit`."""

import re

_FENCE = re.compile(r"[ \t]*(?:>[ \t]?)?(?P<marks>`{3,}|~{3,})[ \t]*\{?\.?(?P<language>[\w+-]*)[^`\n]*")
_PYTHON = frozenset({"", "python", "python3", "py", "py3", "ipython", "ipython3", "sage"})
_TIMEIT = re.compile(r"(\s*)%%timeit\b(?:[ \t]+-(?:[nrp][ \t]*\d+|[tcqov]+))*[ \t]*")


def find_python(source: str) -> str:
    """The Python between fences or below `%%timeit`, its lines where they were; empty where there is none."""
    timed = _TIMEIT.match(source)
    if timed is not None:  # what stands beside the magic is run before the cell
        return timed[1] + source[timed.end() :]
    if "```" not in source and "~~~" not in source:
        return ""
    lines, fence, takes = list[str](), "", False
    for line in source.split("\n"):
        found = _FENCE.fullmatch(line)
        if found is not None and not fence:
            fence, takes = found["marks"][:3], found["language"].lower() in _PYTHON
            lines.append("")
        elif found is not None and found["marks"].startswith(fence):
            fence, takes = "", False
            lines.append("")
        else:
            lines.append(line if takes else "")
    return "\n".join(lines) if any(lines) else ""
