"""In which language pages speak: the reader's, else the course's; those of staff in English."""

import json
from contextlib import closing
from html import unescape

import pytest
from class_course import RIGHT, notebook
from web_course import Visitor, WebCourse, words_of

from autograder.domain.language import Language

BROWSER = {"accept-language": "fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5"}


def choose(visitor: Visitor, language: str, back: str = "/") -> str:
    """Choose a language as the button at the foot of every page does; return where it leads."""
    answer = visitor.post("/language", data={"language": language, "back": back})
    return str(answer.headers["location"]) if answer.status_code == 303 else ""


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,en;q=0.9", "fr"),
        ("de, en;q=0.8, fr;q=0.7", "en"),
        ("en;q=0.5, fr;q=0.6", "fr"),
        ("de, it", "en"),
        ("*", "en"),
        ("fr;q=none", "en"),
        ("fr;q=0", "en"),
    ],
)
def test_a_page_speaks_what_the_browser_likes_best(web: WebCourse, header: str, language: str) -> None:
    page = web.visitor().get("/login", headers={"accept-language": header}).text
    assert f'<html lang="{language}">' in page
    assert ("Se connecter" in page) == (language == "fr")


def test_what_was_chosen_goes_before_the_browser_and_stays(web: WebCourse) -> None:
    ada = web.visitor("ada")
    page = ada.get("/work/small", headers=BROWSER).text
    assert '<html lang="fr">' in page and 'value="/work/small"' in page
    assert '<button class="plain" lang="en">English</button>' in page
    assert choose(ada, "en", "/work/small") == "/work/small"
    assert '<html lang="en">' in ada.get("/work/small", headers=BROWSER).text
    assert choose(ada, "fr") == "/"
    assert '<html lang="fr">' in ada.get("/grade").text


@pytest.mark.parametrize(
    "back", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", ""]
)
def test_choosing_a_language_leads_to_no_other_site(web: WebCourse, back: str) -> None:
    assert choose(web.visitor("ada"), "fr", back) == "/"


def test_a_language_that_there_is_not_is_refused(web: WebCourse) -> None:
    assert web.visitor("ada").post("/language", data={"language": "tlh"}).status_code == 400


def test_a_student_hands_in_and_reads_a_report_in_french(web: WebCourse) -> None:
    ada = web.visitor("ada")
    choose(ada, "fr")
    assert "À rendre le dimanche 13 déc. 2026, 23:59:00" in ada.text("/work/small")
    ada.hand_in(notebook(**{**RIGHT, "grad": "def grad(A, w):\n    return None"}))
    assert "En attente d’évaluation" in ada.text("/work/small/1")
    web.grade_waiting()
    page = ada.text("/work/small/1")
    assert "Votre fonction a renvoyé None" in page
    assert "Vue d’ensemble" in page
    assert "reçu le    10 déc. 2026 10:00:00" in ada.get("/work/small/1/receipt.txt").text
    assert "Cette page n’existe pas" in words_of(ada.get("/work/small/7").text)
    assert "à l’heure" in ada.text("/grade")
    kept = next(iter(web.site.gradebook.latest_reports("small")))
    assert "renvoyé" not in json.dumps(str(kept.verdicts))


def test_the_course_says_what_is_spoken_to_whoever_says_nothing(web: WebCourse) -> None:
    settings = web.folder / "course.toml"
    settings.write_text('language = "fr"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    with closing(WebCourse.at(web.folder)) as course:
        assert '<html lang="fr">' in course.visitor().get("/login").text
        english = course.visitor().get("/login", headers={"accept-language": "en"}).text
        assert '<html lang="en">' in english


def test_staff_and_programs_are_answered_in_english(web: WebCourse) -> None:
    ina = web.visitor("ina")
    choose(ina, "fr")
    assert '<html lang="en">' in ina.get("/class", headers=BROWSER).text
    assert "Français" not in unescape(ina.get("/class").text)
    page = ina.get("/me").text
    assert '<html lang="fr">' in page
    assert '<nav class="pages" aria-label="Le cours" lang="en">' in page


def test_every_language_has_a_name_of_its_own() -> None:
    assert len({each.own_name for each in Language}) == len(Language)
