"""Taking a quiz on the terminal: questions, readings back, verdicts, as the quiz's settings allow."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from autograder.cli.quiz.plain_text import to_plain
from autograder.errors import AttemptError
from autograder.quiz.attempt_report import AttemptReport, QuestionReport
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.marks import BY_HAND
from autograder.quiz.model import QuizQuestion, Showing
from autograder.quiz.pictures import without_pictures
from autograder.quiz.records import Attempt
from autograder.quiz.service import QuizService
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant
from autograder.quiz.verdicts import AnswerState, AnswerVerdict
from autograder.render.words import percent, points

HELP = (
    "Type an answer. ? for a hint, Enter to leave it; :back, :go 5 and :list for other questions, "
    ":quit to go on later."
)
_LINES_END = "."
_YES = ("y", "yes")


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where lines are shown and typed; `ask` raises EOFError where nothing more is typed."""

    say: Callable[[str], object]
    ask: Callable[[str], str]


class _Quit(Exception):  # noqa: N818 - no error: the student goes on later
    pass


class _TimeOver(Exception):  # noqa: N818 - no error: the clock has handed in
    pass


def take(service: QuizService, student: str, terminal: Terminal) -> AttemptReport | None:
    """Let a student take a quiz; the result as far as it may be seen, or None where it is left open.

    Where the quiz may not be taken (again), the results there are are shown, and AttemptError says why.
    """
    left_open, quiz = service.open_attempt(student), service.quiz
    try:
        attempt = service.start(student)
    except AttemptError:
        for each in service.attempts(student):
            show_result(service, each, terminal)
        raise
    if left_open is not None and left_open.id != attempt.id:
        show_result(service, left_open, terminal)
    terminal.say(f"{quiz.title}: {len(attempt.variants)} questions, {points(quiz.points)}.")
    if service.goes_on(attempt):
        told = f"this goes on with attempt {attempt.number - 1}, and your answers so far are there."
        terminal.say(f"You were given more time: {told}")
    if (end := service.ends(attempt)) is not None:
        terminal.say(f"This attempt ends on {service.told(end)}.")
    if penalty := quiz.settings.penalty:
        terminal.say(f"Each further try at a question takes off {percent(penalty)} of its points.")
    terminal.say(HELP)
    sitting = _Sitting(service, attempt, terminal)
    try:
        return sitting.run()
    except _TimeOver:
        return show_result(service, attempt, terminal)
    except (_Quit, EOFError):
        terminal.say("Your answers are kept. Take the quiz again to go on.")
        return None


def show_result(service: QuizService, attempt: Attempt, terminal: Terminal) -> AttemptReport:
    """Show what came of an attempt, as far as it may be seen now."""
    report = service.report(attempt.id)
    end = report.handed_in
    if end is None:
        terminal.say(f"Attempt {attempt.number} is open. Take the quiz again to go on.")
        return report
    when = service.told(end.at)
    how = f"ended on {when}: its time was over." if end.by_clock else f"was handed in on {when}."
    terminal.say(f"Attempt {attempt.number} {how}")
    if end.by_clock:
        terminal.say("What was saved until then counts.")
    for line in report_lines(report):
        terminal.say(line)
    return report


