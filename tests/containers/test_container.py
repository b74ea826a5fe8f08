"""The image of Containerfile serves pages, grades and is a worker of a cluster, sealed, as an ordinary user.

It is built and run by buildah, on a base that mmdebstrap makes: no registry of images is reached. Its wheels
are those that pip has or fetches here.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from benchmarks.postgresql import find_server, run_server

pytestmark = pytest.mark.soak
ROOT = Path(__file__).parents[2]
_TOOLS = ("buildah", "mmdebstrap")
_VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
"""A variable of compose, with what holds where it is not set."""


def run(*command: str | Path, folder: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@dataclass(frozen=True)
class Image:
    """An image of buildah's, in a store of its own."""

    buildah: tuple[str, ...]
    name: str

    def command(
        self, *words: str, mounts: dict[Path, str], environment: dict[str, str] | None = None
    ) -> list[str]:
        """What runs a command in a new container."""
        container = run(*self.buildah, "from", "--name", f"c{uuid.uuid4().hex}", self.name).strip()
        volumes = [f"--volume={here}:{there}" for here, there in mounts.items()]
        given = [f"--env={name}={value}" for name, value in (environment or {}).items()]
        return [*self.buildah, "run", "--isolation", "chroot", *volumes, *given, container, "--", *words]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Built as Containerfile says, from the wheel and the wheels of its libraries."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"the container is not tested: apt-get install {' '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("the container is not tested: buildah and mmdebstrap run as root here")
    home = tmp_path_factory.mktemp("image")
    store = ("--root", str(home / "store"), "--runroot", str(home / "run"), "--storage-driver", "vfs")
    buildah = ("buildah", *store)
    context = home / "context"
    (context / "dist").mkdir(parents=True)
    for name in ("Containerfile", "constraints.txt"):
        shutil.copy(ROOT / name, context)
    python = Path(sys.executable)
    run("make", "wheel", "-o", ".venv/.ready-demo", f"BIN={python.parent}", f"DIST={context / 'dist'}")
    [wheel] = (context / "dist").glob("*.whl")
    pip = (python, "-m", "pip", "download", "-q", "-c", ROOT / "constraints.txt", "-d", context / "dist")
    run(*pip, f"{wheel}[dask,postgresql]")
    parts = "--include=python3,python3-venv,ca-certificates"
    run("mmdebstrap", "--variant=minbase", parts, _release(), home / "base.tar")
    try:
        base = run(*buildah, "from", "scratch").strip()
        run(*buildah, "add", "-q", base, home / "base.tar", "/")
        run(*buildah, "commit", "-q", "--rm", base, "base")
        arguments = ["BASE=localhost/base", "PIP_OPTIONS=--no-index --find-links /build"]
        given = [f"--build-arg={each}" for each in arguments]
        run(*buildah, "build", "--isolation", "chroot", *given, "--tag", "nabla-autograder", context)
        yield Image(buildah, "localhost/nabla-autograder")
    finally:
        run(*buildah, "rm", "--all")
        run(*buildah, "rmi", "--all", "--force")
        shutil.rmtree(home)


def _release() -> str:
    """This machine's Debian, whose Python the wheels that pip has here are for."""
    system = Path("/etc/os-release").read_text(encoding="utf-8")
    found = re.search(r"^VERSION_CODENAME=(\w+)$", system, re.M)
    if found is None or "ID=debian" not in system:
        pytest.skip("the container is not tested: its base is made of Debian's packages, on Debian")
    return found[1]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder of the user in the container."""
    folder = tmp_path / "course"
    folder.mkdir()
    os.chown(folder, 1000, 1000)
    return folder


def test_an_ordinary_user_seals_student_code_in_it(image: Image, course: Path) -> None:
    mounts = {course: "/course"}
    assert run(*image.command("id", "-u", mounts=mounts)).strip() == "1000"
    told = run(*image.command("autograder", "doctor", mounts=mounts))
    assert re.search(r"^Level [23], ", told, re.M), told


def test_it_grades_a_class(image: Image, course: Path) -> None:
    told = run(*image.command("autograder", "demo", "--size", "14", mounts={course: "/course"}))
    assert re.search(r"^14 graded, 0 needing a person", told, re.M), told
    assert re.search(r"^Isolation: level [23] ", told, re.M), told


def test_a_dask_worker_in_it_grades(image: Image, course: Path) -> None:
    """Scheduler, worker and command are three processes in one container, as in `docs/cluster.md`."""
    script = """
        set -e
        autograder demo --size 14 -j 1 >/dev/null
        cd demo-class && rm -r .autograder reports
        dask scheduler --host 127.0.0.1 --port 0 --no-dashboard --scheduler-file s.json 2>scheduler.log &
        scheduler=$!
        dask worker --scheduler-file s.json --nthreads 1 --no-dashboard --preload autograder.cluster.preload \
            2>worker.log &
        trap "kill $! $scheduler || true" EXIT
        until [ -s s.json ]; do sleep 0.2; done
        autograder grade gradients --on dask:scheduler-file=s.json
    """
    told = run(*image.command("sh", "-c", script, mounts={course: "/course"}))
    assert re.search(r"^14 graded, 0 needing a person", told, re.M), told
    reports = list(course.glob("demo-class/reports/gradients/*/report.json"))
    assert len(reports) == 14
    assert all(re.search(r'"level": [23]', report.read_text(encoding="utf-8")) for report in reports)


def test_compose_serves_pages_with_a_gradebook_in_postgresql(image: Image, course: Path) -> None:
    """What compose.yaml says of the pages is run here by buildah, with a server of this machine's."""
    yaml, psycopg = pytest.importorskip("yaml"), pytest.importorskip("psycopg")
    binaries = find_server()
    if binaries is None:
        pytest.skip("compose is not tested: there is no server (apt-get install postgresql)")
    run(*image.command("autograder", "init", "kernels", mounts={course: "/course"}))
    said = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    values = {
        "URL": "https://course.example.org",
        "PASSWORD": "a-word",
        "COURSE": "/c",
        "BASE": "b",
        "POSTGRES": "p",
    }
    pages = yaml.safe_load(_VARIABLE.sub(lambda name: values.get(name[1], name[3] or ""), said))["services"][
        "pages"
    ]
    store = pages["environment"]["AUTOGRADER_STORE"]
    assert store == "postgresql://nabla:a-word@gradebook/nabla"
    assert pages["volumes"] == ["/c:/course"] and pages["ports"] == ["127.0.0.1:8000:8000"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with run_server(binaries) as address:
        place = Path(address.partition("host=")[2])
        place.chmod(0o755)
        command = image.command(
            *pages["command"],
            *("--port", str(port)),
            mounts={course / "kernels": "/course", place: str(place)},
            environment={"AUTOGRADER_STORE": address % "postgres", "PYTHONUNBUFFERED": "1"},
        )
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                told = next(line for line in server.stdout or () if "https://course.example.org" in line)
                asked = Request(f"http://127.0.0.1:{port}/health", headers={"Host": "course.example.org"})
                with urlopen(asked, timeout=120) as page:
                    assert page.read() == b"ok\n", told
            finally:
                server.terminate()
        with psycopg.connect(address % "postgres") as connection:
            [counted] = connection.execute("SELECT count(*) FROM submissions").fetchone()
        assert counted == 0  # the tables are there, and empty
