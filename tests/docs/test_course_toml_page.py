"""The reference of course.toml: every key with what is allowed and what holds without it, as it is read."""

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel, PlainValidator
from pydantic.fields import FieldInfo

from autograder.course.settings import CourseTable
from autograder.course.values import share

PAGE = (Path(__file__).parents[2] / "docs" / "course-toml.md").read_text(encoding="utf-8")
COURSE = "course"
_SAID_IN_WORDS = {"free_days_most"}
"""Keys whose default depends on others."""


def tables_of(model: type[BaseModel], name: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Every table of the file by its name, as in [assignments.NAME.limits]; the file itself first."""
    yield name or COURSE, model
    for key, field in model.model_fields.items():
        inner = [field.annotation, *get_args(field.annotation)]
        below = next((each for each in inner if isinstance(each, type) and issubclass(each, BaseModel)), None)
        if below is not None:
            place = f"{name}.{key}".removeprefix(".")
            named = get_origin(field.annotation) is dict
            yield from tables_of(below, f"{place}.NAME" if named else place)


TABLES = dict(tables_of(CourseTable))


def rows_of(table: str) -> dict[str, tuple[str, str]]:
    """What the page says of a table: for each key what is allowed, and what holds where it is left out."""
    rows: dict[str, tuple[str, str]] = {}
    for section in PAGE.split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        if f"`[{table}]`" in heading or (table == COURSE and heading.startswith("The course itself")):
            for key, says, allowed, without in re.findall(
                r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", body, re.M
            ):
                assert says and key not in rows
                rows[key] = (allowed, without)
    return rows


def told(default: Any, field: FieldInfo) -> str | None:
    """A default as it would be written in the file; None where words say what holds."""
    match default:
        case bool():
            return f"`{str(default).lower()}`"
        case int() | float():
            return f"`{default:g}`"
        case StrEnum():
            return f'`"{default}"`'
        case timedelta() if default:
            return f'`"{default.days} days"`'
        case Fraction():
            whole = default.denominator == 1 and default > 1
            shared = any(isinstance(each, PlainValidator) and each.func is share for each in field.metadata)
            return (
                f"`{default}`" if whole else f'`"{default * 100} %"`' if shared else f'`"{float(default)}"`'
            )
    return None


@pytest.mark.parametrize("table", TABLES)
def test_no_key_is_missing_and_none_is_invented(table: str) -> None:
    assert rows_of(table).keys() == TABLES[table].model_fields.keys()


@pytest.mark.parametrize("table", TABLES)
def test_what_is_allowed_and_what_holds_without_a_key_are_told(table: str) -> None:
    for key, field in TABLES[table].model_fields.items():
        allowed, without = rows_of(table)[key]
        if field.description:
            assert allowed == field.description, f"{table}.{key}"
        if field.is_required():
            assert without == "needed", f"{table}.{key}"
        elif key not in _SAID_IN_WORDS and (default := told(field.default, field)) is not None:
            assert without == default, f"{table}.{key}"
