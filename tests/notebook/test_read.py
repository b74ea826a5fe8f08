"""Any bytes become a notebook or a sentence for the student."""

import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from notebook_samples import code, content, document, text

from autograder.domain.notebook import Cell, CellKind, Notebook
from autograder.errors import SubmissionError
from autograder.notebook.read import MAX_CELLS, MAX_CODE, read


def refusal(submitted: bytes, *, limit_mb: float = 20) -> str:
    with pytest.raises(SubmissionError) as caught:
        read(submitted, limit_mb=limit_mb)
    return str(caught.value)


def test_cells_keep_their_order_kind_and_number():
    """A plain notebook is read without a note."""
    notebook = read(content(text("# Title"), code("x = 1"), {"cell_type": "raw", "source": "raw"}))
    assert notebook == Notebook(
        (
            Cell(CellKind.MARKDOWN, "# Title", 1),
            Cell(CellKind.CODE, "x = 1", 2),
            Cell(CellKind.RAW, "raw", 3),
        )
    )


def test_a_source_may_be_a_list_of_lines_with_any_newlines():
    """Both forms of the format are read alike."""
    notebook = read(content(code(["x = 1\r\n", "y = 2"])))
    assert notebook.cells[0].source == "x = 1\ny = 2"


@pytest.mark.parametrize(
    ("encode", "note"),
    [
        (lambda plain: b"\xef\xbb\xbf" + plain.encode(), "byte order mark"),
        (lambda plain: plain.encode("utf-16"), "UTF-16"),
        (lambda plain: plain.encode("latin-1"), "Latin-1"),
        (lambda plain: plain.encode() + b"\0\0\0", "zero bytes"),
    ],
)
def test_other_encodings_are_converted_and_said(encode, note):
    """A student's editor is no reason to lose marks."""
    plain = json.dumps(document(code("é = 1")), ensure_ascii=False)
    notebook = read(encode(plain))
    assert notebook.cells[0].source == "é = 1"
    assert len(notebook.notes) == 1
    assert note in str(notebook.notes[0])


def test_one_damaged_byte_costs_one_character():
    """UTF-8 with a damaged byte is not taken for Latin-1."""
    whole = json.dumps(document(code("é = 'àèù'")), ensure_ascii=False).encode()
    notebook = read(whole.replace("ù".encode(), b"\xff"))
    assert notebook.cells[0].source == "é = 'àè\ufffd'"
    assert "damaged" in str(notebook.notes[0])


def test_worksheets_of_format_3_are_converted():
    """Notebooks of before 2015 keep code under `input`, and have heading cells."""
    old = {
        "nbformat": 3,
        "worksheets": [
            {"cells": [{"cell_type": "heading", "level": 2, "source": ["Part"]}]},
            {"cells": [{"cell_type": "code", "language": "python", "input": ["x = 1\n", "y = 2"]}]},
        ],
    }
    notebook = read(json.dumps(old).encode())
    assert [cell.source for cell in notebook.cells] == ["## Part", "x = 1\ny = 2"]
    assert tuple(map(str, notebook.notes)) == ("The notebook is in the old format 3; it was converted.",)


def test_lone_surrogates_are_replaced_and_said():
    """Half a character would make every later step that writes UTF-8 fail."""
    notebook = read(content(code("x = '\ud800'"), code("y = '\U0001d54f'")))
    assert [cell.source for cell in notebook.cells] == ["x = '\ufffd'", "y = '\U0001d54f'"]
    assert "Cell 1" in str(notebook.notes[0])


def test_strange_cells_are_kept_or_named():
    """What can be read of a strange cell is read, the rest is said with cell numbers."""
    sql = {"cell_type": "sql", "source": "select"}
    notebook = read(content("no cell", sql, code(["x = 1", 7]), code(None), 3, code("z")))
    assert [(cell.number, cell.kind, cell.source) for cell in notebook.cells] == [
        (2, CellKind.RAW, "select"),
        (3, CellKind.CODE, "x = 1"),
        (4, CellKind.CODE, ""),
        (6, CellKind.CODE, "z"),
    ]
    assert [str(note).split(":")[0] for note in notebook.notes] == [
        "Cells 1 and 5",
        "Cell 2",
        "Cell 3",
        "Cell 4",
    ]


@pytest.mark.parametrize(
    ("kernel", "word"),
    [
        ({"name": "conda-ml", "language": "python"}, "conda-ml"),
        ({"name": "ir", "language": "R"}, "written in “R”"),
    ],
)
def test_the_name_of_the_kernel_changes_nothing_but_is_said(kernel, word):
    """A notebook is run with Python whatever kernel it asks for."""
    notes = tuple(map(str, read(content(code("x = 1"), metadata={"kernelspec": kernel})).notes))
    assert len(notes) == 1
    assert word in notes[0]


