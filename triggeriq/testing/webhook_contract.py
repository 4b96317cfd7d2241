"""The contract of a source that takes webhooks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triggeriq import Event, Events, Feedback, Ignore, Item, NotVerified, Reply, Unreadable
from triggeriq.payload import MAX_ID
from triggeriq.testing import hostile
from triggeriq.testing.alone import alone
from triggeriq.testing.applying import only, parametrize
from triggeriq.testing.budget import within
from triggeriq.testing.golden import load
from triggeriq.testing.proving import Proving
from triggeriq.testing.samples import Delivery, matches
from triggeriq.testing.source_contract import SourceContract, check, consume

ODD_TEXT = "Größe 👍 e\u0301 \u202eRTL العربية 漢字\ttab\nline \u0000 end"
_MARKER = "zq7marker"

_TEXTS = st.text(hostile.LETTERS)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)
_BODIES = _JSON.map(lambda document: json.dumps(document).encode()) | st.binary(max_size=400)
_ZONES = ("UTC", "Asia/Tokyo")
_SLOW = 0.5
"""Seconds from which on it is looked how a time grows; below, it says nothing."""
_GROWTH = 8.0
"""How much longer four times the text may take: four times as long, on a restless machine twice that, but not
sixteen times."""


class Edit(NamedTuple):
    """Two deliveries of the same feedback, the earlier first."""

    name: str
    earlier: Delivery
    later: Delivery
    external_id: str


class WebhookContract(SourceContract):
    """A source that takes webhooks."""

    deliveries: ClassVar[tuple[Delivery, ...]] = ()
    golden: ClassVar[str | Path] = ""
    """A folder of golden requests, see `triggeriq.testing.golden`; `deliveries` are those in code."""
    signs_body: ClassVar[bool] = True
    """Of a source with a `verify` of its own: whether its proof covers the body, as a signature does and a
    token does not."""
    mutations: ClassVar[int] = 200
    """How many mutated requests the source gets, over all of its deliveries."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        super().pytest_generate_tests(metafunc)
        if "delivery" in metafunc.fixturenames:
            parametrize(metafunc, self, "delivery", self._deliveries())
        if "edit" in metafunc.fixturenames:
            parametrize(metafunc, self, "edit", list(self._edits()))

    # What comes in, and what is refused

    def test_its_address_takes_it(self, delivery: Delivery) -> None:
        """The core refuses other methods with 405, other content types with 415, and longer bodies with
        413."""
        assert delivery.method in self.source.methods
        assert len(delivery.body) <= self.source.max_body
        kind = delivery.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind and delivery.body and self.source.content_types:
            assert kind in self.source.content_types

    @only(lambda self, one: not self._proving(one).is_probe, "each is answered before it is verified")
    def test_a_genuine_request_is_accepted(self, delivery: Delivery) -> None:
        proving = self._proving(delivery)
        why = proving.why_refused()
        assert not why, (
            f"the golden request {delivery.name} is refused: {why}. Who changes one by hand captures it anew"
        )
        assert proving.verify().secret == 0

    @only(lambda self, one: self._proving(one).is_probe, "none is answered before it is verified")
    def test_a_probe_is_answered_the_same_each_time(self, delivery: Delivery) -> None:
        reply = self._proving(delivery).handshake()
        assert isinstance(reply, Reply)
        assert reply == Proving(self.source(), delivery).handshake()
        assert not delivery.expect, "it is answered before it is verified, so it can hold nothing"
        self._check_reply(delivery, reply)

    @only(lambda self, one: self._has_a_secret(one), "the connection's name is the proof: there is no secret")
    def test_the_previous_secret_is_good_while_it_is_rotated(self, delivery: Delivery) -> None:
        verified = self._proving(delivery).verify(secrets=(_other(delivery.secret), delivery.secret))
        assert verified.secret == 1

    @only(lambda self, one: self._has_a_secret(one), "the connection's name is the proof: there is no secret")
    def test_without_a_secret_nobody_is_let_in(self, delivery: Delivery) -> None:
        assert self._refusal(delivery, "missing", secrets=())
        assert self._refusal(delivery, "missing", secrets=("", " "))

    @only(lambda self, one: self._has_a_secret(one), "the connection's name is the proof: there is no secret")
    def test_another_secret_is_a_mismatch(self, delivery: Delivery) -> None:
        assert self._refusal(delivery, "mismatch", secrets=(_other(delivery.secret),))

    @only(lambda self, one: self._proving(one).by_name, "the proof is more than the connection's name")
    def test_a_name_that_can_be_guessed_is_no_proof(self, delivery: Delivery) -> None:
        assert self._refusal(delivery, "missing", connection="default")

    @only(lambda self, one: self._has_a_secret(one), "the connection's name is the proof: there is no secret")
    def test_an_unsigned_request_is_refused(self, delivery: Delivery) -> None:
        nothing: dict[str, str | None] = dict.fromkeys(delivery.headers)
        row = self._proving(delivery).row
        body = delivery.body if row is None or row.place == "headers" else b"{}"
        assert self._refusal(delivery, "missing", headers=nothing, body=body)

    @only(lambda self, one: self._body_is_signed(one), "no proof is a signature over the bytes")
    def test_tampered_bytes_are_a_mismatch(self, delivery: Delivery) -> None:
        row = self._proving(delivery).row
        reason = "mismatch" if row is not None and b"{body}" in row.signed else ""
        for body in (delivery.body + b" ", delivery.body[:-1], b"", delivery.body[:-1] + b"\x00"):
            if body != delivery.body:
                assert self._refusal(delivery, reason, body=body)

    @only(lambda self, one: self._url_is_signed(one), "no proof is a signature over the address")
    def test_another_address_is_a_mismatch(self, delivery: Delivery) -> None:
        assert self._refusal(delivery, "mismatch", url=f"{delivery.url}/")
        assert self._refusal(delivery, "missing", url="")

    @only(lambda self, one: self._proof(one), "no header is a part of the proof")
    def test_a_request_without_its_proof_is_missing(self, delivery: Delivery) -> None:
        for header in self._proof(delivery):
            reason = "missing" if header in self._proving(delivery).named else ""
            assert self._refusal(delivery, reason, headers={header: None})
            assert self._refusal(delivery, reason, headers={header: ""})

    @only(lambda self, one: self._proof(one), "no header is a part of the proof")
    def test_a_tampered_proof_is_refused(self, delivery: Delivery) -> None:
        proving = self._proving(delivery)
        for header in self._proof(delivery):
            value = delivery.headers[header]
            for at in range(0, len(value), max(1, len(value) // 16)):
                changed = value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]
                if changed.lower() != value.lower() and not proving.is_spare(header, at):
                    assert self._refusal(delivery, headers={header: changed})

    @only(lambda self, one: self._proof(one), "no header is a part of the proof")
    def test_junk_in_its_place_is_refused_and_never_an_error(self, delivery: Delivery) -> None:
        for header in self._proof(delivery):
            for junk in hostile.HEADERS:
                assert self._refusal(delivery, headers={header: junk})

    def test_junk_in_other_headers_is_never_an_error(self, delivery: Delivery) -> None:
        proving = self._proving(delivery)
        for junk in hostile.HEADERS:
            headers = dict.fromkeys({*delivery.headers, *self.source.keep_headers}, junk)
            proving.refused(headers=headers)
            self._survives(delivery, delivery.body, headers)

    @only(lambda self, one: self._has_a_time(one), "no proof has a time")
    def test_a_request_out_of_its_time_is_stale(self, delivery: Delivery) -> None:
        row = self._proving(delivery).row
        seconds = 86_400 if row is None else 2 * row.tolerance + 1
        for off in (-seconds, seconds):
            now = delivery.now + timedelta(seconds=off)
            assert self._refusal(delivery, "stale", now=now)

    # What becomes of it

    @only(lambda self, one: not self._proving(one).is_probe, "each is answered before it is verified")
    def test_the_same_bytes_are_the_same_event(self, delivery: Delivery) -> None:
        first, again = self._receive(delivery), self._receive(delivery)
        assert first == again
        if delivery.event is not None:
            assert isinstance(first, Events)
            assert [event.id for event in first.items] == [delivery.event]
        if isinstance(first, Events):
            assert len({event.id for event in first.items}) == len(first.items)
            if first.reply is not None:
                self._check_reply(delivery, first.reply)

    @only(lambda self, one: self._can_be_signed_anew(one), "of none it is known how it would be signed anew")
    def test_a_repeat_that_is_signed_anew_is_the_same_event(self, delivery: Delivery) -> None:
        row = self._proving(delivery).row
        assert row is not None
        signed_anew = {name.lower(): None for name in (row.header, row.timestamp_header) if name}
        answer = self._receive(delivery, headers=signed_anew)
        assert answer == self._receive(delivery)

    def test_it_becomes_the_expected_feedback(self, delivery: Delivery) -> None:
        items = self._items(delivery)
        assert len(items) == len(delivery.expect), items
        for item, expected in zip(items, delivery.expect, strict=True):
            assert matches(item, expected), item

    @only(lambda self, one: not self._proving(one).is_probe, "each is answered before it is verified")
    def test_what_holds_no_feedback_is_ignored_when_it_comes(self, delivery: Delivery) -> None:
        answer = self._receive(delivery)
        if isinstance(answer, Reply):
            assert not delivery.expect, "it is answered at once, so it can hold nothing"
            self._check_reply(delivery, answer)
        else:
            assert isinstance(answer, Ignore) == delivery.holds_none

    def test_transforming_twice_gives_the_same(self, delivery: Delivery) -> None:
        assert self._items(delivery) == self._items(delivery)

    def test_its_feedback_is_well_formed(self, delivery: Delivery) -> None:
        for item in self._items(delivery):
            check(item)

    @only(lambda self, one: True, "no two golden requests tell of the same feedback")
    def test_an_edit_is_a_newer_version(self, edit: Edit) -> None:
        """Or, where the provider has no time of an edit, an event of another name."""
        earlier, later = (self._said(one)[edit.external_id] for one in (edit.earlier, edit.later))
        ids = [self._receive(one) for one in (edit.earlier, edit.later)]
        if edit.earlier.now < edit.later.now and earlier.version != later.version:
            assert later.version > earlier.version
        else:
            assert later.version != earlier.version or ids[0] != ids[1]

    # Whatever it holds

    @only(lambda self, one: self._place_of_words(one) is not None, "no words of a body become a feedback's")
    def test_any_writing_survives(self, delivery: Delivery) -> None:
        words = set(ODD_TEXT.replace("\0", " ").split())
        assert any(words <= set(text.replace("\0", " ").split()) for text in self._grown(delivery, ODD_TEXT))

    @only(lambda self, one: self._place_of_words(one) is not None, "no words of a body become a feedback's")
    def test_the_longest_body_is_read_in_time(self, delivery: Delivery) -> None:
        """Whatever fills it; `within` watches the budget of each call."""
        assert self._grown(delivery, "x" * (self.source.max_body - 2 * len(delivery.body)))
        for filler in hostile.FILLERS:
            whole = self._seconds(delivery, filler, 1)
            if whole > _SLOW:
                limit = _GROWTH * self._seconds(delivery, filler, 4)
                whole = min(whole, self._seconds(delivery, filler, 1))
                assert whole <= limit, f"its time grows faster than the text, where that is of {filler!r}"

    @only(lambda self, one: hostile.paths_in(hostile.read(one.body)), "no body is a document")
    def test_spoilt_payloads_are_unreadable_at_worst(self, delivery: Delivery) -> None:
        for body in hostile.spoilt(delivery.body):
            self._survives(delivery, body)

    def test_mutated_payloads_are_unreadable_at_worst(self, delivery: Delivery) -> None:
        for body in hostile.mutated(delivery.body, -(-self.mutations // len(self._deliveries()))):
            self._survives(delivery, body)

    def test_hostile_bodies_are_unreadable_at_worst(self, delivery: Delivery) -> None:
        for body in hostile.BODIES:
            self._survives(delivery, body)

    @only(lambda self, one: self._has_settings_of_its_own(one), "there is no delivery")
    def test_any_bytes_are_unreadable_at_worst(self, delivery: Delivery) -> None:
        @settings(
            max_examples=100,
            database=None,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(_BODIES)
        def holds(body: bytes) -> None:
            self._survives(delivery, body)

        holds()

    # What it may ask

    def test_it_asks_for_nothing_but_what_it_is_given(self, delivery: Delivery) -> None:
        """No network, no file, no environment, and no clock but `now`."""
        with alone() as asked:
            Proving(self.source(), delivery).refused()
            self._items(delivery)
        assert asked == []

    def test_the_machine_s_zone_changes_nothing(
        self, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = []
        for zone in _ZONES if hasattr(time, "tzset") else ():
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            told.append((Proving(self.source(), delivery).refused(), self._items(delivery)))
        monkeypatch.undo()
        if told:
            time.tzset()
        assert all(one == told[0] for one in told)

    # How the tests ask

    def _deliveries(self) -> tuple[Delivery, ...]:
        """The golden ones, and those in code."""
        found = (*(load(self.golden) if self.golden else ()), *self.deliveries)
        assert found, (
            f"{type(self).__name__} brings no golden request: a contract over nothing proves nothing"
        )
        return found

    def _edits(self) -> Iterator[Edit]:
        """The deliveries that tell of the same feedback in other words, one after the other."""
        told: dict[tuple[str, str], list[Delivery]] = {}
        for delivery in sorted(self._deliveries(), key=lambda one: one.now):
            for external_id in self._said(delivery):
                told.setdefault((delivery.connection, external_id), []).append(delivery)
        for (_, external_id), deliveries in told.items():
            for earlier, later in pairwise(deliveries):
                before, after = (self._said(one)[external_id] for one in (earlier, later))
                if (before.title, before.text, before.rating) != (after.title, after.text, after.rating):
                    yield Edit(f"{earlier.name}, then {later.name}", earlier, later, external_id)

    def _said(self, delivery: Delivery) -> dict[str, Feedback]:
        """Its feedback by id; none where it can't be had, which other tests find."""
        try:
            return {item.external_id: item for item in self._items(delivery) if isinstance(item, Feedback)}
        except Exception:
            return {}

    def _proving(self, delivery: Delivery) -> Proving:
        known: dict[int, Proving] = self.__dict__.setdefault("_known", {})
        return known.setdefault(id(delivery), Proving(self.source(), delivery))

    def _has_a_secret(self, delivery: Delivery) -> bool:
        proving = self._proving(delivery)
        return not (proving.is_probe or proving.by_name)

    def _has_a_time(self, delivery: Delivery) -> bool:
        return self._has_a_secret(delivery) and self._proving(delivery).has_a_time

    def _proof(self, delivery: Delivery) -> tuple[str, ...]:
        """The headers of its proof; none where there is no secret, or it lies elsewhere."""
        return self._proving(delivery).headers if self._has_a_secret(delivery) else ()

    def _body_is_signed(self, delivery: Delivery) -> bool:
        proving = self._proving(delivery)
        if not self._has_a_secret(delivery) or not delivery.body:
            return False
        if proving.row is not None:
            return proving.row.kind == "hmac" and proving.row.covers_body
        return self.signs_body

    def _url_is_signed(self, delivery: Delivery) -> bool:
        row = self._proving(delivery).row
        return row is not None and b"{url}" in row.signed

    def _can_be_signed_anew(self, delivery: Delivery) -> bool:
        row = self._proving(delivery).row
        return row is not None and row.place == "headers"

    def _has_settings_of_its_own(self, delivery: Delivery) -> bool:
        """Whether it is the first with its settings: other headers make no other reader."""
        like = [one for one in self._deliveries() if one.settings == delivery.settings]
        return like[0].name == delivery.name

    def _refusal(self, delivery: Delivery, reason: str = "", **changed: Any) -> bool:
        """Whether it is refused then, and, where rows decide, for this reason."""
        proving = self._proving(delivery)
        try:
            proving.verify(**changed)
        except NotVerified as refusal:
            told = refusal.reason
        else:
            return False
        assert not reason or not proving.by_rows or told == reason
        return True

    def _check_reply(self, delivery: Delivery, reply: Reply) -> None:
        assert 200 <= reply.status < 600
        assert not delivery.secret or delivery.secret not in reply.body
        if delivery.reply is not None:
            assert plain_reply(reply) == {**plain_reply(Reply()), **delivery.reply}

    def _place_of_words(self, delivery: Delivery) -> hostile.Path | None:
        """Where in the document the words stand that become a feedback's text; None where none do. Found by
        putting others there: a text may be made of what stands there in many ways."""
        known: dict[int, hostile.Path | None] = self.__dict__.setdefault("_places", {})
        if id(delivery) not in known:
            known[id(delivery)] = self._find_words(delivery)
        return known[id(delivery)]

    def _find_words(self, delivery: Delivery) -> hostile.Path | None:
        document, texts = hostile.read(delivery.body), delivery.texts
        places = [
            path for path in hostile.paths_in(document) if isinstance(hostile.value_at(document, path), str)
        ]
        # The likeliest first
        places.sort(key=lambda path: -_likeness(hostile.value_at(document, path), texts))
        return next((path for path in places if self._holds(delivery, path)), None)

    def _with(self, delivery: Delivery, path: hostile.Path, words: str) -> list[str]:
        """The texts of its feedback with other words there."""
        document = hostile.put(hostile.read(delivery.body), path, words)
        body = hostile.written(delivery.body, document)
        try:
            return [item.text for item in self._items(delivery, body) if isinstance(item, Feedback)]
        except Unreadable:
            return []

    def _holds(self, delivery: Delivery, path: hostile.Path) -> bool:
        """Whether words there become a feedback's. Whatever is wrong with the source, other tests find it."""
        try:
            return any(_MARKER in text for text in self._with(delivery, path, _MARKER))
        except Exception:
            return False

    def _grown(self, delivery: Delivery, words: str) -> list[str]:
        path = self._place_of_words(delivery)
        assert path is not None
        return self._with(delivery, path, words)

    def _seconds(self, delivery: Delivery, filler: str, part: int) -> float:
        """Of the processor, for the longest body with this in place of its words, or for a part of it."""
        room = (self.source.max_body - 2 * len(delivery.body) - 100) // part
        each = len(hostile.written(delivery.body, [[filler * 10, ""]])) / 10
        words = f"x{filler * int(room / each)}x"
        begun = time.process_time()
        self._grown(delivery, words)
        return time.process_time() - begun

    def _receive(
        self,
        delivery: Delivery,
        body: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Events | Reply | Ignore:
        source = self.source()
        connection = delivery.connected(source, delivery.secret)
        with within():
            return source.receive(delivery.request(body, headers), connection)

    def _items(self, delivery: Delivery, body: bytes | None = None) -> list[Item]:
        """As `golden.items_of`, within the budget of each call."""
        if self._proving(delivery).is_probe:
            return []
        answer = self._receive(delivery, body)
        if isinstance(answer, Reply):
            return []
        source = self.source()
        connection = delivery.connected(source, delivery.secret)
        items: list[Item] = []
        for event in answer.items if isinstance(answer, Events) else (Event("ignored"),):
            with within():
                items += source.transform(delivery.received(source, event, body), connection)
        return items

    def _survives(
        self, delivery: Delivery, body: bytes, headers: Mapping[str, str | None] | None = None
    ) -> None:
        """The source says at worst that it can't read it, when it comes and, as it may be a replay, later."""
        source = self.source()
        connection = delivery.connected(source, delivery.secret)
        with within():
            source.handshake(delivery.request(body, headers), connection)
        try:
            answer = self._receive(delivery, body, headers)
        except Unreadable:
            pass
        else:
            for event in answer.items if isinstance(answer, Events) else ():
                assert 0 < len(event.id) <= MAX_ID
                assert event.occurred_at is None or event.occurred_at.tzinfo is not None
        with within():
            consume(source.transform(delivery.received(source, Event("event-1"), body), connection))


def plain_reply(reply: Reply) -> dict[str, Any]:
    return {"status": reply.status, "body": reply.body, "content_type": reply.content_type}


def _likeness(value: str, texts: tuple[str, ...]) -> int:
    """How likely it is that a text of the feedback was made of it."""
    if value in texts:
        return 2
    return int(len(value) > 3 and any(value[:40] in text or text[:40] in value for text in texts))


def _other(secret: str) -> str:
    """Another secret of the same form."""
    head, body = (secret[:6], secret[6:]) if secret.startswith("whsec_") else ("", secret)
    return head + ("B" if body[:1] != "B" else "C") + body[1:]
