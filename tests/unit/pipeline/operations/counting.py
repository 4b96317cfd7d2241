"""A kind of job for tests, and the kinds that there are: it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from chalicelib.domain.operations.job import JobKind, Step
from chalicelib.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class CountArguments:
    most: int
    rest: int = 0


class Count(JobKind):
    """Counts. before: is called with each number before it is counted. counted: what was."""

    arguments: ClassVar[type[Any]] = CountArguments

    def __init__(self, before: Callable[[int], None] = lambda number: None) -> None:
        self.before = before
        self.counted: list[int] = []

    def check(self, arguments: CountArguments) -> None:
        if arguments.most < 1:
            raise Invalid("there is nothing to count", "most")

    def connections(self, arguments: CountArguments) -> tuple[str, ...]:
        return ("csv/default",)

    def audience(self, arguments: CountArguments) -> str:
        return "ana"

    def run(self, arguments: CountArguments, checkpoint: Any) -> Iterator[Step]:
        for number in range(checkpoint or 0, arguments.most):
            self.before(number)
            self.counted.append(number)
            yield Step(number + 1, done=1, total=arguments.most, wait=arguments.rest)


class OneKind:
    """JobKinds (chalicelib.ports) of one kind."""

    def __init__(self, kind: Count) -> None:
        self.kind = kind

    def find(self, name: str) -> JobKind:
        if name != "count":
            raise NotFound(f"there is no job {name}")
        return self.kind

    def parse(self, name: str, given: Mapping[str, Any]) -> Any:
        arguments = self.find(name).arguments
        names = [field.name for field in fields(arguments)]
        if wrong := next((name for name in given if name not in names), "" if "most" in given else "most"):
            raise Invalid(f"count takes {', '.join(names)}", wrong)
        return arguments(**given)

    def dump(self, arguments: Any) -> dict[str, Any]:
        return asdict(arguments)
