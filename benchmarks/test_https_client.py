"""One delivery through the guarded client, beside plain `http.client`: both look the name up, connect, speak
TLS, send the same, and read the answer. The receiver is another process on this machine."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from benchmarks.conftest import SideBySide
from chalicelib.services.https.addresses import network
from chalicelib.services.https.client import USER_AGENT, HttpsClient
from tests.certificates import self_signed

ROUNDS = 400
BODY = b'{"type":"ticket.created","data":{"title":"Crash on start"}}' * 40
HEADERS = {"content-type": "application/json", "webhook-id": "e1", "webhook-signature": "v1," + "x" * 44}
SECONDS, LIMIT = 15.0, 20_000


class Receiver(NamedTuple):
    https: int
    http: int
    context: ssl.SSLContext


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    certificate = self_signed(tmp_path_factory.mktemp("tls"), "localhost")
    command = [sys.executable, "-m", "benchmarks.https_server", str(certificate.pem), str(certificate.key)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        https, plain = map(int, server.stdout.readline().split())
        context = ssl.create_default_context(cafile=str(certificate.pem))
        yield Receiver(https, plain, context)
        server.kill()


def with_http_client(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
    sent = {**HEADERS, "User-Agent": USER_AGENT, "Connection": "close"}
    connection.request("POST", "/hook", BODY, sent)
    answer = connection.getresponse()
    body = answer.read(LIMIT)
    connection.close()
    return answer.status, body


def ours(client: HttpsClient, url: str) -> tuple[int, bytes]:
    answer = client.send("POST", url, HEADERS, BODY, seconds=SECONDS, limit=LIMIT)
    return answer.status, answer.body


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_delivery_by_the_guarded_client(scheme: str, side_by_side: SideBySide, receiver: Receiver) -> None:
    port = receiver.https if scheme == "https" else receiver.http
    here = (network("127.0.0.0/8"), network("::1/128"))
    client = HttpsClient(here, local=True, context=receiver.context)
    url = f"{scheme}://localhost:{port}/hook"

    def plain() -> tuple[int, bytes]:
        if scheme == "https":
            return with_http_client(
                http.client.HTTPSConnection("localhost", port, timeout=SECONDS, context=receiver.context)
            )
        return with_http_client(http.client.HTTPConnection("localhost", port, timeout=SECONDS))

    side_by_side(ROUNDS, lambda found: found == (200, b"ok"), ours=lambda: ours(client, url), plain=plain)
