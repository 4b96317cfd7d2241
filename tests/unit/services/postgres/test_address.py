from __future__ import annotations

import pytest

from chalicelib.services.postgres.address import parse
from chalicelib.settings import SettingError


def test_a_unix_socket_needs_no_encryption() -> None:
    address = parse("postgresql://triggeriq@/triggeriq?host=/tmp/sockets")
    assert address.socket_path == "/tmp/sockets/.s.PGSQL.5432"
    assert (address.user, address.password, address.database, address.tls) == (
        "triggeriq",
        None,
        "triggeriq",
        False,
    )


def test_tcp_is_verified_unless_switched_off() -> None:
    assert parse("postgresql://u:p@db.example.com/d").tls
    assert parse("postgresql://u:p@db.example.com/d?sslmode=require").tls
    assert not parse("postgresql://u:p@db.example.com/d?sslmode=disable").tls


def test_escapes_are_undone() -> None:
    address = parse("postgresql://us%40er:p%2Fw%3A@host:6543/my%20db?sslrootcert=/ca.pem")
    assert (address.user, address.password, address.database) == ("us@er", "p/w:", "my db")
    assert (address.host, address.port, address.ca_file) == ("host", 6543, "/ca.pem")


def test_rds_is_verified_by_the_authorities_of_its_region() -> None:
    address = parse("postgresql://u@db.abc.eu-central-1.rds.amazonaws.com/d?auth=iam")
    assert (address.iam, address.tls) == (True, True)
    assert str(address.ca_file).endswith("/authorities/eu-central-1.pem")
    own = parse("postgresql://u@db.abc.eu-central-1.rds.amazonaws.com/d?auth=iam&sslrootcert=/ca.pem")
    assert own.ca_file == "/ca.pem"
    assert parse("postgresql://u@db.abc.eu-central-1.rds.amazonaws.com/d?sslmode=disable").ca_file is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://u@h/d",
        "postgresql://h/d",
        "postgresql://u@h",
        "postgresql://u@/d",
        "postgresql://u@h:port/d",
        "postgresql://u@h/d?sslmode=maybe",
        "postgresql://u@h/d?colour=red",
        "postgresql://u@h/d?port=x",
        "postgresql://u@h/d?auth=kerberos",
        "postgresql://u@h/d?auth=iam&sslmode=disable",
        "postgresql://u@/d?auth=iam&host=/tmp/sockets",
        "postgresql://u:p@h/d?auth=iam",
        "postgresql://u@db.abc.moon-west-1.rds.amazonaws.com/d",
    ],
)
def test_what_is_wrong_names_the_setting(url: str) -> None:
    with pytest.raises(SettingError, match="TRIGGERIQ_DATABASE"):
        parse(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:sesame@h/d?sslmode=maybe",
        "postgresql://u:sesame?x@h/d",
        "postgresql://u:sesame#x@h/d",
        "postgresql://u:sesame/x@h/d",
        "postgresql://u:[sesame@h/d",
        "postgresql://u:x]sesame@h/d",
        "postgresql://u:sesame\u2100x@h/d",
        "postgresql://u:x@y/z?sesame@h/d",
        "postgresql://u:x@y/z?sesame=1@h/d",
        "postgresql://u:x@y/z?sslmode=sesame@h/d",
    ],
)
def test_a_wrong_url_never_shows_the_password(url: str) -> None:
    with pytest.raises(SettingError) as caught:
        parse(url)
    assert "sesame" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
