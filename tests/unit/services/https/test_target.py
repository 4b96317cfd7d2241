"""What may stand in an address, before anybody is asked where it leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ports.web import NoAnswer
from chalicelib.services.https.target import Target, own_of, target_of


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://api.example.com", ("https", "api.example.com", 443, "/")),
        (
            "https://api.example.com/v1/a%20b?c=d&e[]=f",
            ("https", "api.example.com", 443, "/v1/a%20b?c=d&e[]=f"),
        ),
        ("https://API.Example.com:8443?x=1", ("https", "api.example.com", 8443, "/?x=1")),
        ("HTTPS://api.example.com./", ("https", "api.example.com", 443, "/")),
        ("https://bücher.example/", ("https", "xn--bcher-kva.example", 443, "/")),
    ],
)
def test_an_address_is_read(url: str, target: tuple[str, str, int, str]) -> None:
    assert target_of(url) == Target(*target)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/",
        "ftp://api.example.com/",
        "https://api.example.com:80/",
        "https://api.example.com:6379/",
        "https://api.example.com:99999/",
        "https://api.example.com:/",
        "https://api.example.com/#part",
        "https://user@api.example.com/",
        "https://user:secret@api.example.com/",
        "https://api.example.com\\@127.0.0.1/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://1.0x7f/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::]/",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://a.localhost/",
        "https://metadata.google.internal/",
        "https://metadata.google.internal./",
        "https://printer.local/",
        "https://ours.example.com/",
        "https://OURS.example.com./",
        "https://a..example.com/",
        "https://.example.com/",
        "https://-a-.example.com/",
        "https://" + "a" * 64 + ".example.com/",
        "https://api.example.com/\r\nX: y",
        "https://api.example.com/ ",
        "https://api.exa\tmple.com/",
        "https://api.example.com/ü",
        "https://api.example.com\x00/",
        "https://api.example.com/" + "a" * 2_048,
        "//api.example.com/",
        "",
    ],
)
def test_an_address_is_refused(url: str) -> None:
    with pytest.raises(NoAnswer) as refusal:
        target_of(url, own=own_of("https://ours.example.com/api"))
    assert refusal.value.fault == "refused"
    assert "secret" not in str(refusal.value)


def test_a_developer_s_machine_is_not_so_strict() -> None:
    assert target_of("http://api.example.com/a", local=True).port == 80
    assert target_of("http://127.0.0.1:8080/a", local=True) == Target("http", "127.0.0.1", 8080, "/a")
    assert target_of("http://[::1]:8080/a", local=True) == Target("http", "::1", 8080, "/a")
    assert target_of("http://localhost", local=True) == Target("http", "localhost", 80, "/")
    for url in (
        "http://localhost:0/",
        "http://localhost:70000/",
        "http://user@localhost/",
        "file:///etc/passwd",
        "https://api.example.com:22/",
        "http://api.example.com:70000/",
        "https://printer.internal/",
        "https://nodot/",
        "https://10.0.0.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://127.1/",
        "http://[::ffff:127.0.0.1]/",
    ):
        with pytest.raises(NoAnswer):
            target_of(url, local=True)


def test_a_developer_s_machine_does_not_call_its_own_api() -> None:
    own = own_of("http://127.0.0.1:8000")
    assert target_of("http://127.0.0.1:8001/a", local=True, own=own).port == 8001
    for url in (
        "http://127.0.0.1:8000/a",
        "http://localhost:8000",
        "http://[::1]:8000/",
        "http://127.0.0.2:8000/",
    ):
        with pytest.raises(NoAnswer, match="our own"):
            target_of(url, local=True, own=own)


@given(st.text() | st.text().map(lambda text: f"https://{text}.example.com/{text}"))
def test_whatever_stands_there_it_is_read_or_refused(url: str) -> None:
    try:
        target = target_of(url)
    except NoAnswer:
        return
    assert target.host.isascii()
    assert target.port in (443, 8443)
    assert target.path.startswith("/")
    assert target.path.isprintable()
