"""A real browser, the pages at a real address of this machine, and axe to look at them."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

PATIENCE = 120_000
"""Milliseconds that a browser may take on a machine that is busy with something else."""
_AXE = Path(__file__).parents[1] / "web" / "axe" / "axe.min.js"
_ASK = """async rules => {
    const options = rules ? {runOnly: {type: "rule", values: rules}} : {};
    const found = await axe.run(document, {resultTypes: ["violations"], ...options});
    return found.violations.flatMap(one => one.nodes.map(
        node => `${one.id}: ${node.html.slice(0, 160)} (${node.failureSummary.slice(0, 300)})`
    ));
}"""


@contextmanager
def open_browser(patience: float = PATIENCE) -> Iterator[Any]:
    """Debian's chromium through playwright; without either, the pages are not tried in a browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is missing")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is missing: the pages are not tried in a browser")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic"],
            timeout=patience,
        )
        yield opened
        opened.close()


@contextmanager
def serve_pages(app: Any) -> Iterator[str]:
    """Serve an application while this is open; its address."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, http="h11", ws="none", lifespan="off", log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(60)


def look_with_axe(page: Any, *rules: str) -> list[str]:
    """What axe finds wrong with the page that is shown; by these rules, or by all."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_ASK, list(rules) or None)
    return found
