"""The real formgrader of nbgrader's, served from a course, and a real browser on its pages."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browsing import PATIENCE, open_browser


@contextmanager
def serve_formgrader(theirs: Path, beside: Path) -> Iterator[str]:
    """Serve the formgrader of a course while this is open; its address. What it writes lies in `beside`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")
    environment = {**os.environ, **{name: str(beside / name.lower()) for name in names}}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.password="]
    command += ["--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"]
    log = (beside / "server.log").open("wb")
    server = subprocess.Popen(command, cwd=theirs, env=environment, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 300
        while True:
            assert server.poll() is None, (beside / "server.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert time.monotonic() < until, "the server did not start in five minutes"
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
        log.close()


@contextmanager
def open_formgrader() -> Iterator[Any]:
    """A page of a real browser that asks nobody elsewhere."""
    with open_browser() as browser:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        # Mathematics comes from a server elsewhere.
        page.route(lambda url: "127.0.0.1" not in url, lambda route: route.abort())
        yield page


def read_scores(page: Any, address: str, submission: str) -> list[str | None]:
    """The score that formgrader shows in each box of a submitted notebook; None where it has none."""
    page.goto(f"{address}/formgrader/submissions/{submission}/")
    page.wait_for_selector("input.score")
    page.wait_for_function(
        "[...document.querySelectorAll('input.score')].some(box => box.placeholder !== '')"
    )
    boxes = page.locator("input.score")
    return [boxes.nth(k).get_attribute("placeholder") for k in range(boxes.count())]
