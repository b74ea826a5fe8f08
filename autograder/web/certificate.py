"""The certificate that browsers are shown: whether it can be, and until when it holds."""

import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from autograder.errors import CourseError, Flaw


class _KeyLockedError(Exception):
    """A key asks for a passphrase, which nobody types where a server is started."""


def require_pair(certificate: Path, key: Path) -> None:
    """Refuse files that are no certificate with its key, before anybody is told of pages.

    Raises:
        CourseError: which of the files, and what to do.
    """
    for option, file in (("--tls-cert", certificate), ("--tls-key", key)):
        try:
            file.open("rb").close()
        except OSError as error:
            _refuse(
                option, f"{file} cannot be read ({error.strerror})", "name a file that the server may read"
            )

    def ask() -> NoReturn:
        raise _KeyLockedError

    showing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        showing.load_cert_chain(certificate, key, password=ask)
    except _KeyLockedError:
        _refuse(
            "--tls-key", f"{key} is locked by a passphrase", f"unlock it: openssl pkey -in {key} -out FILE"
        )
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            _refuse(
                "--tls-key", f"{key} is not the key of {certificate}", "name the two that belong together"
            )
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(certificate)
        except ssl.SSLError:
            _refuse("--tls-cert", f"{certificate} is no certificate", "name a file in PEM, its chain in it")
        _refuse("--tls-key", f"{key} is no key", "name a file in PEM, as the certificate is")


def _refuse(option: str, what: str, allowed: str) -> NoReturn:
    raise CourseError([Flaw(option, what, allowed)])


def read_end(certificate: Path, key: Path) -> datetime | None:
    """When a certificate ends; None where that cannot be told, as of one that has ended.

    It is shown to ourselves, in memory: Python tells what stands in a certificate of the other side alone,
    and of one that it trusts.
    """
    there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
    showing = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    seeing = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    seeing.check_hostname = False
    seeing.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        showing.load_cert_chain(certificate, key)
        seeing.load_verify_locations(certificate)
        server = showing.wrap_bio(there, here, server_side=True)
        client = seeing.wrap_bio(here, there)
        for side in (client, server, client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
        shown = client.getpeercert()
    except (OSError, ValueError):  # errors of ssl are among them
        return None
    ends = (shown or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
