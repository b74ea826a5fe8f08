"""Run by the interpreter in which nbgrader is installed, as a file: what it writes and reads there.

Nothing of ours is imported: that interpreter may be another one, with other libraries. The request stands in
a JSON file, the answer is the last line that is printed. Whatever keeps the course from being written is
answered as `refusal`, a sentence; then nothing of it has changed.
"""

import json
import logging
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# Looked for by a library below nbgrader and not needed: 1.5 seconds of every start.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # how Python says: not there

Request = dict[str, Any]
Answer = dict[str, Any]

_PATIENCE = 10.0
"""Seconds for which another program may be writing to the database."""


class RefusedError(Exception):
    """Why the course cannot be written or read, in a sentence for its instructor."""


def main(request_file: str) -> None:
    """Do what a request asks, in the folder of the course, and print the answer."""
    logging.disable(logging.WARNING)
    request: Request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    actions = {"marks": _write_marks, "hand marks": _read_hand_marks}
    try:
        answer = actions[request["do"]](request)
    except RefusedError as error:
        answer = {"refusal": str(error)}
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


# the course and its database


def _open_course(request: Request) -> Any:
    """Their course as their own configuration describes it."""
    from nbgrader.apps import NbGrader
    from nbgrader.coursedir import CourseDirectory

    app = NbGrader()
    app.log_level = logging.ERROR
    app.load_config_file()
    course = CourseDirectory(config=app.config)
    course.root = str(Path.cwd())
    return course


@contextmanager
def _open_gradebook(course: Any) -> Iterator[Any]:
    """Their gradebook, in which nothing is written for good before `_commit`."""
    from nbgrader.api import Gradebook

    url = course.db_url
    _require_current(url)
    gradebook = Gradebook(url, course.course_id)
    # Their API commits after every step; kept back, all steps are one transaction, which holds as a whole or
    # not at all.
    session = gradebook.db()
    gradebook.our_commit = session.commit
    session.commit = session.flush
    try:
        yield gradebook
    finally:
        session.rollback()
        gradebook.close()


def _require_current(url: str) -> None:
    """Refuse a database that is not there, is being written to, or is of another version of nbgrader."""
    import nbgrader
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine, inspect, make_url, text
    from sqlalchemy.exc import DatabaseError
    from sqlalchemy.pool import NullPool

    shown = make_url(url).render_as_string(hide_password=True)
    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    if file is not None and not file.is_file():
        raise RefusedError(f"there is no gradebook at {file}: run `nbgrader generate_assignment` there first")
    if file is not None:
        _require_unlocked(file)
    try:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            tables = inspect(connection).get_table_names()
            found = ""
            if "alembic_version" in tables:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
    except DatabaseError as error:
        raise RefusedError(f"the gradebook at {shown} cannot be read ({error.orig})") from error
    # As nbgrader.api.get_alembic_version finds it, which starts a command.
    wanted = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
    if not {"grade", "submitted_notebook"} <= set(tables):
        raise RefusedError(f"{shown} is no gradebook of nbgrader")
    if found != wanted:
        said = f"version {found}" if found else "no version"
        what = f"the gradebook has {said} of nbgrader's tables, and this nbgrader writes version {wanted}"
        raise RefusedError(f"{what}: copy it, then run `nbgrader db upgrade`")


def _require_unlocked(file: Path) -> None:
    """Refuse a database of SQLite that another program is writing to, or that is damaged."""
    connection = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        what = f"another program is writing to {file.name}, or it is not yours to write ({error})"
        raise RefusedError(f"{what}: close it, and try again") from error
    except sqlite3.DatabaseError as error:
        raise RefusedError(f"{file} is no gradebook of nbgrader ({error})") from error
    finally:
        connection.close()


def _find_assignment(gradebook: Any, name: str) -> Any:
    from nbgrader.api import MissingEntry

    try:
        return gradebook.find_assignment(name)
    except MissingEntry:
        known = ", ".join(sorted(each.name for each in gradebook.assignments)) or "none"
        what = f"nbgrader knows no assignment {name!r}, its assignments are: {known}"
        raise RefusedError(f"{what}; run `nbgrader generate_assignment {name}` there first") from None


