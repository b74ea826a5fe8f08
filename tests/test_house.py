"""What keeps the house readable, counted: each number is defined by the function that counts it.

python tests/test_house.py [ROOM ...]        # lists what is counted, for whoever tidies up
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "autograder"

MEAN_TWO_THINGS = {
    "Definition": "what gives a name its value: in a student's notebook, and in an author's solutions",
}
"""Names of public classes that are defined more than once, each with the reason."""

_PRAGMA = re.compile(r"#\s*(noqa|type:|pragma|fmt:)")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parse(file: Path) -> ast.Module:
    """A module, parsed once for all that is counted."""
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def forget_modules() -> Iterator[None]:
    """Together they are large: nothing of them is kept for other tests."""
    yield
    parse.cache_clear()


def modules(*rooms: str) -> dict[Path, ast.Module]:
    """Every module of the program, or of these rooms, parsed."""
    files = sorted(f for room in rooms or ("",) for f in (PACKAGE / room).rglob("*.py"))
    return {file: parse(file) for file in files}


def class_homes() -> dict[str, list[Path]]:
    """Where each public class name is defined at the top of a module."""
    homes = defaultdict(list)
    for file, module in modules().items():
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(file.relative_to(PACKAGE))
    return homes


def crumbs(*rooms: str) -> Iterator[str]:
    """Private functions and methods of at most four lines (docstring left out) whose name is read once.

    A name that is not read in its module at all, or that decorators register, is no crumb.
    """
    for file, module in modules(*rooms).items():
        read = Counter(
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(module)
            if isinstance(node, ast.Name | ast.Attribute)
        )
        for node in ast.walk(module):
            if not isinstance(node, Function) or not re.match(r"_[^_]", node.name) or node.decorator_list:
                continue
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = sum(statement.end_lineno - statement.lineno + 1 for statement in body)
            if lines + 1 <= 4 and read[node.name] == 1:
                yield f"{file.relative_to(PACKAGE)}:{node.lineno} {node.name}"


def _methods(module: ast.Module) -> Iterator[tuple[ast.ClassDef | None, Function]]:
    for node in module.body:
        if isinstance(node, Function):
            yield None, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from ((node, member) for member in node.body if isinstance(member, Function))


def documented(*rooms: str) -> tuple[int, list[str]]:
    """How many public functions and methods there are, and those without a docstring.

    A method of a class that names a base inherits the docstring of a method of the same name, if any class
    of the program documents one.
    """
    told = {
        member.name
        for module in modules().values()
        for owner, member in _methods(module)
        if owner is not None and ast.get_docstring(member)
    }
    count, missing = 0, []
    for file, module in modules(*rooms).items():
        for owner, member in _methods(module):
            if member.name.startswith("_"):
                continue
            count += 1
            inherits = owner is not None and owner.bases and member.name in told
            if not ast.get_docstring(member) and not inherits:
                missing.append(f"{file.relative_to(PACKAGE)}:{member.lineno} {member.name}")
    return count, missing


def comment_share(*rooms: str) -> float:
    """The share of a room's lines that hold a comment; a word to a tool (noqa, type:) is none."""
    lines = comments = 0
    for file in modules(*rooms):
        text = file.read_text(encoding="utf-8")
        lines += len(text.splitlines())
        comments += sum(
            token.type == tokenize.COMMENT and not _PRAGMA.match(token.string)
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
        )
    return comments / lines


def asks_for_kind() -> list[Path]:
    """The files outside quiz/kinds/ that ask which kind a question is, by a member of `QuestionKind`."""
    asking = []
    for file, module in modules().items():
        members = (
            node
            for node in ast.walk(module)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "QuestionKind"
            and node.attr.isupper()
        )
        place = file.relative_to(PACKAGE)
        if place.parts[:2] != ("quiz", "kinds") and next(members, None):
            asking.append(place)
    return asking


def imports(module: ast.Module) -> set[str]:
    """The packages a module imports, wherever in it."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_name_of_a_public_class_means_one_thing() -> None:
    double = {name: homes for name, homes in class_homes().items() if len(homes) > 1}
    assert double.keys() <= MEAN_TWO_THINGS.keys(), double
    assert len(MEAN_TWO_THINGS) <= 2


def test_small_helpers_that_are_used_once_are_few() -> None:
    """Most are better read where they are used; some say more by their name than by their body."""
    found = list(crumbs())
    assert len(found) <= 80, found


def test_public_functions_say_what_they_do() -> None:
    count, missing = documented()
    assert len(missing) <= 0.02 * count, missing


@pytest.mark.parametrize("room", ["sandbox", "gradebook"])
def test_the_sandbox_and_the_store_say_why_they_are_as_they_are(room: str) -> None:
    assert comment_share(room) >= 0.02


def test_at_most_four_files_ask_which_kind_a_quiz_question_is() -> None:
    assert len(asks_for_kind()) <= 4


def test_only_the_command_line_imports_click_and_rich() -> None:
    faces = {file for file, module in modules().items() if imports(module) & {"click", "rich"}}
    assert {file.relative_to(PACKAGE).parts[0] for file in faces} == {"cli"}


def main(rooms: Sequence[str]) -> None:
    """List what is counted."""
    if unknown := [room for room in rooms if not (PACKAGE / room).is_dir()]:
        sys.exit(f"no rooms of autograder/: {', '.join(unknown)}")
    for name, homes in sorted(class_homes().items()):
        if len(homes) > 1:
            print("twice", name, *homes)
    found = list(crumbs(*rooms))
    print(*found, f"crumbs: {len(found)}", sep="\n")
    count, missing = documented(*rooms)
    print(*missing, f"without docstring: {len(missing)} of {count}", sep="\n")
    print(f"comments: {100 * comment_share(*rooms):.1f} %")
    print("asks for a kind:", *asks_for_kind())


if __name__ == "__main__":
    main(sys.argv[1:])
