"""Until when the certificate holds that browsers are shown: whoever watches the server is told in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from web_course import WebCourse

from autograder.errors import CourseError
from autograder.web.certificate import read_end, require_pair

GOOD = """-----BEGIN CERTIFICATE-----
MIIBHzCBx6ADAgECAgEBMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDmNvdXJzZS5l
eGFtcGxlMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAZMRcwFQYD
VQQDDA5jb3Vyc2UuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCq9
EP/v+uBA1gviPurWkL3z+FtndMWpchBo6dWmUVQHp5lEdMYcq9asRdNfCX900sjb
GPW8BCM5Vg/ExH73ywwwCgYIKoZIzj0EAwIDRwAwRAIgC4p2I3QkMyMjasIebzGU
PW22B2KGZ44iQc9gA8vvGAQCIA6/bfFgMivsShogS+RfRWmff5hGhcyIv01Dyxt1
smam
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGb8oHCIGfvV+Ws32
dT+DJvQM6AiJ+lfGkBbU5bVhNaOhRANCAAQqvRD/7/rgQNYL4j7q1pC98/hbZ3TF
qXIQaOnVplFUB6eZRHTGHKvWrEXTXwl/dNLI2xj1vAQjOVYPxMR+98sM
-----END PRIVATE KEY-----
"""
"""Of 2020 to 2120, made for these tests alone."""
OVER = """-----BEGIN CERTIFICATE-----
MIIBHzCBxaADAgECAgEBMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDmNvdXJzZS5l
eGFtcGxlMB4XDTIwMDEwMTAwMDAwMFoXDTIxMDEwMTAwMDAwMFowGTEXMBUGA1UE
AwwOY291cnNlLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASEmOIA
dQXxzvjLRGe/1hYlwQ2QtIF4IiwalhWhhPaxoykgaEOene2ky+jnXAVdW7zelsz9
lucN/hTvOhxiT3lRMAoGCCqGSM49BAMCA0kAMEYCIQCTvxxaNKHkTPYTZGfbNInx
IOit1yvvT0Vv0cvp8a/aAQIhAKvLvszbhFTc76/yV9YlUFuqkzOza0quF8e25NWa
PCPE
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMskgdXA7JEkAVosk
j42JDL4Xw4wJwDcG8LBFy7lVBd+hRANCAASEmOIAdQXxzvjLRGe/1hYlwQ2QtIF4
IiwalhWhhPaxoykgaEOene2ky+jnXAVdW7zelsz9lucN/hTvOhxiT3lR
-----END PRIVATE KEY-----
"""
"""Of 2020."""


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    """A file for certificate and key."""
    return tmp_path / "both.pem"


def test_the_end_of_a_certificate_is_read(pem: Path) -> None:
    pem.write_text(GOOD)
    assert read_end(pem, pem) == datetime(2120, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", [OVER, "", GOOD.replace("A", "B", 40)], ids=["over", "empty", "broken"])
def test_of_one_that_is_over_or_none_nothing_is_told(pem: Path, text: str) -> None:
    pem.write_text(text)
    assert read_end(pem, pem) is None
    assert read_end(pem.with_name("missing"), pem) is None


def test_health_tells_the_day_and_when_it_is_over(web: WebCourse) -> None:
    assert "certificate-ends" not in web.visitor().get("/health").headers
    web.site.certificate_ends = web.site.clock() + timedelta(days=3)
    answer = web.visitor().get("/health")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["certificate-ends"] == f"{web.site.certificate_ends:%Y-%m-%d}"
    web.site.certificate_ends = web.site.clock()
    answer = web.visitor().get("/health")
    assert (answer.status_code, answer.text) == (503, "certificate\n")


LOCKED = """-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHrMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAgSlSar2B1sqgIBATAM
BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQEXbN9TY3BI0DxDWIEKm4xwSBkJR0
8uZmi2bvzpuxT3iL9MSDhV5AorabMmadNOuNebAOpZnh5B7ZLRjnDaUwyDydIxHV
Fybc+mWP4EUOwZSxHZxCGzkEf475CqQ2CXvkUczk+BNZwRhj+D6m9hfu9GpaiSNd
LeC+vjaAMGv3MADspZEOYOXVUQ9MD+ESI54KukQ6J8y/BalpI7cGUJQVfGZGEw==
-----END ENCRYPTED PRIVATE KEY-----
"""


@pytest.mark.parametrize(
    ("certificate", "key", "told"),
    [
        (GOOD, OVER, "--tls-key: .*key.pem is not the key of .*cert.pem"),
        (GOOD, LOCKED, "--tls-key: .*key.pem is locked by a passphrase"),
        (GOOD, "nothing", "--tls-key: .*key.pem is no key"),
        ("nothing", GOOD, "--tls-cert: .*cert.pem is no certificate"),
        ("", GOOD, "--tls-cert: .*cert.pem is no certificate"),
        (None, GOOD, "--tls-cert: .*cert.pem cannot be read"),
        (GOOD, None, "--tls-key: .*key.pem cannot be read"),
    ],
    ids=["another key", "locked", "no key", "no certificate", "empty", "no file", "no file of the key"],
)
def test_files_that_are_no_certificate_with_its_key_are_refused_before_anybody_is_told_of_pages(
    tmp_path: Path, certificate: str | None, key: str | None, told: str
) -> None:
    """Each with which of them it is: a server that is started at night asks nobody for a passphrase."""
    for name, text in (("cert", certificate), ("key", key)):
        if text is not None:
            (tmp_path / f"{name}.pem").write_text(text)
    with pytest.raises(CourseError, match=told):
        require_pair(tmp_path / "cert.pem", tmp_path / "key.pem")


def test_a_certificate_with_its_key_is_taken(pem: Path) -> None:
    pem.write_text(GOOD)
    require_pair(pem, pem)