# marks that are written


def _write_marks(request: Request) -> Answer:
    """Fill the gradebook and autograded/ with what was judged elsewhere."""
    from sqlalchemy.exc import SQLAlchemyError

    course = _open_course(request)
    name = request["assignment"]
    answer: Answer = {
        "filled": [], "same": [], "added": [], "missing": [], "unknown": [], "without": [], "look": [],
    }  # fmt: skip
    with _open_gradebook(course) as gradebook:
        try:
            assignment = _find_assignment(gradebook, name)
            _require_cells(assignment, request["notebooks"])
            known = {each.id: each for each in gradebook.students}
            theirs = {each.student.id for each in assignment.submissions}
            _reconcile(request, known, theirs, answer)
            chosen = [each for each in request["submissions"] if each["student"] not in answer["missing"]]
            files = []
            for each in chosen:
                files += _write_submission(course, gradebook, assignment, each, known, answer)
            gradebook.db().flush()
            with _put_in_place(files):
                gradebook.our_commit()
        except SQLAlchemyError as error:
            why = getattr(error, "orig", None) or error
            what = f"the gradebook could not be written ({why}), and nothing of it was changed"
            raise RefusedError(f"{what}: close what uses it, and try again") from error
        except OSError as error:
            what = f"{error.filename or 'autograded/'} could not be written ({error.strerror})"
            raise RefusedError(f"{what}; nothing was changed") from error
    return answer


def _require_cells(assignment: Any, wanted: dict[str, dict[str, float]]) -> None:
    """Refuse an assignment whose graded cells there are not those that were judged here."""
    there = {each.name: each for each in assignment.notebooks}
    for name, cells in wanted.items():
        again = "release it again, and run `nbgrader generate_assignment` again"
        if name not in there:
            known = ", ".join(sorted(there)) or "none"
            raise RefusedError(
                f"{assignment.name} has no notebook {name!r} there, its notebooks are: {known}; {again}"
            )
        notebook = there[name]
        graded = {each.name: each.max_score for each in (*notebook.grade_cells, *notebook.task_cells)}
        flaws = [f"{cell} is not there" for cell in cells if cell not in graded]
        flaws += [f"{cell} is not here" for cell in graded if cell not in cells]
        flaws += [
            f"{cell} is worth {graded[cell]:g} there and {points:g} here"
            for cell, points in cells.items()
            if cell in graded and abs(graded[cell] - points) > 1e-6
        ]
        if flaws:
            told = "; ".join(flaws[:5]) + (f"; and {len(flaws) - 5} more" if len(flaws) > 5 else "")
            raise RefusedError(f"the cells of {name} that carry points differ: {told}; {again}")


def _reconcile(request: Request, known: dict[str, Any], theirs: set[str], answer: Answer) -> None:
    """Tell who is on one side alone."""
    here = {each["student"] for each in request["submissions"]}
    on_roster, excused = set(request["people"]), request["without"]
    add = request["add_students"] or not known
    answer["missing"] = [] if add else sorted(here - known.keys())
    answer["without"] = [[who, excused[who]] for who in sorted(excused) if who in known]
    unknown = known.keys() - here - on_roster - excused.keys()
    if not on_roster:
        # Without a roster, who handed in nothing on either side is no riddle.
        unknown &= theirs
    answer["unknown"] = sorted(unknown)