def test_metadata_ids_and_outputs_are_not_trusted():
    """Nonsense beside the source is ignored."""
    odd = code("x = 1", id={"a": 1}, metadata=[1], outputs="none", execution_count="many")
    twice = [code("y", id="same", metadata={"tags": ["a", 3, "b c"]}), code("z", id="same")]
    notebook = read(content(odd, *twice, metadata="none", nbformat="four"))
    assert [cell.id for cell in notebook.cells] == ["", "same", "same"]
    assert notebook.cells[1].tags == ("a",)
    assert notebook.notes == ()


def test_json_that_python_reads_and_jupyter_does_not_is_read():
    """Duplicate keys, NaN and huge numbers in outputs are no concern of ours."""
    plain = content(code("x = 1")).decode()
    odd = plain.replace('"outputs": []', f'"outputs": [NaN, -Infinity, {"9" * 5000}, 1e999], "outputs": []')
    assert read(odd.encode()).cells[0].source == "x = 1"


@pytest.mark.parametrize(
    ("submitted", "sentence"),
    [
        (b"", "The file is empty"),
        (b" \n", "The file is empty"),
        (b"\0" * 100, "zero bytes"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"import numpy as np\n\ndef f(x):\n    return x\n", "Python code"),
        (b'{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> theirs\n]}', "merge conflicts"),
        (b"{'cells': []}", "line 1, column 2"),
        (b"[1, 2]", "not a notebook"),
        (b"3", "not a notebook"),
        (b'{"a": 1}', "not a notebook"),
        (b'{"cells": {"a": 1}}', "not a notebook"),
        (b"[" * 1000 + b"1", "nested"),
        (b'{"cells": ' * 100_000, "nested"),
        (b"[" * 2_000_000, "more lists"),
        (content(*[code("")] * (MAX_CELLS + 1)), "cells; at most"),
        (content(code("x" * (MAX_CODE + 1))), "characters; at most"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_sentence(submitted, sentence):
    """The student reads what the file is and what to do."""
    assert sentence in refusal(submitted)


def test_a_large_file_is_refused_unread():
    """The sentence says how to make it smaller."""
    sentence = refusal(b"{" * 2_000_000, limit_mb=1)
    assert sentence.startswith("The file has 2.0 MB; at most 1 MB are read. Clear the outputs")


def test_a_truncated_file_says_where_it_ends():
    """An upload that broke off is told apart from damage in the middle."""
    whole = json.dumps(document(code("x = 1"), code("y = 2")), indent=1).encode()
    for end in range(2, len(whole) - 1):
        assert "The file ends in the middle of the notebook, at line" in refusal(whole[:end])
    assert "at line 1, after character 1: it was not saved" in refusal(b"{")


def test_brackets_inside_text_are_no_lists():
    """Printed arrays in saved outputs are welcome."""
    printed = code("x", outputs=[{"output_type": "stream", "text": "[" * 600_000}])
    assert read(content(printed)).cells[0].source == "x"


@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"\x00{")
@example(b"\xef\xbb\xbf")
def test_any_bytes_are_read_or_refused(submitted):
    """Never another exception."""
    try:
        assert isinstance(read(submitted), Notebook)
    except SubmissionError as refused:
        assert str(refused).endswith((".", ")"))


names = st.sampled_from(["source", "input", "tags", "level", "name", "language", "odd"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)
kinds = st.sampled_from(["code", "markdown", "raw", "heading"]) | anything
sources = st.text(max_size=8) | st.lists(anything, max_size=3) | anything
cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": kinds,
        "source": sources,
        "input": sources,
        "metadata": anything,
        "id": anything,
        "level": anything,
    },
)
shaped_like_notebooks = st.fixed_dictionaries(
    {},
    optional={
        "cells": st.lists(cells | anything, max_size=4) | anything,
        "worksheets": st.lists(cells | anything, max_size=3) | anything,
        "metadata": st.fixed_dictionaries({"kernelspec": anything}) | anything,
    },
)


@pytest.mark.parametrize("examples", [60, pytest.param(1000, marks=pytest.mark.soak)])
def test_any_json_shaped_like_a_notebook_is_read_or_refused(examples):
    """What is read can be written: it holds no half characters, and numbers its cells upwards."""

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(shaped_like_notebooks)
    def is_read_or_refused(shaped):
        try:
            notebook = read(json.dumps(shaped).encode())
        except SubmissionError:
            return
        numbers = [cell.number for cell in notebook.cells]
        assert numbers == sorted(set(numbers))
        for cell in notebook.cells:
            cell.source.encode()
        for note in notebook.notes:
            str(note).encode()

    is_read_or_refused()


plain_cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"]), "source": st.text(st.characters())}
)


@given(st.lists(plain_cells))
def test_reading_what_was_read_changes_nothing(written):
    """Reading mends once; writing what was read and reading that again gives the same cells."""
    once = read(content(*written))
    again = read(content(*({"cell_type": cell.kind, "source": cell.source} for cell in once.cells)))
    assert again.cells == once.cells


def test_reading_loads_no_jupyter_library():
    """Importing nbformat would cost more than grading a submission."""
    names = "{'nbformat', 'jsonschema', 'numpy', 'IPython'}"
    script = f"import sys, autograder.notebook.match; assert not {names} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
