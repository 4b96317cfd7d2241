"""What operators configure, each version kept."""

from __future__ import annotations

import json
import logging
import time
import types
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from chalicelib.domain.operations.configuration import SHAPES, Configuration
from chalicelib.errors import Invalid, NotFound, Stale
from chalicelib.services.external import external
from chalicelib.services.postgres.connection import Database, Session
from chalicelib.services.postgres.errors import postgres_errors

log = logging.getLogger(__name__)

CACHE_SECONDS = 10.0
PUTS = 0x7219_0003
"""The advisory lock under which `put` runs, one at a time."""

_IN_FORCE = "select version, value, by, at from configurations where key = :key order by version desc limit 1"


class PostgresConfigurations:
    """Configurations (chalicelib.ports) in PostgreSQL. A value set here is in force at once in this process,
    elsewhere within cache_seconds."""

    def __init__(
        self,
        database: Database,
        cache_seconds: float = CACHE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._cache: dict[str, tuple[float, Configuration]] = {}

    @external("postgres.find_configuration", postgres_errors)
    def find(self, key: str) -> Configuration:
        _known(key)
        cached = self._cache.get(key)
        if cached and self._clock() < cached[0]:
            return cached[1]
        return self._remember(_configuration(key, self._database.run(_IN_FORCE, key=key)))

    @external("postgres.put_configuration", postgres_errors)
    def put(self, key: str, value: Any, by: str, if_version: int | None, now: datetime) -> Configuration:
        """value: of the key's shape, or its JSON. Raises Invalid too."""
        shape = _known(key)
        if not isinstance(value, shape):
            try:
                value = loaded(shape, value)
            except Misfit as misfit:
                raise Invalid(str(misfit), key) from None

        def work(session: Session) -> Configuration:
            standing = _configuration(key, session.run(_IN_FORCE, key=key))
            if if_version is not None and if_version != standing.version:
                raise Stale(f"{key} is at version {standing.version} now: read it again")
            put = Configuration(key=key, version=standing.version + 1, value=value, by=by, at=now)
            session.run(
                "insert into configurations (key, version, value, by, at) "
                "values (:key, :version, cast(:value as jsonb), :by, cast(:at as timestamptz))",
                key=key,
                version=put.version,
                value=json.dumps(asdict(value)),
                by=by,
                at=now,
            )
            return put

        return self._remember(self._database.transact(work, f"begin; select pg_advisory_xact_lock({PUTS})"))

    def _remember(self, configuration: Configuration) -> Configuration:
        self._cache[configuration.key] = (self._clock() + self._cache_seconds, configuration)
        return configuration


def _known(key: str) -> type:
    if key not in SHAPES:
        raise NotFound(f"there is no configuration {key}; there are {', '.join(SHAPES)}")
    return SHAPES[key]


def _configuration(key: str, rows: list[list[Any]]) -> Configuration:
    shape = SHAPES[key]
    if not rows:
        return Configuration(key=key, version=0, value=shape())
    version, stored, by, at = rows[0]
    try:
        value = loaded(shape, stored)
    except Misfit as misfit:
        # Written by another release, or by hand: the default is better than no triage at all.
        log.error(
            "configuration %s version %s is not valid at %s, the default is used", key, version, misfit.where
        )
        value = shape()
    return Configuration(key=key, version=version, value=value, by=by, at=at)


class Misfit(ValueError):
    """JSON does not fit its shape. where: the path of the fault. It has names of fields and nothing of the
    JSON, so it may be logged. must: what is wanted there; it may quote the JSON."""

    def __init__(self, where: str, must: str) -> None:
        super().__init__(f"{where} {must}")
        self.where = where


def loaded(shape: Any, value: Any, path: str = "") -> Any:
    """A value of `shape` (a dataclass, or what its fields are made of) from JSON. Fields that are
    missing take their defaults, those that are not known are left out. Raises Misfit.

    pydantic is not used: `process` reads configurations at its start, which would take twice as long with it.
    """
    where = path or "value"
    if is_dataclass(shape):
        if not isinstance(value, dict):
            raise Misfit(where, "must be an object")
        hints = get_type_hints(shape)
        known = {
            name: loaded(hints[name], value[name], f"{path}.{name}".lstrip("."))
            for name in (field.name for field in fields(shape))
            if name in value
        }
        try:
            return shape(**known)  # type: ignore[operator]
        except TypeError as error:
            raise Misfit(where, f"lacks a field: {error}") from None
        except Invalid as error:  # a value that checks itself
            raise Misfit(f"{path}.{error.field}".strip(".") or where, f"is wrong: {error}") from None
    origin, arguments = get_origin(shape), get_args(shape)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise Misfit(where, "must be a list")
        return tuple(loaded(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if origin is Literal:
        if value not in arguments:
            raise Misfit(where, f"must be one of {', '.join(map(str, arguments))}")
        return value
    if origin in (Union, types.UnionType):
        kind = next(kind for kind in arguments if kind is not type(None))
        return None if value is None else loaded(kind, value, where)
    if shape is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not shape:
        raise Misfit(where, f"must be {shape.__name__}")
    return value