class _Sitting:
    """One attempt, while it is being answered on a terminal."""

    def __init__(self, service: QuizService, attempt: Attempt, terminal: Terminal) -> None:
        self._service, self._attempt, self._terminal = service, attempt, terminal
        self._say = terminal.say

    def run(self) -> AttemptReport:
        """Ask question after question, then hand in."""
        place, report = 0, None
        while report is None:
            while place < len(self._attempt.variants):
                place = self._ask(place)
            place, report = self._hand_in()
        return report

    def _ask(self, place: int) -> int:
        """Ask one question until it is answered or left; the place of the next."""
        variant = self._attempt.variants[place]
        question = self._service.quiz.question(variant.question)
        if question is None:  # taken out of the file since
            return place + 1
        for line in question_lines(question, variant, place + 1):
            self._say(line)
        before = self._service.answers(self._attempt.id).get(question.id)
        if before:
            self._say(f"Your answer so far: {before}")
        hints = iter(question.hints)
        typed = ""
        while self._is_open(question):
            answer, typed = typed or self._read_answer(question), ""
            if answer.strip() == "?":
                self._hint(next(hints, ""), variant)
            elif answer.startswith(":"):
                found = self._command(answer.split(), place)
                if found is not None:
                    return found
            elif not answer.strip():
                return place + 1
            else:
                done, typed = self._answer(question, answer)
                if done:
                    return place + 1
        return place + 1

    def _command(self, words: list[str], place: int) -> int | None:
        """Do what was asked with a colon; the place to go to, or None to stay."""
        match words:
            case [":back"]:
                return max(0, place - 1)
            case [":quit"]:
                raise _Quit
            case [":list"]:
                self._list(place)
            case [":go", where] if (found := self._find(where)) is not None:
                return found
            case [":go", *_]:
                self._say(f":go takes the number of a question, 1 to {len(self._attempt.variants)}.")
            case _:
                self._say(f"There is no {words[0][:20]}. {HELP}")
        return None

    def _is_open(self, question: QuizQuestion) -> bool:
        if self._service.has_ended(self._attempt):
            raise _TimeOver
        return self._service.tries_left(self._attempt.id, question.id) != 0

    def _read_answer(self, question: QuizQuestion) -> str:
        """One line; for code and texts, several, ended by a line with a full stop."""
        first = self._terminal.ask("> ")
        several = kind_of(question).input is AnswerInput.LINES
        if not several or first.strip() in ("", "?") or first.startswith(":"):
            return first
        lines = [first]
        while (line := self._terminal.ask(f"{_LINES_END} to end > ")).strip() != _LINES_END:
            lines.append(line)
        return "\n".join(lines)

    def _answer(self, question: QuizQuestion, typed: str) -> tuple[bool, str]:
        """Read an answer back, save it, show the verdict if it may be seen.

        Returns whether the question is done, and what was typed in place of the answer, if anything was.
        """
        service, id = self._service, self._attempt.id
        try:
            reading = service.interpret(id, question.id, typed).text
            readable = service.can_read(id, question.id, typed)
            told = bool(reading) and reading != typed.strip()
            at_once = service.quiz.settings.results is Showing.AT_ONCE
            counted = service.tries_left(id, question.id) is not None or service.quiz.settings.penalty
            if readable and at_once and counted and not kind_of(question).awaits_mark:
                self._say(f"Interpreted as: {reading}" if told else "It is read as you typed it.")
                said = self._terminal.ask("Judge it? yes / no, or another answer > ")
                if said.strip().lower() not in _YES:
                    return False, "" if said.strip().lower() in ("n", "no") else said
            elif readable and told:
                self._say(f"Interpreted as: {reading}")
            before = service.answers(id).get(question.id, "").strip()
            stays = not readable and bool(before) and service.can_read(id, question.id, before)
            if not stays:
                service.save(id, question.id, typed)
            if not readable:
                self._say(f"This cannot be read; it costs nothing. {to_plain(reading)}".rstrip())
                if stays:
                    self._say(f"Your answer so far stays: {before}")
                return False, ""
            if not at_once:
                return True, ""
            verdict = service.check(id, question.id)
        except AttemptError as refused:
            if service.has_ended(self._attempt):
                raise _TimeOver from refused
            self._say(str(refused))
            return True, ""
        self._say(verdict_text(verdict))
        return verdict.state in (AnswerState.CORRECT, AnswerState.MANUAL), ""

    def _hint(self, hint: str, variant: Variant) -> None:
        self._say(f"Hint: {to_plain(fill(hint, variant.drawn))}" if hint else "There is no other hint.")

    def _find(self, where: str) -> int | None:
        """The place of the question with this number or name, or None."""
        names = [variant.question for variant in self._attempt.variants]
        if where in names:
            return names.index(where)
        number = int(where) if where.isascii() and where.isdigit() and len(where) < 6 else 0
        return number - 1 if 1 <= number <= len(names) else None

    def _list(self, place: int) -> None:
        """All questions, with the answers so far."""
        answers = self._service.answers(self._attempt.id)
        for number, variant in enumerate(self._attempt.variants, 1):
            answer = " ".join(answers.get(variant.question, "").split())[:60]
            here = ">" if number == place + 1 else " "
            self._say(f"{here} {number}. {variant.question}: {answer or '(open)'}")

    def _hand_in(self) -> tuple[int, AttemptReport | None]:
        """Hand in, after asking where questions are open or cannot be read; else the place to go back to."""
        service, id = self._service, self._attempt.id
        if service.has_ended(self._attempt):
            raise _TimeOver
        answers = service.answers(id)
        names = [variant.question for variant in self._attempt.variants]
        blank = [name for name in names if not answers.get(name, "").strip()]
        unread = {one.question: one.message for one in service.unread(id)}
        if blank:
            listed = ", ".join(f"{names.index(name) + 1} ({name})" for name in blank)
            self._say(f"Not answered: {listed}.")
        for name, message in unread.items():
            self._say(f"{name} cannot be read: {to_plain(message)}")
        if blank or unread:
            said = self._terminal.ask("Hand in all the same? They earn nothing. yes / no > ")
            if said.strip().lower() not in _YES:
                return min(names.index(name) for name in (*blank, *unread)), None
        if service.has_ended(self._attempt):
            raise _TimeOver
        service.submit(id, anyway=True)
        report = service.report(id)
        for line in report_lines(report):
            self._say(line)
        return 0, report


