"""Until when the certificate that browsers are shown holds."""

import ssl
from datetime import UTC, datetime
from pathlib import Path


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
