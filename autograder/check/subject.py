"""An assignment while it is proven: both its sides, and where things stand in its files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.domain.answer import Answer, Batch
from autograder.domain.report import Verdict
from autograder.errors import Flaw, JudgingError
from autograder.notebook.assignment import AssignmentText, Role, Statement
from autograder.questions.in_process import InProcessCode
from autograder.questions.judge import judge_strictly
from autograder.questions.solutions import Prepared, Solutions

_PATIENCE = 60.0
Function = Callable[..., Any]


@dataclass(frozen=True, slots=True, eq=False)
class CaseDraw:
    """The questions with one draw of their cases; `name` tells other draws from the course's own."""

    solutions: Solutions
    name: str = ""

    def question(self, name: str) -> Prepared:
        """One question with its cases."""
        return next(prepared for prepared in self.solutions.questions if prepared.question.name == name)


@dataclass(frozen=True, slots=True, eq=False)
class AssignmentUnderTest:
    """An assignment, and the names of its two files for messages."""

    text: AssignmentText
    draws: tuple[CaseDraw, ...]
    """The course's own draw first."""
    notebook: str
    module: str
    references: Mapping[str, Function] = field(default_factory=dict)
    quiz_points: Fraction = Fraction(0)
    """Of the quizzes that are answered in the notebook."""

    @classmethod
    def of(
        cls,
        text: AssignmentText,
        solutions: Solutions,
        others: Sequence[Solutions] = (),
        *,
        notebook: str,
        module: str,
        quiz_points: Fraction = Fraction(0),
    ) -> "AssignmentUnderTest":
        """The subject with further draws, whose speed cases are left out: time is measured once."""
        draws = []
        for k, each in enumerate(others, 2):
            questions = tuple(replace(p, cases=p.cases[: p.ordinary]) for p in each.questions)
            draws.append(CaseDraw(replace(each, questions=questions), f"draw {k}"))
        references = {p.question.name: p.question.reference for p in solutions.questions}
        return cls(text, (CaseDraw(solutions), *draws), notebook, module, references, quiz_points)

    @property
    def points(self) -> Fraction:
        """Of all questions, those of quizzes included."""
        return self.text.points + self.quiz_points

    @property
    def solutions(self) -> Solutions:
        """The hidden side, with the course's own cases."""
        return self.draws[0].solutions

    def line(self, function: Function) -> str:
        """The place of a function of the solutions."""
        code = getattr(function, "__code__", None)
        return self.place(code.co_filename, code.co_firstlineno) if code else self.module

    def place(self, file: str, line: int) -> str:
        """A line of a file of the solutions, as messages name it; other files are not named."""
        module, path = Path(self.module), Path(file)
        if path.name == f"{module.stem}_proof.py":
            return f"{module.with_name(path.name)}:{line}"
        for folder in (path, *path.parents):
            if folder.name == module.name:
                return f"{module / path.relative_to(folder)}:{line}"
        return self.module

    def cell(self, statement: Statement, role: Role, which: int = 0) -> str:
        """The place of a cell of a question in the notebook."""
        cells = [p.cell for p in self.text.parts if p.question == statement.number and p.role is role]
        return f"{self.notebook}, cell {cells[which].number}" if cells else self.notebook

    def rehearse(self, prepared: Prepared, function: Function) -> Verdict | Flaw:
        """Judge a function as if handed in, beside references for the others; or why none can be judged."""
        name = prepared.question.name
        return _judge(
            prepared, InProcessCode({**self.references, name: function}, source=f"def {name}(): pass")
        )

    def replay(
        self, prepared: Prepared, answers: Sequence[Answer], function: Function | None = None
    ) -> Verdict | Flaw:
        """Judge answers to the cases as if given by a student, who answers speed cases by `function`."""
        return _judge(prepared, _Replay(prepared, answers, self.references, function))


def _judge(prepared: Prepared, student: InProcessCode) -> Verdict | Flaw:
    try:
        return judge_strictly(prepared, student, seconds=_PATIENCE)
    except JudgingError as error:
        return Flaw(prepared.question.name, f"cannot be judged: {error}")


class _Replay(InProcessCode):
    """A student whose answers to all cases but the speed cases are known."""

    def __init__(
        self,
        prepared: Prepared,
        answers: Sequence[Answer],
        references: Mapping[str, Function],
        function: Function | None,
    ) -> None:
        name = prepared.question.name
        others = {k: f for k, f in references.items() if k != name}
        super().__init__(others | ({name: function} if function else {}), source=f"def {name}(): pass")
        self._name, self._batch, self._answers = name, prepared.batch, tuple(answers)

    def ask(self, name: str, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
        if batch is self._batch:
            return self._answers
        return super().ask(name, batch, seconds=seconds)

    def variable(self, name: str) -> Answer:
        return self._answers[0] if name == self._name else super().variable(name)


def pair_questions(subject: AssignmentUnderTest) -> Iterator[tuple[Statement, Prepared]]:
    """The questions that stand on both sides."""
    for prepared in subject.solutions.questions:
        statement = subject.text.statement(prepared.question.name)
        if statement is not None:
            yield statement, prepared
