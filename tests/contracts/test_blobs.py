"""What every Blobs promises."""

from __future__ import annotations

from urllib.request import urlopen

import pytest
from botocore.config import Config
from botocore.credentials import CredentialResolver
from botocore.session import get_session

from chalicelib.errors import NotFound, Unavailable
from chalicelib.pipeline.tickets.attachments import disposition
from chalicelib.ports.operations import Blobs
from chalicelib.services.s3 import S3Blobs
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import S3, FaultyAws
from tests.unit.pipeline.fakes import FakeBlobs, etag_of

BUCKET = named("artifacts")


@pytest.fixture(params=["S3", "fake"])
def blobs(request: pytest.FixtureRequest) -> Blobs:
    if request.param == "fake":
        return FakeBlobs()
    client: Client = request.getfixturevalue("client")
    return S3Blobs(client("s3"), BUCKET)


def test_an_object_comes_back_as_it_was_put(blobs: Blobs, unique: str) -> None:
    blobs.put(unique, b"\0\xff", "text/plain")
    assert blobs.get(unique) == b"\0\xff"


def test_an_object_that_is_put_again_takes_the_place_of_the_first(blobs: Blobs, unique: str) -> None:
    for body in (b"one", b"two"):
        blobs.put(unique, body)
    assert blobs.get(unique) == b"two"


def test_an_object_is_read_as_a_stream(blobs: Blobs, unique: str) -> None:
    blobs.put(unique, b"one\ntwo\n")
    with blobs.open(unique) as stream:
        assert [stream.readline(), stream.read(2), stream.read()] == [b"one\n", b"tw", b"o\n"]


def test_what_is_not_there_is_not_found(blobs: Blobs, unique: str) -> None:
    with pytest.raises(NotFound):
        blobs.get(unique)
    with pytest.raises(NotFound):
        blobs.open(unique)


def test_a_version_is_read_until_another_takes_its_place(blobs: Blobs, unique: str) -> None:
    blobs.put(unique, b"one")
    with blobs.open(unique, etag_of(b"one")) as stream:
        assert stream.read() == b"one"
    blobs.put(unique, b"two")
    with pytest.raises(NotFound):
        blobs.open(unique, etag_of(b"one"))


def test_a_bucket_that_is_down_is_unavailable(client: Client, aws: FaultyAws, unique: str) -> None:
    blobs = S3Blobs(client("s3"), BUCKET)
    with aws.outage(S3):
        with pytest.raises(Unavailable):
            blobs.put(unique, b"one")
        with pytest.raises(Unavailable):
            blobs.get(unique)
        with pytest.raises(Unavailable):
            blobs.open(unique)


def test_an_address_leads_to_its_object(blobs: Blobs, unique: str) -> None:
    one, other = (
        blobs.address(f"{unique}/{n}", 300, disposition="attachment", content_type="text/plain")
        for n in range(2)
    )
    assert one.startswith("http")
    assert f"{unique}/0?" in one
    assert f"{unique}/1?" in other


def test_whoever_has_an_address_gets_the_object_as_a_file_to_save(client: Client, unique: str) -> None:
    blobs = S3Blobs(client("s3"), BUCKET)
    blobs.put(unique, b"<script>")
    saved = disposition('bad "name"; x=\r\n.html')
    address = blobs.address(unique, 300, disposition=saved, content_type="application/octet-stream")
    with urlopen(address) as answer:
        assert answer.read() == b"<script>"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == saved


def test_an_address_can_not_be_signed_without_credentials(unique: str) -> None:
    session = get_session()
    session.register_component("credential_provider", CredentialResolver([]))
    s3 = session.create_client("s3", region_name="eu-central-1", config=Config(signature_version="s3v4"))
    with pytest.raises(Unavailable):
        S3Blobs(s3, BUCKET).address(unique, 300, disposition="attachment", content_type="text/plain")
