"""A delivery to whatever answers: what it comes to, in which time, and in how much memory. As `deliver` sends
them, but that the deadline is short."""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.delivery.outcome import Outcome, answered, kept_of, unanswered
from chalicelib.ports.web import NoAnswer
from chalicelib.services.https.addresses import network
from chalicelib.services.https.client import HttpsClient
from tests.certificates import Certificate, self_signed
from tests.unit.services.https.answering import OK, RESET, Say, after, answering, dripping, silent
from tests.unit.services.https.test_addresses import ROWS

HERE = (network("127.0.0.0/8"),)
BODY = b'{"type":"ticket.created"}' * 100
LIMIT = 20_000
LONG, SOON = 10.0, 0.4
"""Seconds: what nothing here needs, and what is over soon. In AWS a delivery has 15."""
MEBIBYTE = 1_048_576
MEMORY = 4 * MEBIBYTE
"""Within which a delivery stays, whatever is answered."""
GIGABYTE = 1_000_000_000


def delivered(
    url: str,
    seconds: float = LONG,
    *,
    resolve: Callable[[str, int], Sequence[str]] = lambda host, port: ("127.0.0.1",),
    context: ssl.SSLContext | None = None,
) -> tuple[Outcome, str]:
    """One attempt, and what is kept of the answer."""
    web = HttpsClient(HERE, local=True, resolve=resolve, context=context)
    now = datetime.now(UTC)
    try:
        answer = web.send("POST", url, {"webhook-id": "e1"}, BODY, seconds=seconds, limit=LIMIT)
    except NoAnswer as error:
        return unanswered(error.fault, str(error), 0), ""
    assert len(answer.body) <= LIMIT
    return answered(answer.status, answer.headers, now, 5), kept_of(answer.body)


def outcome_of(say: Say, seconds: float = LONG) -> Outcome:
    with answering(say) as server:
        return delivered(f"http://hook.test:{server.port}/", seconds)[0]


def answer(status: str, *headers: str, body: bytes = b"") -> list[bytes]:
    head = "".join(f"{header}\r\n" for header in (*headers, f"Content-Length: {len(body)}"))
    return [f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body]


def a_gigabyte(head: bytes, piece: bytes = b"x" * MEBIBYTE, end: bytes = b"") -> Iterable[bytes]:
    yield head
    for _ in range(GIGABYTE // len(piece)):
        yield piece
    yield end


def peak_of(do: Callable[[], object]) -> int:
    """Bytes that Python took at most meanwhile."""
    tracemalloc.start()
    try:
        do()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# ---- what is answered ----


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Again", "308 For ever"])
def test_a_redirection_is_a_failure_and_is_not_followed(status: str) -> None:
    with answering(OK) as inner:
        where = f"Location: http://127.0.0.1:{inner.port}/"
        outcome = outcome_of(answer(status, where))
        assert inner.calls == 0
    assert (outcome.kind, outcome.status) == ("failed", int(status[:3]))
    assert "127.0.0.1" not in (outcome.error or "")


@pytest.mark.parametrize("status", ["304 Not Modified", "400 Bad", "404 Not Found", "500 Oh", "999 What"])
def test_what_is_not_2xx_is_a_failure(status: str) -> None:
    assert outcome_of(answer(status)).kind == "failed"


def test_gone_and_a_pause_are_heard() -> None:
    assert outcome_of(answer("410 Gone")).stop == "gone"
    assert outcome_of(answer("429 Slow", "Retry-After: 60")).pause_until
    assert outcome_of(answer("500 Oh", "Webhook-Delivery: disable")).stop == "asked"


# ---- how much ----


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIGABYTE,
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % GIGABYTE,
        b"HTTP/1.1 500 Oh\r\nContent-Length: %d\r\n\r\n" % GIGABYTE,
    ],
    ids=["counted", "until the end", "one chunk", "of a failure"],
)
def test_a_gigabyte_is_not_read(head: bytes) -> None:
    with answering(a_gigabyte(head)) as server:
        url = f"http://hook.test:{server.port}/"
        assert peak_of(lambda: delivered(url)) < MEMORY
        assert server.said < 64 * MEBIBYTE  # what the kernel holds for either side


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * MEBIBYTE),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 100_000),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 60_000 + b"\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 100_000),
    ],
    ids=["one header", "headers", "answers before the answer", "extensions of chunks", "trailers"],
)
def test_a_gigabyte_in_any_other_place_is_not_read_either(head: bytes, piece: bytes) -> None:
    with answering(a_gigabyte(head, piece)) as server:
        url = f"http://hook.test:{server.port}/"
        assert peak_of(lambda: delivered(url, 5)) < MEMORY
        assert server.said < 64 * MEBIBYTE


