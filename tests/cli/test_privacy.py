"""What a course accumulates is for its owner, or for a named group, whatever the umask."""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from marking_course import Course, notebook

GROUP = grp.getgrgid(os.getegid()).gr_name


@pytest.fixture(autouse=True, params=[0, 0o077], ids=["umask 0", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def accumulated(course: Course) -> dict[str, int]:
    """The rights of all that the program has made, and of what it keeps."""
    made = ("submissions", ".autograder", "reports", "marking")
    paths = [path for name in made for path in ((course.folder / name), *(course.folder / name).rglob("*"))]
    return {str(path): stat.S_IMODE(path.stat().st_mode) for path in paths if path.exists()}


def use(course: Course, tmp_path: Path) -> str:
    """Collect, grade and mark; return what was said on the way."""
    handed_in = tmp_path / "download" / "ada"
    handed_in.mkdir(parents=True)
    (handed_in / "small.ipynb").write_bytes(notebook())
    (course.folder / "students.csv").write_text("id,name,email,group\nada,Ada,,\n")
    told = [
        course.run("collect", "small", str(handed_in.parent)),
        course.grade(),
        course.run("mark", "small"),
    ]
    assert [done.exit_code for done in told] == [0, 0, 0], [done.output for done in told]
    return "".join(done.output for done in told)


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    use(course, tmp_path)
    rights = accumulated(course)
    assert len(rights) > 15
    assert {mode for path, mode in rights.items() if Path(path).is_file()} == {0o600}
    assert {mode for path, mode in rights.items() if Path(path).is_dir()} == {0o700}


def test_it_is_for_a_group_that_is_named(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    with (course.folder / "course.toml").open("a") as file:
        file.write(f'[privacy]\ngroup = "{GROUP}"\n')
    use(course, tmp_path)
    rights = accumulated(course)
    assert {mode for path, mode in rights.items() if Path(path).is_file()} == {0o660}
    assert {mode for path, mode in rights.items() if Path(path).is_dir()} == {0o2770}


def test_what_is_given_away_can_be_released_again_by_all_of_the_group(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    with (course.folder / "course.toml").open("a") as file:
        file.write(f'[privacy]\ngroup = "{GROUP}"\n')
    assert course.run("release", "small").exit_code == 0
    folder, umask = course.folder / "release/small", os.umask(0)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2770 | 0o005 & ~umask
    assert stat.S_IMODE((folder / "small.ipynb").stat().st_mode) == 0o660 | 0o004 & ~umask


def test_a_group_that_is_not_there_is_said(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    with (course.folder / "course.toml").open("a") as file:
        file.write('[privacy]\ngroup = "nobody-has-this"\n')
    told = course.run("grade", "small", "--dry-run")
    assert "this machine has no group 'nobody-has-this'" in str(told.exception)


def test_what_was_wider_is_tightened_after_it_is_said(tmp_path: Path) -> None:
    """Once; and a run that only looks changes nothing."""
    course = Course(tmp_path / "course")
    use(course, tmp_path)
    page = course.folder / "reports/small/ada/report.html"
    page.chmod(0o644)
    course.run("grade", "small", "--dry-run")
    assert stat.S_IMODE(page.stat().st_mode) == 0o644
    told = course.run("feedback", "small")
    assert "reports/small/ada/report.html may be read by others" in told.output
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "may be read by others" not in course.run("feedback", "small").output