def _write_submission(
    course: Any, gradebook: Any, assignment: Any, each: Request, known: dict[str, Any], answer: Answer
) -> list[tuple[Path, Path]]:
    """Write one student's marks; return the files to be put in place, as (made, where it goes)."""
    student = each["student"]
    if student not in known:
        gradebook.add_student(student, **each["person"])
        answer["added"].append(student)
    submission = gradebook.update_or_create_submission(assignment.name, student, timestamp=each["received"])
    changed, files = False, list[tuple[Path, Path]]()
    theirs = {one.name: one for one in submission.notebooks}
    if len(theirs) != len(assignment.notebooks):
        what = "was written there for other notebooks of the assignment: remove that submission there"
        raise RefusedError(f"what {student} handed in {what}")
    for name, marks in each["notebooks"].items():
        notebook, folder = (
            theirs[name],
            course.format_path(course.autograded_directory, student, assignment.name),
        )
        changed |= _set_penalty(notebook, marks["penalty"])
        shown = _find_blob(Path(folder) / f"{name}.ipynb")
        # Formgrader has shown another file of the student so far.
        other = bool(shown) and shown != _find_blob(Path(marks["file"]))
        for grade in notebook.grades:
            changed |= _set_grade(grade, marks["scores"][grade.name]["score"], answer, student, other=other)
        for comment in notebook.comments:
            changed |= _set_comment(comment, marks["comments"].get(comment.name))
        files += _make_files(course, gradebook, assignment.name, student, name, each, marks)
    changed |= any(not place.is_file() or place.read_bytes() != made.read_bytes() for made, place in files)
    answer["filled" if changed else "same"].append(student)
    return files


def _set_penalty(notebook: Any, penalty: float) -> bool:
    wanted = penalty or None
    if (notebook.late_submission_penalty or None) == wanted:
        return False
    notebook.late_submission_penalty = wanted
    return True


