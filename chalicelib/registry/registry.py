"""The registry: what the core calls of plugins. Each implementation is called on its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.errors import NotFound
from chalicelib.registry.budget import Overrun, budget
from chalicelib.registry.discovery import BUILT_IN, Found
from chalicelib.registry.loading import LOAD_SECONDS, Loader, Plugin
from chalicelib.registry.telling import raised
from triggeriq import Feedback

if TYPE_CHECKING:
    from pluggy import HookImpl

    from chalicelib.pipeline.triage.answers import PluginAnswer
    from chalicelib.ports.operations import Clock
    from chalicelib.registry.guarded import GuardedSource
    from triggeriq import Source

log = logging.getLogger(__name__)


class Registry:
    """Sources (chalicelib.ports) and Stages (chalicelib.pipeline.triage.triage) of all plugins. A plugin is
    loaded when something is asked for that it gives, or may give.

    found: the plugins that there are; of two that answer the same hook, the one found later is asked first.
    only: names of those to use, in the order in which they are asked; empty for all. seconds: budget of one
    call. on_call: called with plugin, hook and reason of each failure, and with "" for the reason after each
    call that went well; must not raise. now: for when a plugin was not loaded. in_full: whether a reason has
    the message of an exception, which may quote a customer, and its place; a developer's terminal shows it.
    """

    def __init__(
        self,
        found: Iterable[Found],
        only: Sequence[str] = (),
        seconds: float = 2.0,
        on_call: Callable[[str, str, str], None] = lambda plugin, hook, reason: None,
        now: Clock = lambda: datetime.now(UTC),
        in_full: bool = False,
    ) -> None:
        self._seconds, self._on_call, self._in_full = seconds, on_call, in_full
        self._loader = Loader(found, only, self._guarded, now, in_full)

    # Sources

    def find(self, name: str) -> Source | None:
        if name not in self._loader.sources:
            self._loader.load(lambda one: one.may_give(name))
        return self._loader.sources.get(name)

    def sources(self) -> Mapping[str, GuardedSource]:
        """All sources by name."""
        self._loader.load(Found.may_give_sources)
        return self._loader.sources

    def parse_settings(self, source: str, settings: Mapping[str, Any]) -> Any:
        """See chalicelib.ports.Sources."""
        return self._source(source).parse_settings(settings)

    def stored_settings(self, source: str, settings: Mapping[str, Any]) -> Any:
        """The same for settings that `parse_settings` accepted when they were stored."""
        return self._source(source).stored_settings(settings)

    def _source(self, name: str) -> GuardedSource:
        if self.find(name) is None:
            raise NotFound(f"there is no source {name}")
        return self._loader.sources[name]

    def _guarded(self, source: Source, plugin: str) -> GuardedSource:
        from chalicelib.registry.guarded import GuardedSource  # most functions load no source

        return GuardedSource(source, plugin, self._seconds, self._tally, self._in_full)

    # Stages

    def ask(self, hook: str, **arguments: Any) -> Iterator[PluginAnswer]:
        from chalicelib.pipeline.triage.answers import (
            PluginAnswer,  # it loads what tickets are made of, which a function of sources does not need
        )

        for implementation in self._loader.implementations(hook):
            plugin = self._loader.plugins[implementation.plugin_name]
            by = f"{plugin.name}/{plugin.version}"
            value, reason = self._called(by, hook, implementation, arguments)
            if reason:
                self._tally(plugin.name, hook, reason)
                yield PluginAnswer(by, None, reason)
                continue
            failures = plugin.failures
            if value is not None:
                yield PluginAnswer(by, value)
            if plugin.failures == failures:  # whoever asked could use the answer
                self._tally(plugin.name, hook, "")

    def _called(
        self, by: str, hook: str, implementation: HookImpl, arguments: Mapping[str, Any]
    ) -> tuple[Any, str]:
        """The answer and "", or None and how the implementation failed."""
        given = {name: arguments[name] for name in implementation.argnames}
        try:
            with budget(self._seconds):
                value: Any = implementation.function(**given)
                if isinstance(value, Iterator):
                    value = list(value)  # a generator runs within the budget, too
        except Overrun as overrun:
            return None, overrun.told(self._seconds)
        except (Exception, SystemExit) as error:
            log.warning("a plugin failed", extra={"plugin": by, "hook": hook}, exc_info=True)
            return None, raised(error, self._in_full)
        return value, ""

    def rehearse(self, text: str) -> None:
        """Load what triage asks, and have our own classifiers read a text, so that they load their models
        now. Installed ones do not read it: they may call a service, or count."""
        told = {
            "feedback": Feedback(external_id="rehearsal", text=text),
            "source": "",
            "connection": "",
        }
        for implementation in self._loader.implementations("classify"):
            if self._loader.plugins[implementation.plugin_name].origin == BUILT_IN:
                with suppress(Exception, Overrun), budget(LOAD_SECONDS):
                    implementation.function(**{name: told[name] for name in implementation.argnames})

    def failed(self, by: str, hook: str, reason: str) -> None:
        self._tally(by.partition("/")[0], hook, reason)

    # The list

    def plugins(self) -> tuple[Plugin, ...]:
        """All plugins, those that failed to load among them."""
        self._loader.load(lambda one: True)
        return tuple(self._loader.plugins.values())

    def _tally(self, name: str, hook: str, reason: str) -> None:
        plugin = self._loader.plugins[name]
        plugin.calls += 1
        if reason:
            plugin.failures += 1
            # The reason may quote the plugin's answer, and so a customer: no log tells it, only GET /plugins.
            log.warning(
                "a plugin failed",
                extra={"plugin": name, "hook": hook, **({"_reason": reason} if self._in_full else {})},
            )
        self._on_call(name, hook, reason)
