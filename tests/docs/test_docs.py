"""The pages of the documentation: each is listed, and what they link to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")


def links(page: Path) -> list[tuple[str, str]]:
    """Files and headings a page links to, beside what stands in code."""
    text = re.sub(
        r"^```.*?^```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    return _LINK.findall(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    """Files exist, and so do the headings in them."""
    for name, heading in links(page):
        target = page.parent / name if name else page
        assert target.exists(), f"{page.name} links to {name}"
        if heading:
            titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), flags=re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert heading in slugs, f"{page.name} links to {name}#{heading}"


def test_every_page_stands_in_the_index_once() -> None:
    """A page that is not listed is a page nobody reads."""
    index = ROOT / "docs" / "index.md"
    trees = re.findall(r"^```\{toctree\}\n(.*?)^```$", index.read_text(encoding="utf-8"), re.S | re.M)
    listed = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]

    assert sorted(listed) == sorted(page.stem for page in index.parent.glob("*.md") if page != index)


def test_the_readme_leads_to_the_index() -> None:
    """From the front page one reaches all others."""
    assert ("docs/index.md", "") in links(ROOT / "README.md")
