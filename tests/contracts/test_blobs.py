"""What every Blobs promises."""

from __future__ import annotations

import io
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.config import Config
from botocore.credentials import CredentialResolver
from botocore.exceptions import ReadTimeoutError
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


BODY = bytes(n * n % 251 for n in range(1_000_000))


def test_a_stream_goes_to_where_it_is_sent(blobs: Blobs, unique: str) -> None:
    blobs.put(unique, BODY)
    with blobs.open(unique, etag_of(BODY)) as stream:
        for place in (0, 700_000, 700_010, 20, 999_990, 1_000_000, 2_000_000, 300_000):
            assert stream.seek(place) == place
            assert (stream.read(1_000), stream.tell()) == (
                BODY[place : place + 1_000],
                max(place, min(place + 1_000, len(BODY))),
            )
        stream.seek(-5, io.SEEK_END)
        assert stream.read() == BODY[-5:]
        stream.seek(-100, io.SEEK_CUR)
        assert stream.read() == BODY[-100:]


def test_what_took_the_place_of_a_stream_s_object_is_not_read(blobs: Blobs, unique: str) -> None:
    if isinstance(blobs, FakeBlobs):
        pytest.skip("it holds the bytes themselves")
    blobs.put(unique, BODY)
    with blobs.open(unique) as stream:
        stream.read(10)
        blobs.put(unique, BODY[::-1])
        stream.seek(900_000)
        with pytest.raises(NotFound):
            stream.read(10)


def test_what_was_deleted_is_not_there_and_may_be_deleted_again(blobs: Blobs, unique: str) -> None:
    blobs.put(unique, b"one")
    for _ in range(2):
        blobs.delete(unique)
    with pytest.raises(NotFound):
        blobs.get(unique)


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
        with pytest.raises(Unavailable):
            blobs.delete(unique)


def test_a_stream_that_seeks_asks_for_what_is_read_and_no_more(client: Client, unique: str) -> None:
    s3 = Asked(client("s3"))
    blobs = S3Blobs(s3, BUCKET)
    blobs.put(unique, BODY)
    with blobs.open(unique) as stream:
        stream.read(100)
        stream.seek(200)
        stream.read(100)
        for place in (900_000, 500_000, 800_000):
            stream.seek(place)
        stream.read(100)
    assert s3.ranges == ["", "bytes=800000-"]


def test_a_connection_that_is_lost_is_made_anew_where_it_was(client: Client, unique: str) -> None:
    s3 = Asked(client("s3"))
    blobs = S3Blobs(s3, BUCKET)
    blobs.put(unique, BODY)
    s3.lose = 1
    with blobs.open(unique) as stream:
        assert stream.read() == BODY
    assert s3.ranges == ["", "bytes=300000-"]


def test_a_connection_that_is_lost_again_and_again_is_unavailable(client: Client, unique: str) -> None:
    s3 = Asked(client("s3"))
    blobs = S3Blobs(s3, BUCKET)
    blobs.put(unique, BODY)
    s3.lose = 100
    with blobs.open(unique) as stream, pytest.raises(Unavailable):
        stream.read()


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


class Asked:
    """S3, with the ranges that it was asked for. lose: how many of the next answers break off: the first
    after 300,000 bytes, the others at once."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.ranges: list[str] = []
        self.lose = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_object(self, **given: Any) -> Any:
        self.ranges.append(given.get("Range", ""))
        answer = self._client.get_object(**given)
        if self.lose:
            self.lose -= 1
            answer["Body"] = Broken(answer["Body"], 300_000 if len(self.ranges) == 1 else 0)
        return answer


class Broken:
    def __init__(self, body: Any, left: int) -> None:
        self._body, self._left = body, left

    def read(self, size: int) -> bytes:
        if not self._left:
            raise ReadTimeoutError(endpoint_url="s3")
        piece: bytes = self._body.read(min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._body.close()
