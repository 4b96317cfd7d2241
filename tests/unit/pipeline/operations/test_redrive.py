"""Dead letters go back to their queues, and leave only when they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.domain.intake.quarantine import Failure
from chalicelib.domain.intake.upload import Upload
from chalicelib.domain.operations.dead_letter import DeadLetter
from chalicelib.domain.page import Page
from chalicelib.domain.trace import new_trace
from chalicelib.errors import NotFound, Unavailable
from chalicelib.pipeline.operations.redrive import SECONDS, Pair, Redrive
from tests.unit.pipeline.fakes import NOW, FakeQueue

TRACE = new_trace()
FAILURE = Failure(queue="q", message_id="m", reason="it broke", receives=5, at=NOW, first_at=NOW)


class FakeDeadLetters:
    """Gives two at a time, as long as they were not deleted."""

    def __init__(self, *letters: DeadLetter) -> None:
        self.letters = {letter.handle: letter for letter in letters}

    def count(self) -> int:
        return len(self.letters)

    def receive(self) -> Sequence[DeadLetter]:
        return list(self.letters.values())[:2]

    def delete(self, handle: str) -> None:
        del self.letters[handle]


class Remembered:
    def failures(self, limit: int, cursor: str | None) -> Page[Failure]:
        return Page((FAILURE,)[:limit], cursor)


def letters(*bodies: str) -> FakeDeadLetters:
    return FakeDeadLetters(*(DeadLetter(body, f"h-{body}", TRACE) for body in bodies))


def upload(key: str) -> Upload:
    return Upload("uploads", key, "etag", 3, NOW)


class Redriving:
    """Two queues with dead letters, and uploads that no function was told of."""

    def __init__(self) -> None:
        self.ingest, self.feedback = FakeQueue("ingest"), FakeQueue("feedback")
        self.dead = {"ingest": letters("a", "b", "c"), "feedback": letters("d")}
        self.lost = letters("k1,k2", "")
        self.registered: list[Upload] = []
        self.redrive = Redrive(
            pairs={
                "ingest": Pair(self.ingest, self.dead["ingest"]),
                "feedback": Pair(self.feedback, self.dead["feedback"]),
            },
            asynchronous=self.lost,
            uploads_in=lambda body: [upload(key) for key in body.split(",") if key],
            register=self.registered.append,
            remembered=Remembered(),
        )


@pytest.fixture
def redriving() -> Redriving:
    return Redriving()


def test_the_dead_letters_of_each_queue_are_counted(redriving: Redriving) -> None:
    assert redriving.redrive.counts() == {"ingest": 3, "feedback": 1, "async": 2}


def test_failures_are_those_that_were_remembered(redriving: Redriving) -> None:
    assert redriving.redrive.failures(1, "next") == Page((FAILURE,), "next")


def test_all_of_a_queue_go_back_and_begin_anew_with_their_trace(redriving: Redriving) -> None:
    assert redriving.redrive.redrive("ingest") == {"ingest": 3}
    assert [message.body for message in redriving.ingest.sent] == ["a", "b", "c"]
    assert all(
        (one.trace, one.attributes, one.delay_seconds) == (TRACE, {}, 0) for one in redriving.ingest.sent
    )
    assert redriving.redrive.counts() == {"ingest": 0, "feedback": 1, "async": 2}


def test_without_a_name_all_queues_are_redriven(redriving: Redriving) -> None:
    assert redriving.redrive.redrive() == {"ingest": 3, "feedback": 1, "async": 2}
    assert sum(redriving.redrive.counts().values()) == 0
    assert redriving.redrive.redrive() == {"ingest": 0, "feedback": 0, "async": 0}


def test_uploads_that_no_function_was_told_of_are_registered(redriving: Redriving) -> None:
    assert redriving.redrive.redrive("async") == {"async": 2}
    assert [one.key for one in redriving.registered] == ["k1", "k2"]
    assert redriving.lost.count() == 0


def test_a_queue_that_there_is_not_is_refused_with_those_that_there_are(redriving: Redriving) -> None:
    with pytest.raises(NotFound, match="there is no queue nothing; there are ingest, feedback, async"):
        redriving.redrive.redrive("nothing")


def test_what_its_queue_does_not_take_stays_dead(redriving: Redriving) -> None:
    redriving.ingest.down = 1
    with pytest.raises(Unavailable):
        redriving.redrive.redrive("ingest")
    assert redriving.dead["ingest"].count() == 3
    assert redriving.redrive.redrive("ingest") == {"ingest": 3}


def test_an_upload_that_cannot_be_registered_stays(redriving: Redriving) -> None:
    def away(one: Upload) -> None:
        raise Unavailable("dynamodb", "down")

    failing = replace(redriving.redrive, register=away)
    with pytest.raises(Unavailable):
        failing.redrive("async")
    assert redriving.lost.count() == 2


def test_what_there_is_no_time_for_is_left_for_another_redrive(
    redriving: Redriving,
) -> None:
    """Somebody waits for the answer: of two rounds of the first queue, the second has no time."""
    seconds = iter([0.0, 0.0, SECONDS, SECONDS, SECONDS])
    hurried = replace(redriving.redrive, seconds=lambda: next(seconds))
    assert hurried.redrive() == {"ingest": 2, "feedback": 0, "async": 0}
    assert redriving.redrive.counts() == {"ingest": 1, "feedback": 1, "async": 2}
