"""What `--on` may name, and what it may not: nothing is spoken to in the clear beyond this machine."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from autograder.cluster.place import ClusterPlace, Trust, open_client, read_place
from autograder.errors import ClusterError


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("dask:local=2", ClusterPlace(local=2)),
        ("dask:tls://head.example:8786", ClusterPlace(address="tls://head.example:8786")),
        ("dask:tcp://127.0.0.1:8786", ClusterPlace(address="tcp://127.0.0.1:8786")),
        ("dask:tls://[2001:db8::1]:8786", ClusterPlace(address="tls://[2001:db8::1]:8786")),
    ],
)
def test_a_place_is_read(text: str, place: ClusterPlace) -> None:
    assert read_place(text) == place


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("slurm", "is no place that is known"),
        ("dask", "is no place that is known"),
        ("dask:", "is no place that is known"),
        ("ray:local=2", "is no place that is known"),
        ("dask:local=0", "is no number of workers"),
        ("dask:local=two", "is no number of workers"),
        ("dask:local=1000", "is no number of workers"),
        ("dask:head:8786", "is no address of a scheduler"),
        ("dask:https://head:8786", "is no address of a scheduler"),
        ("dask:tls://head", "is no address of a scheduler"),
        ("dask:tls://head:port", "is no address of a scheduler"),
        ("dask:scheduler-file=nowhere.json", "there is no such file"),
    ],
)
def test_what_is_no_place_is_told_with_what_would_be(text: str, told: str) -> None:
    with pytest.raises(ClusterError, match=told) as caught:
        read_place(text)
    assert "dask" in str(caught.value)


def test_a_scheduler_file_names_the_address(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": "tls://10.0.0.1:8786", "workers": {}}), encoding="utf-8")
    assert read_place(f"dask:scheduler-file={file}").address == "tls://10.0.0.1:8786"
    for content in ("[]", "{}", "no json", '{"address": 3}'):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(ClusterError):
            read_place(f"dask:scheduler-file={file}")


@pytest.mark.parametrize(
    "address", ["tcp://192.0.2.1:8786", "tcp://head.example:8786", "tcp://[2001:db8::1]:80"]
)
def test_plain_tcp_beyond_this_machine_is_refused(address: str) -> None:
    with ExitStack() as stack, pytest.raises(ClusterError, match="--plain-tcp"):
        open_client(read_place(f"dask:{address}"), Trust(), stack)


def test_tls_without_a_certificate_is_refused(tmp_path: Path) -> None:
    place = read_place("dask:tls://127.0.0.1:8786")
    with ExitStack() as stack, pytest.raises(ClusterError, match="no certificate"):
        open_client(place, Trust(), stack)
    (tmp_path / "ca.pem").write_text("", encoding="utf-8")
    with ExitStack() as stack, pytest.raises(ClusterError, match=r"cert\.pem.*key\.pem is missing"):
        open_client(place, Trust(tmp_path), stack)
