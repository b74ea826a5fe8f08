"""Taking a quiz on the terminal: questions, readings back, verdicts, as the quiz's settings allow."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from autograder.cli.quiz.plain_text import to_plain
from autograder.domain.phrases import PHRASES, count_phrase, phrase
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
from autograder.render.words import number, percent, points

_LINES_END = "."


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
    worth = points(quiz.points)
    terminal.say(count_phrase("take.title", len(attempt.variants), quiz=quiz.title, points=worth))
    if service.goes_on(attempt):
        terminal.say(phrase("take.more_time", number=attempt.number - 1))
    if (end := service.ends(attempt)) is not None:
        terminal.say(phrase("take.ends", moment=service.told(end)))
    if penalty := quiz.settings.penalty:
        terminal.say(phrase("take.penalty", penalty=percent(penalty)))
    terminal.say(_help())
    sitting = _Sitting(service, attempt, terminal)
    try:
        return sitting.run()
    except _TimeOver:
        return show_result(service, attempt, terminal)
    except (_Quit, EOFError):
        terminal.say(phrase("take.kept"))
        return None


def show_result(service: QuizService, attempt: Attempt, terminal: Terminal) -> AttemptReport:
    """Show what came of an attempt, as far as it may be seen now."""
    report = service.report(attempt.id)
    end = report.handed_in
    if end is None:
        terminal.say(phrase("take.open", number=attempt.number))
        return report
    how = "take.by_clock" if end.by_clock else "take.handed_in"
    terminal.say(phrase(how, number=attempt.number, moment=service.told(end.at)))
    if end.by_clock:
        terminal.say(phrase("take.saved"))
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
            self._say(phrase("take.so_far", answer=before))
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
                self._say(phrase("take.go", most=len(self._attempt.variants)))
            case _:
                self._say(phrase("take.no_command", command=words[0][:20], help=_help()))
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
        while (line := self._terminal.ask(phrase("take.end", end=_LINES_END))).strip() != _LINES_END:
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
                as_read = phrase("take.read", reading=reading)
                self._say(as_read if told else phrase("take.read_as_typed"))
                said = self._terminal.ask(phrase("take.judge"))
                if not _is("take.yes", said):
                    return False, "" if _is("take.no", said) else said
            elif readable and told:
                self._say(phrase("take.read", reading=reading))
            before = service.answers(id).get(question.id, "").strip()
            stays = not readable and bool(before) and service.can_read(id, question.id, before)
            if not stays:
                service.save(id, question.id, typed)
            if not readable:
                self._say(f"{phrase('verdict.unreadable')} {to_plain(reading)}".rstrip())
                if stays:
                    self._say(phrase("take.stays", answer=before))
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
        told = to_plain(fill(hint, variant.drawn))
        self._say(phrase("take.hint", hint=told) if hint else phrase("take.no_hint"))

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
        for place_here, variant in enumerate(self._attempt.variants, 1):
            answer = " ".join(answers.get(variant.question, "").split())[:60]
            here = ">" if place_here == place + 1 else " "
            self._say(f"{here} {place_here}. {variant.question}: {answer or phrase('take.unanswered')}")

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
            self._say(phrase("take.not_answered", questions=listed))
        for name, message in unread.items():
            self._say(phrase("take.unread", question=name, message=to_plain(message)))
        if blank or unread:
            said = self._terminal.ask(phrase("take.anyway"))
            if not _is("take.yes", said):
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
    lines += [phrase("take.need", condition=condition.text) for condition in question.need]
    lines += [phrase("take.show", condition=condition.text) for condition in question.show]
    return [*lines, f"({kind.instruction(question)})"]


def plain_line(text: str, variant: Variant) -> str:
    """A text of a quiz with its values filled in, as a terminal can show it."""
    return to_plain(fill(text, variant.drawn))


def verdict_text(verdict: AnswerVerdict) -> str:
    """A verdict in words."""
    if verdict.code == BY_HAND and verdict.credit is not None:
        lines = [
            f"{one.criterion}: {phrase('earned', earned=number(one.earned), points=number(one.points))}"
            for one in verdict.rubric
        ]
        marked = phrase("take.marked", credit=f"{float(100 * verdict.credit):.0f}", message=verdict.message)
        return "\n  ".join([marked.strip(), *lines])
    if verdict.state is AnswerState.PARTIAL:
        told = phrase("take.partly", credit=f"{float(100 * (verdict.credit or Fraction(0))):.0f}")
    else:
        told = phrase(f"verdict.{verdict.state}")
    return f"{told} {to_plain(verdict.message)}".strip()


def report_lines(report: AttemptReport) -> list[str]:
    """A report as lines of text, as far as it may be seen."""
    if not report.visible:
        return [phrase("take.done"), report.remark]
    lines = [
        f"{q.question}: {verdict_text(q.verdict)}{_penalty_text(q)}"
        for q in report.questions
        if q.verdict is not None
    ]
    for question in report.questions:
        if question.solution:
            solved = phrase("take.solution", question=question.question)
            lines += ["", solved, to_plain(question.solution)]
    if report.score is None:
        return [*lines, "", phrase("take.score_open")]
    score, total = f"{float(report.score):g}", f"{float(report.points):g}"
    return [*lines, "", phrase("take.score", score=score, points=total)]


def _penalty_text(question: QuestionReport) -> str:
    if question.kept == 1 or not question.earned:
        return ""
    return count_phrase("take.tries", question.tries_before, kept=percent(question.kept))


def _help() -> str:
    """What can be typed beside an answer."""
    typed = {"hint": "?", "back": ":back", "go": ":go 5", "list": ":list", "quit": ":quit"}
    return phrase("take.help", **typed)


def _is(key: str, typed: str) -> bool:
    """Whether yes or no was typed, or its first letter: in the language that is spoken, or in English."""
    said = {PHRASES[key], phrase(key)}
    return typed.strip().lower() in said | {word[0] for word in said}
