"""The client asks public addresses only, and is done in time, whatever answers."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from chalicelib.ports.web import NoAnswer, WebAnswer
from chalicelib.services.https.addresses import network
from chalicelib.services.https.client import HttpsClient, look_up
from tests.certificates import Certificate, self_signed
from tests.unit.services.https.answering import OK, Say, answering, dripping, silent

HERE = (network("127.0.0.0/8"),)
SOON = 0.3
"""Seconds that a request may take whose server never ends."""


def client(*addresses: str, **options: object) -> HttpsClient:
    """On a developer's machine, where every name leads to `addresses`."""
    return HttpsClient(HERE, local=True, resolve=lambda host, port: addresses or ("127.0.0.1",), **options)  # type: ignore[arg-type]


def get(url: str, by: HttpsClient | None = None, seconds: float = 10.0, limit: int = 1_000) -> WebAnswer:
    return (by or client()).send("GET", url, {}, None, seconds=seconds, limit=limit)


def refused(url: str, by: HttpsClient | None = None, seconds: float = 10.0, limit: int = 1_000) -> NoAnswer:
    with pytest.raises(NoAnswer) as refusal:
        get(url, by, seconds, limit)
    return refusal.value


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"), "hook.test")


def trusting(certificate: Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate.pem))


# ---- what is sent and what comes back ----


def test_a_request_and_its_answer() -> None:
    with answering(OK) as server:
        answer = client().send(
            "POST",
            f"http://hook.test:{server.port}/a?b=c",
            {"Authorization": "Bearer t"},
            b"body",
            seconds=10,
            limit=100,
        )
    assert answer == WebAnswer(200, {"content-length": "2", "x-one": "1, 2"}, b"hi")
    line, *headers = server.heard[0].split(b"\r\n\r\n")[0].decode().split("\r\n")
    assert line == "POST /a?b=c HTTP/1.1"
    assert sorted(headers) == [
        "Authorization: Bearer t",
        "Connection: close",
        "Content-Length: 4",
        f"Host: hook.test:{server.port}",
        "User-Agent: TriggerIQ/1",
    ]


@pytest.mark.parametrize("status", [204, 304, 404, 429, 500])
def test_every_status_is_an_answer(status: int) -> None:
    with answering([b"HTTP/1.1 %d Oh\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n" % status]) as server:
        answer = get(f"http://hook.test:{server.port}/")
    assert (answer.status, answer.headers["retry-after"]) == (status, "7")


def test_a_redirection_is_not_followed() -> None:
    with answering(OK) as inner:
        where = b"Location: http://127.0.0.1:%d/\r\n" % inner.port
        with answering([b"HTTP/1.1 302 Found\r\n" + where + b"Content-Length: 0\r\n\r\n"]) as server:
            assert get(f"http://hook.test:{server.port}/").status == 302
        assert inner.calls == 0


def test_nothing_of_the_environment_is_heard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    with answering([]) as proxy, answering(OK) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setattr(os, "environ", {**os.environ, "NO_PROXY": "", "no_proxy": ""})
        assert get(f"http://hook.test:{server.port}/").status == 200
        assert proxy.calls == 0
    assert b"authorization" not in server.heard[0].lower()


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET /", {}),
        ("", {}),
        ("GET", {"Host": "other.test"}),
        ("GET", {"transfer-encoding": "chunked"}),
        ("GET", {"Proxy-Authorization": "Basic x"}),
        ("GET", {"Accept-Encoding": "gzip"}),
        ("GET", {"X-A": "b\r\nX-C: d"}),
        ("GET", {"X A": "b"}),
        ("GET", {"X-A": "€"}),
    ],
)
def test_what_can_not_be_sent_is_the_caller_s_fault(method: str, headers: dict[str, str]) -> None:
    with answering(OK) as server:
        with pytest.raises(ValueError, match=r".+"):
            client().send(method, f"http://hook.test:{server.port}/", headers, None, seconds=10, limit=100)
        assert server.calls == 0


