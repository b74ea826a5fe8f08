"""Styles and scripts, under an address that changes with them."""

from starlette.responses import Response

from autograder.web.visit import PageNotFound, Visit


def send_file(visit: Visit) -> Response:
    """A file of the pages, to be kept for ever."""
    static = visit.site.static
    name = visit.params["file"]
    if visit.params["digest"] != static.digest or name not in static.files:
        raise PageNotFound
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(static.files[name], media_type=static.kind(name), headers=headers)
