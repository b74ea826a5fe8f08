"""`python -m benchmarks.foreign_otter FOLDER ...`: what the real Otter makes of prepared assignments.

In each folder, `theirs/master/` holds a master, from which `otter assign` makes the zip, the solved and the
released notebook; or a notebook as students received it, for which `otter generate` makes a zip of the tests
that it brings. Every variant is graded by `otter run`, by its own function, and `theirs.json` keeps what it
gave: points by variant and case. A notebook that somebody has solved is a solution; its answers are taken out
for the one that students receive.
"""

import json
import os
import shutil
import signal
import sys
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
from otter.assign import main as assign
from otter.generate import main as generate
from otter.run import main as run

from benchmarks.foreign_corpus import find_otter_answers
from benchmarks.foreign_kernels import fork_kernels
from benchmarks.foreign_variants import (
    CHANGED,
    MUTANTS,
    SOLUTION,
    STUB,
    VARIANTS,
    fill_blanks,
    mutate_answers,
    take_out_answer,
)

_LONGEST = 60.0
"""Seconds of a variant beyond which no other is run."""
_NO_END = 120
"""Seconds after which a variant is given up: `otter run` knows no limit."""
_FLAG = "OK_FORMAT = True\n\n"


def main() -> None:
    """Grade what is prepared in the folders that are named."""
    fork_kernels()
    signal.signal(signal.SIGALRM, give_up)
    for name in sys.argv[1:]:
        folder = Path(name).resolve()
        began = time.perf_counter()
        try:
            found = grade_there(folder)
        except Exception as error:  # noqa: BLE001 - whatever Otter makes of a stranger's notebook
            found = {"refused": f"{type(error).__name__}: {error}"[:300]}
        (folder / "theirs.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
        print(
            f"{folder.name}: {found.get('refused') or 'graded'} ({time.perf_counter() - began:.0f} s)",
            flush=True,
        )


def give_up(*_arguments: object) -> None:
    """End a variant that goes on and on."""
    raise TimeoutError("it did not end")


def grade_there(folder: Path) -> dict[str, Any]:
    """The marks of every variant."""
    root = folder / "theirs"
    for made in ("dist", "submitted"):
        shutil.rmtree(root / made, ignore_errors=True)
    (source,) = (root / "master").rglob("*.ipynb")
    kind = (root / "kind").read_text()
    master, known = kind == "master", kind != "otter"
    os.chdir(source.parent)
    with redirect_stdout(StringIO()):
        if master:
            assign(source.name, str(root / "dist"), no_pdfs=True, no_run_tests=True)
        else:
            make_dist(source, root / "dist", solved=known)
    (archive,) = (root / "dist" / "autograder").glob("*.zip")
    released = nbformat.read(root / "dist" / "student" / source.name, as_version=4)
    solved = nbformat.read(root / "dist" / "autograder" / source.name, as_version=4) if known else released
    marks: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    errors: dict[str, str] = {}
    for variant in VARIANTS:
        if variant in (SOLUTION, CHANGED) and not known:
            continue
        place = root / "submitted" / variant / source.name
        place.parent.mkdir(parents=True)
        nbformat.write(make_variant(solved, released, variant, name=folder.name, known=known), place)
        if max(seconds.values(), default=0) > _LONGEST:
            break
        began = time.perf_counter()
        signal.alarm(_NO_END)
        try:
            with redirect_stdout(StringIO()):
                results = run(str(place), autograder=str(archive), output_dir=None, no_logo=True)
            marks[variant] = read_marks(results)
        except Exception as error:  # noqa: BLE001 - as above
            errors[variant] = f"{type(error).__name__}: {error}"[:300]
        finally:
            signal.alarm(0)
        seconds[variant] = time.perf_counter() - began
    return {"tool": "otter", "marks": marks, "errors": errors, "seconds": seconds, "solution_known": known}


def make_dist(source: Path, dist: Path, *, solved: bool) -> None:
    """Lay out what `otter assign` would have made of the master that is not published."""
    (dist / "student").mkdir(parents=True)
    (dist / "autograder").mkdir()
    document = nbformat.read(source, as_version=4)
    kept = document.metadata.get("otter", {}).get("tests") or {}
    if kept:  # notebooks of older versions do not say it, and this one reads no others
        document.metadata["otter"].setdefault("OK_FORMAT", True)
    if solved:
        nbformat.write(document, dist / "autograder" / source.name)
        code = [cell for cell in document.cells if cell.cell_type == "code"]
        for place in find_otter_answers([cell.source for cell in code]):
            code[place].source = take_out_answer(code[place].source)
    nbformat.write(document, dist / "student" / source.name)
    tests = dist / "tests"
    tests.mkdir()
    for name, spec in kept.items():
        text = spec if isinstance(spec, str) else f"{_FLAG}test = {json_to_python(spec)}\n"
        (tests / f"{name}.py").write_text(text, encoding="utf-8")
    for file in sorted(source.parent.glob("tests/*.py")) if not kept else ():
        text = file.read_text(encoding="utf-8")
        if file.name != "__init__.py":
            (tests / file.name).write_text(text if "OK_FORMAT" in text else _FLAG + text, encoding="utf-8")
    files = [
        str(file.relative_to(source.parent))
        for file in sorted(source.parent.rglob("*"))
        if file.is_file() and file.suffix != ".ipynb" and file.parent.name != "tests"
    ]
    generate(
        tests_dir=str(tests),
        output_path=str(dist / "autograder" / f"{source.stem}-autograder.zip"),
        no_environment=True,
        no_requirements=True,
        no_config=True,
        files=files,
    )


def json_to_python(spec: Any) -> str:
    """A test of a notebook's metadata as Otter writes it into a file."""
    return repr(json.loads(json.dumps(spec)))


def make_variant(solved: Any, released: Any, variant: str, *, name: str, known: bool) -> Any:
    """The notebook with the answers of a variant: cells that students do not receive as they are solved."""
    if variant == STUB:
        return released
    handed_in = nbformat.reads(nbformat.writes(solved), as_version=4)
    given = {cell.source for cell in released.cells}
    code = [
        cell
        for cell in handed_in.cells
        if cell.cell_type == "code" and (not known or cell.source not in given)
    ]
    if variant in MUTANTS:
        texts = [cell.source for cell in code]
        if known:
            texts = mutate_answers(texts, name=name, which=variant)
        else:
            texts = [fill_blanks(text, which=variant) for text in texts]
        for cell, text in zip(code, texts, strict=True):
            cell.source = text
    if variant == CHANGED:
        plain = [cell for cell in handed_in.cells if cell.cell_type == "code" and cell.source in given]
        changed = mutate_answers([cell.source for cell in plain], name=name, which=variant)
        for cell, text in zip(plain, changed, strict=True):
            cell.source = text
    return handed_in


def read_marks(results: Any) -> dict[str, Any]:
    """By case: the points it earned, and what it is out of."""
    if results.has_catastrophic_failure():
        raise RuntimeError(str(results.get_plugin_data) and repr(results._catastrophic_error)[:300])
    return {
        case.test_case.name: [case.test_case.points if case.passed else 0.0, case.test_case.points]
        for file in results.results.values()
        for case in file.test_case_results
    }


if __name__ == "__main__":
    main()