@pytest.mark.parametrize("value", ["Bearer hush\n", "Bearer hush\r\nX-C: d", "Bearer hush…", "Bearer hush\0"])
def test_a_header_that_can_not_be_sent_is_not_quoted(value: str) -> None:
    with pytest.raises(ValueError, match="the header authorization has characters") as refusal:
        client().send("GET", "http://hook.test/", {"authorization": value}, None, seconds=10, limit=100)
    assert "hush" not in str(refusal.value)


# ---- where it goes ----


@pytest.mark.parametrize(
    "addresses",
    [
        ("10.0.0.1",),
        ("127.0.0.1", "10.0.0.1"),
        ("8.8.8.8", "169.254.169.254"),
        ("::ffff:169.254.169.254",),
        ("64:ff9b::a9fe:a9fe",),
        ("2002:7f00:1::",),
        ("::1",),
    ],
)
def test_a_name_with_a_bad_address_is_refused_before_anybody_is_called(addresses: tuple[str, ...]) -> None:
    with answering(OK) as server:
        told = refused(f"http://hook.test:{server.port}/token", client(*addresses))
        assert (told.fault, server.calls) == ("refused", 0)
    assert "hook.test" in str(told)
    assert "token" not in str(told)


def test_loopback_is_refused_where_nobody_opens_it() -> None:
    with answering(OK) as server:
        strict = HttpsClient(local=True, resolve=lambda host, port: ("127.0.0.1",))
        assert refused(f"http://hook.test:{server.port}/", strict).fault == "refused"
        assert server.calls == 0


@pytest.mark.parametrize(
    "host", ["0x7f.1", "2130706433", "0177.0.0.1", "127.1", "[::ffff:7f00:1]", "localhost"]
)
def test_odd_forms_of_loopback_are_judged_by_what_they_mean(host: str) -> None:
    """On a developer's machine they are looked up, as the resolver reads them; elsewhere they are refused."""
    with answering(OK) as server:
        url = f"http://{host}:{server.port}/"
        assert refused(url, HttpsClient(local=True)).fault in ("refused", "unknown")
        assert refused(url.replace("http", "https"), HttpsClient(HERE)).fault == "refused"
        assert server.calls == 0


def test_a_name_is_looked_up_once_so_that_it_can_not_change_its_mind() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("127.0.0.2",)

    with answering(OK) as server:
        own = HttpsClient(HERE, local=True, resolve=rebinding)
        assert get(f"http://hook.test:{server.port}/", own).status == 200
    assert asked == ["hook.test"]


def test_our_own_name_is_not_called() -> None:
    own = HttpsClient(own=["api.example.com"])
    assert refused("https://api.example.com/tickets", own).fault == "refused"


def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    with answering(OK) as server:
        both = ("::1", "127.0.0.1")
        own = HttpsClient([*HERE, network("::1/128")], local=True, resolve=lambda host, port: both)
        assert get(f"http://hook.test:{server.port}/", own).status == 200


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert refused(f"http://hook.test:{port}/").fault == "unreachable"


def test_a_name_that_leads_nowhere() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert refused("http://hook.test/", HttpsClient(resolve=unknown, local=True)).fault == "unknown"
    nowhere = HttpsClient(local=True, resolve=lambda host, port: ())
    assert refused("http://hook.test/", nowhere).fault == "unknown"


def test_the_machine_s_own_look_up_gives_addresses() -> None:
    assert "127.0.0.1" in look_up("localhost", 80)


# ---- whom it believes ----


def test_tls_is_spoken_with_the_name(certificate: Certificate) -> None:
    with answering(OK, certificate) as server:
        own = client(context=trusting(certificate))
        assert get(f"https://hook.test:{server.port}/", own).body == b"hi"
    assert server.names == ["hook.test"]
    assert f"Host: hook.test:{server.port}".encode() in server.heard[0]


def test_a_certificate_of_another_name_is_refused(certificate: Certificate) -> None:
    with answering(OK, certificate) as server:
        told = refused(f"https://other.test:{server.port}/", client(context=trusting(certificate)))
    assert told.fault == "untrusted"
    assert server.heard == []


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    with answering(OK, certificate) as server:
        assert refused(f"https://hook.test:{server.port}/").fault == "untrusted"
    assert server.heard == []