def test_what_is_compressed_is_not_unpacked() -> None:
    bomb = gzip.compress(b"0" * 20 * MEBIBYTE)
    with answering(answer("200 OK", "Content-Encoding: gzip", body=bomb)) as server:
        url = f"http://hook.test:{server.port}/"
        assert peak_of(lambda: delivered(url)) < MEMORY
        head = server.heard[0].lower()
    assert b"accept-encoding" not in head  # nobody asked for it


def test_an_answer_that_is_no_text_is_kept_as_one() -> None:
    with answering(answer("500 Oh", body=os.urandom(30_000))) as server:
        _, kept = delivered(f"http://hook.test:{server.port}/")
    assert len(kept) <= 500
    assert kept.replace("\n", "").replace("\t", "").isprintable()


# ---- how long ----


@pytest.mark.parametrize(
    "say",
    [
        silent,
        dripping(b"HTTP/1.1 200 OK\r\n", b"X-Long: x\r\n"),
        dripping(b"", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"x"),
        after(SOON + 0.3, OK),
        after(SOON + 0.3, answer("410 Gone")),
    ],
    ids=[
        "hangs",
        "a header now and then",
        "a byte now and then",
        "a slow body",
        "200 too late",
        "410 too late",
    ],
)
def test_what_comes_too_late_did_not_come(say: Say) -> None:
    begun = time.monotonic()
    outcome = outcome_of(say, SOON)
    assert time.monotonic() - begun < LONG
    assert (outcome.kind, outcome.status, outcome.stop) == ("late", None, None)


def test_a_receiver_that_does_not_read_is_late_too() -> None:
    """The request itself is larger than what the kernel takes for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web = HttpsClient(HERE, local=True, resolve=lambda host, port: ("127.0.0.1",))
        url = f"http://hook.test:{listener.getsockname()[1]}/"
        with pytest.raises(NoAnswer) as refusal:
            web.send("POST", url, {}, b"x" * 16 * MEBIBYTE, seconds=SOON, limit=LIMIT)
    assert refusal.value.fault == "late"


@contextmanager
def taking_no_connection() -> Iterator[int]:
    """A port whose queue is full of two that nobody takes up: what comes then is not answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(2):
            sock = waiting.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere such a connection is taken, or refused")
def test_a_connection_that_nobody_takes_is_given_up_before_the_deadline() -> None:
    own = HttpsClient(HERE, local=True, resolve=lambda host, port: ("127.0.0.1",) * 2, connect_seconds=0.2)
    with taking_no_connection() as port, pytest.raises(NoAnswer) as refusal:
        own.send("POST", f"http://hook.test:{port}/", {}, BODY, seconds=LONG, limit=LIMIT)
    assert refusal.value.fault == "unreachable"


def test_many_that_hang_hang_side_by_side() -> None:
    outcomes: list[Outcome] = []
    with answering(silent) as server:
        url = f"http://hook.test:{server.port}/"
        attempts = [
            threading.Thread(target=lambda: outcomes.append(delivered(url, SOON)[0])) for _ in range(10)
        ]
        begun = time.monotonic()
        for attempt in attempts:
            attempt.start()
        for attempt in attempts:
            attempt.join()
        assert time.monotonic() - begun < LONG
    assert {outcome.kind for outcome in outcomes} == {"late"}
    assert len(outcomes) == 10


