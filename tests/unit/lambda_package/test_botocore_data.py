from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from lambda_package import botocore_data
from lambda_package.errors import PackageError


def test_the_services_are_those_whose_client_the_code_asks_for(tmp_path):
    module = tmp_path / "m.py"
    module.write_text(
        'self.client("sqs")\nclient("s3")\nsession.create_client("kms", config=config)\n'
        'client(service)\nself.queue("feedback")\nother.client()\n'
    )
    assert botocore_data.services_in_use([module]) == {"sqs", "s3", "kms"}


def describe(data: Path, service: str, version: str, prefix: str) -> None:
    folder = data / service / version
    folder.mkdir(parents=True)
    model = {
        "metadata": {"endpointPrefix": prefix},
        "documentation": "<p>Long</p>",
        "shapes": {"Note": {"members": {"documentation": {"shape": "S", "documentation": "<p>More</p>"}}}},
    }
    (folder / "service-2.json.gz").write_bytes(gzip.compress(json.dumps(model).encode()))
    (folder / "paginators-1.json").write_text('{"pagination": {}}')
    (folder / "examples-1.json").write_text('{"examples": {}}')


@pytest.fixture
def data(tmp_path: Path) -> Path:
    describe(tmp_path, "queue", "2011-01-01", "q")
    describe(tmp_path, "queue", "2012-01-01", "q")
    describe(tmp_path, "satellite", "2020-01-01", "s")
    endpoints = {"partitions": [{"regions": {"r": {}}, "services": {"q": {"endpoints": {}}, "s": {}}}]}
    (tmp_path / "endpoints.json").write_text(json.dumps(endpoints))
    (tmp_path / "_retry.json").write_text("{}")
    return tmp_path


def test_only_the_newest_description_of_a_service_in_use_stays_and_is_plain(data):
    botocore_data.trim(data, {"queue"})
    left = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    assert left == [
        "_retry.json",
        "endpoints.json",
        "queue/2012-01-01/paginators-1.json",
        "queue/2012-01-01/service-2.json",
    ]


def test_the_prose_goes_and_a_member_of_that_name_stays(data):
    botocore_data.trim(data, {"queue"})
    model = json.loads((data / "queue" / "2012-01-01" / "service-2.json").read_text())
    assert model == {
        "metadata": {"endpointPrefix": "q"},
        "documentation": "",
        "shapes": {"Note": {"members": {"documentation": {"shape": "S", "documentation": ""}}}},
    }


def test_the_endpoints_are_those_of_the_services_in_use_by_their_own_names(data):
    botocore_data.trim(data, {"queue"})
    endpoints = json.loads((data / "endpoints.json").read_text())
    assert endpoints == {"partitions": [{"regions": {"r": {}}, "services": {"q": {"endpoints": {}}}}]}


def test_a_service_that_botocore_does_not_know_stops_it(data):
    with pytest.raises(PackageError, match="botocore knows no service queueue"):
        botocore_data.trim(data, {"queue", "queueue"})
