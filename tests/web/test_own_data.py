"""What a person downloads of all that the course holds of them: everything they may see, and nothing else."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from class_course import RIGHT, notebook
from web_course import WRONG, Visitor, WebCourse
from whole_course import WholeCourse

from autograder.domain.course_events import CourseEvent, NameShown, Whom
from autograder.domain.events import Extension, Override, OverrideKind
from autograder.domain.second_looks import LookEntry, LookOutcome, LookStep
from autograder.gradebook.transient import metadata
from autograder.services.decisions import preview_publication, record_publication
from autograder.services.hand_in import hand_in
from autograder.services.persons import export_person
from autograder.upkeep.persons import put_json

PROPOSAL = "An assistant proposes that this mark goes up."
SECRETS = ("why-unpublished", "note-of-staff", PROPOSAL, "ina", "asa")
"""What nobody may read of themselves before it is published, or ever."""


def unpack(visitor: Visitor) -> dict[str, bytes]:
    """The members of one's own zip."""
    answer = visitor.get("/me/data.zip")
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read(members: dict[str, bytes], name: str) -> Any:
    return json.loads(members[name])


def record(web: WebCourse, what: Any, whom: str = "ada") -> None:
    event = CourseEvent(what, Whom(whom), web.clock(), "ina", "note-of-staff")
    web.site.gradebook.events.add([event])


def publish(web: WebCourse) -> None:
    course, book = web.site.course, web.site.gradebook
    previewed = preview_publication(course, book, "small", "All is marked.", now=web.clock())
    record_publication(book, previewed, by="ina")


def test_students_have_their_files_receipts_and_reports_as_the_pages_show_them(taught: WebCourse) -> None:
    """Files to the last byte, the receipt that the page gives, the report with what the page says."""
    ada = taught.visitor("ada")
    members = unpack(ada)
    assert members["submissions/small-001.ipynb"] == WRONG
    assert members["receipts/small-001.txt"] == ada.get("/work/small/1/receipt.txt").content
    report = members["reports/small-001.html"].decode()
    hint = "Your formula is right for some matrices only."
    assert hint in report and hint in ada.get("/work/small/1").text
    [listed] = read(members, "submissions.json")
    assert (listed["file"], listed["number"]) == ("submissions/small-001.ipynb", 1)
    assert read(members, "person.json")["email"] == "ada@example.org"
    names = {name.partition("/")[0] for name in members}
    told = members["readme.txt"].decode()
    assert all(name in told for name in names - {"readme.txt"})


def test_a_file_has_the_number_of_its_receipt_though_one_came_later_that_was_begun_earlier(
    taught: WebCourse,
) -> None:
    site, earlier, slow = taught.site, taught.clock() - timedelta(days=30), notebook(**RIGHT)
    hand_in(
        site.course, site.gradebook, "ada", "small", filename="slow.ipynb", content=slow, received=earlier
    )
    ada = taught.visitor("ada")
    members = unpack(ada)
    for number, content in ((1, WRONG), (2, slow)):
        assert members[f"submissions/small-00{number}.ipynb"] == content
        receipt = ada.get(f"/work/small/{number}/receipt.txt")
        assert members[f"receipts/small-00{number}.txt"] == receipt.content


