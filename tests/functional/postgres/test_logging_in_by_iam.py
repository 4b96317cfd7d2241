"""The way of a deploy and of the app into RDS: by a token that is made for each connection, over TLS that
is verified. The PostgreSQL that tests run is built without TLS; RDS's door before it is the tests' own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.errors import Unavailable
from chalicelib.services import aws
from chalicelib.services.postgres.connection import Database, LoginRefused
from chalicelib.services.postgres.migrate import migrate, packaged
from chalicelib.services.postgres.users import APP, OWNER, Master
from tests.certificates import Certificate, self_signed
from tests.functional.postgres.rds import Rds

MASTER = Master("master", "sesame")


def believes(user: str, token: str) -> bool:
    asked = parse_qs(urlsplit("//" + token).query)
    return (asked.get("DBUser"), asked.get("Action")) == ([user], ["connect"])


class Instance:
    """A new instance of RDS, and the URLs that the functions have of it."""

    def __init__(self, rds: Rds, certificate: Certificate, root: Database) -> None:
        self.rds, self.certificate, self.root = rds, certificate, root

    def url(self, user: str) -> str:
        ca = f"sslrootcert={self.certificate.pem}"
        return f"postgresql://{user}@localhost:{self.rds.port}/shop?auth=iam&{ca}"

    def migrate(self, login_seconds: float = 0.0) -> list[str]:
        return migrate(self.url(OWNER), master=lambda: MASTER, login_seconds=login_seconds)

    def is_busy(self, times: int) -> None:
        """The instance refuses that many tokens from now on, whatever they are."""
        refusals = iter(range(times))
        self.rds.tokens.clear()
        self.rds.believes = lambda user, token: next(refusals, None) is None and believes(user, token)


@pytest.fixture
def rds(
    own_server: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Instance]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    monkeypatch.setattr(aws, "_session", None)
    certificate = self_signed(tmp_path_factory.mktemp("rds"))
    root = Database(own_server)
    rds = Rds(own_server, certificate, {MASTER.user: MASTER.password}, believes)
    yield Instance(rds, certificate, root)
    rds.close()
    root.close()


def test_the_first_deploy_needs_the_master_and_the_next_does_not(rds: Instance) -> None:
    assert rds.migrate() == [migration.name for migration in packaged()]
    assert rds.migrate() == []
    assert migrate(rds.url(OWNER)) == []
    app = Database(rds.url(APP))
    assert app.run("select current_user::text, count(*) from tickets") == [[APP, 0]]
    app.close()


def test_each_connection_has_a_token_of_its_own(rds: Instance) -> None:
    rds.migrate()
    rds.rds.tokens.clear()
    app = Database(rds.url(APP))
    for _ in range(2):
        assert app.run("select 1") == [[1]]
        app.close()
    assert len(rds.rds.tokens) == 2
    asked = parse_qs(urlsplit("//" + rds.rds.tokens[0]).query)
    assert (asked["DBUser"], asked["X-Amz-Expires"]) == ([APP], ["900"])


def test_a_deploy_outlasts_a_refusal_that_passes_and_leaves_the_master_alone(rds: Instance) -> None:
    def nobody() -> Master:
        raise AssertionError("the master secret was read")

    rds.migrate()
    rds.is_busy(2)
    assert migrate(rds.url(OWNER), master=nobody) == []
    assert len(rds.rds.tokens) == 3


def test_a_new_user_s_right_to_log_in_may_take_a_moment_to_be_known(rds: Instance) -> None:
    rds.is_busy(2)
    assert rds.migrate(login_seconds=30.0) == [migration.name for migration in packaged()]
    assert len(rds.rds.tokens) == 3


def test_a_token_that_is_refused_says_what_to_look_at_and_stands_nowhere(
    rds: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    rds.migrate()
    rds.rds.tokens.clear()
    rds.rds.believes = lambda user, token: False
    caplog.set_level(logging.INFO)
    with pytest.raises(LoginRefused, match=f"rds-db:connect as {APP}") as caught:
        Database(rds.url(APP)).run("select 1")
    (token,) = rds.rds.tokens
    signature = parse_qs(urlsplit("//" + token).query)["X-Amz-Signature"][0]
    error: BaseException | None = caught.value
    while error:
        assert signature not in repr(error) + str(error)
        error = error.__cause__ or error.__context__
    assert signature not in caplog.text


def test_where_the_master_user_can_not_help_both_refusals_are_told(rds: Instance) -> None:
    """On PostgreSQL 16 he is himself a member of rds_iam once he has made the users, so RDS wants a token."""
    rds.migrate()
    rds.rds.believes = lambda user, token: False
    with pytest.raises(Unavailable, match=f'PAM .* "{OWNER}".*Nor.*PAM .* "master"'):
        rds.migrate()


def test_a_master_secret_that_can_not_be_read_hides_nothing(rds: Instance) -> None:
    def unreadable() -> Master:
        raise Unavailable("secretsmanager", "AccessDeniedException")

    with pytest.raises(Unavailable, match=f'28P01 .* "{OWNER}".*Nor.*AccessDenied'):
        migrate(rds.url(OWNER), master=unreadable)
