"""Files that are sent to be kept, never to be shown: whatever is in them, a browser runs nothing of it."""

from urllib.parse import quote

from starlette.responses import Response

_HEADERS = {"content-security-policy": "default-src 'none'; sandbox", "x-content-type-options": "nosniff"}


def send_download(filename: str, content: bytes) -> Response:
    """A file under a name."""
    headers = download_headers(filename)
    return Response(content, media_type="application/octet-stream", headers=headers)


def download_headers(filename: str) -> dict[str, str]:
    """What goes with a file: its name in ASCII for old browsers, and as it is (RFC 5987)."""
    plain = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in filename)
    plain = plain.encode("ascii", "replace").decode().replace("?", "_") or "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename or 'file', safe='')}"
    return {**_HEADERS, "content-disposition": disposition}
