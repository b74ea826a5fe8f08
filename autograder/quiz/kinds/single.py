"""One choice of several."""

from collections.abc import Iterator
from fractions import Fraction

from autograder.domain.phrases import phrase
from autograder.domain.sentences import SILENT, authored, say
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.kind import AnswerInput, Complaint, Judge
from autograder.quiz.kinds.letters import ChoiceKind, letter_span, read_letters
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.portable import Form, PortableAnswer, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant, letter_of
from autograder.quiz.verdicts import AnswerVerdict, unreadable, verdict_for


class SingleKind(ChoiceKind):
    """`- (x) text | feedback`: one letter."""

    name = QuestionKind.SINGLE
    lines = frozenset({Mark.RADIO})
    input = AnswerInput.RADIO

    def lacks(self, question: QuizQuestion) -> Iterator[tuple[str, str]]:
        """Exactly one right choice."""
        yield from super().lacks(question)
        if len(question.right) != 1:
            yield f"{question.id} has {len(question.right)} right choices", "exactly one `- (x)`"

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """One letter, as shown: right, or the feedback of the choice."""
        picked = read_letters(raw, variant)
        if picked is None or len(picked) != 1:
            return unreadable(say("typed.answer_with_one_letter", letters=letter_span(variant)))
        index = picked[0]
        choice = question.choices[index]
        other = SILENT if choice.right else say("typed.this_is_not_it")
        said = authored(choice.feedback) if choice.feedback else other
        code = "right" if choice.right else f"choice-{LETTERS[index]}"
        reading = letter_of(variant, index)
        return verdict_for(Fraction(choice.right), code, said, reading=reading, fingerprint=LETTERS[index])

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Every wrong choice must say something that helps."""
        yield from super().check(question, variant, judge)
        for choice in question.choices:
            if not choice.right and not choice.feedback:
                complaint = f"nothing is said to whoever chooses {choice.text!r}"
                yield choice.line, complaint, "- ( ) text | what helps"

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.single")

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """Choices, one of them with the whole credit."""
        answers = (
            PortableAnswer(
                fill(choice.text, variant.drawn), Fraction(choice.right), fill(choice.feedback, variant.drawn)
            )
            for choice in question.choices
        )
        return PortableQuestion(Form.ONE_CHOICE, tuple(answers))
