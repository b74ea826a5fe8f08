"""The Job for Kubernetes is one that Kubernetes takes, with the options that `dask worker` knows."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

MANIFEST = Path(__file__).parents[2] / "docs" / "kubernetes-job.yaml"


@pytest.fixture(scope="module")
def schemas() -> ModuleType:
    """The schemas of Kubernetes. A library below takes seconds to load: not while tests are collected."""
    import kubernetes_validate

    return kubernetes_validate


@pytest.fixture
def job() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return read


def test_it_is_a_job_by_the_schema_of_kubernetes(job: dict[str, Any], schemas: ModuleType) -> None:
    schemas.validate(job, "1.34", strict=True)


def test_a_key_that_kubernetes_does_not_know_would_be_found(job: dict[str, Any], schemas: ModuleType) -> None:
    job["spec"]["template"]["spec"]["containers"][0]["imagePullPolicies"] = "Always"
    with pytest.raises(schemas.ValidationError, match="imagePullPolicies"):
        schemas.validate(job, "1.34", strict=True)


def test_the_worker_is_told_only_what_it_understands(job: dict[str, Any]) -> None:
    [container] = job["spec"]["template"]["spec"]["containers"]
    told = subprocess.run(
        [sys.executable, "-m", "distributed.cli.dask_worker", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for option in container["args"]:
        assert option.partition("=")[0] in told.stdout, option
    mounted = {each["mountPath"] for each in container["volumeMounts"]}
    files = [each.partition("=")[2] for each in container["args"] if "/certificates/" in each]
    assert len(files) == 3
    assert all(str(Path(file).parent) in mounted for file in files)
