"""All that the course holds of a person, for that person: a zip file."""

from functools import partial
from tempfile import TemporaryFile

from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from autograder.services.own_data import write_own_data
from autograder.services.uploads import course_uploads
from autograder.web.downloads import download_headers
from autograder.web.rates import require_slow
from autograder.web.visit import Visit

_BLOCK = 1 << 16


def send_own_data(visit: Visit) -> Response:
    """The zip. It is made on the disk and sent in pieces: a hundred large files take no memory."""
    require_slow(visit, "own data", at_once=3, a_minute=0.2, person=True)
    opened, site = visit.read.opened, visit.site
    scratch = course_uploads(opened).folder
    opened.folder.access.make_folder(scratch)
    # Without a name from the start, so that nothing is left of it, however this ends.
    file = TemporaryFile(dir=scratch)  # noqa: SIM115 - closed once it is sent
    try:
        write_own_data(
            opened,
            site.gradebook,
            site.transient,
            visit.who,
            file,
            find_person=visit.read.person,
            now=site.clock(),
        )
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    headers = {**download_headers(f"{visit.who.id}.zip"), "content-length": str(size)}
    blocks = iter(partial(file.read, _BLOCK), b"")
    return StreamingResponse(
        blocks, media_type="application/zip", headers=headers, background=BackgroundTask(file.close)
    )
