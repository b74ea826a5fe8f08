"""A week of a course goes by as its page says: its commands are run on the tutorial's course."""

import json
import zipfile
from pathlib import Path

import pytest
from followed_page import Follower, blocks_of
from test_tutorial import follow_tutorial

ANSWERS = {
    "Ada Lovelace": "2 * (w - v)",
    "Ben Franklin": "w - v",
    "Cleo Vasquez": "2 * np.abs(w - v)",
}


def hand_in(released: Path, download: Path) -> None:
    """Moodle's zip of three solved notebooks, of which two have a mistake in their gradient."""
    download.parent.mkdir()
    with zipfile.ZipFile(download, "w") as moodle:
        for number, (name, gradient) in enumerate(ANSWERS.items()):
            notebook = json.loads(released.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                source = "".join(cell["source"])
                if "raise NotImplementedError" in source:
                    answer = gradient if "def distance_grad" in source else "float(np.sum((u - v) ** 2))"
                    cell["source"] = source.replace("raise NotImplementedError", f"return {answer}")
            place = f"{name}_{number}_assignsubmission_file_/distances.ipynb"
            moodle.writestr(place, json.dumps(notebook))


@pytest.mark.soak
def test_the_week_goes_by_as_its_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    instructor = Follower(tmp_path)
    follow_tutorial(instructor, until="autograder check")
    settings = instructor.folder / "course.toml"
    settings.write_text(settings.read_text().replace("2030-10-01", "2025-10-01"))  # a deadline that is over
    for kind, name, body in blocks_of("docs/week.md"):
        if name == "added":
            with (instructor.folder / "solutions/distances.py").open("a") as module:
                module.write(f"\n\n{body}")
        elif name:
            instructor.write(name, body)
        elif kind == "console":
            if "autograder collect" in body:
                released = instructor.folder / "assignments/distances/distances.ipynb"
                hand_in(released, tmp_path / "Downloads/numerics-distances-77.zip")
            instructor.type(body)
    told = json.loads((instructor.folder / "reports/distances/cleo/report.json").read_text())
    assert told["questions"][1]["exact"] == "1/2"
    assert (instructor.folder / "returned").is_dir() and (instructor.folder / "exports").is_dir()
