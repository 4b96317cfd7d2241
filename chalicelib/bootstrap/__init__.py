"""The one composition root: what each function needs, built once per warm container. Only here are
services named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib import log_lines
from chalicelib import settings as settings_module
from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, trace_id
from chalicelib.bootstrap.use_cases import UseCases

if TYPE_CHECKING:
    from chalicelib.pipeline.consume import Consume

__all__ = ["Outside", "UseCases", "configure_log", "consumer", "migrate", "use_cases", "warm"]


class _Process:
    """What belongs to the process at hand."""

    @once
    def use_cases(self) -> UseCases:
        configure_log()
        return UseCases(Outside(settings_module.current()))


_process = _Process()


def use_cases() -> UseCases:
    """This process's use-cases. Raises SettingError."""
    return _process.use_cases


def configure_log() -> None:
    """A line of JSON for each record that this package logs from now on. Raises SettingError."""
    log_lines.configure(settings_module.current().function, trace_id)


@cache
def consumer(queue: str) -> Consume:
    """What settles the records of a queue, by its short name."""
    return use_cases().consume(queue)


def migrate() -> list[str]:
    """Bring the schema up to date; returns the migrations that were applied."""
    from chalicelib.services.postgres.migrate import migrate

    return migrate(settings_module.current().database)


def warm() -> None:
    """Under Lambda, before the first event: build what this function needs, while the start-up has a
    whole processor. `api` stays lazy: most of its routes need little."""
    build: Mapping[str, Callable[[UseCases], Any]] = {
        "receive": lambda use: use.receive,
        "ingest": lambda use: (use.ingest, consumer("ingest")),
        "uploads": lambda use: use.register,
        "files": lambda use: (use.read_file, consumer("files")),
        "process": lambda use: (use.process, consumer("feedback")),
        "relay": lambda use: use.relaying,
        "sweep": lambda use: use.sweep,
    }
    settings = settings_module.current()
    if settings.function in build:
        build[settings.function](use_cases())
