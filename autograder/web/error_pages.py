"""What is answered where something is not as it should be: one page, in words for whoever asked."""

from http import HTTPStatus

from starlette.responses import PlainTextResponse, Response

from autograder.web.visit import Visit

_HEADINGS = {
    HTTPStatus.NOT_FOUND: "There is no such page",
    HTTPStatus.FORBIDDEN: "This was not taken",
    HTTPStatus.CONFLICT: "This cannot be done now",
    HTTPStatus.REQUEST_TIMEOUT: "The file did not arrive",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This file is too large",
    HTTPStatus.TOO_MANY_REQUESTS: "A little slower, please",
    HTTPStatus.SERVICE_UNAVAILABLE: "The course cannot be shown just now",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here",
}
_SENTENCES = {
    HTTPStatus.NOT_FOUND: "Nothing is at this address, or it is not for you.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Try again in a minute. What you had handed in before is safe; "
    "what you sent just now was not recorded.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "It is our fault, and it is noted. What you had handed in before "
    "is safe; look there whether what you sent just now arrived.",
}


def show_error(visit: Visit, status: HTTPStatus, message: str = "") -> Response:
    """The page of an error; a script of ours and a program get the sentence alone."""
    heading = _HEADINGS.get(status, "This was not understood")
    sentence = message or _SENTENCES.get(status, "Go back and try again.")
    if visit.fragment or visit.program:
        return _with_patience(PlainTextResponse(sentence, status_code=status))
    try:
        return _with_patience(visit.page("web/error.html", status=status, heading=heading, sentence=sentence))
    except Exception:  # noqa: BLE001 - the page itself may be what fails
        return PlainTextResponse(f"{heading}. {sentence}\n", status_code=status)


def _with_patience(answer: Response) -> Response:
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["retry-after"] = "60"
    return answer
