"""Reads `NAME.quiz.md`: one Markdown file a quiz, every mistake at once, with line and column."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.expressions.symbols import split_declarations
from autograder.quiz.format.lines import Complaints, Line, Mark, mark_lines, split_feedback
from autograder.quiz.format.links import check_pools_stand_alone, link_parts
from autograder.quiz.format.names import check_names
from autograder.quiz.format.parts import (
    read_asked,
    read_criterion,
    read_key,
    read_listed,
    read_parameter,
    read_points,
)
from autograder.quiz.format.pools import Block, is_pool_heading, read_pool_heading, read_pools
from autograder.quiz.format.settings import read_head
from autograder.quiz.kinds.kind import Kind
from autograder.quiz.kinds.registry import KINDS
from autograder.quiz.model import Choice, QuestionKind, Quiz, QuizQuestion, WitnessCondition

LONGEST = 2_000_000
"""Characters of a quiz file."""


def read_quiz(path: Path) -> Quiz:
    """The quiz in a file; CourseError names everything that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CourseError([Flaw(str(path), "there is no such file", "check the quiz's name")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        what = f"line {line} is not text in UTF-8"
        raise CourseError([Flaw(str(path), what, "save the file as UTF-8")]) from error
    except OSError as error:
        what = f"cannot be read ({error.strerror or error})"
        raise CourseError([Flaw(str(path), what, "make it a readable text file")]) from error
    except ValueError as error:  # a name with a zero byte
        raise CourseError([Flaw(repr(str(path)), "is no name of a file", "check the quiz's name")]) from error
    return _parse_again(text, path.as_posix())


@lru_cache(maxsize=32)
def _parse_again(text: str, source: str) -> Quiz:
    # Whoever shows a student's grade reads the quizzes that count: 4 ms for each, several times a page.
    return parse_quiz(text, source=source)


def parse_quiz(text: str, *, source: str = "quiz") -> Quiz:
    """The quiz that `text` writes; `source` names it in messages."""
    complaints = Complaints(source)
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise CourseError([Flaw(source, f"has more than {LONGEST} characters")])
    head_lines, body, first = _split_head(text, complaints)
    head = read_head(head_lines, complaints)
    blocks = _split_blocks(body, first, complaints)
    questions = tuple(_read_questions(blocks, first, head.symbols, complaints))
    check_names(questions, complaints)
    questions = link_parts(questions, complaints)
    pools = read_pools(blocks, questions, complaints)
    check_pools_stand_alone(questions, pools, complaints)
    if complaints:
        raise CourseError(complaints.in_order())
    revision = sha256(text.encode()).hexdigest()
    return Quiz(head.id, head.title, questions, revision, head.symbols, head.settings, source, pools)


def _split_head(text: str, complaints: Complaints) -> tuple[list[str], str, int]:
    """The lines of the head, the rest, and the number of the rest's first line."""
    lines = text.split("\n")
    if lines[0].strip() == "---" and "---" in (line.strip() for line in lines[1:]):
        end = next(index for index, line in enumerate(lines[1:], 1) if line.strip() == "---")
        return lines[1:end], "\n".join(lines[end + 1 :]), end + 2
    complaints.add(1, "the file does not begin with a head", "---, then id: and title:, then ---")
    return ["id: unnamed", "title: unnamed"], text, 1


_HEADING = re.compile(
    r"(?P<id>[A-Za-z0-9][A-Za-z0-9_-]*)\s*\{\s*(?P<kind>\w+)\s+(?P<points>\S+)(?P<options>[^{}]*)\}"
)


def _split_blocks(body: str, first: int, complaints: Complaints) -> list[Block]:
    """What stands between headings: the text above all of them, then each question, in its pool."""
    pool, fenced, opened = None, False, first
    blocks = [Block(first - 1, [""])]
    for number, line in enumerate(body.split("\n"), first):
        if line.lstrip().startswith("```"):
            fenced, opened = not fenced, number
        if line.startswith("## ") and not fenced:
            blocks.append(Block(number, [line], pool))
        elif not fenced and is_pool_heading(line):
            pool = read_pool_heading(line, number, complaints)
            blocks[-1].lines.append("")
        else:
            blocks[-1].lines.append(line)
    if fenced:
        complaints.add(opened, "the block of code that begins here is not closed", "``` on a line of its own")
    return blocks


def _read_questions(
    blocks: Sequence[Block], first: int, symbols: str, complaints: Complaints
) -> list[QuizQuestion]:
    """The questions of a file: each from its `## ` heading to the next."""
    intro = re.sub(r"<!--.*?-->", "", "\n".join(blocks[0].lines), flags=re.S)
    if intro.strip():
        complaints.add(
            first, "there is text before the first question", "## id {kind points}, or <!-- a remark -->"
        )
    if len(blocks) == 1:
        complaints.add(first, "there is no question", "## id {kind points}")
    read = (_read_question(block.number, block.lines, symbols, complaints) for block in blocks[1:])
    return [question for question in read if question is not None]


def _read_question(
    number: int, lines: list[str], symbols: str, complaints: Complaints
) -> QuizQuestion | None:
    """One question, or None where its heading cannot be read (and that is noted)."""
    match = _HEADING.fullmatch(lines[0][3:].strip())
    if match is None:
        complaints.add(
            number,
            f"cannot read the heading {lines[0]!r}",
            "## id {kind points}, such as ## grad {symbolic 2}; an id has letters a to z, digits, - and _",
        )
        return None
    if match["kind"] not in QuestionKind.__members__.values():
        near = get_close_matches(match["kind"], list(QuestionKind), 1)
        complaints.add(
            number,
            f"there is no kind {match['kind']!r}",
            f"did you mean {near[0]}?" if near else "one of " + ", ".join(QuestionKind),
            column=lines[0].index("{") + 2,
        )
        return None
    kind = KINDS[QuestionKind(match["kind"])]
    points = read_points(match["points"])
    if points is None:
        complaints.add(
            number, f"the points cannot be {match['points']!r}", "a number above zero, such as 1 or 0.5"
        )
    marked = list(mark_lines("\n".join(lines[1:]), number + 1, kind.lines, complaints))
    declared, marked = _take_symbols(marked)
    effective = merge_symbols(symbols, declared)
    version = sha256("\n".join([*lines, effective]).strip().encode()).hexdigest()[:16]
    options = _read_options(kind, match["options"], number, complaints)
    question = QuizQuestion(
        id=match["id"],
        kind=kind.name,
        points=points or Fraction(1),
        version=version,
        symbols=effective,
        line=number,
        **options,
        **_read_contents(kind, marked, complaints),
    )
    if not question.prompt:
        complaints.add(number, f"{question.id} asks nothing", "the question, in prose, under its heading")
    for what, allowed in kind.lacks(question):
        complaints.add(number, what, allowed)
    return question


def _take_symbols(lines: list[Line]) -> tuple[str, list[Line]]:
    """The symbols declared on the first line under a heading, and the other lines."""
    for index, line in enumerate(lines):
        if line.mark is Mark.SYMBOLS:
            return line.text.replace("\n", " "), lines[:index] + lines[index + 1 :]
        if line.text.strip():
            break
    return "", lines


def merge_symbols(general: str, own: str) -> str:
    """The declarations of a quiz with those of one question, which win."""
    every = split_declarations(f"{general},{own}")
    return ", ".join({each.partition(":")[0]: each for each in every}.values())


def _read_options(kind: Kind, text: str, number: int, complaints: Complaints) -> dict[str, Any]:
    """What stands after the points: `rule=all`, `digits=3`, `name=quad_grad`."""
    options: dict[str, Any] = {"rule": kind.rules[0]} if kind.rules else {}
    for word in text.split():
        name, _, value = word.partition("=")
        if name == "rule" and value in kind.rules:
            options["rule"] = value
        elif (fields := kind.read_option(name, value)) is not None:
            options |= fields
        else:
            allowed = " or ".join(f"rule={rule}" for rule in kind.rules) or kind.option or "no options"
            complaints.add(number, f"{kind.name} has no option {word!r}", allowed)
    return options


_ANYWHERE = {Mark.TEXT, Mark.PARAMETER, Mark.HINT, Mark.SOLUTION}


def _read_contents(kind: Kind, lines: Sequence[Line], complaints: Complaints) -> dict[str, Any]:
    """The fields of a question that its lines fill."""
    found: dict[Mark, list[Line]] = {mark: [] for mark in Mark}
    for line in lines:
        if line.mark is Mark.SYMBOLS:
            complaints.add(line.number, "a line `symbols:` stands further down", "directly under the heading")
        elif line.mark not in kind.lines | _ANYWHERE:
            expected = ", ".join(sorted(mark.value for mark in kind.lines)) or "prose"
            complaints.add(
                line.number, f"a line `{line.mark.value}` has no place in {kind.name}", f"here: {expected}"
            )
        found[line.mark].append(line)
    _check_prose(lines, complaints)
    return {
        "prompt": "\n".join(line.text for line in found[Mark.TEXT]).strip(),
        "keys": tuple(
            read_key(line, complaints, units=kind.units, tolerances=kind.tolerances)
            for line in found[Mark.KEY]
        ),
        "wrong": tuple(read_listed(line, complaints, units=kind.units) for line in found[Mark.WRONG]),
        "choices": tuple(_read_choice(line) for line in lines if line.mark in _CHOICES),
        "parameters": tuple(
            filter(None, (read_parameter(line, complaints) for line in found[Mark.PARAMETER]))
        ),
        "give": tuple(asked for line in found[Mark.GIVE] for asked in read_asked(line, complaints)),
        "need": _read_conditions(found[Mark.NEED]),
        "show": _read_conditions(found[Mark.SHOW]),
        "rubric": tuple(filter(None, (read_criterion(line, complaints) for line in found[Mark.RUBRIC]))),
        "hints": tuple(line.text for line in found[Mark.HINT]),
        "solution": "\n".join(line.text for line in found[Mark.SOLUTION]).strip(),
    }


_CHOICES = (Mark.RADIO, Mark.BOX, Mark.RANK, Mark.PAIR)


def _read_choice(line: Line) -> Choice:
    text, feedback = split_feedback(line.text)
    if line.mark is Mark.PAIR:
        left, _, right = (part.strip() for part in f" {text}".partition("=> "))
        return Choice(left, feedback=feedback, partner=right, line=line.number)
    rank = int(line.tick) if line.mark is Mark.RANK else 0
    return Choice(text, line.tick == "x", feedback, rank, line=line.number)


def _read_conditions(lines: Sequence[Line]) -> tuple[WitnessCondition, ...]:
    parts = ((part.strip(), line.number) for line in lines for part in line.text.split(";"))
    return tuple(WitnessCondition(text, number) for text, number in parts if text)


def _check_prose(lines: Sequence[Line], complaints: Complaints) -> None:
    """Prose stands before the answers; after them it is a continuation that was not indented."""
    answered = False
    for line in lines:
        if line.mark is not Mark.TEXT:
            answered |= line.mark is not Mark.PARAMETER
        elif answered and line.text.strip():
            complaints.add(
                line.number,
                f"this text stands after the answers: {line.text.strip()[:40]!r}",
                "indent it by two spaces to continue the line above, or begin it with : for the solution",
            )
