"""Lines to put in order, by their letters."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from autograder.domain.phrases import phrase
from autograder.domain.sentences import say
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.kind import AnswerInput, Complaint, Judge
from autograder.quiz.kinds.letters import LetteredKind, letter_span, read_letters
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.texts import fill
from autograder.quiz.variants import Variant, letter_of
from autograder.quiz.verdicts import AnswerState, AnswerVerdict, unreadable, verdict_for


class OrderKind(LetteredKind):
    """`- (1) text`: every letter once, in the right order."""

    name = QuestionKind.ORDER
    lines = frozenset({Mark.RANK})
    rules = ("neighbours", "all")
    input = AnswerInput.ORDER
    vague_codes = frozenset({"order"})
    always_shuffled = True

    def lacks(self, question: QuizQuestion) -> Iterator[tuple[str, str]]:
        """Ranks from 1, each once."""
        yield from super().lacks(question)
        count = len(question.choices)
        if sorted(choice.rank for choice in question.choices) != list(range(1, count + 1)):
            yield f"the ranks of {question.id} are not 1 to {count}", "- (1), - (2), ..."

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """Right, turned round, or right up to a place; lines that follow each other rightly may count."""
        picked = read_letters(raw, variant)
        count = len(question.choices)
        if picked is None or sorted(picked) != list(range(count)):
            return unreadable(say("typed.answer_with_each_of_the", letters=letter_span(variant)))
        ranks = [question.choices[index].rank for index in picked]
        reading = ", ".join(letter_of(variant, index) for index in picked)
        fingerprint = "-".join(map(str, ranks))
        if ranks == list(range(1, count + 1)):
            return verdict_for(Fraction(1), "right", reading=reading, fingerprint=fingerprint)
        neighbours = sum(after == before + 1 for before, after in pairwise(ranks))
        credit = Fraction(neighbours, count - 1) if question.rule == "neighbours" else Fraction(0)
        if ranks == list(range(count, 0, -1)):
            code, said = "reversed", say("typed.this_is_the_right_order")
        else:
            first = next(place for place, rank in enumerate(ranks, 1) if rank != place)
            code, said = f"order-{fingerprint}", say("typed.the_order_is_right_up", place=first - 1)
        return verdict_for(credit, code, said, reading=reading, fingerprint=fingerprint)

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Its own order must be judged right."""
        if judge(self.right_letters(question, variant)).state is not AnswerState.CORRECT:
            yield question.line, "its own order is not judged right", ""

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.order")

    def shuffle(self, question: QuizQuestion, seed: str) -> tuple[int, ...]:
        """Another order, never the right one."""
        lines = super().shuffle(question, seed)
        right = all(question.choices[index].rank == place for place, index in enumerate(lines, 1))
        return lines[1:] + lines[:1] if right else lines

    def right_letters(self, question: QuizQuestion, variant: Variant) -> str:
        """The letters in the right order."""
        ranked = sorted(variant.order, key=lambda index: question.choices[index].rank)
        return ", ".join(letter_of(variant, index) for index in ranked)

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """Lines with their places."""
        pairs = tuple((fill(choice.text, variant.drawn), str(choice.rank)) for choice in question.choices)
        return PortableQuestion(Form.ORDERING, pairs=pairs)
