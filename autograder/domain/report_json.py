"""A report as JSON: what is stored, and the public report.json beside every report.html.

Its schema is docs/report-json.md. A fraction is written twice: as a number to read, and exactly, as text
(`"367/400"`), so that nothing is lost. Write it with the ASCII escapes `json.dumps` makes by default: printed
output may hold lone surrogates, which no UTF-8 file can.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from autograder.domain.answer import ExampleRun
from autograder.domain.limit import Limit, LimitKind, limit_from_text
from autograder.domain.receipt import Receipt
from autograder.domain.report import (
    CellEnding,
    CellRun,
    Chart,
    CriterionMark,
    Figure,
    GroupScore,
    Isolation,
    Outcome,
    Report,
    Series,
    TestMark,
    Verdict,
)
from autograder.domain.sentences import Sentence, as_stored, sentence_from_json, sentence_to_json, words
from autograder.domain.submission import ReceivedBy

FORMAT = 1
"""Raised when a key changes its meaning or goes; a key that is added does not raise it."""


def to_json(report: Report) -> dict[str, Any]:
    """The report as a dictionary of plain JSON values."""
    score = report.score
    return {
        "format": FORMAT,
        "student": report.student,
        "assignment": report.assignment,
        "title": report.title,
        "revision": report.revision,
        "score": None if score is None else float(score),
        "score_so_far": float(report.score_so_far),
        "points": float(report.points),
        "needs_person": report.needs_person,
        **_said("trouble", report.trouble),
        **_all_said("notes", report.notes),
        "isolation": {"level": report.isolation.level, "layers": list(report.isolation.layers)},
        "questions": [_question(verdict) for verdict in report.verdicts],
        "cells": [_cell(cell) for cell in report.cells],
        "receipt": _receipt(report.receipt),
        "graded": report.graded.isoformat(),
        "seconds": report.seconds,
        "versions": [{"name": name, "version": version} for name, version in report.versions],
    }


def to_text(report: Report) -> str:
    """The report as text: ASCII JSON, with a line for each question and each cell.

    Written so and not by `indent`, which takes five times as long.
    """
    lines = (f"{json.dumps(key)}: {_lines(value)}" for key, value in to_json(report).items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _lines(value: Any) -> str:
    if not isinstance(value, list) or not any(isinstance(item, dict) for item in value):
        return json.dumps(value)
    return "[\n " + ",\n ".join(map(json.dumps, value)) + "\n]"


def from_json(text: Mapping[str, Any]) -> Report:
    """The report that `to_json` wrote; equal to it in every field.

    Raises ValueError where the format is one this version does not know, KeyError where a key is missing.
    """
    if text["format"] != FORMAT:
        raise ValueError(
            f"report format {text['format']!r} is not known here, only {FORMAT}: upgrade autograder"
        )
    return Report(
        receipt=_read_receipt(text),
        revision=text["revision"],
        verdicts=tuple(map(_read_question, text["questions"])),
        isolation=Isolation(text["isolation"]["level"], tuple(text["isolation"]["layers"])),
        graded=datetime.fromisoformat(text["graded"]),
        title=text["title"],
        trouble=_read_said(text, "trouble"),
        notes=_read_all_said(text, "notes"),
        cells=tuple(map(_read_cell, text["cells"])),
        seconds=text["seconds"],
        versions=tuple((entry["name"], entry["version"]) for entry in text["versions"]),
    )


def _question(verdict: Verdict) -> dict[str, Any]:
    mark = verdict.mark
    return {
        "name": verdict.question,
        "title": verdict.title,
        "number": verdict.number,
        "points": float(verdict.points),
        "points_exact": str(verdict.points),
        "mark": None if mark is None else float(mark),
        "exact": None if mark is None else str(mark),
        "outcome": verdict.outcome.value,
        **_said("sentence", verdict.sentence),
        "mistake": verdict.mistake,
        "hint": verdict.hint,
        **_all_said("advice", verdict.advice),
        **_all_said("notes", verdict.notes),
        "groups": [_group(group) for group in verdict.groups],
        "examples": [_example(example) for example in verdict.examples],
        "rubric": [_criterion(line) for line in verdict.rubric],
        "comment": verdict.comment,
        "pictures": [_chart(chart) for chart in verdict.pictures],
        **({"tests": [_test(test) for test in verdict.tests]} if verdict.tests else {}),
    }


def _read_question(text: Mapping[str, Any]) -> Verdict:
    return Verdict(
        question=text["name"],
        points=_exact(text["points_exact"]),
        outcome=Outcome(text["outcome"]),
        mark=None if text["exact"] is None else _exact(text["exact"]),
        sentence=_read_said(text, "sentence"),
        title=text["title"],
        number=text.get("number", 0),  # earlier reports do not say it
        mistake=text["mistake"],
        hint=text["hint"],
        advice=_read_all_said(text, "advice"),
        notes=_read_all_said(text, "notes"),
        groups=tuple(
            GroupScore(group["name"], _exact(group["share_exact"]), _exact(group["worth_exact"]))
            for group in text["groups"]
        ),
        examples=tuple(
            ExampleRun(run["source"], run["passed"], run["traceback"], run["answer"], run["expected"])
            for run in text["examples"]
        ),
        # Reports of earlier versions have none of these.
        rubric=tuple(
            CriterionMark(line["criterion"], _exact(line["points_exact"]), _exact(line["earned_exact"]))
            for line in text.get("rubric", ())
        ),
        comment=text.get("comment", ""),
        pictures=tuple(map(_read_chart, text.get("pictures", ()))),
        tests=tuple(map(_read_test, text.get("tests", ()))),
    )


# A class earns the same few marks over and over: making a fraction takes longer than finding it.
@lru_cache(maxsize=10_000)
def _exact(text: str) -> Fraction:
    return Fraction(text)


def _said(name: str, sentence: Sentence) -> dict[str, Any]:
    """A sentence in English, and what it is made of."""
    return {
        name: words(sentence),
        f"{name}_key": sentence.key,
        f"{name}_values": sentence_to_json(sentence),
    }


def _all_said(name: str, sentences: Iterable[Sentence]) -> dict[str, Any]:
    said = [_said(name, sentence) for sentence in sentences]
    return {key: [one[key] for one in said] for key in (name, f"{name}_key", f"{name}_values")}


def _read_said(text: Mapping[str, Any], name: str) -> Sentence:
    return _read_sentence(text[name], text.get(f"{name}_key"), text.get(f"{name}_values"))


def _read_all_said(text: Mapping[str, Any], name: str) -> tuple[Sentence, ...]:
    nothing = [None] * len(text[name])
    keys, values = text.get(f"{name}_key", nothing), text.get(f"{name}_values", nothing)
    return tuple(map(_read_sentence, text[name], keys, values))


def _read_sentence(english: str, key: str | None, values: Mapping[str, Any] | None) -> Sentence:
    """The sentence of a key. Where this version has none such, the English one as it stands.

    Reports of earlier versions have no keys.
    """
    if key is None or values is None:
        return as_stored(english)
    try:
        return sentence_from_json(key, values)
    except (KeyError, TypeError):
        return as_stored(english)


def _group(group: GroupScore) -> dict[str, Any]:
    return {
        "name": group.name,
        "share": float(group.share),
        "share_exact": str(group.share),
        "worth": float(group.worth),
        "worth_exact": str(group.worth),
    }


def _criterion(line: CriterionMark) -> dict[str, Any]:
    return {
        "criterion": line.criterion,
        "points": float(line.points),
        "points_exact": str(line.points),
        "earned": float(line.earned),
        "earned_exact": str(line.earned),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "title": chart.title,
        "across": chart.across,
        "logarithmic": chart.logarithmic,
        "series": [{"name": series.name, "values": list(series.values)} for series in chart.series],
    }


def _read_chart(text: Mapping[str, Any]) -> Chart:
    series = (Series(one["name"], tuple(one["values"])) for one in text["series"])
    return Chart(text["title"], tuple(series), text["across"], text["logarithmic"])


def _test(test: TestMark) -> dict[str, Any]:
    earned = test.earned
    return {
        "name": test.name,
        "passed": test.passed,
        "where": test.where,
        "points": float(test.points),
        "points_exact": str(test.points),
        "earned": None if earned is None else float(earned),
        "earned_exact": None if earned is None else str(earned),
        **_said("note", test.note),
        **({"label": test.label} if test.label else {}),
    }


def _read_test(text: Mapping[str, Any]) -> TestMark:
    earned = text["earned_exact"]
    return TestMark(
        text["name"],
        text["passed"],
        text["where"],
        Fraction(text["points_exact"]),
        None if earned is None else Fraction(earned),
        _read_said(text, "note"),
    )


def _example(run: ExampleRun) -> dict[str, Any]:
    return {
        "source": run.source,
        "passed": run.passed,
        "traceback": run.traceback,
        "answer": run.answer,
        "expected": run.expected,
    }


def _cell(cell: CellRun) -> dict[str, Any]:
    return {
        "number": cell.number,
        "ending": cell.ending.value,
        "source": cell.source,
        "printed": cell.printed,
        "cut": cell.cut,
        "displayed": list(cell.displayed),
        "figures": [{"png": figure.png, "alt": figure.alt} for figure in cell.figures],
        "exception": cell.exception,
        "message": cell.message,
        "traceback": cell.traceback,
        "limit": str(cell.limit or cell.end),
        "limit_kind": cell.limit.kind.value if cell.limit else None,
        "limit_amount": cell.limit.amount if cell.limit else None,
        "seconds": cell.seconds,
        "line": cell.line,
        "ran_on": list(cell.ran_on),
        "notebook": cell.notebook,
    }


def _read_cell(text: Mapping[str, Any]) -> CellRun:
    kind = text.get("limit_kind", "")
    if kind == "":  # of an earlier version
        limit = limit_from_text(text["limit"])
    else:
        limit = Limit(LimitKind(kind), text["limit_amount"]) if kind else None
    return CellRun(
        number=text["number"],
        ending=CellEnding(text["ending"]),
        source=text["source"],
        printed=text["printed"],
        cut=text["cut"],
        displayed=tuple(text["displayed"]),
        figures=tuple(Figure(figure["png"], figure["alt"]) for figure in text["figures"]),
        exception=text["exception"],
        message=text["message"],
        traceback=text["traceback"],
        limit=limit,
        end="" if limit else text["limit"],
        seconds=text["seconds"],
        # Reports of earlier versions have none of these.
        line=text.get("line", 0),
        ran_on=tuple(text.get("ran_on", ())),
        notebook=text.get("notebook", ""),
    )


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "filename": receipt.filename,
        "sha256": receipt.blob,
        "received": receipt.received.isoformat(),
        "received_by": receipt.received_by.value,
        "doubtful": receipt.received_by.doubtful,
        "found": list(receipt.found),
    }


def _read_receipt(text: Mapping[str, Any]) -> Receipt:
    receipt = text["receipt"]
    return Receipt(
        student=text["student"],
        assignment=text["assignment"],
        blob=receipt["sha256"],
        filename=receipt["filename"],
        received=datetime.fromisoformat(receipt["received"]),
        received_by=ReceivedBy(receipt["received_by"]),
        found=tuple(receipt["found"]),
    )
