"""HTTP as it is spoken on a connection: what is none is refused with the headers of every other answer."""

from collections.abc import Mapping

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


def make_protocol(headers: Mapping[str, str]) -> type[H11Protocol]:
    """The protocol of a server whose refusals carry these headers: no application sees such a request."""
    own = [(name.encode(), value.encode()) for name, value in headers.items()]

    class RefusingProtocol(H11Protocol):
        def send_400_response(self, msg: str) -> None:
            """Refuse what is no HTTP; where an answer has begun already, end the connection alone."""
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                body = f"{msg}\n".encode("ascii")
                kind = (b"content-type", b"text/plain; charset=utf-8")
                length = (b"content-length", str(len(body)).encode())
                told = [kind, length, (b"connection", b"close"), *own]
                for event in (
                    h11.Response(status_code=400, headers=told, reason=b"Bad Request"),
                    h11.Data(data=body),
                    h11.EndOfMessage(),
                ):
                    self.transport.write(self.conn.send(event) or b"")
            self.transport.close()

    return RefusingProtocol
