"""Taking a quiz, as a web page or the terminal does."""

from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from quiz_samples import BODY, NOON, Clock, sample

from autograder.analytics.items import figures_of_class
from autograder.cli.quiz.terminal import Terminal, take
from autograder.domain.events import Extension
from autograder.domain.language import Language, speaking
from autograder.errors import AttemptError, CourseError
from autograder.quiz.attempt_report import counting_report
from autograder.quiz.extra_time import ExtraTime, find_extra_time
from autograder.quiz.records import MemoryRecords, Occasion
from autograder.quiz.regrade import regrade
from autograder.quiz.service import QuizService
from autograder.quiz.variants import letter_of
from autograder.quiz.verdicts import AnswerState

SHORT = """
## grad {symbolic 2}
What is the gradient of $w \\mapsto w^\\top A w$?
= (A + A^T) w
~ 2 A w [0.5] | Right when $A$ is symmetric.
? Expand.
: $(A + A^\\top) w$

## power {numeric 1}
@ kcal in 1800..2400 step 100
What power are {{kcal}} kcal a day?
= kcal*4184/86400 W +- 3%
: {{kcal*4184/86400:.1f}} W
"""


def quiz_service(settings: str = "", body: str = SHORT) -> QuizService:
    return QuizService(sample(settings, body=body), MemoryRecords(), clock=Clock())


def right_power(at: QuizService, attempt) -> str:
    kcal = attempt.variant("power").drawn["kcal"]
    return f"{float(kcal) * 4184 / 86400:.1f} W"


def test_a_quiz_is_begun_saved_read_back_and_handed_in():
    """The whole way, with what is recorded on it."""
    at = quiz_service()
    attempt = at.start("ada")
    assert at.start("ada") == attempt, "an open attempt is gone on with"
    assert "A" in at.save(attempt.id, "grad", "Aw + A'w").text
    at.save(attempt.id, "grad", "2 A w")
    at.save(attempt.id, "power", right_power(at, attempt))
    assert at.answers(attempt.id)["grad"] == "2 A w"
    assert len(at.records.responses(attempt.id)) == 3, "every response is kept, as typed"
    assert not at.report(attempt.id).visible
    assert at.submit(attempt.id) == ()
    report = at.report(attempt.id)
    assert report.score == 2 and report.points == 3
    assert report.questions[0].verdict is not None and report.questions[0].verdict.message.startswith(
        "Right when"
    )
    assert report.questions[0].solution == "", "solutions wait for the closing"


def test_reading_an_answer_records_nothing():
    """The echo while one types."""
    at = quiz_service()
    attempt = at.start("ada")
    assert at.interpret(attempt.id, "grad", "A w").mathml.startswith("<math")
    assert at.records.responses(attempt.id) == []


def test_what_cannot_be_read_is_named_before_it_counts():
    """Handing in stays open; all the same, it earns nothing."""
    at = quiz_service()
    attempt = at.start("ada")
    at.save(attempt.id, "grad", "A +")
    unread = at.submit(attempt.id)
    assert [one.question for one in unread] == ["grad"]
    assert at.records.handed_in(attempt.id) is None
    at.submit(attempt.id, anyway=True)
    assert at.report(attempt.id).score == 0
    assert at.submit(attempt.id) == (), "handing in twice is handing in once"


def test_attempts_are_counted():
    """The last sentence says how many there were."""
    at = quiz_service("attempts: 2\n")
    seen = set()
    for _ in range(2):
        attempt = at.start("ada")
        seen.add(attempt.number)
        at.submit(attempt.id)
    assert seen == {1, 2}
    with pytest.raises(AttemptError, match="used your 2 attempt"):
        at.start("ada")
    assert at.start("bob").number == 1


def test_time_ends_an_attempt_by_itself():
    """What was saved counts, and nothing after."""
    at = quiz_service("time limit: 20 min\n")
    clock = at._clock
    attempt = at.start("ada")
    assert attempt.closes == NOON + timedelta(minutes=20)
    at.save(attempt.id, "grad", "(A + A.T) w")
    clock.forward(minutes=21)
    with pytest.raises(AttemptError, match="handed in"):
        at.save(attempt.id, "power", "87 W")
    end = at.records.handed_in(attempt.id)
    assert end is not None and end.by_clock and end.at == attempt.closes
    assert at.report(attempt.id).score == 2


