"""Which ids of students are refused."""

import pytest

from autograder.domain.student_id import normal, why_unsafe


@pytest.mark.parametrize(
    "student", ["ada", "12345678", "zoé", "O'Neil, Jane_2", "ada@uni.fr", "张伟", "a.b-c"]
)
def test_ids_that_occur_are_welcome(student):
    """Numbers, addresses, accents and blanks inside are fine."""
    assert why_unsafe(student) == ""


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("", "is empty"),
        ("..", "a dot"),
        (".autograder", "a dot"),
        ("-rf", "a dash"),
        ("name.", "ends with a dot"),
        ("a/b", "holds /"),
        ("..\\b", "a dot"),
        ("a\\b", "holds \\"),
        ("C:", "holds :"),
        (" ada", "a blank"),
        ("a" * 101, "longer"),
        ("张" * 90, "longer"),
        ("a\0b", "U+0000"),
        ("a\nb", "U+000A"),
        ("a\u202eb", "U+202E"),
        ("a\u200bb", "U+200B"),
        ("a\udcffb", "U+DCFF"),
        ("zoe\u0301", "composed"),
    ],
)
def test_ids_that_could_do_harm_are_refused_with_the_reason(student, reason):
    """Path tricks, options, invisible characters and bytes that are no text are refused."""
    assert reason in why_unsafe(student)


def test_a_decomposed_name_has_a_normal_form_that_is_welcome():
    """Folders made on a Mac arrive decomposed: the composed form is the id."""
    assert normal("zoe\u0301") == "zoé"
    assert why_unsafe(normal("zoe\u0301")) == ""
