"""What is answered where something is not as it should be: one page, in words for whoever asked."""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse, Response

from autograder.domain.phrases import PHRASES, phrase
from autograder.web.visit import Visit


def show_error(visit: Visit, status: HTTPStatus, message: str = "") -> Response:
    """The page of an error; a script of ours and a program get the sentence alone."""
    heading = _find_phrase("web.heading", status)
    sentence = message or _find_phrase("web.error", status)
    if visit.fragment or visit.program:
        return _with_patience(PlainTextResponse(sentence, status_code=status))
    came_from = visit.headers.get("referer", "")
    own = visit.method == "POST" and visit.site.served.is_own(came_from, visit.headers.get("host", ""))
    back = urlsplit(came_from).path if own else ""
    told = {"heading": heading, "sentence": sentence, "back": "" if back.startswith("//") else back}
    try:
        return _with_patience(visit.page("web/error.html", status=status, **told))
    except Exception:  # noqa: BLE001 - the page itself may be what fails
        return PlainTextResponse(f"{heading}. {sentence}\n", status_code=status)


def _find_phrase(key: str, status: HTTPStatus) -> str:
    """What is said of a status, or of any."""
    own = f"{key}.{status.value}"
    return phrase(own if own in PHRASES else key)


def _with_patience(answer: Response) -> Response:
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["retry-after"] = "60"
    return answer
