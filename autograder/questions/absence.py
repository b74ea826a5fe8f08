"""Questions that get no mark of their cases: a forbidden name, no answer at all, or a stub untouched."""

from collections.abc import Sequence
from fractions import Fraction

from autograder.domain.answer import Answer, Ending, Opaque
from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import say
from autograder.errors import JudgingError
from autograder.questions.forbidden import forbidden_names
from autograder.questions.judged_case import JudgedCase
from autograder.questions.question import Question
from autograder.questions.student_code import StudentCode


def refuse_forbidden(question: Question, student: StudentCode) -> Verdict | None:
    """The verdict on an answer that uses what the question forbids; None where it uses nothing of that.

    Raises:
        JudgingError: the submitted text cannot be read.
    """
    if not question.forbids:
        return None
    try:
        names = forbidden_names(student.source, question.name, question.forbids)
    except SyntaxError as error:
        raise JudgingError(f"the code submitted for {question.name} cannot be read: {error}") from error
    if not names:
        return None
    sentence = say("forbidden" if len(names) == 1 else "forbidden.several", names=names)
    return Verdict(question.name, question.points, Outcome.FORBIDDEN, Fraction(0), sentence)


def find_absence(question: Question, judged: Sequence[JudgedCase]) -> Verdict | None:
    """The verdict where nothing was answered; None where something was."""
    first = judged[0].answer
    if first.ending is Ending.NOT_ASKED:
        sentence = say(
            "no_time_left", question=question.name, limit=first.limit.sentence if first.limit else ""
        )
        return Verdict(question.name, question.points, Outcome.UNJUDGED, None, sentence)
    if question.variable:
        return _find_absent_variable(question, first)
    endings = {(one.answer.ending, one.answer.exception) for one in judged}
    if endings == {(Ending.UNDEFINED, "")}:
        sentence = say("missing", question=question.name)
        return Verdict(question.name, question.points, Outcome.MISSING, Fraction(0), sentence)
    if endings == {(Ending.RAISED, "NotImplementedError")}:
        sentence = say("not_attempted")
        return Verdict(question.name, question.points, Outcome.NOT_ATTEMPTED, Fraction(0), sentence)
    return None


def _find_absent_variable(question: Question, answer: Answer) -> Verdict | None:
    if answer.ending is Ending.UNDEFINED:
        outcome, sentence = Outcome.MISSING, say("missing_variable", question=question.name)
    elif isinstance(answer.value, Opaque) and answer.value.type_name == "ellipsis":
        outcome, sentence = Outcome.NOT_ATTEMPTED, say("not_attempted_variable", question=question.name)
    else:
        return None
    return Verdict(question.name, question.points, outcome, Fraction(0), sentence)
