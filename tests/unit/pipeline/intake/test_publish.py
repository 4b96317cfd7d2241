"""What becomes of the events that a request names: which are sent, with what, what stands when some fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.intake.envelope import INLINE_LIMIT, ClaimCheck, Envelope, from_event
from chalicelib.domain.trace import new_trace
from chalicelib.errors import Poison, TriggerIQError, Unavailable
from chalicelib.pipeline.intake.publish import EVENT_ID_BYTES, Publish, PublishedEvent
from tests.unit.pipeline.fakes import NOW, FakeBlobs, FakeBus, FakeReceipts, now
from triggeriq import Connection, Event, Events, Request, Source

CONNECTION = Connection(source="named", name="shop")
TRACE = new_trace()


class Named(Source):
    name = "named"
    keep_headers = ("x-topic", "x-missing")


class Publishing:
    """A use-case and all that it leaves."""

    def __init__(self, *standing: str, error: TriggerIQError | None = None) -> None:
        self.receipts, self.bus, self.blobs = FakeReceipts(*standing, error=error), FakeBus(), FakeBlobs()
        self.publish = Publish(receipts=self.receipts, bus=self.bus, blobs=self.blobs, now=now)

    def __call__(self, *ids: str, body: bytes = b"hello", replay: bool = False) -> list[tuple[str, bool]]:
        return self.of(*map(Event, ids), body=body, replay=replay)

    def of(self, *events: Event, body: bytes = b"hello", replay: bool = False) -> list[tuple[str, bool]]:
        request = Request(body=body, headers={"x-topic": "a\0b", "authorization": "secret"})
        made = self.publish(Named(), CONNECTION, request, Events(*events), TRACE, replay=replay)
        return [(event.id, event.duplicate) for event in made]

    @property
    def envelopes(self) -> list[Envelope]:
        return [from_event(event.as_json()) for event in self.bus.events]


def test_each_event_is_sent_once_with_the_bytes_that_named_it() -> None:
    publishing = Publishing()
    assert publishing("a", "b", "a") == [("a", False), ("b", False)]
    one, other = publishing.envelopes
    assert one == Envelope(
        id="a",
        source="named",
        connection="shop",
        received_at=NOW,
        headers={"x-topic": "ab"},
        body=b"hello",
        trace=TRACE,
    )
    assert other == replace(one, id="b")
    assert publishing.receipts.written == {"a", "b"}
    assert publishing.blobs.objects == {}


def test_an_event_that_has_a_receipt_is_told_as_a_duplicate_and_not_sent() -> None:
    publishing = Publishing("a")
    assert publishing("a", "b") == [("a", True), ("b", False)]
    assert [envelope.id for envelope in publishing.envelopes] == ["b"]
    assert publishing("a", "b") == [("a", True), ("b", True)]
    assert len(publishing.bus.events) == 1


def test_a_replay_is_sent_whether_it_has_a_receipt_or_not_and_says_that_it_is_one() -> None:
    publishing = Publishing("a")
    assert publishing("a", replay=True) == [("a", False)]
    assert [envelope.replay for envelope in publishing.envelopes] == [True]


def test_a_body_too_long_to_travel_is_left_once_and_fetched_by_its_digest() -> None:
    publishing = Publishing()
    body = b"x" * (INLINE_LIMIT + 1)
    publishing("a", "b", body=body)
    ((key, left),) = publishing.blobs.objects.items()
    assert left == body
    assert [envelope.with_body(left).body for envelope in publishing.envelopes] == [body, body]
    assert {envelope.claim_check.key for envelope in publishing.envelopes if envelope.claim_check} == {key}
    publishing("c", body=body)
    assert list(publishing.blobs.objects) == [key]


def test_of_events_that_the_bus_refuses_some_the_others_have_receipts_and_the_sender_tries_again() -> None:
    publishing = Publishing()
    publishing.bus.refused = {"b": "ThrottlingException"}
    with pytest.raises(Unavailable, match=r"1 of 3 events were refused \(ThrottlingException\)"):
        publishing("a", "b", "c")
    assert publishing.receipts.written == {"a", "c"}
    publishing.bus.refused = {}
    assert publishing("a", "b", "c") == [("a", True), ("b", False), ("c", True)]


def test_where_the_bus_is_away_no_receipt_is_written() -> None:
    publishing = Publishing()
    publishing.bus.down = True
    with pytest.raises(Unavailable):
        publishing("a")
    assert publishing.receipts.asked == 0


@pytest.mark.parametrize("error", [Unavailable("dynamodb", "down"), Poison("dynamodb refused the request")])
def test_receipts_that_fail_change_nothing(error: TriggerIQError) -> None:
    publishing = Publishing(error=error)
    assert publishing("a") == [("a", False)]
    assert len(publishing.bus.events) == 1


@pytest.mark.parametrize(
    ("error", "asked"), [(Unavailable("dynamodb", "down"), 1), (Poison("dynamodb refused the request"), 3)]
)
def test_a_table_that_is_away_is_waited_for_once_a_request(error: TriggerIQError, asked: int) -> None:
    """Each wait takes some three seconds, and the sender is answered within half a minute or not at all."""
    publishing = Publishing(error=error)
    publishing("a", "b", "c")
    assert len(publishing.bus.events) == 3
    assert publishing.receipts.asked == asked


@pytest.mark.parametrize(
    "id", ["x" * (EVENT_ID_BYTES + 1), "\U0001f600" * 400, "", " ", "a\0b", "half \ud800"]
)
def test_a_name_that_no_key_can_hold_gives_way_to_its_hash(id: str) -> None:
    publishing = Publishing()
    ((name, _),) = publishing(id)
    assert name.startswith("sha256:")
    assert publishing(id) == [(name, True)]


def test_no_events_send_nothing() -> None:
    publishing = Publishing()
    assert publishing.publish(Named(), CONNECTION, Request(), Events(), TRACE) == ()
    assert publishing.receipts.asked == 0


def test_an_event_that_was_there_before_goes_on_the_bus_as_it_is() -> None:
    publishing = Publishing("a")
    envelope = Envelope(
        id="a",
        source="named",
        connection="shop",
        received_at=NOW,
        claim_check=ClaimCheck("key", "sha"),
        replay=True,
    )
    publishing.publish.again(envelope)
    assert publishing.envelopes == [envelope]
    publishing.bus.refused = {"a": "ThrottlingException"}
    with pytest.raises(Unavailable, match="1 of 1 events"):
        publishing.publish.again(envelope)


def test_what_is_told_of_an_event_is_its_name_and_whether_it_came_before() -> None:
    publishing = Publishing()
    made = publishing.publish(Named(), CONNECTION, Request(), Events(Event("a")), TRACE)
    assert made == (PublishedEvent("a", duplicate=False),)


def about(name: str, thing: str = "38") -> Event:
    """An event that is named by its bytes."""
    return Event(name, about=thing)


def test_words_that_are_edited_back_are_no_repeat() -> None:
    publishing = Publishing()
    told = [publishing.of(about(name))[0] for name in ("first", "second", "first", "second", "first")]
    assert [duplicate for _, duplicate in told] == [False] * 5
    assert len({id for id, _ in told}) == 5
    assert [envelope.id for envelope in publishing.envelopes] == [id for id, _ in told]


def test_a_retry_of_the_last_words_is_told_as_a_duplicate_by_their_id() -> None:
    publishing = Publishing()
    for name in ("first", "second", "first"):
        ((id, duplicate),) = publishing.of(about(name))
        assert not duplicate
        assert publishing.of(about(name)) == publishing.of(about(name)) == [(id, True)]
    assert len(publishing.bus.events) == 3


def test_each_thing_and_each_connection_has_its_own_last_words() -> None:
    publishing = Publishing()
    assert publishing.of(about("a", "1"), about("b", "2")) == [("a", False), ("b", False)]
    assert publishing.of(about("b", "2"), about("a", "1")) == [("b", True), ("a", True)]
    assert publishing.of(about("a", "2"))[0][1] is False
    assert publishing.of(about("a", "1")) == [("a", True)]
    assert publishing.of(Event("a")) == [("a", False)]


def test_what_is_about_the_same_gets_the_same_id_while_its_receipt_can_not_be_written() -> None:
    publishing = Publishing()
    publishing.of(about("first"))
    publishing.bus.refused = {}
    publishing.receipts.remember = lambda *_: None  # type: ignore[method-assign]
    assert publishing.of(about("second")) == publishing.of(about("second"))


def test_words_that_the_bus_refused_are_not_the_last() -> None:
    publishing = Publishing()
    publishing.of(about("first"))
    publishing.bus.down = True
    with pytest.raises(Unavailable):
        publishing.of(about("second"))
    publishing.bus.down = False
    assert publishing.of(about("first")) == [("first", True)]
    assert publishing.of(about("second"))[0][1] is False


def test_a_replay_is_sent_under_its_first_name() -> None:
    publishing = Publishing()
    publishing.of(about("first"))
    assert publishing.of(about("first"), replay=True) == [("first", False)]


def test_a_thing_s_id_that_no_key_takes_is_replaced_by_its_digest() -> None:
    publishing = Publishing()
    for thing in ("x" * 5_000, "a\0b", "", " "):
        assert publishing.of(about("first", thing)) == [("first", False)]
        assert publishing.of(about("first", thing)) == [("first", True)]