def test_a_server_without_tls_is_refused() -> None:
    with answering(OK) as server:
        assert refused(f"https://hook.test:{server.port}/").fault in ("untrusted", "broken")


# ---- how long it takes, and how much it takes ----


@pytest.mark.parametrize(
    "say",
    [
        silent,
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X-Many: x\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silent", "header", "headers", "body", "chunks", "continue"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_deadline_holds_whatever_drips(scheme: str, say: Say, certificate: Certificate) -> None:
    with answering(say, certificate if scheme == "https" else None) as server:
        own = client(context=trusting(certificate))
        told = refused(f"{scheme}://hook.test:{server.port}/", own, seconds=SOON)
    assert told.fault == "late"
    assert server.calls == 1


def test_the_deadline_holds_for_a_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # takes the connection, and never says a word
        told = refused(f"https://hook.test:{listener.getsockname()[1]}/", seconds=SOON)
    assert told.fault == "late"


def test_the_deadline_holds_for_a_look_up() -> None:
    over = threading.Event()

    def never(host: str, port: int) -> Sequence[str]:
        over.wait()
        return ()

    told = refused("http://hook.test/", HttpsClient(local=True, resolve=never), seconds=SOON)
    over.set()
    assert told.fault == "late"


def test_a_deadline_that_has_passed() -> None:
    with answering(OK) as server:
        assert refused(f"http://hook.test:{server.port}/", seconds=0).fault == "late"
    assert server.heard == []


def test_a_body_is_cut_at_the_limit() -> None:
    endless = dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1_000)
    with answering(endless) as server:
        answer = get(f"http://hook.test:{server.port}/", limit=1_500)
    assert (answer.body, answer.cut) == (b"x" * 1_500, True)


def test_a_body_of_just_the_limit_is_whole() -> None:
    with answering(OK) as server:
        answer = get(f"http://hook.test:{server.port}/", limit=2)
    assert (answer.body, answer.cut) == (b"hi", False)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhi",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/9.9 huh\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"\x00\xff" * 100,
        b"",
    ],
)
def test_what_is_no_whole_answer_is_none(said: bytes) -> None:
    with answering([said]) as server:
        assert refused(f"http://hook.test:{server.port}/").fault == "broken"


def test_a_chunk_that_claims_to_have_no_end_is_not_read_to_it() -> None:
    said = dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"x" * 500_000)
    with answering(said) as server:
        assert refused(f"http://hook.test:{server.port}/").fault == "broken"


def test_many_requests_leave_nothing_open() -> None:
    """But one thread that watches over all of them, and one that looks names up: a client uses it again."""

    def alive() -> list[str]:
        return sorted(one.name for one in threading.enumerate() if one.name in ("look-up", "watchdog"))

    with answering(OK) as server:
        own = client()
        get(f"http://hook.test:{server.port}/", own)
        after_one = alive()
        for _ in range(50):
            get(f"http://hook.test:{server.port}/", own)
        assert alive() == after_one
    assert after_one.count("watchdog") == 1


def test_what_hangs_holds_up_no_other_look_up() -> None:
    over = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        if host == "hangs.test":
            over.wait()
        return ("127.0.0.1",)

    own = HttpsClient(HERE, local=True, resolve=resolve)
    with answering(OK) as server:
        assert refused(f"http://hangs.test:{server.port}/", own, seconds=SOON).fault == "late"
        assert get(f"http://hook.test:{server.port}/", own).status == 200
        over.set()


def test_an_earlier_deadline_that_is_set_later_holds_too() -> None:
    with answering(silent) as server:
        url = f"http://hook.test:{server.port}/"
        patient = threading.Thread(target=lambda: refused(url, seconds=SOON * 3))
        patient.start()
        begun = time.monotonic()
        assert refused(url, seconds=SOON).fault == "late"
        assert time.monotonic() - begun < SOON * 3
        patient.join()
