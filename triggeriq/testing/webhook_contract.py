"""The contract of a source that takes webhooks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triggeriq import (
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    NotVerified,
    Reply,
    Scheme,
    Unreadable,
    Verified,
)
from triggeriq.payload import MAX_ID
from triggeriq.testing import hostile
from triggeriq.testing.samples import Delivery, matches
from triggeriq.testing.source_contract import SourceContract, check, consume

ODD_TEXT = "Größe 👍 e\u0301 \u202eRTL العربية 漢字\ttab\nline \u0000 end"

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class WebhookContract(SourceContract):
    """A source that takes webhooks."""

    deliveries: ClassVar[tuple[Delivery, ...]] = ()
    golden: ClassVar[str | Path] = ""
    """A folder of golden requests, see `triggeriq.testing.golden`; `deliveries` are those in code."""

    def test_a_genuine_request_is_accepted(self, delivery: Delivery) -> None:
        assert self._verify(delivery, delivery.secret).secret == 0

    def test_the_previous_secret_is_good_while_it_is_rotated(self, delivery: Delivery) -> None:
        self._need_a_secret(delivery)
        assert self._verify(delivery, _other(delivery.secret), delivery.secret).secret == 1

    def test_without_a_secret_nobody_is_let_in(self, delivery: Delivery) -> None:
        self._need_a_secret(delivery)
        assert self._refusal(delivery, secrets=()) == "missing"
        assert self._refusal(delivery, secrets=("", " ")) == "missing"

    def test_another_secret_is_a_mismatch(self, delivery: Delivery) -> None:
        self._need_a_secret(delivery)
        assert self._refusal(delivery, secrets=(_other(delivery.secret),)) == "mismatch"

    def test_tampered_bytes_are_a_mismatch(self, delivery: Delivery) -> None:
        if self._scheme(delivery).kind != "hmac":
            pytest.skip("its proof is no signature over the bytes")
        for body in (delivery.body + b" ", delivery.body[:-1], b"", delivery.body[:-1] + b"\x00"):
            assert self._refusal(delivery, body=body) == "mismatch"

    def test_a_request_without_its_proof_is_missing(self, delivery: Delivery) -> None:
        for header in self._proof(delivery):
            assert self._refusal(delivery, headers={header: None}) == "missing"

    def test_a_tampered_proof_is_refused(self, delivery: Delivery) -> None:
        for header in self._proof(delivery):
            value = delivery.headers[header]
            for at in range(0, len(value), max(1, len(value) // 16)):
                changed = value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]
                if changed.lower() != value.lower():
                    assert self._refusal(delivery, headers={header: changed})

    def test_junk_in_its_place_is_refused_and_never_an_error(self, delivery: Delivery) -> None:
        for header in self._proof(delivery):
            for junk in hostile.HEADERS:
                assert self._refusal(delivery, headers={header: junk})

    def test_a_request_out_of_its_time_is_stale(self, delivery: Delivery) -> None:
        scheme = self._scheme(delivery)
        if not scheme.timestamp_header:
            pytest.skip("its proof has no time")
        for seconds in (-2 * scheme.tolerance - 1, 2 * scheme.tolerance + 1):
            now = delivery.now + timedelta(seconds=seconds)
            assert self._refusal(delivery, now=now) == "stale"

    def test_the_same_bytes_are_the_same_event(self, delivery: Delivery) -> None:
        first, again = self._receive(delivery), self._receive(delivery)
        assert first == again
        if delivery.event is not None:
            assert isinstance(first, Events)
            assert [event.id for event in first.items] == [delivery.event]

    def test_it_becomes_the_expected_feedback(self, delivery: Delivery) -> None:
        items = self._items(delivery)
        assert len(items) == len(delivery.expect), items
        for item, expected in zip(items, delivery.expect, strict=True):
            assert matches(item, expected), item

    def test_what_holds_no_feedback_is_ignored_when_it_comes(self, delivery: Delivery) -> None:
        assert isinstance(self._receive(delivery), Ignore) == delivery.holds_none

    def test_transforming_twice_gives_the_same(self, delivery: Delivery) -> None:
        assert self._items(delivery) == self._items(delivery)

    def test_its_feedback_is_well_formed(self, delivery: Delivery) -> None:
        for item in self._items(delivery):
            check(item)

    def test_any_writing_survives(self, delivery: Delivery) -> None:
        for text in self._texts(delivery):
            body = hostile.replaced(delivery.body, text, ODD_TEXT)
            texts = [item.text for item in self._items(delivery, body) if isinstance(item, Feedback)]
            assert ODD_TEXT in texts

    def test_the_longest_body_is_read(self, delivery: Delivery) -> None:
        for text in self._texts(delivery):
            long = "x" * (self.source.max_body - len(delivery.body))
            assert self._items(delivery, hostile.replaced(delivery.body, text, long))

    def test_spoilt_payloads_are_unreadable_at_worst(self, delivery: Delivery) -> None:
        for body in hostile.spoilt(delivery.body):
            self._survives(delivery, body)

    def test_hostile_bodies_are_unreadable_at_worst(self, delivery: Delivery) -> None:
        for body in hostile.BODIES:
            self._survives(delivery, body)

    def test_any_json_is_unreadable_at_worst(self, delivery: Delivery) -> None:
        @settings(
            max_examples=50,
            database=None,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(_JSON)
        def holds(document: Any) -> None:
            self._survives(delivery, json.dumps(document).encode())

        holds()

    def _scheme(self, delivery: Delivery) -> Scheme:
        """The row that decides on this delivery."""
        source = self.source()
        schemes = source.schemes(delivery.connected(source))
        return next(
            row for row in schemes if row.kind == "secret_name" or row.header.lower() in delivery.headers
        )

    def _need_a_secret(self, delivery: Delivery) -> None:
        """Skip the test where there is no secret."""
        if self._scheme(delivery).kind == "secret_name":
            pytest.skip("the connection's name is the proof: there is no secret")

    def _proof(self, delivery: Delivery) -> list[str]:
        """The headers that hold the proof. Skips the test where none does."""
        self._need_a_secret(delivery)
        scheme = self._scheme(delivery)
        names = (scheme.header, scheme.timestamp_header, scheme.id_header)
        return [name.lower() for name in dict.fromkeys(names) if name]

    def _texts(self, delivery: Delivery) -> list[str]:
        """The texts that its feedback is expected to have. Skips the test where there is none."""
        if not delivery.texts:
            pytest.skip("none of its feedback is expected with a text")
        return list(delivery.texts)

    def _verify(self, delivery: Delivery, *secrets: str, now: datetime | None = None) -> Verified:
        source = self.source()
        return source.verify(delivery.request(), delivery.connected(source, *secrets), now or delivery.now)

    def _refusal(
        self,
        delivery: Delivery,
        *,
        secrets: tuple[str, ...] | None = None,
        body: bytes | None = None,
        now: datetime | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> str:
        source = self.source()
        connection = delivery.connected(source, *((delivery.secret,) if secrets is None else secrets))
        with pytest.raises(NotVerified) as refusal:
            source.verify(delivery.request(body, headers or {}), connection, now or delivery.now)
        return refusal.value.reason

    def _receive(self, delivery: Delivery, body: bytes | None = None) -> Events | Reply | Ignore:
        source = self.source()
        return source.receive(delivery.request(body), delivery.connected(source, delivery.secret))

    def _items(self, delivery: Delivery, body: bytes | None = None) -> list[Item]:
        source = self.source()
        answer = self._receive(delivery, body)
        events = answer.items if isinstance(answer, Events) else (Event("ignored"),)
        connection = delivery.connected(source, delivery.secret)
        return [
            item
            for event in events
            for item in source.transform(delivery.received(source, event, body), connection)
        ]

    def _survives(self, delivery: Delivery, body: bytes) -> None:
        try:
            answer = self._receive(delivery, body)
        except Unreadable:
            pass
        else:
            for event in answer.items if isinstance(answer, Events) else ():
                assert 0 < len(event.id) <= MAX_ID
                assert event.occurred_at is None or event.occurred_at.tzinfo is not None
        source = self.source()
        received = delivery.received(source, Event("event-1"), body)
        consume(source.transform(received, delivery.connected(source)))


def _other(secret: str) -> str:
    """Another secret of the same form."""
    head, body = (secret[:6], secret[6:]) if secret.startswith("whsec_") else ("", secret)
    return head + ("B" if body[:1] != "B" else "C") + body[1:]
