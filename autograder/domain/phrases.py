"""What stands around the sentences that students read: titles, counts, dates, how a grade comes about.

A closed list too. A phrase becomes words at once, in the language that is spoken: nothing of it is stored.
Its variables are as in `autograder/domain/sentences.py`. Of one thing the key ends in `.one`.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from autograder.domain.language import is_singular, translate
from autograder.domain.sentences import fill_template


def phrase(key: str, /, **values: Any) -> str:
    """The phrase of a key with its variables.

    Raises:
        KeyError: there is no such phrase, or a variable is missing.
    """
    return fill_template(translate(PHRASES[key]), values)


def count_phrase(key: str, count: Fraction | int, /, **values: Any) -> str:
    """A phrase about so many things, which it calls `count` where it is told nothing else."""
    return phrase(f"{key}.one" if is_singular(count) else key, **{"count": count, **values})


PHRASES: Mapping[str, str] = {
    # How a question ended.
    "outcome.right": "Right",
    "outcome.wrong": "Not right",
    "outcome.raised": "Stopped with an error",
    "outcome.timed_out": "Took too long",
    "outcome.out_of_memory": "Ran out of memory",
    "outcome.crashed": "Crashed",
    "outcome.forbidden": "Forbidden function",
    "outcome.missing": "Not found",
    "outcome.not_attempted": "Not attempted",
    "outcome.awaiting_mark": "Waits for its mark",
    "outcome.marked": "Marked by hand",
    "outcome.no_points": "Without points",
    "outcome.unjudged": "A person will look at it",
    "outcome.partly": "Partly right",
    "outcome.deduction": "Right, with a deduction",
    # Kinds of hidden cases.
    "cases.core": "Ordinary cases",
    "cases.edge": "Special cases",
    "cases.dtype": "Kinds of numbers",
    "cases.magnitude": "Very large and very small numbers",
    "cases.kink": "Kinks",
    "cases.speed": "Large input, in time",
    # How a cell ended.
    "ending.ran": "ran",
    "ending.raised": "stopped with an error",
    "ending.timed_out": "took too long and was stopped",
    "ending.out_of_memory": "ran out of memory",
    "ending.crashed": "ended Python itself",
    "ending.skipped": "was not run",
    "end.line": "it closed its line to the grader",
    "end.exit": "it ended itself with exit code {code}",
    "cells_run": "Your notebook was run from top to bottom in a fresh Python: {told}.",
    "cells_run.several": "Your notebooks were run from top to bottom, each in a fresh Python: {told}.",
    "cells_run.cells": "{count} cells {ending}",
    "cells_run.cells.one": "{count} cell {ending}",
    "cells_run.more": "{count} {ending}",
    # How it was isolated, and how it is known when a file was received.
    "level.0": "nothing was run",
    "level.1": "limits only: time and memory were limited",
    "level.2": "confined: no network, no files but its own, limits on time and memory",
    "level.3": "sealed: confined, and with a user or namespaces of its own",
    "level.unknown": "unknown",
    "received.server": "recorded by the course server",
    "received.archive": "as written in the archive of submissions",
    "received.timestamp": "as written in timestamp.txt",
    "received.file_time": "the file's own time, which is doubtful: nothing better was known",
    # Points.
    "points": "{points} points",
    "points.one": "{points} point",
    "percent": "{number} %",
    "percent.least": "<1 %",
    "worth.all": "all",
    "worth.nothing": "nothing",
    "earned": "{earned} of {points}",
    "earned.open": "open, {points}",
    "more_than_cases": "A mistake that is recognised earns credit of its own: {percent} here.",
    "score.unjudged": "could not be judged",
    "score.unmarked": "not marked yet",
    "score.part_open": "{score}, a part is open",
    # A report in one paragraph.
    "tally.everything": "Everything is right. Well done.",
    "tally.alone.partly": "The question earned part of its points.",
    "tally.alone.nothing": "The question earned nothing yet.",
    "tally.none": "none of {count} questions is right",
    "tally.right": "{right} of {count} questions are right",
    "tally.right.one": "one of {count} questions is right",
    "tally.partly": "{partly} earned part of the points",
    "tally.partly.one": "one earned part of the points",
    "tally.nothing": "{nothing} earned nothing yet",
    "tally.nothing.one": "one earned nothing yet",
    "tally.and": "{first}; {second}",
    "to_win": "Most is still to be won in {names}.",
    "to_win.alone": "Still to be won: {points}.",
    "and": "{first} and {second}",
    "quoted": "“{text}”",
    "unjudged.told": "{count} questions could not be judged. That is not your fault: a person will look.",
    "unjudged.told.one": "One question could not be judged. That is not your fault: a person will look.",
    "unread.told": "{count} questions could not be judged, since their notebook cannot be read: "
    "a person will look.",
    "unread.told.one": "One question could not be judged, since its notebook cannot be read: "
    "a person will look.",
    "awaiting.told": "{count} questions will be marked by hand.",
    "awaiting.told.one": "One question will be marked by hand.",
    "number.2": "two",
    "number.3": "three",
    "number.4": "four",
    "number.5": "five",
    "number.6": "six",
    "number.7": "seven",
    "number.8": "eight",
    "number.9": "nine",
    "number.10": "ten",
    "number.11": "eleven",
    "number.12": "twelve",
    # Charts.
    "series": "{name}: from {first} to {last} in {count} steps",
    "series.one": "{name}: from {first} to {last} in one step",
    "series.gaps": "{name}: from {first} to {last} in {count} steps, with values that are no finite numbers",
    "series.gaps.one": "{name}: from {first} to {last} in one step, with values that are no finite numbers",
    "series.empty": "{name}: no numbers",
    # What is cut out of a long text.
    "cut.characters": "{row} … {count} more characters",
    "cut.characters.one": "{row} … {count} more character",
    "cut.rest": "… {count} more characters left out …",
    "cut.rest.one": "… {count} more character left out …",
    "cut.lines": "… {count} lines left out …",
    "cut.lines.one": "… {count} line left out …",
    # The few lines beside a mark on another platform.
    "feedback.score": "Score: {score} of {points}",
    "feedback.score_so_far": "Score so far: {score} of {points}",
    "feedback.not_graded": "The notebook was not graded. {trouble}",
    "feedback.not_run": "The notebook could not be run. {trouble}",
    "feedback.examples": "{question}, public examples",
    "feedback.examples_pass": "All public examples pass.",
    "feedback.example": "Example: {source}",
    "feedback.answer": "your answer: {answer}",
    "feedback.expected": "expected: {expected}",
    "feedback.no_response": "No response.",
    "feedback.verdict": "{outcome}: {earned}. {said}",
    "feedback.criterion": "- {earned}: {criterion}",
    "feedback.cases": "- {cases} ({share}): {worth}",
    "feedback.question": ": {earned}.",
    # Moments and spans of time.
    "moment": "{day} {month} {year} {clock}",
    "moment.day": "{weekday} {day} {month} {year}, {clock}",
    "moment.zone": "{weekday} {day} {month} {year}, {clock} ({zone})",
    "no_zone": "no time zone",
    "weekday.0": "Monday",
    "weekday.1": "Tuesday",
    "weekday.2": "Wednesday",
    "weekday.3": "Thursday",
    "weekday.4": "Friday",
    "weekday.5": "Saturday",
    "weekday.6": "Sunday",
    "month.1": "January",
    "month.2": "February",
    "month.3": "March",
    "month.4": "April",
    "month.5": "May",
    "month.6": "June",
    "month.7": "July",
    "month.8": "August",
    "month.9": "September",
    "month.10": "October",
    "month.11": "November",
    "month.12": "December",
    "month.short.1": "Jan",
    "month.short.2": "Feb",
    "month.short.3": "Mar",
    "month.short.4": "Apr",
    "month.short.5": "May",
    "month.short.6": "Jun",
    "month.short.7": "Jul",
    "month.short.8": "Aug",
    "month.short.9": "Sep",
    "month.short.10": "Oct",
    "month.short.11": "Nov",
    "month.short.12": "Dec",
    "span.days": "{count} days",
    "span.days.one": "{count} day",
    "span.hours": "{hours} h",
    "span.minutes": "{minutes} min",
    "span.minutes_seconds": "{minutes} min {seconds} s",
    "span.seconds": "{seconds} s",
    "span.least": "less than a minute",
    "span.whole_hours": "{count} hours",
    "span.whole_hours.one": "{count} hour",
    "span.whole_minutes": "{count} minutes",
    "span.whole_minutes.one": "{count} minute",
    "span.whole_seconds": "{count} seconds",
    "span.whole_seconds.one": "{count} second",
    "moment.at": "{day:02d} {month} {year} at {clock} {zone}",
    "moment.minute": "{weekday} {day} {month} {year}, {clock}",
    # How a grade comes about.
    "grade.heading": "{course}, session {session}",
    "grade.as_of": "as of {moment}",
    "grade.published_at": "published {moment}",
    "grade.homework": "Homework",
    "grade.exam": "Exam",
    "grade.session": "Session {number}",
    "grade.final": "Final",
    "grade.decision": "Decision",
    "grade.published": "Published",
    "grade.nothing_counts": "{share}: nothing counts, so a person decides",
    "grade.of": "{mark} of {points}",
    "range": "{low} to {high}",
    "grade.group.nothing": "nothing of it counts",
    "grade.group.nothing_so_far": "nothing of it counts so far",
    "grade.mean": "the mean",
    "grade.weighted_mean": "the weighted mean",
    "grade.group": "{share} of the homework: {mean} of {count} of {total}",
    "grade.group.best": "{share} of the homework: {mean} of the best {count} of {total}",
    "grade.dropped": "not counted: dropped",
    "grade.extension": "extension to {until}",
    "grade.open": "more can be handed in",
    "grade.open.until": "more can be handed in until {until}",
    "grade.open.late": "more can be handed in until {until}, and late until {last}",
    "grade.too_late": "received too late, not counted",
    "grade.not_handed_in": "not handed in",
    "grade.file": "file {number}",
    "grade.file.attempt": "attempt {number}",
    "grade.same_file": "the same as file {number}",
    "grade.doubtful": "time of receipt doubtful, so not late",
    "grade.late_there": "late, says {platform}",
    "grade.in_time_there": "in time, says {platform}",
    "grade.team": "handed in by the team {team}",
    "grade.team.mates": "handed in by the team {team}: also {mates}",
    "grade.not_published": "not published so far",
    "grade.not_judged": "not judged so far",
    "grade.no_mark": "no mark so far",
    "grade.waits": "waits for marks",
    "grade.in_time": "in time",
    "grade.late": "{count} days late",
    "grade.late.one": "{count} day late",
    "grade.free": "{count} free days",
    "grade.free.one": "{count} free day",
    "grade.code.ABI": "ABI: absent without an excuse, which counts as 0",
    "grade.code.ABJ": "ABJ: absent with an excuse",
    "grade.code.DEF": "DEF: absent without an excuse, so there is no grade",
    "grade.code.DIS": "DIS: exempt from the exam, so the homework is the grade",
    "grade.rounded.up": "{sum}, of {scale}: {exact}, rounded to {step}, ties up",
    "grade.rounded.even": "{sum}, of {scale}: {exact}, rounded to {step}, ties to even",
    "grade.no_number": "no number",
    "grade.final.open": "open: {range}",
    "grade.final.so_far": "open: {range}; so far {so_far}",
    "decided.mark": "decided by a person",
    "decided.adjust": "adjusted by a person",
    "decided.sanction": "zero, kept",
    "decided.withheld": "withheld until it is decided",
    "decided.excused": "excused",
    "decided.why": "{what}: {why}",
    # The policy of a course.
    "policy.name": "policy {hash}",
    "policy.grade": "Final grade",
    "policy.composition": "Out of {scale}: {homework} homework, {exam} exam.",
    "policy.rounded.up": "It is rounded once, at the end, to a multiple of {step}; halfway between two it "
    "goes up.",
    "policy.rounded.even": "It is rounded once, at the end, to a multiple of {step}; halfway between two it "
    "goes to the even one of both.",
    "policy.never_down": "When work is graded again, no mark goes down that was published.",
    "policy.homework": "Homework",
    "policy.to_come": "Work that is not written yet: weight {weight}.",
    "policy.bonus": "On top, a bonus of up to {weight} of the homework: {work}",
    "policy.not_handed_in": "What is not handed in counts as 0. Excused work is left out.",
    "policy.group": "{group}, {share} of the homework: the mean",
    "policy.mean": "The mean",
    "policy.group.all": "{mean} of",
    "policy.group.drop": "{mean}, without the {count} whose absence helps you most, of",
    "policy.group.drop.one": "{mean}, without the one whose absence helps you most, of",
    "policy.work": "{parts}.",
    "policy.weight": "weight {weight}",
    "policy.due": "due {due}",
    "policy.due.grace": "due {due} and {grace} of grace",
    "policy.best": "your best file counts",
    "policy.last": "your last file counts",
    "policy.late": "Late work",
    "policy.late.of": "{works}: {rule}",
    "policy.late.days": "Days are calendar days: what comes by the hour of the deadline on the next day is "
    "one day late.",
    "policy.free_days": "{count} free days",
    "policy.free_days.one": "{count} free day",
    "policy.free": "You have {free} for the whole course.",
    "policy.free.limit": "You have {free} for the whole course, at most {most} for one piece of work.",
    "policy.free.spent": "A free day takes the cost of a late day away. They are spent where they help "
    "you most.",
    "policy.last.extension": "Where the last file counts: one that counts only by an extension does so if it "
    "is better.",
    "policy.late.never": "Late work does not count.",
    "policy.late.in_full": "Late work counts in full.",
    "policy.late.points": "Each late day costs {penalty} of the points.",
    "policy.late.earned": "Each late day costs {penalty} of what it earned.",
    "policy.late.until": "{costs} What is more than {days} late is kept and does not count.",
    "policy.exam": "Exam",
    "policy.unexcused.zero": "the exam counts as 0 (ABI)",
    "policy.unexcused.no_grade": "there is no grade (DEF)",
    "policy.excused.waits": "the grade waits for the second session (ABJ)",
    "policy.excused.homework_alone": "the homework alone is the grade (ABJ)",
    "policy.absent": "Absent without an excuse: {unexcused}. With an excuse: {excused}.",
    "policy.second.best": "A second session counts {homework} homework and {exam} exam; the better of both "
    "grades stands.",
    "policy.second.last": "A second session counts {homework} homework and {exam} exam; its grade stands.",
    # The web pages.
    "web.again": "Open the page again and send it once more: it was open for too long, or in another "
    "session.",
    "web.foreign": "This form was not sent from a page of this course.",
    "web.no_form": "What came is damaged, or holds more files or fields than the page has. Go back and send "
    "it again.",
    "web.unknown_person": "You are logged in as {id}, whom this course does not know: tell your instructors.",
    "web.no_language": "There is no such language.",
    "web.no_formulas": "Formulas are not shown in that way: choose one of those on the page.",
    "web.heading.404": "There is no such page",
    "web.heading.403": "This was not taken",
    "web.heading.410": "This link works no more",
    "web.heading.409": "This cannot be done now",
    "web.heading.408": "The file did not arrive",
    "web.heading.413": "This file is too large",
    "web.heading.429": "A little slower, please",
    "web.heading.503": "The course cannot be shown just now",
    "web.heading.500": "Something went wrong here",
    "web.error.404": "Nothing is at this address, or it is not for you.",
    "web.error.503": "Try again in a minute. What you had handed in before is safe; what you sent just now "
    "was not recorded.",
    "web.error.500": "It is our fault, and it is noted. What you had handed in before is safe; look there "
    "whether what you sent just now arrived.",
    "web.heading": "This was not understood",
    "web.error": "Go back and try again.",
    "web.too_often": "This was tried too often: wait a few minutes, or ask your instructors for a new link.",
    "web.wrong_password": "This id and this password do not belong together. A forgotten password is a new "
    "link: ask for one.",
    "web.link_used": "This link was used already, or is too old. Log in by your password, or ask your "
    "instructors for another link.",
    "web.passwords_differ": "The two passwords are not the same: type it twice.",
    "web.not_your_password": "This is not the password that you have. A new link lets you choose another.",
    "web.viewer.assistant": "an assistant",
    "web.viewer.instructor": "an instructor",
    "web.viewer.admin": "an admin",
    "web.viewer": "somebody of the staff",
    "web.password.short": "A password has at least {least} characters: three or four words are easy to "
    "remember.",
    "web.password.long": "A password has at most {most} characters.",
    "web.password.own": "Your id, name or address is what others try first: choose something else.",
    "web.password.same": "These are the same few characters again and again: choose something else.",
    "web.token.unnamed": "Say what it is for, so that you know later which one to revoke.",
    "web.token.many": "You have {most} tokens: revoke one that you do not need.",
    "web.too_fast": "This came too often: wait a minute and try again.",
    "web.too_large": "Nothing of it was received: at most {most} MB are taken here. Notebooks become smaller "
    "when their outputs are cleared (in Jupyter: Edit, Clear outputs).",
    "web.stalled": "Nothing of it was received: for half a minute nothing more came, or all of it came "
    "too slowly. Send it again.",
    "web.no_file.program": "No file was sent in the field `file`.",
    "web.no_file": "Choose the file first: your notebook, which ends in .ipynb.",
    "web.file_too_large": "It was not received: it has {size} MB, and at most {most} MB are taken. Clear its "
    "outputs (in Jupyter: Edit, Clear outputs), save it and hand it in.",
    # Who somebody is.
    "role.student": "student",
    "role.assistant": "assistant",
    "role.instructor": "instructor",
    "role.admin": "admin",
    # Marks that are tried.
    "trial.unreachable": "no exam mark reaches it",
    "trial.exam": "the exam",
    # Why a file cannot be withdrawn.
    "withdraw.best": "Your best file counts: there is no need to withdraw another.",
    "withdraw.not_last": "It is not your last file: withdrawing it would change nothing.",
    "withdraw.only": "It is your only file: hand in another one, which counts in its place.",
    "withdraw.published": "The marks are published.",
    "withdraw.marking": "Marking has begun.",
    # That a file was received.
    "receipt.unnamed": "without a name",
    "receipt": "Receipt\n"
    "course     {course}\n"
    "student    {student}\n"
    "assignment {assignment}, file {number}\n"
    "received   {moment} ({iso})\n"
    "file       {file}, {size} bytes\n"
    "SHA-256    {blob}\n"
    "signature  {signature}\n"
    "\n"
    "sha256sum FILE prints the SHA-256 of your file. The signature is made with the course's\n"
    "secret, of who handed in what and when: nobody else can make it.\n",
    # What lies in the zip of one's own data.
    "own.readme": "All that {course} holds of you, as you may see it today\n"
    "\n"
    "submissions/      your files as they were received; submissions.json lists them\n"
    "receipts/         the receipt of each\n"
    "reports/          the report on each, as far as it is shown\n"
    "quizzes/          your attempts: every answer, and what came of it where that is shown\n"
    "person.json       your line on the class list, and your teams\n"
    "decisions.json    extensions, excuses, marks and other decisions that hold for you\n"
    "published.json    your marks and grades as they were published\n"
    "requests.json     what you asked to have looked at again, and the answers\n"
    "staff.json        your line on the list of staff\n"
    "pages.json        where you logged in, your tokens, texts that were not sent, who looked at your work\n"
    "\n"
    "What there is nothing of has no file. Passwords and tokens are kept as hashes alone, from which\n"
    "nobody can read them; they are not in here. Times are in ISO 8601.\n",
    # Why a second look cannot be asked for.
    "look.not_published": "The marks are not published yet: a second look can be asked for once they are.",
    "look.waits": "You have asked for a second look at this question: it waits for its answer.",
    "look.twice": "This was asked twice and answered twice: speak to your instructors.",
    "look.answered_long_ago": "It was answered more than {span} ago.",
    "look.published_long_ago": "The marks were published more than {span} ago.",
    "look.many": "{count} of your requests are open, and so many may be at once: wait for an answer.",
    "look.short": "Write at least {least} characters: what, and why. So far it has {count}.",
    "look.long": "It has {count} characters, and at most {most} are taken.",
    "look.no_file": "There is no such file.",
    # Quizzes.
    "quiz.attempt_over": "This attempt is over: what was saved before its end counts, and what you sent "
    "now came too late.",
    "quiz.overtaken": "This was saved elsewhere meanwhile; what is shown here is the newer answer.",
    "quiz.nothing_sent": "Nothing was sent to be saved.",
    "quiz.opens": "{quiz} opens on {moment}.",
    "quiz.closed": "{quiz} closed on {moment}.",
    "quiz.used_up": "You have used your {count} attempts at {quiz}.",
    "quiz.longest": "An answer has at most {most} characters.",
    "quiz.often": "You have answered {question} as often as you may.",
    "quiz.no_attempt": "There is no such attempt.",
    "quiz.no_question": "There is no question {question} in this attempt.",
    "quiz.changed": "{question} was changed since you began; ask your instructor.",
    "quiz.cannot_ask": "{question} cannot be asked with the values drawn for you ({flaw}); nothing is "
    "lost: tell your instructor.",
    "quiz.handed_in": "This attempt is handed in; it cannot be changed.",
    "quiz.used_up.one": "You have used your {count} attempt at {quiz}.",
    "quiz.results.at_submission": "The verdicts of this quiz are shown when you hand in.",
    "quiz.results.after_closing": "The verdicts of this quiz are shown after it has closed.",
    "quiz.results.never": "The verdicts of this quiz are not shown.",
    "quiz.results.at_once": "The verdicts of this quiz are shown at once.",
    "quiz.shown.at_submission": "Results are shown when you hand in.",
    "quiz.shown.after_closing": "Results are shown after the quiz has closed.",
    "quiz.shown.never": "Results of this quiz are not shown.",
    # What a question of a quiz asks for.
    "ask.function": "Write a function.",
    "ask.match": "Give each line its letter.",
    "ask.matrix": "Answer with rows of numbers.",
    "ask.multiple": "Choose all that apply.",
    "ask.net": "A wrong box takes off what a right one earns.",
    "ask.unit": "Answer with a number and its unit.",
    "ask.number": "Answer with a number.",
    "ask.order": "Put in order.",
    "ask.single": "Choose one.",
    "ask.expression": "Answer with an expression.",
    "ask.sentences": "Answer in a few sentences.",
    "ask.witness": "Give values that satisfy the conditions.",
    # Taking a quiz on a terminal.
    "take.help": "Type an answer. {hint} for a hint, Enter to leave it; {back}, {go} and {list} for other "
    "questions, {quit} to go on later.",
    "take.practice": "Practice: nothing is recorded.",
    "take.title": "{quiz}: {count} questions, {points}.",
    "take.title.one": "{quiz}: {count} question, {points}.",
    "take.more_time": "You were given more time: this goes on with attempt {number}, and your answers so far "
    "are there.",
    "take.ends": "This attempt ends on {moment}.",
    "take.penalty": "Each further try at a question takes off {penalty} of its points.",
    "take.kept": "Your answers are kept. Take the quiz again to go on.",
    "take.open": "Attempt {number} is open. Take the quiz again to go on.",
    "take.handed_in": "Attempt {number} was handed in on {moment}.",
    "take.by_clock": "Attempt {number} ended on {moment}: its time was over.",
    "take.saved": "What was saved until then counts.",
    "take.none": "{quiz}: {student} has made no attempt (`autograder quiz take {quiz}` begins one; "
    "--student names another)",
    "take.none.numbered": "{quiz}: {student} has made no attempt {number} (without --attempt all are shown)",
    "take.so_far": "Your answer so far: {answer}",
    "take.stays": "Your answer so far stays: {answer}",
    "take.go": ":go takes the number of a question, 1 to {most}.",
    "take.no_command": "There is no {command}. {help}",
    "take.read": "Interpreted as: {reading}",
    "take.read_as_typed": "It is read as you typed it.",
    "take.end": "{end} to end > ",
    "take.judge": "Judge it? yes / no, or another answer > ",
    "take.yes": "yes",
    "take.no": "no",
    "take.hint": "Hint: {hint}",
    "take.no_hint": "There is no other hint.",
    "take.not_answered": "Not answered: {questions}.",
    "take.unread": "{question} cannot be read: {message}",
    "take.unanswered": "(open)",
    "take.anyway": "Hand in all the same? They earn nothing. yes / no > ",
    "take.done": "Handed in.",
    "take.need": "  with {condition}",
    "take.show": "  so that {condition}",
    "take.marked": "Marked by hand ({credit} %). {message}",
    "take.partly": "Partly right ({credit} %).",
    "take.solution": "Solution of {question}:",
    "take.score": "Score: {score} of {points}.",
    "take.score_open": "The score is open: a part waits for a person.",
    "take.tries": " After {count} other tries, {kept} of it counts.",
    "take.tries.one": " After one other try, {kept} of it counts.",
    # A quiz in a released notebook, and what its cell says of the answers.
    "cells.intro": "Write each answer between the quotation marks of the cell below the questions, and "
    "run that cell: it says\n"
    "how each answer is read. It does not say whether it is right. An answer that cannot "
    "be read earns nothing\n"
    "until a person has looked at it, so mend it while you can.",
    "cells.not_installed": "Where Nabla Autograder is installed, this cell says how your answers are read.",
    "cells.need": "with `{condition}`",
    "cells.show": "so that `{condition}`",
    "cells.no_text": "{question}: cannot be read: write a text between quotation marks",
    "cells.no_answer": "{question}: no answer yet",
    "cells.read": "{question}: {reading}",
    "cells.unread": "{question}: cannot be read: {reason}",
    "cells.no_question": "{name} answers no question here: they are {questions}",
    # By what a released notebook is graded, and the page that is handed out with it.
    "handout.conditions": "### By what it is graded\n"
    "\n"
    "- **Python {python}**, with {libraries}. What only a newer Python reads cannot be run there, "
    "and\n"
    "  other libraries may be missing.\n"
    "- **Time**: all cells together have {seconds} seconds, one cell {cell}. The\n"
    "  questions have time of their own{together}: each has {question} seconds and one case of\n"
    "  it {case}, unless its statement says otherwise.\n"
    "- **Memory**: {memory} MB. There is no network, and no other process can be started.",
    "handout.together": ", {seconds} seconds together",
    "handout.size": "{count} questions, {points}.",
    "handout.size.one": "{count} question, {points}.",
    "handout.until": "Submit it by {moment}.",
    "handout.in_time": "Submit it before the deadline.",
    "handout.page": "{title}\n"
    "\n"
    "{size}\n"
    "\n"
    "1. It is graded by Python {python} with {libraries};\n"
    "   other libraries may be missing there. For the same, with JupyterLab to write in:\n"
    "\n"
    "       python -m pip install {wanted} jupyterlab\n"
    "\n"
    "2. Open the notebook:\n"
    "\n"
    "       jupyter lab {file}\n"
    "\n"
    "3. Write each answer where it says NotImplementedError, and run the cell of examples below it.\n"
    "4. Restart the kernel and run all cells, save, and submit this one file: {file}\n"
    "   {until}\n",
    # How an answer to a quiz ended.
    "verdict.by_hand": "Marked by hand: {credit} %.",
    "verdict.correct": "Right.",
    "verdict.partial": "Partly right: {credit} %.",
    "verdict.wrong": "Not right.",
    "verdict.unreadable": "This cannot be read; it costs nothing.",
    "verdict.manual": "Not judged yet.",
}