def question_lines(question: QuizQuestion, variant: Variant, number: int) -> list[str]:
    """A question as lines of text."""
    kind = kind_of(question)
    lines = ["", f"{number}. [{question.id}, {points(question.points)}]"]
    lines += to_plain(without_pictures(fill(question.prompt, variant.drawn))).split("\n")
    numbered = [plain_line(text, variant) for text in kind.numbered_lines(question)]
    lettered = [plain_line(text, variant) for text in kind.lettered_lines(question, variant)]
    margin = "     " if numbered else "  "
    lines += [f"  {place}. {text}" for place, text in enumerate(numbered, 1)]
    lines += [f"{margin}{letter}) {text}" for letter, text in zip(LETTERS, lettered, strict=False)]
    lines += [f"  with {condition.text}" for condition in question.need]
    lines += [f"  so that {condition.text}" for condition in question.show]
    return [*lines, f"({kind.instruction(question)})"]


def plain_line(text: str, variant: Variant) -> str:
    """A text of a quiz with its values filled in, as a terminal can show it."""
    return to_plain(fill(text, variant.drawn))


def verdict_text(verdict: AnswerVerdict) -> str:
    """A verdict in words."""
    if verdict.code == BY_HAND and verdict.credit is not None:
        lines = [f"{one.criterion}: {float(one.earned):g} of {float(one.points):g}" for one in verdict.rubric]
        marked = f"Marked by hand ({float(100 * verdict.credit):.0f} %). {verdict.message}".strip()
        return "\n  ".join([marked, *lines])
    words = {
        AnswerState.CORRECT: "Right.",
        AnswerState.PARTIAL: f"Partly right ({float(100 * (verdict.credit or Fraction(0))):.0f} %).",
        AnswerState.WRONG: "Not right.",
        AnswerState.UNREADABLE: "This cannot be read; it costs nothing.",
        AnswerState.MANUAL: "A person will look.",
    }
    return f"{words[verdict.state]} {to_plain(verdict.message)}".strip()


def report_lines(report: AttemptReport) -> list[str]:
    """A report as lines of text, as far as it may be seen."""
    if not report.visible:
        return ["Handed in.", report.remark]
    lines = [
        f"{q.question}: {verdict_text(q.verdict)}{_penalty_text(q)}"
        for q in report.questions
        if q.verdict is not None
    ]
    for question in report.questions:
        if question.solution:
            lines += ["", f"Solution of {question.question}:", to_plain(question.solution)]
    score = report.score
    total = f"{float(report.points):g}"
    earned = "open: a part waits for a person" if score is None else f"{float(score):g} of {total}"
    return [*lines, "", f"Score: {earned}."]


def _penalty_text(question: QuestionReport) -> str:
    if question.kept == 1 or not question.earned:
        return ""
    tries = "one other try" if question.tries_before == 1 else f"{question.tries_before} other tries"
    return f" After {tries}, {percent(question.kept)} of it counts."
