"""Any number of choices, with part credit by one of several rules."""

from collections.abc import Collection, Iterator
from fractions import Fraction

from autograder.domain.phrases import phrase
from autograder.domain.sentences import Sentence, authored, join, say
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.letters import ChoiceKind, letter_span, read_letters
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.portable import Form, PortableAnswer, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant, letter_of
from autograder.quiz.verdicts import AnswerPart, AnswerVerdict, PartMark, unreadable, verdict_for


class MultipleKind(ChoiceKind):
    """`- [x] text | feedback`: letters, or `none`."""

    name = QuestionKind.MULTIPLE
    lines = frozenset({Mark.BOX})
    rules = ("net", "all", "coverage", "proportional", "each")
    input = AnswerInput.BOXES

    def lacks(self, question: QuizQuestion) -> Iterator[tuple[str, str]]:
        """One right choice at least."""
        yield from super().lacks(question)
        if not question.right:
            yield f"{question.id} has no right choice", "one `- [x]` at least"

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """Any number of letters, or `none`; the message says of wrong boxes what their authors say."""
        none = raw.strip().lower() in ("none", "-", "∅")
        picked = [] if none else read_letters(raw, variant)
        if picked is None:
            return unreadable(say("typed.answer_with_letters_such_as", letters=letter_span(variant)))
        chosen = frozenset(picked)
        credit = choice_credit(question.rule, question.right, chosen, len(question.choices))
        shown = sorted(chosen, key=variant.order.index)
        fingerprint = "".join(LETTERS[index] for index in sorted(chosen)) or "none"
        return verdict_for(
            credit,
            "right" if chosen == question.right else f"choices-{fingerprint}",
            _remarks(question, chosen),
            reading=", ".join(letter_of(variant, index) for index in shown) or "none",
            fingerprint=fingerprint,
            parts=tuple(_parts(question, variant, shown)),
        )

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.multiple")

    def scoring_note(self, question: QuizQuestion) -> str:
        """That a wrong box costs something, where it does."""
        return phrase("ask.net") if question.rule == "net" else ""

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """Choices by the rule net: right ones and wrong ones weigh alike."""
        share = Fraction(1, len(question.right))
        answers = (
            PortableAnswer(
                fill(choice.text, variant.drawn),
                share if choice.right else -share,
                fill(choice.feedback, variant.drawn),
            )
            for choice in question.choices
        )
        return PortableQuestion(Form.SEVERAL_CHOICES, tuple(answers))


def choice_credit(rule: str, right: Collection[int], chosen: Collection[int], count: int) -> Fraction:
    """Credit for the chosen boxes, given the right ones and how many boxes there are.

    all: everything or nothing. net: (right boxes - wrong boxes) / right ones there are. coverage: share of
    the right ones chosen times share of the chosen that are right. proportional: share of the right ones,
    nothing once a wrong box is ticked. each: every box counts, so that a blank answer earns something.
    """
    good = len(set(right) & set(chosen))
    match rule:
        case "net":
            return max(Fraction(0), Fraction(2 * good - len(chosen), len(right)))
        case "coverage":
            return Fraction(good * good, len(right) * len(chosen)) if chosen else Fraction(0)
        case "proportional":
            return Fraction(good, len(right)) if good == len(chosen) else Fraction(0)
        case "each":
            return Fraction(count - len(set(right) ^ set(chosen)), count)
    return Fraction(set(right) == set(chosen))


def _parts(question: QuizQuestion, variant: Variant, shown: list[int]) -> Iterator[AnswerPart]:
    for index in shown:
        choice = question.choices[index]
        mark = PartMark.RIGHT if choice.right else PartMark.WRONG
        yield AnswerPart(letter_of(variant, index), mark, "" if choice.right else choice.feedback)


def _remarks(question: QuizQuestion, chosen: frozenset[int]) -> Sentence:
    """What to say of wrong boxes, and that some are missing, without naming them."""
    wrong = [question.choices[index].feedback for index in sorted(chosen - question.right)]
    missed = len(question.right - chosen)
    remarks = [authored(feedback) for feedback in wrong if feedback]
    if len(remarks) < len(wrong):
        remarks.append(say("typed.a_box_is_ticked_that"))
    if missed:
        remarks.append(
            say("typed.a_right_answer_is_missing")
            if missed == 1
            else say("typed.right_answers_are_missing", count=missed)
        )
    return join(remarks)