def test_a_student_may_have_more_time():
    """An arrangement for one student lengthens the limit."""
    at = quiz_service("time limit: 20 min\n")
    assert at.start("ada", more_time=timedelta(minutes=10)).closes == NOON + timedelta(minutes=30)


def test_a_quiz_opens_and_closes():
    """And results may wait for the closing."""
    at = quiz_service(
        "opens: 2026-10-01T13:00+00:00\ncloses: 2026-10-01T14:00+00:00\nresults: after closing\nattempts: 5\n"
    )
    clock = at._clock
    with pytest.raises(AttemptError, match="opens on"):
        at.start("ada")
    clock.forward(hours=1)
    attempt = at.start("ada")
    at.save(attempt.id, "grad", "(A + A.T) w")
    at.submit(attempt.id)
    report = at.report(attempt.id)
    assert (
        not report.visible
        and report.questions[0].verdict is None
        and "after the quiz has closed" in report.remark
    )
    assert at.report(attempt.id, staff=True).score == 2
    clock.forward(hours=1)
    assert at.report(attempt.id).score == 2
    assert at.report(attempt.id).questions[0].solution
    with pytest.raises(AttemptError, match="closed on"):
        at.start("bob")


def test_tries_are_used_up_by_wrong_answers_and_not_by_unreadable_ones():
    """Where verdicts are shown at once."""
    at = quiz_service("results: at once\ntries: 2\n")
    attempt = at.start("ada")
    for raw, state, left in [
        ("A +", AnswerState.UNREADABLE, 2),
        ("w A", AnswerState.UNREADABLE, 2),
        ("A w", AnswerState.WRONG, 1),
        ("2 A w", AnswerState.PARTIAL, 0),
    ]:
        at.save(attempt.id, "grad", raw)
        assert at.check(attempt.id, "grad").state is state
        assert at.tries_left(attempt.id, "grad") == left
    with pytest.raises(AttemptError, match="as often as you may"):
        at.save(attempt.id, "grad", "(A + A^T) w")


def test_a_right_answer_is_final():
    """It cannot be spoilt."""
    at = quiz_service("results: at once\ntries: unlimited\n")
    attempt = at.start("ada")
    at.save(attempt.id, "grad", "(A + A^T) w")
    assert at.tries_left(attempt.id, "grad") is None
    assert at.check(attempt.id, "grad").state is AnswerState.CORRECT
    assert at.tries_left(attempt.id, "grad") == 0


def test_no_verdict_is_told_where_results_wait():
    """Not even on request."""
    at = quiz_service()
    attempt = at.start("ada")
    at.save(attempt.id, "grad", "A w")
    with pytest.raises(AttemptError, match="when you hand in"):
        at.check(attempt.id, "grad")


def test_questions_and_choices_are_shuffled_as_set():
    """By the student and the attempt."""
    firsts = {quiz_service("shuffle: both\n", BODY).start(name).variants[0].question for name in "abcdefghij"}
    assert len(firsts) > 2
    at = quiz_service("shuffle: none\n", BODY)
    variants = at.start("ada").variants
    assert [variant.question for variant in variants] == [question.id for question in at.quiz.questions]
    assert variants[1].order == (0, 1, 2)


def test_the_best_attempt_counts_or_the_last():
    """As the quiz says."""
    for keep, score in (("best", 2), ("last", 0)):
        at = quiz_service(f"attempts: 2\nkeep: {keep}\n")
        for raw in ("(A + A^T) w", "A w"):
            attempt = at.start("ada")
            at.save(attempt.id, "grad", raw)
            at.submit(attempt.id)
        counts = counting_report(at.quiz, "ada", at.records, now=NOON)
        assert counts is not None and counts.score == score


def test_a_mended_key_is_a_rerun_with_a_diff():
    """Old verdicts are kept, hand marks stay, every change is listed, losses first."""
    at = quiz_service(body=SHORT.replace("= (A + A^T) w", "= 2 A w").replace("~ 2 A w [0.5]", "~ A w [0.5]"))
    clock = at._clock
    attempts = {}
    for student, raw in [("ada", "(A + A^T) w"), ("bob", "2 A w"), ("eve", "A^T w")]:
        attempts[student] = at.start(student).id
        at.save(attempts[student], "grad", raw)
        at.submit(attempts[student])
    at.mark(attempts["eve"], "grad", Fraction(1, 4), "A good try.", by="the teacher")
    mended = sample(body=SHORT)
    dry = regrade(mended, at.records, clock=clock, dry_run=True)
    changes = regrade(mended, at.records, clock=clock)
    assert dry == changes
    assert [(c.student, c.before.state, c.after.state, c.gain) for c in changes] == [
        ("bob", AnswerState.CORRECT, AnswerState.PARTIAL, -1),
        ("ada", AnswerState.PARTIAL, AnswerState.CORRECT, 1),
    ]
    assert regrade(mended, at.records, clock=clock) == ()
    judgings = at.records.judgings(attempts["ada"])
    assert [j.occasion for j in judgings if j.question == "grad"] == [Occasion.SUBMIT, Occasion.REGRADE]
    assert QuizService(mended, at.records, clock=clock).report(attempts["ada"]).score == 2
    assert at.report(attempts["eve"]).questions[0].earned == Fraction(1, 2)


