"""An assignment opened with its hidden part: all that a submission is graded with."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.domain.course import AssignmentSettings, Limits
from autograder.errors import CourseError, Flaw
from autograder.notebook.other_homework import OtherHomework
from autograder.notebook.released import Released
from autograder.questions.solutions import Solutions

if TYPE_CHECKING:
    from autograder.quiz.model import Quiz


@dataclass(frozen=True, slots=True, eq=False)
class OpenAssignment:
    """A notebook and its questions, ready to grade with: what is planned, what is public, what is hidden."""

    settings: AssignmentSettings
    released: Released
    solutions: Solutions
    quizzes: "tuple[Quiz, ...]" = ()
    """Answered in the notebook, as texts in `answers`."""
    others: tuple[OtherHomework, ...] = ()
    """The other assignments of the course."""

    @property
    def revision(self) -> str:
        """The hash of what decides a mark."""
        return "-".join((self.solutions.revision, *(quiz.revision[:8] for quiz in self.quizzes)))

    @property
    def limits(self) -> Limits:
        """What a submission may use; the questions together, by default, what each of them may."""
        limits = self.settings.limits
        usual = limits.seconds_per_question
        return limits.for_questions(prepared.budget(usual) for prepared in self.solutions.questions)

    def only(self, question: str) -> "OpenAssignment":
        """The same assignment, of which one question alone is judged.

        Raises:
            CourseError: it has no question of that name.
        """
        solutions, text = self.solutions, self.released.text
        names = [prepared.question.name for prepared in solutions.questions]
        if question not in names:
            what, known = f"there is no question {question!r}", f"known are {', '.join(names)}"
            raise CourseError([Flaw(self.settings.name, what, known)])
        statements = tuple(s for s in text.statements if s.name == question)
        kept = tuple(p for p in solutions.questions if p.question.name == question)
        return replace(
            self,
            released=replace(self.released, text=replace(text, statements=statements)),
            solutions=Solutions(solutions.assignment, solutions.revision, kept),
            quizzes=(),
        )