# ---- what breaks ----


@pytest.mark.parametrize(
    "said",
    [
        [RESET],
        [b"HTTP/1.1 200 OK\r\nConte", RESET],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", RESET],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhi", RESET],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"],
        [],
    ],
    ids=["at once", "in the head", "in the body", "in a chunk", "an early end", "no word"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_that_breaks_is_a_failure(
    scheme: str, said: list[bytes], certificates: dict[str, Certificate]
) -> None:
    certificate = certificates["valid"] if scheme == "https" else None
    with answering(said, certificate) as server:
        context = ssl.create_default_context(cafile=str(certificate.pem)) if certificate else None
        outcome, _ = delivered(f"{scheme}://hook.test:{server.port}/", context=context)
    assert (outcome.kind, outcome.status) == ("failed", None)
    assert (outcome.error or "").startswith(("no whole answer", "it can't prove its name"))


# ---- whom it believes ----


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificate]:
    def made(name: str, host: str, days: int) -> Certificate:
        return self_signed(tmp_path_factory.mktemp(name), host, ends=timedelta(days=days))

    return {
        "valid": made("valid", "hook.test", 1),
        "expired": made("expired", "hook.test", -1),
        "of another name": made("other", "other.test", 1),
        "of a part of the name": made("part", "test", 1),
    }


@pytest.mark.parametrize("which", ["expired", "of another name", "of a part of the name"])
def test_a_certificate_that_does_not_hold_is_not_believed(
    which: str, certificates: dict[str, Certificate]
) -> None:
    certificate = certificates[which]
    with answering(OK, certificate) as server:
        context = ssl.create_default_context(cafile=str(certificate.pem))
        outcome, _ = delivered(f"https://hook.test:{server.port}/", context=context)
        assert server.heard == []  # not a word of the event
    assert (outcome.error or "").startswith("it can't prove its name")


def test_one_that_holds_is_believed(certificates: dict[str, Certificate]) -> None:
    certificate = certificates["valid"]
    with answering(OK, certificate) as server:
        context = ssl.create_default_context(cafile=str(certificate.pem))
        assert delivered(f"https://hook.test:{server.port}/", context=context)[0].delivered


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_not_spoken(certificates: dict[str, Certificate]) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(*certificates["valid"])
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with answering(OK, context=old) as server:
        outcome, _ = delivered(f"https://hook.test:{server.port}/")
    assert (outcome.error or "").startswith("it can't prove its name: no TLS with hook.test")


# ---- where it leads ----


@pytest.mark.parametrize("special", ROWS, ids=str)
def test_a_name_that_leads_to_a_special_address_is_not_connected_to(special: object) -> None:
    asked: list[str] = []
    first = str(special).partition("/")[0]

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ("8.8.8.8", first)

    web = HttpsClient(resolve=resolve)
    with pytest.raises(NoAnswer) as refusal:
        web.send("POST", "https://hook.example/", {}, BODY, seconds=LONG, limit=LIMIT)
    outcome = unanswered(refusal.value.fault, str(refusal.value), 0)
    assert (outcome.error or "").startswith("address not allowed")
    assert first not in (outcome.error or "")  # it tells nobody what our resolver knows
    assert asked == ["hook.example"]


def test_a_name_that_changes_its_mind_is_asked_once_a_try() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

    with answering(OK) as server:
        url = f"http://hook.test:{server.port}/"
        assert delivered(url, resolve=rebinding)[0].delivered
        assert asked == ["hook.test"]
        outcome, _ = delivered(url, resolve=rebinding)
        assert (asked, server.calls) == (["hook.test"] * 2, 1)
    assert (outcome.error or "").startswith("address not allowed")