def test_a_question_with_other_choices_is_not_judged_by_old_letters():
    """A person looks, instead of a wrong mark."""
    body = "## one {single 1}\nq\n- (x) a\n- ( ) b | No.\n: s\n"
    at = quiz_service(body=body)
    attempt = at.start("ada")
    at.save(attempt.id, "one", letter_of(attempt.variants[0], 0))
    at.submit(attempt.id)
    other = sample(body=body.replace(": s", "- ( ) c | No.\n: s"))
    (change,) = regrade(other, at.records, clock=at._clock)
    assert change.after.state is AnswerState.MANUAL and change.after.code == "changed"


def test_an_attempt_that_is_not_of_this_quiz_is_not_found():
    """Nor a question that it does not have."""
    at = quiz_service()
    with pytest.raises(AttemptError, match="no such attempt"):
        at.report("nothing")
    with pytest.raises(AttemptError, match="no question"):
        at.save(at.start("ada").id, "other", "1")


def typed(*lines):
    """A terminal on which these lines are typed, and what it showed."""
    waiting, shown = list(lines), []

    def ask(prompt):
        shown.append(prompt)
        if not waiting:
            raise EOFError
        return waiting.pop(0)

    return Terminal(shown.append, ask), shown


def test_a_quiz_is_taken_on_the_terminal():
    """Question, hint, reading back, verdict, score."""
    at = quiz_service("results: at once\ntries: 3\nsolutions: at submission\n")
    terminal, shown = typed("?", "?", "w A", "2Aw", "yes", "(A+A')w", "yes", "", "yes")
    report = take(at, "ada", terminal)
    text = "\n".join(shown)
    assert "What is the gradient of w ↦ wᵀ A w?" in text
    assert "Hint: Expand." in text and "There is no other hint." in text
    assert "This cannot be read; it costs nothing." in text
    assert "Partly right (50 %). Right when A is symmetric." in text
    assert "Interpreted as:" in text and "\nRight." in text
    assert report is not None and report.score == 2 and "Score: 2 of 3." in text


def test_a_quiz_is_taken_in_the_language_of_the_course():
    """What the author wrote stays as it is; yes may be typed in either language."""
    at = quiz_service("results: at once\ntries: 3\nsolutions: at submission\n")
    terminal, shown = typed("?", "2Aw", "o", "(A+A')w", "yes", ":what", "87 parsecs", "", "oui")
    with speaking(Language.FRENCH):
        report = take(at, "ada", terminal)
    text = "\n".join(shown).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert report is not None and report.score == 2
    assert "Indice : Expand." in text
    assert "Lu comme :" in text and "Juste en partie (50 %). Right when A is symmetric." in text
    assert "La commande :what n’existe pas. Tapez une réponse. ? pour un indice" in text
    assert "Ceci est illisible ; cela ne coûte rien." in text
    assert "La réponse à power est illisible" in text and "Note : 2 sur 3." in text


def test_a_quiz_can_be_left_and_gone_on_with():
    """On the terminal as anywhere."""
    at = quiz_service()
    terminal, shown = typed("A w", ":quit")
    assert take(at, "ada", terminal) is None and "Your answers are kept" in shown[-1]
    terminal, shown = typed("", ":back", "(A + A.T) w", "87 parsecs", "", "yes")
    report = take(at, "ada", terminal)
    assert "Your answer so far: A w" in shown
    assert report is not None and report.score == 2
    assert any("power cannot be read" in line for line in shown)


