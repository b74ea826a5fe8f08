# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Notebooks that want to run, draw or hide something in the report an instructor opens."""

from autograder.doctor.attack import REPORTS, Attack, NotebookFile

_MARKUPS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><circle r=9></svg>",
    "<form action=//evil.example><input autofocus onfocus=alert(1)>",
    "<style>*{display:none}</style>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example>",
    "</pre></td></table></body><h1>20/20</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "]]><script>alert(1)</script>",
    "--><script>alert(1)</script>",
)
_BIDI = "\u202e02/02\u202c \u2066x\u2069 \u200b\u200e\ufeff"
_CONTROL = "\x00\x07\x08\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b31m\r\x7f"


def _prints(name: str, text: str) -> Attack:
    source = f"import sys\ntext = {text!r}\nprint(text)\nprint(text, file=sys.stderr)\ntext"
    return Attack(REPORTS, f"{name}, printed and shown", first=source)


def _in_markdown(file: NotebookFile) -> None:
    for cell in file["cells"]:
        if cell["cell_type"] == "markdown" and not cell["source"].startswith("#"):
            cell["source"] += "\n\n" + "\n".join(_MARKUPS) + _BIDI + "\n[x](javascript:alert(1))"


def _in_outputs(file: NotebookFile) -> None:
    for cell in file["cells"]:
        if cell["cell_type"] == "code":
            data = {
                "text/html": _MARKUPS[0],
                "image/svg+xml": _MARKUPS[2],
                "application/javascript": "alert(1)",
            }
            cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]


def _in_metadata(file: NotebookFile) -> None:
    file["metadata"] = {"title": _MARKUPS[0], "kernelspec": {"name": _MARKUPS[1], "display_name": _CONTROL}}
    for cell in file["cells"]:
        cell["id"] = _MARKUPS[0]
        cell["metadata"] = {"tags": list(_MARKUPS), "name": _MARKUPS[1]}


REPORT_ATTACKS = (
    *(_prints(f"markup {number}", text) for number, text in enumerate(_MARKUPS, start=1)),
    _prints("right-to-left marks", _BIDI),
    _prints("control characters", _CONTROL),
    _prints("halves of characters", "\\udc80 \\ud800 x"),
    _prints("a wall of accents", "x" + "\u0301" * 5000),
    _prints("a very long line", "x" * 100_000),
    Attack(REPORTS, "markup as rich output", first=(
        "from IPython.display import HTML, SVG, Javascript, Markdown, display, Image\n"
        f"for text in {_MARKUPS!r}:\n    display(HTML(text), Markdown(text), Javascript('alert(1)'))\n"
        "display({'text/html': '<script>alert(1)</script>', 'text/plain': '<script>alert(1)</script>'}, raw=True)\n"
        "display({'image/png': 'PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='}, raw=True)"
    )),
    Attack(REPORTS, "markup in an exception", first=f"raise ValueError({_MARKUPS[0] + _BIDI + _CONTROL!r})"),
    Attack(REPORTS, "markup as the name of an exception", first=f"raise type({_MARKUPS[0]!r}, (Exception,), {{}})({_MARKUPS[1]!r})"),
    Attack(REPORTS, "markup in names of functions and files",
           first=f"def f(): raise ValueError\nf.__code__ = f.__code__.replace(co_name={_MARKUPS[0]!r}, co_filename={_MARKUPS[1]!r})\nf()"),
    Attack(REPORTS, "markup in source", first=f"# {_MARKUPS[0]} {_BIDI}\nx = {_MARKUPS[8]!r}"),
    Attack(REPORTS, "markup in what an example compares", answers={
        "twice": f"class T(str):\n    def __repr__(self): return {_MARKUPS[0]!r}\ndef twice(x):\n    return T({_MARKUPS[1]!r})"},
        marks={"twice": "wrong"}),
    Attack(REPORTS, "markup in what a hidden call raises",
           answers={"last": f"def last(x):\n    raise ValueError({_MARKUPS[0]!r})"}, marks={"last": "raised"}),
    Attack(REPORTS, "a figure that is no figure", first=(
        "import matplotlib.pyplot as plt\nfrom IPython.display import display\nimport base64\n"
        "bomb = b'\\x89PNG\\r\\n\\x1a\\n\\x00\\x00\\x00\\rIHDR' + (60000).to_bytes(4, 'big') * 2 + bytes(20)\n"
        "display({'image/png': base64.b64encode(bomb + b'<script>alert(1)</script>').decode()}, raw=True)"
    )),
    Attack(REPORTS, "markup in markdown", edit=_in_markdown),
    Attack(REPORTS, "markup in the file's outputs", edit=_in_outputs),
    Attack(REPORTS, "markup in ids, tags and metadata", edit=_in_metadata),
)  # fmt: skip