def _find_blob(notebook: Path) -> str:
    """The hash of what was handed in, as it stands in a notebook that was written by us; else nothing."""
    try:
        return str(json.loads(notebook.read_bytes())["metadata"]["autograder"]["blob"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _set_grade(grade: Any, score: float | None, answer: Answer, student: str, *, other: bool) -> bool:
    """Write what was judged. A score that a person gave there stays, and asks to be looked at again."""
    changes = grade.auto_score != score
    given = (grade.manual_score or 0) + (grade.extra_credit or 0)
    if grade.manual_score is None:
        # nbgrader's own rule, in its SaveAutoGrades.
        wanted = score is None
    elif other or (changes and (score is None or abs(given - score) > 1e-6)):
        what = "another file was handed in since" if other else "it is judged otherwise here now"
        answer["look"].append([student, f"{grade.name} was given {given:g} by a person there, and {what}"])
        wanted = True
    else:
        # What a person gave there was read here, and comes back as it was.
        wanted = grade.needs_manual_grade
    changes |= grade.needs_manual_grade != wanted
    grade.auto_score, grade.needs_manual_grade = score, wanted
    return bool(changes)


def _set_comment(comment: Any, text: str | None) -> bool:
    if comment.auto_comment == text:
        return False
    comment.auto_comment = text
    return True


# files


def _make_files(
    course: Any, gradebook: Any, assignment: str, student: str, name: str, each: Request, marks: Request
) -> list[tuple[Path, Path]]:
    """The notebook as formgrader reads it, and what was handed in where that is not there."""
    from nbformat.v4 import reads, writes

    made, received = Path(marks["file"]), each["received"]
    document: Any = reads(made.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]  # nbformat has no types here
    source = gradebook.find_notebook(name, assignment)
    document = _restore_cells(document, source, gradebook, assignment, marks["add_missing"])
    _show_outcomes(document, marks["outputs"])
    made.write_text(writes(document) + "\n", encoding="utf-8")  # type: ignore[no-untyped-call]  # as above
    stamp = made.with_name(f"{made.stem}.timestamp.txt")
    stamp.write_text(received, encoding="utf-8")
    autograded = Path(course.format_path(course.autograded_directory, student, assignment))
    submitted = Path(course.format_path(course.submitted_directory, student, assignment))
    files = [(made, autograded / f"{name}.ipynb"), (stamp, autograded / "timestamp.txt")]
    handed_in = Path(marks["submitted"]).stat().st_size > 0  # of several notebooks some may be missing
    if handed_in and not (submitted / f"{name}.ipynb").exists():
        again = stamp.with_name(f"{made.stem}.submitted.txt")
        again.write_text(received, encoding="utf-8")
        files += [
            (Path(marks["submitted"]), submitted / f"{name}.ipynb"),
            (again, submitted / "timestamp.txt"),
        ]
    return files


def _restore_cells(document: Any, source: Any, gradebook: Any, assignment: str, add_missing: bool) -> Any:  # noqa: FBT001
    """Tests and points as nbgrader restores them: by its own preprocessors, but for cells that were lost.

    Its own way to put lost cells back ends where the cell before them is a locked one without points.
    """
    from nbgrader.preprocessors import DeduplicateIds, OverwriteCells

    resources = {
        "nbgrader": {"notebook": source.name, "assignment": assignment, "db_url": str(gradebook.engine.url)}
    }
    document, _ = DeduplicateIds().preprocess(document, resources)
    overwrite = OverwriteCells()
    overwrite.gradebook, overwrite.notebook_id, overwrite.assignment_id = gradebook, source.name, assignment
    for index, cell in enumerate(document.cells):
        document.cells[index], _ = overwrite.preprocess_cell(cell, resources, index)
    for cell in document.cells:
        if "nbgrader" in cell.metadata and "grade_id" not in cell.metadata.nbgrader:
            del cell.metadata["nbgrader"]
    if add_missing:
        _put_back(document, source, overwrite)
    return document


def _put_back(document: Any, source: Any, overwrite: Any) -> None:
    """Add the cells with points that the student's notebook has lost, each below the one it follows."""
    points = {each.name: each.max_score for each in (*source.grade_cells, *source.task_cells)}
    solutions = {each.name for each in source.solution_cells}
    tasks = {each.name for each in source.task_cells}
    place = 0
    for cell in source.source_cells:
        ids = [one.metadata.get("nbgrader", {}).get("grade_id") for one in document.cells]
        if cell.name in ids:
            place = ids.index(cell.name) + 1
        elif cell.name in points:
            transform = overwrite.missing_cell_transform
            new = transform(
                cell, points[cell.name], is_solution=cell.name in solutions, is_task=cell.name in tasks
            )
            document.cells.insert(place, new)
            place += 1


def _show_outcomes(document: Any, outputs: dict[str, list[Any]]) -> None:
    """Below each test what became of it, since their feedback is made of outputs."""
    from nbformat import from_dict

    for cell in document.cells:
        told = outputs.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if told and cell.cell_type == "code":
            cell.outputs = [*cell.outputs, *map(from_dict, told)]


@contextmanager
def _put_in_place(files: list[tuple[Path, Path]]) -> Iterator[None]:
    """Put the files where they belong; back where what is done in between fails."""
    done: list[tuple[Path, Path | None]] = []
    try:
        for made, place in files:
            place.parent.mkdir(parents=True, exist_ok=True)
            before = None
            if place.exists():
                before = made.with_name(f"{made.name}.before")
                # A file that was set read-only is replaced all the same: it is the folder that counts.
                place.replace(before)
            done.append((place, before))
            made.replace(place)
        yield
    except BaseException:
        for place, before in reversed(done):
            with suppress(OSError):
                if before is None:
                    place.unlink(missing_ok=True)
                else:
                    before.replace(place)
        raise


# marks that are read


def _read_hand_marks(request: Request) -> Answer:
    """What people gave in formgrader: scores, extra credit and comments by student, notebook and cell."""
    course, name, marks, comments = _open_course(request), request["assignment"], [], []
    with _open_gradebook(course) as gradebook:
        assignment = _find_assignment(gradebook, name)
        for submission in sorted(assignment.submissions, key=lambda each: each.student.id):
            student = submission.student.id
            folder = Path(course.format_path(course.autograded_directory, student, name))
            for notebook in submission.notebooks:
                texts = {each.name: each.manual_comment for each in notebook.comments if each.manual_comment}
                comments += [[student, notebook.name, cell, text] for cell, text in texts.items()]
                blob = _find_blob(folder / f"{notebook.name}.ipynb")
                marks += [
                    {
                        "student": student,
                        "notebook": notebook.name,
                        "cell": grade.name,
                        "points": grade.max_score,
                        "auto": grade.auto_score,
                        "manual": grade.manual_score,
                        "extra": grade.extra_credit or 0,
                        "comment": texts.get(grade.name, ""),
                        "blob": blob,
                        "open": grade.needs_manual_grade,
                    }
                    for grade in notebook.grades
                    if grade.manual_score is not None or grade.extra_credit
                ]
    return {"marks": marks, "comments": comments}


if __name__ == "__main__":
    main(sys.argv[1])
