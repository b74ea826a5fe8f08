"""The server: how it is, who uses it, tokens, backups. Nothing here changes a mark."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from starlette.responses import FileResponse, Response

from autograder.errors import CourseError
from autograder.services.backups import back_up, list_backups
from autograder.services.health import LONG, read_health
from autograder.services.outages import find_outages
from autograder.web.links import is_grading
from autograder.web.sessions import count_sessions, end_sessions, find_logins
from autograder.web.tokens import list_tokens, revoke_token
from autograder.web.visit import PageNotFound, PageRefused, Visit

_MOST_SHOWN = 200
_LITTLE = 1_000_000_000
"""Bytes of a disk below which it may be full before somebody looks again."""
_AHEAD = timedelta(seconds=5)
_OLD_BACKUP = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the course, as an admin sees them."""

    id: str
    name: str
    roles: tuple[str, ...]
    login: datetime | None
    sessions: int
    tokens: int


def show_server(visit: Visit) -> Response:
    """How the server is, what needs somebody first."""
    site, course = visit.site, visit.read.opened
    now = site.clock()
    health = read_health(course, site.gradebook, site.transient)
    events, grader = site.gradebook.events.all(), health.grader
    level = grader.level if grader else -1
    seal = {0: "not at all", 1: "limits only", 2: "confined", 3: "sealed"}.get(level, "unknown")
    return visit.page(
        "web/admin/server.html",
        health=health,
        grading=is_grading(site.transient, now),
        flaws=site.all_flaws,
        outages=find_outages(site.transient, course.course, events, now),
        waits_long=health.oldest is not None and now - health.oldest > LONG,
        little_room=health.store.free < _LITTLE,
        clock_behind=health.last_entry is not None and health.last_entry - now > _AHEAD,
        backup_old=health.backup is None or now - health.backup.at > _OLD_BACKUP,
        seal=f"{level}, {seal}" if grader else "",
    )


def show_people(visit: Visit) -> Response:
    """Who may use the pages, and who did."""
    wanted = visit.query.get("q", "").strip().casefold()
    store, now = visit.site.transient, visit.site.clock()
    logins, sessions = find_logins(store), count_sessions(store, now)
    tokens = [each.person for each in list_tokens(store)]
    staff = [each.id for each in visit.read.staff]
    ids = dict.fromkeys((*staff, *(each.id for each in visit.read.opened.course.roster)))
    lines = []
    for id in ids:
        person = visit.read.person(id)
        if person is not None and wanted in f"{id} {person.name}".casefold():
            roles = tuple(sorted(person.roles))
            count = sessions.get(id, 0)
            lines.append(PersonLine(id, person.name, roles, logins.get(id), count, tokens.count(id)))
    return visit.page(
        "web/admin/people.html", people=lines[:_MOST_SHOWN], found=len(lines), q=visit.query.get("q", "")
    )


def end_persons_sessions(visit: Visit) -> Response:
    """Log somebody out everywhere."""
    end_sessions(visit.site.transient, visit.form.get("person"))
    return visit.redirect("/admin/people")


def show_all_tokens(visit: Visit) -> Response:
    """The personal tokens of everybody."""
    return visit.page("web/admin/tokens.html", tokens=list_tokens(visit.site.transient))


def revoke_any_token(visit: Visit) -> Response:
    """Revoke somebody's token."""
    revoke_token(visit.site.transient, visit.form.get("revoke"))
    return visit.redirect("/admin/tokens")


def show_backups(visit: Visit) -> Response:
    """The backups that lie in the course's folder."""
    health = read_health(visit.read.opened, visit.site.gradebook, visit.site.transient)
    return visit.page("web/admin/backups.html", backups=list_backups(visit.read.opened), health=health)


def make_backup_now(visit: Visit) -> Response:
    """Make a backup in the course's folder; two at the same second are one."""
    try:
        back_up(visit.read.opened, None, now=visit.site.clock())
    except CourseError as error:
        raise PageRefused(str(error), HTTPStatus.CONFLICT) from error
    return visit.redirect("/admin/backups")


def send_backup(visit: Visit) -> Response:
    """A backup, to be kept elsewhere: it holds the secret and all that students handed in."""
    found = next((f for f in list_backups(visit.read.opened) if f.file.name == visit.params["file"]), None)
    if found is None:
        raise PageNotFound
    return FileResponse(found.file, media_type="application/zip", filename=found.file.name)