def test_every_kind_can_be_shown_and_answered_on_the_terminal():
    """Letters, pairs, witnesses, several lines for texts."""
    at = quiz_service("shuffle: none\nresults: at once\ntries: unlimited\n", BODY)
    answers = [
        "(A+A')w",
        "a",
        "a, b",
        "87 W",
        "1 1; 1 2",
        "",
        "",
        "def scaled(x, u):",
        "    return x * u",
        ".",
        "x = 1/2; u = (2, 1)",
        "Because",
        "it is so.",
        ".",
        "yes",
    ]
    kcal = at.start("ada").variant("power").drawn["kcal"]
    answers[3] = f"{float(kcal) * 4184 / 86400:.2g} W"
    terminal, shown = typed(*answers)
    report = take(at, "ada", terminal)
    text = "\n".join(shown)
    assert "with x < 1" in text and "so that u^T u > 4" in text and "  1. one" in text
    assert report is not None and report.score is None and "open: a part waits for a person" in text
    assert at.answers(report.attempt.id)["root"] == "def scaled(x, u):\n    return x * u"


def test_an_answer_is_read_back_and_confirmed_before_a_try_counts():
    """Whoever meant something else types it instead, and no try is lost."""
    at = quiz_service("results: at once\ntries: 1\n")
    terminal, shown = typed("A w", "no", "2 A w", "(A + A')w", "yes", ":quit")
    take(at, "ada", terminal)
    attempt = at.start("ada")
    assert [j.raw for j in at.records.judgings(attempt.id)] == ["(A + A')w"]
    assert shown.count("Judge it? yes / no, or another answer > ") == 3
    assert "Right." in shown


def test_a_text_is_no_try_and_may_be_changed_until_it_is_handed_in():
    """A person marks the last one: there is nothing to confirm, and no penalty."""
    at = quiz_service("results: at once\ntries: 2\npenalty: 50 %\n", BODY)
    attempt = at.start("ada")
    for words in ("One.", "Two.", "Three."):
        terminal, shown = typed(":go why", words, ".", ":quit")
        take(at, "ada", terminal)
        assert "Not judged yet. A person reads this answer." in shown
        assert not any(line.startswith("Judge it?") for line in shown)
    assert at.answers(attempt.id) == {"why": "Three."} and at.records.judgings(attempt.id) == []
    at.submit(attempt.id)
    at.mark(attempt.id, "why", Fraction(1), "Yes.", by="eve")
    (why,) = [each for each in at.report(attempt.id).questions if each.question == "why"]
    assert why.earned == why.points and why.raw == "Three."


def test_an_answer_that_cannot_be_read_waits_in_every_mode():
    """It is said at once, and the question stays until it is left or answered."""
    at = quiz_service()
    terminal, shown = typed("A +", "A w", ":quit")
    take(at, "ada", terminal)
    assert any(line.startswith("This cannot be read; it costs nothing.") for line in shown)
    assert at.answers(at.start("ada").id) == {"grad": "A w"}


@pytest.mark.parametrize("settings", ["", "results: at once\ntries: 3\n"])
def test_an_answer_that_cannot_be_read_replaces_none_that_can(settings):
    """Whoever leaves the question then has the answer from before."""
    at = quiz_service(settings)
    terminal, shown = typed("2 A w", *(["yes"] if settings else []), ":go 1", "A +", ":quit")
    take(at, "ada", terminal)
    assert at.answers(at.start("ada").id) == {"grad": "2 A w"}
    assert "Your answer so far stays: 2 A w" in shown


def test_handing_in_with_open_questions_asks_first():
    """No goes back to the first of them."""
    at = quiz_service()
    terminal, shown = typed("", "", "no", "A w", "", "yes")
    report = take(at, "ada", terminal)
    assert "Not answered: 1 (grad), 2 (power)." in shown
    assert "Not answered: 2 (power)." in shown
    assert report is not None and at.answers(report.attempt.id) == {"grad": "A w"}


def test_questions_are_listed_and_gone_to():
    """By their number or their name."""
    at = quiz_service()
    terminal, shown = typed(":go 2", ":go grad", "A w", ":list", ":go 7", ":what", ":quit")
    take(at, "ada", terminal)
    asked = [line for line in shown if line.startswith(("1. [", "2. ["))]
    assert [line[:8] for line in asked] == ["1. [grad", "2. [powe", "1. [grad", "2. [powe"]
    assert "  1. grad: A w" in shown and "> 2. power: (open)" in shown
    assert ":go takes the number of a question, 1 to 2." in shown
    assert any(line.startswith("There is no :what.") for line in shown)


