"""`autograder serve`."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.privacy import tighten
from autograder.course.opened import OpenCourse, course_here
from autograder.course.read import read_web_options
from autograder.domain.course import WebSettings
from autograder.domain.people import CoursePerson, CourseRole
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.web.links import login_link
from autograder.web.loopback import is_loopback
from autograder.web.serving import ListeningAt, serve
from autograder.web.site import Site


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0: any."
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Worker processes."
)
@click.option("--url", help="The address that browsers know, as https://course.example.org/kernels.")
@click.option("--prefix", help="The path below which the pages lie, as /kernels.")
@click.option("--trusted-proxy", "proxies", multiple=True, help="The address of a proxy; may be repeated.")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False), help="For https.")
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False), help="For https.")
@options.on
@options.tls
@options.plain_tcp
@click.option("--demo", is_flag=True, help="Open a sample class, on this machine alone.")
@options.accept_isolation
def command(
    host: str,
    port: int,
    jobs: int,
    url: str | None,
    prefix: str | None,
    proxies: tuple[str, ...],
    tls_cert: str | None,
    tls_key: str | None,
    on: str | None,
    tls: Path | None,
    plain_tcp: bool,  # noqa: FBT001 - click passes options by name
    demo: bool,  # noqa: FBT001
    accept_isolation: int,
) -> None:
    """Open the course's web pages, and grade what is handed in there.

    Students come in by links, which `autograder token WHO` prints. At another address than this machine's
    own, the pages are served only with https: by a proxy that --trusted-proxy and --url name, or by
    --tls-cert and --tls-key. What is not said here is taken from [web] in course.toml.

    With --on, what is handed in is judged on a Dask cluster; the pages and the gradebook stay here.

    \b
    Example:
        autograder serve --demo
    """
    given = {
        "url": url,
        "prefix": prefix,
        "trusted_proxies": proxies,
        "tls_cert": tls_cert and str(Path(tls_cert).absolute()),
        "tls_key": tls_key and str(Path(tls_key).absolute()),
    }
    grading = _find_grading(on, tls, plain=plain_tcp)
    if demo:
        from autograder.demo.served import PEOPLE, make_served_demo

        if not is_loopback(host):
            raise click.UsageError("--demo is for this machine alone: leave --host out")
        listening = ListeningAt(host, port, read_web_options(WebSettings(), given))
        listening.require_safe()
        with tempfile.TemporaryDirectory(prefix="autograder-demo-") as place:
            course = make_served_demo(Path(place) / "demo")
            # The class is our own code: it is graded at whatever level this machine has.
            _serve(course, listening, jobs, LIMITS_ONLY, PEOPLE, grading)
        return
    course = course_here()
    web = read_web_options(course.course.web, given)
    # Those of course.toml lie in the course, wherever in it the command is given.
    cert, key = (file and str(course.folder.path / file) for file in (web.tls_cert, web.tls_key))
    listening = ListeningAt(host, port, replace(web, tls_cert=cert, tls_key=key))
    listening.require_safe()
    tighten(course)
    admins = [
        each.id for each in course.staff() if CourseRole.ADMIN in CoursePerson(each.id, staff=each).roles
    ]
    people = (admins or [each.id for each in course.staff()])[:1]
    _serve(course, listening, jobs, accept_isolation, people, grading)


def _find_grading(on: str | None, tls: Path | None, *, plain: bool) -> tuple[str, ...]:
    """The program that grades beside the pages, with its terms. Raises ClusterError: `on` is no place."""
    if on is None:
        return ("autograder.services.grading_service",)
    from autograder.cluster.place import read_place, require_dask

    require_dask()
    if not on.startswith("dask:scheduler-file="):  # which may be written later, and anew
        read_place(on)
    return ("autograder.cluster.grading_service", on, str(tls.absolute()) if tls else "", str(int(plain)))


def _serve(
    course: OpenCourse,
    listening: ListeningAt,
    jobs: int,
    level: int,
    people: Sequence[str],
    grading: tuple[str, ...],
) -> None:
    def announce(site: Site) -> None:
        click.echo(f"{course.course.title}: {site.served.url}")
        for each in people:
            person = site.read.person(each)
            roles = " and ".join(sorted(person.roles)) if person else ""
            link = login_link(course, each, now=site.clock(), url=site.served.url)
            click.echo(f"  {each} ({roles}): {link}")
        click.echo("Each link logs in once; `autograder token WHO` makes others. Ctrl-C ends.")

    folder = course.folder.path
    serve(folder, listening, jobs=jobs, accept_level=level, announce=announce, grading=grading)