def test_nothing_is_in_it_that_its_student_may_not_see(taught: WebCourse) -> None:
    """Decisions before they are published, notes, who of the staff it was, proposals, names of mistakes."""
    small = Override(0, "small", OverrideKind.ADJUST, why="why-unpublished", given="+1")
    record(taught, small)
    record(taught, Extension(0, "small", taught.clock() + timedelta(days=9), why="You were ill."))
    ask(taught)
    members = unpack(taught.visitor("ada"))
    everything = b"\n".join(members.values()).decode()
    for secret in (*SECRETS[:3], "takes_A_symmetric"):
        assert secret not in everything, secret
    assert not {"ina", "asa"} & set(words_in(members))
    assert [each["what"]["why"] for each in read(members, "decisions.json")] == ["You were ill."]
    # The instructor's zip has all of these: what is left out here is there.
    whole = export_person(taught.site.course, "ada", taught.folder / "ada.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        known = b"\n".join(map(archive.read, archive.namelist())).decode()
    assert all(secret in known for secret in (*SECRETS[:3], "takes_A_symmetric"))

    taught.clock.pass_by(days=30)  # no other file can count any more
    publish(taught)
    members = unpack(taught.visitor("ada"))
    reasons = [each["what"]["why"] for each in read(members, "decisions.json")]
    assert reasons == ["why-unpublished", "You were ill."]
    assert b"note-of-staff" not in b"".join(members.values())
    [published] = read(members, "published.json")
    assert (published["work"], published["why"]) == ("small", "All is marked.")


def ask(web: WebCourse) -> None:
    """ada asks, an assistant proposes, and the answer is another's words."""
    looks, [file] = web.site.gradebook.second_looks, web.site.gradebook.marked_submissions(students=["ada"])
    asked = LookEntry(
        0, 0, LookStep.ASKED, "ada", "small", file.id, "grad", "Why is this wrong?", web.clock()
    )
    number = looks.ask(asked, lambda _: None).number
    said = replace(asked, look=number, step=LookStep.PROPOSED, text=PROPOSAL, by="asa")
    looks.answer(replace(said, outcome=LookOutcome.CHANGED), seen=number)


def words_in(members: dict[str, bytes]) -> list[str]:
    """Every text that stands alone in JSON: names of people would."""

    def walk(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [word for each in value.values() for word in walk(each)]
        if isinstance(value, list):
            return [word for each in value for word in walk(each)]
        return [str(value)]

    return [
        word for name, text in members.items() if name.endswith(".json") for word in walk(json.loads(text))
    ]


@pytest.mark.parametrize(("shows", "found"), [("nothing", []), ("examples", ["reports/small-001.json"])])
def test_reports_that_are_not_shown_are_not_in_it(taught: WebCourse, shows: str, found: list[str]) -> None:
    settings = taught.folder / "course.toml"
    toml = settings.read_text(encoding="utf-8").replace(
        "deadline = 2026", f'shows = "{shows}"\ndeadline = 2026', 1
    )
    settings.write_text(toml, encoding="utf-8")
    members = unpack(taught.visitor("ada"))
    assert [name for name in members if name.startswith("reports/")] == found
    assert b"Your formula is right" not in b"".join(members.values())
    assert b"earned" not in b"".join(members.values())
    taught.clock.pass_by(hours=1)
    publish(taught)
    assert "reports/small-001.html" in unpack(taught.visitor("ada"))


def test_who_looked_is_told_by_role_and_logging_in_without_what_logs_in(taught: WebCourse) -> None:
    taught.visitor("ina").get("/class/students/ada")
    record(taught, NameShown(0, "small", "Essay"))
    ada = taught.visitor("ada")
    made = ada.post("/me/tokens", data={"name": "my laptop"})
    assert made.status_code == 200
    pages = read(unpack(ada), "pages.json")
    assert [(each["role"], each["work"]) for each in pages["views"]] == [
        ("instructor", ""),
        ("instructor", "small"),
    ]
    assert [each["name"] for each in pages["tokens"]] == ["my laptop"]
    assert all(set(each) == {"begun", "seen", "browser"} for each in pages["sessions"])
    told = json.dumps(pages)
    assert ada.form_key() not in told
    with taught.site.transient.reading() as connection:
        for table in metadata.tables.values():
            if "key" in table.c:
                assert not [row.key for row in connection.execute(table.select()) if row.key in told], table


def test_all_that_is_kept_of_a_person_by_name_is_told_or_named_here() -> None:
    """A new table with people in it is told to them, or has its reason here."""
    from autograder.gradebook.transient import _TOLD

    people = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if column.name in ("person", "student", "viewer", "marker", "by")
    }
    told = {f"{whose.table.name}.{whose.name}" for _, whose, _ in _TOLD}
    assert people - told == {
        "web_views.viewer",  # of others' work
        "marking_drafts.marker",  # of others' work
        "marking_drafts.student",  # what is not yet recorded of a mark
        "course_errands.by",  # of the course
        "grading_holds.by",  # of the course
    }


def test_staff_have_what_is_held_of_them_and_nothing_of_others(taught: WebCourse) -> None:
    taught.visitor("ina").get("/class/students/ada")
    for who, role in (("ina", "instructor"), ("asa", "assistant"), ("adm", "admin")):
        members = unpack(taught.visitor(who))
        assert set(members) == {"readme.txt", "staff.json", "pages.json"}
        assert read(members, "staff.json")["role"] == role
        assert "ada" not in words_in(members)


def test_what_no_text_encoding_can_write_is_in_it_as_it_was() -> None:
    """Cells may hold lone surrogates: they are escaped, and read back as they were."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        put_json(archive, "x.json", ["é \udcff \\udcff"])
        assert json.loads(archive.read("x.json")) == ["é \udcff \\udcff"]


def test_it_is_one_students_alone(taught: WebCourse) -> None:
    """ben's zip has ben's file; whatever is added to the address changes nothing."""
    ben = taught.visitor("ben")
    members = unpack(ben)
    assert members["submissions/small-001.ipynb"] == notebook(**RIGHT)
    assert "ada" not in words_in(members)
    with zipfile.ZipFile(io.BytesIO(ben.get("/me/data.zip?student=ada").content)) as archive:
        assert archive.read("submissions/small-001.ipynb") == notebook(**RIGHT)
    assert taught.visitor().get("/me/data.zip").headers["location"] == "/login"


def test_nobody_asks_for_it_all_the_time(taught: WebCourse) -> None:
    ada = taught.visitor("ada")
    answers = [ada.get("/me/data.zip").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert taught.visitor("ben").get("/me/data.zip").status_code == 200
    taught.clock.pass_by(minutes=5)
    assert ada.get("/me/data.zip").status_code == 200
    assert list((taught.folder / ".autograder" / "uploads").iterdir()) == []


def test_attempts_are_told_with_their_answers_and_as_much_as_the_quiz_shows(whole: WholeCourse) -> None:
    members = unpack(whole.visitor("ada"))
    names = [name for name in members if name.startswith("quizzes/")]
    assert names
    attempt = read(members, names[0])
    assert attempt["answers"]
    shown = json.dumps(attempt)
    assert "variants" not in shown and "seed" not in shown


def test_the_page_offers_it_in_both_languages(taught: WebCourse) -> None:
    ada = taught.visitor("ada")
    assert "Download all my data" in ada.text("/me")
    ada.client.cookies.set("language", "fr")
    page = ada.get("/me").text
    assert "Télécharger toutes mes données" in page
    assert 'href="/me/data.zip" download' in page
    assert "vos fichiers tels" in unpack(ada)["readme.txt"].decode()
