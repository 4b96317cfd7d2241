"""A door before the stand-in for AWS that answers a call which is made again as it answered it at first."""

from __future__ import annotations

from tests.functional.aws_door import Answered, Asked, AwsDoor


class OnceDoor(AwsDoor):
    """On a busy machine the provider sometimes closes the connection at the head of an answer that comes
    within milliseconds, and makes its call again. Over a network nothing is so quick. Without this door a
    policy would then exist already, and a permission stand twice."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._answers: dict[str, Answered] = {}

    def answer(self, asked: Asked) -> Answered:
        call = asked.headers.get("amz-sdk-invocation-id")  # the same for each attempt
        if call is None:
            return self.forward(asked)
        if call not in self._answers:
            answered = self.forward(asked)
            if answered.status >= 500:
                return answered
            self._answers[call] = answered
        return self._answers[call]
