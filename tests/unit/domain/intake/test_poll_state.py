"""What a cursor belongs to, and how long a connection waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.domain.intake.poll_state import REASON_LIMIT, PollState, digest_of

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Settings:
    app: str
    countries: tuple[str, ...] = ()
    credentials: str = ""


@dataclass(frozen=True)
class MoreSettings(Settings):
    language: str = "en"


def test_a_cursor_belongs_to_what_is_set() -> None:
    of = digest_of(Settings("1", ("de",)))
    assert of == digest_of(Settings("1", ("de",)))
    assert of != digest_of(Settings("2", ("de",)))
    assert of != digest_of(Settings("1", ("fr",)))
    assert digest_of(None) == ""


def test_renewed_credentials_and_a_further_setting_of_the_plugin_change_nothing() -> None:
    of = digest_of(Settings("1", ("de",)))
    assert of == digest_of(Settings("1", ("de",), "arn"))
    assert of == digest_of(MoreSettings("1", ("de",)))
    assert of != digest_of(MoreSettings("1", ("de",), language="fr"))


def test_other_settings_forget_the_cursor() -> None:
    state = PollState(source="acme", connection="eu", cursor="c", of="a", pages=("p",))
    assert state.begun("a") == state
    assert (state.begun("b").cursor, state.begun("b").pages) == (None, ())


def test_a_rare_poll_that_fails_is_tried_again_within_the_hour() -> None:
    state = PollState(source="acme", connection="eu").failed(
        "oh" * REASON_LIMIT, began=NOW, now=NOW, new=False, every=86_400, retry_after=None, requests=1
    )
    assert state.next_at == NOW + timedelta(hours=1)
    assert len(state.reason or "") == REASON_LIMIT
