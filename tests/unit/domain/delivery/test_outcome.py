"""What an attempt came to, and what becomes of its delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.outcome import (
    CUT_OFF,
    FORGOTTEN,
    KEPT,
    Outcome,
    answered,
    kept_of,
    next_step,
    unanswered,
)
from chalicelib.domain.delivery.schedule import SCHEDULE

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def answer(status: int, base: int = 300, **headers: str) -> Outcome:
    return answered(status, {name.replace("_", "-"): value for name, value in headers.items()}, NOW, base)


def sending(attempt: int = 1) -> Delivery:
    return Delivery(
        subscription="sub_a",
        position="0" * 12 + "-" + "1" * 20,
        owner="triggeriq",
        event_source="triggeriq",
        event_id="e1",
        type="ticket.created",
        status="sending",
        attempt=attempt,
        due_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def after(outcome: Outcome, attempt: int = 1) -> Delivery:
    return next_step(sending(attempt), outcome, SCHEDULE, NOW, 0.5)


# ---- what an answer means ----


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_success(status: int) -> None:
    assert answer(status) == Outcome(kind="delivered", status=status)


def test_an_answer_without_end_is_no_success() -> None:
    outcome = answered(200, {}, NOW, 5, cut=True)
    assert (outcome.kind, outcome.delivered, outcome.status) == ("failed", False, 200)
    assert outcome.error == "answered 200 with a body without end"


@pytest.mark.parametrize("status", [101, 199, 300, 301, 302, 304, 307, 308, 400, 404, 429, 500, 503, 999])
def test_nothing_else_is(status: int) -> None:
    outcome = answer(status)
    assert (outcome.kind, outcome.delivered, outcome.status) == ("failed", False, status)
    assert str(status) in (outcome.error or "")


@pytest.mark.parametrize("status", [301, 302, 304, 308])
def test_a_redirection_says_that_none_is_followed(status: int) -> None:
    assert "no redirection is followed" in (answer(status).error or "")


def test_410_is_the_end() -> None:
    assert (answer(410).kind, answer(410).stop) == ("gone", "gone")


@pytest.mark.parametrize("word", ["disable", "Disable", " disable ", "x, disable", "disable,abort-message"])
@pytest.mark.parametrize(("status", "kind"), [(200, "delivered"), (500, "disable")])
def test_a_receiver_may_ask_for_nothing_more(word: str, status: int, kind: str) -> None:
    outcome = answer(status, webhook_delivery=word)
    assert (outcome.kind, outcome.stop) == (kind, "asked")


def test_a_receiver_may_ask_not_to_be_sent_an_event_again() -> None:
    assert answer(422, webhook_delivery="abort-message").kind == "abort"
    assert answer(200, webhook_delivery="abort-message").kind == "delivered"
    assert answer(500, webhook_delivery="something else").kind == "failed"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "base", "seconds"),
    [
        ("120", 5, 120),
        (" 120 ", 300, 120),
        ("7200", 5, 3_600),
        ("7200", 7_200, 7_200),
        ("100000", 36_000, 72_000),
        ("9" * 99, 5, 3_600),
        ("Sat, 28 Nov 2026 12:10:00 GMT", 5, 600),
        ("Saturday, 28-Nov-26 12:10:00 GMT", 5, 600),
        ("Sat, 28 Nov 2026 13:10:00 +0100", 5, 600),
        ("Sat Nov 28 12:10:00 2026", 5, 600),
        ("Sun, 28 Nov 2027 12:10:00 GMT", 5, 3_600),
    ],
)
def test_retry_after_pauses_the_endpoint(status: int, asked: str, base: int, seconds: int) -> None:
    assert answer(status, base, retry_after=asked).pause_until == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "asked",
    [
        "", "0", "-5", "soon", "1e3", "١٢٠", "9" * 200, "Sat, 28 Nov 2026 11:10:00 GMT",
        "Sat, 99 Nov 9999999 11:10 GMT",
    ],
)  # fmt: skip
def test_a_retry_after_that_asks_for_nothing(asked: str) -> None:
    assert answer(503, retry_after=asked).pause_until is None


@pytest.mark.parametrize("status", [200, 302, 404, 410, 500])
def test_no_other_answer_pauses_it(status: int) -> None:
    assert answer(status, retry_after="120").pause_until is None


@given(st.integers(100, 999), st.text(), st.text(), st.integers(0, 100_000))
def test_whatever_is_answered_means_something(status: int, asked: str, word: str, base: int) -> None:
    outcome = answered(status, {"retry-after": asked, "webhook-delivery": word}, NOW, base)
    assert outcome.delivered == (200 <= status <= 299)
    assert (outcome.error is None) == outcome.delivered
    if outcome.pause_until:
        assert timedelta(0) < outcome.pause_until - NOW <= timedelta(seconds=max(3_600, 2 * base))


def test_an_error_has_no_word_of_the_receiver_s() -> None:
    said = answer(500, webhook_delivery="drop table", retry_after="<script>").error or ""
    assert "drop" not in said
    assert "script" not in said


# ---- where no answer came ----


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("refused", "address not allowed"),
        ("unknown", "its name leads nowhere"),
        ("unreachable", "nobody takes the connection"),
        ("untrusted", "it can't prove its name"),
        ("late", "no whole answer in time"),
        ("broken", "no whole answer"),
    ],
)
def test_a_fault_is_told_in_plain_words(fault: str, words: str) -> None:
    outcome = unanswered(fault, "an address of hook.test is not public", 10)
    assert outcome.error == f"{words}: an address of hook.test is not public"
    assert (outcome.status, outcome.kind) == (None, "late" if fault == "late" else "failed")


def test_a_connection_that_was_waited_for_in_vain_is_late() -> None:
    assert unanswered("unreachable", "nobody", 5_000).kind == "late"
    assert unanswered("unreachable", "nobody", 20).kind == "failed"
    assert unanswered("broken", "reset", 14_000).kind == "failed"


# ---- what becomes of the delivery ----


def test_it_is_delivered() -> None:
    done = after(answer(200))
    assert (done.status, done.due_at, done.reason, done.attempt) == ("delivered", None, None, 1)


def test_it_is_tried_again_as_the_schedule_says() -> None:
    for attempt, wait in enumerate(SCHEDULE[1:], 1):
        again = after(answer(500), attempt)
        assert (again.status, again.due_at) == ("pending", NOW + timedelta(seconds=wait))
    assert after(CUT_OFF).status == "pending"


def test_after_the_last_attempt_it_has_failed() -> None:
    lost = after(answer(500), 8)
    assert (lost.status, lost.due_at) == ("failed", None)
    assert lost.reason == "its attempts are used up: answered 500"


def test_a_pause_that_is_longer_than_the_schedule_s_wait_is_kept() -> None:
    assert after(answer(429, 5, retry_after="60")).due_at == NOW + timedelta(seconds=60)
    assert after(answer(429, 5, retry_after="1")).due_at == NOW + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("outcome", "reason"), [(answer(410), "gone"), (answer(500, webhook_delivery="disable"), "asked")]
)
def test_where_nothing_more_is_sent_it_is_held(outcome: Outcome, reason: str) -> None:
    held = after(outcome)
    assert (held.status, held.reason, held.due_at) == ("held", reason, None)


@pytest.mark.parametrize("outcome", [answer(422, webhook_delivery="abort-message"), FORGOTTEN])
def test_what_is_not_wanted_or_not_there_has_failed_at_once(outcome: Outcome) -> None:
    lost = after(outcome)
    assert (lost.status, lost.reason, lost.due_at) == ("failed", outcome.error, None)


# ---- what is kept of an answer ----


def test_the_beginning_of_an_answer_is_kept() -> None:
    assert kept_of(b' {"error": "no such hook"}\r\n') == '{"error": "no such hook"}'
    assert kept_of(b"x" * 20_000) == "x" * (KEPT - 1) + "…"
    assert kept_of(b"") == ""


def test_what_would_garble_a_page_is_not_kept() -> None:
    kept = kept_of(b"a\x1b[31mb\x00c\xff\xfed" + "\u202eevil\u200b".encode())
    assert kept == "a [31mb c d evil"


def test_a_receiver_that_answers_with_what_it_got_shows_no_secret() -> None:
    kept = kept_of(b"authorization: Bearer hush-hush, x: hush", ["hush", "Bearer hush-hush", ""])
    assert kept == "authorization: …, x: …"


def test_a_secret_at_the_cut_is_not_shown_either() -> None:
    assert "hush" not in kept_of(b"x" * (KEPT - 5) + b"hush-hush", ["hush-hush"])


@given(st.binary(max_size=3_000))
def test_whatever_was_answered_is_shown_in_so_many_characters(body: bytes) -> None:
    kept = kept_of(body)
    assert len(kept.encode().decode()) <= KEPT