def test_times_are_told_in_the_zone_of_the_course():
    """When it ends, when it opens, when it was handed in."""
    quiz = sample("time limit: 20 min\ncloses: 2026-10-01T14:00+00:00\n", body=SHORT)
    at = QuizService(quiz, MemoryRecords(), clock=Clock(), zone=ZoneInfo("Europe/Paris"))
    terminal, shown = typed("A w", "87 W")
    take(at, "ada", terminal)
    assert "This attempt ends on 01 October 2026 at 14:20 CEST." in shown
    at._clock.forward(hours=3)
    with pytest.raises(AttemptError, match="closed on 01 October 2026 at 16:00 CEST"):
        take(at, "bob", typed()[0])


def test_a_time_limit_that_ran_out_says_so_and_shows_the_result():
    """While one types, and to whoever comes back later."""
    at = quiz_service("time limit: 20 min\nattempts: 2\n")
    lines = ["(A + A')w", "87 W"]
    shown: list[str] = []

    def ask(prompt: str) -> str:
        if len(lines) == 1:
            at._clock.forward(minutes=21)
        return lines.pop(0)

    report = take(at, "ada", Terminal(shown.append, ask))
    assert report is not None and report.score == 2
    text = "\n".join(shown)
    assert "Attempt 1 ended on 01 October 2026 at 12:20 UTC: its time was over." in text
    assert "What was saved until then counts." in text and "Score: 2 of 3." in text
    terminal, shown = typed("A w", ":quit")
    take(at, "ada", terminal)
    at._clock.forward(hours=1)
    terminal, shown = typed()
    with pytest.raises(AttemptError, match="used your 2 attempts"):
        take(at, "ada", terminal)
    assert any(line.startswith("Attempt 2 ended on") for line in shown)
    assert shown.count("Score: 2 of 3.") == 1 and shown.count("Score: 0 of 3.") == 1


def test_extra_time_that_a_student_was_given_is_honoured():
    """Also where it was given while the attempt was under way, and past the closing."""
    given: dict[str, timedelta] = {}
    quiz = sample("time limit: 20 min\ncloses: 2026-10-01T12:30+00:00\n", body=SHORT)
    at = QuizService(
        quiz,
        MemoryRecords(),
        clock=Clock(),
        extra_time=lambda: lambda who: ExtraTime(given.get(who, timedelta(0))),
    )
    ada, bob = at.start("ada"), at.start("bob")
    given["ada"] = timedelta(minutes=15)
    assert (at.ends(ada), at.ends(bob)) == (NOON + timedelta(minutes=35), NOON + timedelta(minutes=20))
    at._clock.forward(minutes=25)
    at.save(ada.id, "grad", "A w")
    with pytest.raises(AttemptError, match="handed in"):
        at.save(bob.id, "grad", "A w")
    at._clock.forward(minutes=11)
    assert at.has_ended(ada)
    at._clock.forward(minutes=8)
    with pytest.raises(AttemptError, match="closed"):
        at.start("eve")
    given["eve"] = timedelta(minutes=15)
    assert at.ends(at.start("eve")) == NOON + timedelta(minutes=45)


def test_a_later_closing_leaves_the_time_limit_as_it_is():
    """And an attempt that the closing would cut short has its whole time limit."""
    given: dict[str, ExtraTime] = {}
    quiz = sample("time limit: 20 min\ncloses: 2026-10-01T12:30+00:00\n", body=SHORT)
    at = QuizService(
        quiz, MemoryRecords(), clock=Clock(), extra_time=lambda: lambda who: given.get(who, ExtraTime())
    )
    early = at.start("eve")
    at._clock.forward(minutes=20)
    ada, bob = at.start("ada"), at.start("bob")
    assert at.ends(ada) == NOON + timedelta(minutes=30)
    given["ada"] = given["eve"] = ExtraTime(until=NOON + timedelta(hours=2))
    assert at.ends(early) == NOON + timedelta(minutes=20)
    assert at.ends(ada) == NOON + timedelta(minutes=40)
    given["bob"] = ExtraTime(timedelta(minutes=5), until=NOON)
    assert at.ends(bob) == NOON + timedelta(minutes=35), "an end before the closing takes nothing away"
    at._clock.forward(minutes=80)
    given["joe"] = ExtraTime(until=NOON + timedelta(minutes=110))
    assert at.ends(at.start("joe")) == NOON + timedelta(minutes=110)


