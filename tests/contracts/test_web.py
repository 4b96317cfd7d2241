"""What every Web promises; what the client does besides is in tests/unit/services/https."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.ports.web import NoAnswer, Web, WebAnswer
from chalicelib.services.https.addresses import network
from chalicelib.services.https.client import HttpsClient
from tests.unit.pipeline.fakes import FakeWeb
from tests.unit.services.https.answering import answering

SAID = b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nRetry-After: 7\r\n\r\nbusy"


@pytest.fixture(params=["client", "fake"])
def way(request: pytest.FixtureRequest) -> Iterator[tuple[Web, str]]:
    """A way out, and an address on which somebody answers what is said above."""
    if request.param == "fake":
        busy = WebAnswer(503, {"content-length": "4", "retry-after": "7"}, b"busy")
        nobody = NoAnswer("unreachable", "nobody")
        yield FakeWeb(by_url=lambda url: nobody if url.endswith(":9/") else busy), "http://127.0.0.1:8/"
        return
    with answering([SAID]) as server:
        yield HttpsClient([network("127.0.0.0/8")], local=True), f"http://127.0.0.1:{server.port}/"


def test_every_status_is_an_answer(way: tuple[Web, str]) -> None:
    web, url = way
    answer = web.send("GET", url, {}, None, seconds=10, limit=100)
    assert answer == WebAnswer(503, {"content-length": "4", "retry-after": "7"}, b"busy")


def test_a_longer_body_is_cut(way: tuple[Web, str]) -> None:
    web, url = way
    answer = web.send("POST", url, {"X-A": "b"}, b"body", seconds=10, limit=3)
    assert (answer.body, answer.cut) == (b"bus", True)


def test_nobody_answers(way: tuple[Web, str]) -> None:
    web, _ = way
    with pytest.raises(NoAnswer):
        web.send("GET", "http://127.0.0.1:9/", {}, None, seconds=10, limit=100)
