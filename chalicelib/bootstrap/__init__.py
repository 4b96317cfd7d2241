"""The one composition root: what each function needs, built once per warm container. Services are named only
here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from chalicelib import log_lines
from chalicelib import settings as settings_module
from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, trace_id
from chalicelib.bootstrap.use_cases import UseCases
from chalicelib.functions import FUNCTIONS

if TYPE_CHECKING:
    from chalicelib.pipeline.consume import Consume
    from chalicelib.services.postgres.users import Master

__all__ = [
    "Outside",
    "UseCases",
    "configure_log",
    "consumer",
    "forget",
    "make_clients",
    "migrate",
    "use_cases",
]


class _Process:
    """What this process has built."""

    @once
    def use_cases(self) -> UseCases:
        configure_log()
        return UseCases(Outside(settings_module.current()))

    def close(self) -> None:
        if "use_cases" in vars(self):
            self.use_cases.close()


_process = _Process()


def use_cases() -> UseCases:
    """This process's use-cases. Raises SettingError."""
    return _process.use_cases


def configure_log() -> None:
    """A line of JSON for each record that this package logs from now on. Raises SettingError."""
    log_lines.configure(settings_module.current().function, trace_id)


@cache
def consumer(function: str) -> Consume:
    """The use-case that works on the queue of this function and settles each record."""
    return use_cases().consume(FUNCTIONS[function].queue)


def migrate() -> list[str]:
    """Bring the schema up to date, and make the database's users where they are missing; returns the
    migrations that were applied."""
    from chalicelib.services.postgres.migrate import migrate

    settings = settings_module.current()
    return migrate(settings.database, master=_master if settings.database_master_secret else None)


def _master() -> Master:
    from chalicelib.services.aws import client
    from chalicelib.services.postgres.users import master_of
    from chalicelib.services.secrets_manager import read_secret

    return master_of(read_secret(client("secretsmanager"), settings_module.current().database_master_secret))


def forget() -> None:
    """Throw away all that the use-cases hold (caches, secrets, times), and close the connections that they
    have opened. The next call of use_cases() builds new ones."""
    global _process
    from chalicelib.services import aws

    made, _process = _process, _Process()
    made.close()
    consumer.cache_clear()
    aws.forget()


def make_clients(services: Iterable[str]) -> None:
    """Make these clients of AWS now, instead of at their first call."""
    from chalicelib.services import aws

    aws.make(services)