def test_of_several_extensions_the_longest_holds():
    """Minutes by minutes, ends by ends; none takes anything away."""
    found = find_extra_time(
        [
            Extension(1, "sample", None, minutes=10),
            Extension(2, "sample", None, minutes=25),
            Extension(3, "sample", NOON),
            Extension(4, "sample", NOON + timedelta(days=1)),
        ]
    )
    assert found == ExtraTime(timedelta(minutes=25), NOON + timedelta(days=1))
    assert find_extra_time([]) == ExtraTime()


def test_each_further_try_takes_off_the_penalty():
    """Of the points of the try that counts; what cannot be read is no try, a person's mark stays whole."""
    at = quiz_service("results: at once\ntries: unlimited\npenalty: 10 %\n")
    terminal, shown = typed("A +", "A w", "yes", "A' w", "yes", "(A + A')w", "yes", "", "yes")
    report = take(at, "ada", terminal)
    assert "Each further try at a question takes off 10 % of its points." in shown
    assert report is not None
    grad = report.questions[0]
    assert (grad.tries_before, grad.kept, grad.earned) == (2, Fraction(4, 5), Fraction(8, 5))
    assert "grad: Right. After 2 other tries, 80 % of it counts." in shown
    assert figures_of_class(at.quiz, at.records, now=NOON).mean == pytest.approx(1.6)
    at.mark(report.attempt.id, "grad", Fraction(1), "", by="the teacher")
    assert at.report(report.attempt.id).score == 2


def test_a_mended_key_counts_the_first_try_that_is_right_by_it():
    """As if it had been told so: what was typed after it, because it was called wrong, takes nothing off."""
    settings = "results: at once\ntries: 3\npenalty: 10 %\n"
    wrong_key = SHORT.replace("= (A + A^T) w", "= A w").replace("~ 2 A w [0.5]", "~ A^T w [0.5]")
    at = QuizService(sample(settings, body=wrong_key), MemoryRecords(), clock=Clock())
    tries = {
        "ada": ("(A + A')w", "A' w", "A w"),  # right at once by the mended key, told so at the third try
        "bob": ("A' w", "(A + A')w", "3 A w"),  # never told so
        "eve": ("2 A w", "A w"),  # the key that was wrong, and is no more right
        "joe": ("A +", "(A + A')w"),  # what cannot be read is no try
    }
    for student, typed_by in tries.items():
        attempt = at.start(student)
        for raw in typed_by:
            at.save(attempt.id, "grad", raw)
            at.check(attempt.id, "grad")
        at.submit(attempt.id, anyway=True)
    mended = QuizService(sample(settings, body=SHORT), at.records, clock=at._clock)
    before = {who: at.report(at.attempts(who)[0].id).questions[0].earned for who in tries}
    assert before == {"ada": Fraction(8, 5), "bob": 0, "eve": Fraction(9, 5), "joe": 0}
    changes = regrade(mended.quiz, at.records, clock=at._clock)
    assert {c.student: c.gain for c in changes if c.question == "grad"} == {
        "ada": Fraction(2, 5),
        "bob": Fraction(9, 5),
        "eve": Fraction(-9, 5),
        "joe": 2,
    }
    reports = {who: mended.report(mended.attempts(who)[0].id).questions[0] for who in tries}
    assert {who: one.earned for who, one in reports.items()} == {
        "ada": 2,
        "bob": Fraction(9, 5),
        "eve": 0,
        "joe": 2,
    }
    assert (reports["bob"].raw, reports["bob"].tries_before) == ("(A + A')w", 1)
    assert regrade(mended.quiz, at.records, clock=at._clock) == (), "once is enough"
    regrade(at.quiz, at.records, clock=at._clock)
    again = {who: at.report(at.attempts(who)[0].id).questions[0].earned for who in tries}
    assert again == before, "and the old key gives what it gave"


def test_a_penalty_never_takes_more_than_there_is():
    at = quiz_service("results: at once\ntries: unlimited\npenalty: 60 %\n")
    terminal, _ = typed("A w", "yes", "A' w", "yes", "(A + A')w", "yes", "", "yes")
    report = take(at, "ada", terminal)
    assert report is not None and report.score == 0


@pytest.mark.parametrize("setting", ["penalty: 10", "penalty: 0 %", "penalty: 120 %", "penalty: ten"])
def test_a_penalty_that_is_none_is_refused_with_its_line(setting):
    with pytest.raises(CourseError, match=r"sample\.quiz\.md:7:10: penalty cannot be"):
        sample(f"results: at once\ntries: 3\n{setting}\n")
    with pytest.raises(CourseError, match="a penalty is for questions that are tried again"):
        sample("penalty: 10 %\n")
