"""The kinds of job, and how their arguments are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Invalid, NotFound
from chalicelib.faults import in_words

if TYPE_CHECKING:
    from chalicelib.bootstrap.use_cases import UseCases
    from chalicelib.domain.operations.job import JobKind

KINDS: Mapping[str, str] = {"reread": "intake.reread", "recover": "delivery.recover"}
"""The path of each kind within UseCases, by the kind's name."""


class Kinds:
    """JobKinds (chalicelib.ports)."""

    def __init__(self, use: UseCases) -> None:
        self._use = use

    def find(self, name: str) -> JobKind:
        if name not in KINDS:
            raise NotFound(f"there is no job {name}; there are {', '.join(KINDS)}")
        kind: JobKind = attrgetter(KINDS[name])(self._use)
        return kind

    def parse(self, name: str, given: Mapping[str, Any]) -> Any:
        from pydantic import TypeAdapter, ValidationError

        arguments = self.find(name).arguments
        known = [field.name for field in fields(arguments)]
        for unknown in given.keys() - known:
            raise Invalid(f"{name} takes {', '.join(known)}, and nothing else", unknown)
        try:
            return TypeAdapter(arguments).validate_python(dict(given))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            field = ".".join(map(str, first["loc"]))
            raise Invalid(f"{field}: {in_words(first)}", field) from error

    def dump(self, arguments: Any) -> dict[str, Any]:
        from pydantic import TypeAdapter

        dumped: dict[str, Any] = TypeAdapter(type(arguments)).dump_python(arguments, mode="json")
        return dumped
