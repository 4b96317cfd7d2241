"""The registry: pluggy's manager, but every plugin is loaded, and every implementation called, on its own."""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import pluggy

from chalicelib.errors import NotFound
from chalicelib.registry.budget import Overrun, bounded, budget
from chalicelib.registry.discovery import BUILT_IN, Found
from chalicelib.registry.telling import not_loaded, raised
from triggeriq import Feedback, hookspecs

if TYPE_CHECKING:
    from chalicelib.pipeline.triage.answers import PluginAnswer
    from chalicelib.ports.operations import Clock
    from chalicelib.registry.guarded import GuardedSource
    from triggeriq import Source

log = logging.getLogger(__name__)

LOAD_SECONDS = 5.0
"""Budget for importing one plugin, which may load a trained model, and for each further step of loading it.
Lambda gives the whole start of a function 10 s; one that takes longer is begun again, within the function's
own time-out: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
PLUGIN_NAME = r"[A-Za-z0-9_.-]{1,100}"


@dataclass(slots=True)
class Plugin:
    """One plugin as GET /plugins shows it."""

    name: str
    origin: str
    path: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()
    """Those that it implements."""
    sources: tuple[str, ...] = ()
    status: Literal["loaded", "failed"] = "loaded"
    error: str | None = None
    """Why it was not loaded."""
    failed_at: datetime | None = None
    """When it was not."""
    calls: int = 0
    """In this process, as `failures`."""
    failures: int = 0
    module: Any = field(default=None, repr=False)


class Registry:
    """Sources (chalicelib.ports) and Stages (chalicelib.pipeline.triage.triage) of all plugins.

    found: the plugins to load; of two that answer the same hook, the one found later is asked first. only:
    names of those to load, in the order in which they are asked; empty for all. seconds: budget of one call.
    on_call: called with plugin, hook and reason of each failure, and with "" for the reason after each call
    that went well; must not raise. now: for when a plugin was not loaded. in_full: whether a reason has the
    message of an exception, which may quote a customer, and its place; a developer's terminal shows it.
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
        self._seconds, self._on_call, self._now = seconds, on_call, now
        self._in_full = in_full
        self._plugins: dict[str, Plugin] = {}
        self._sources: dict[str, GuardedSource] = {}
        self._manager = pluggy.PluginManager("triggeriq")
        self._manager.add_hookspecs(hookspecs)
        wanted = list(found)
        if only:
            by_name = {one.name: one for one in wanted}
            for name in set(only) - by_name.keys():
                self._refuse(Plugin(name, "TRIGGERIQ_LOAD_PLUGINS"), "no such plugin")
            wanted = [by_name[name] for name in only if name in by_name]
        # pluggy asks the last registered first; an installed plugin comes before ours
        for one in reversed(wanted) if only else wanted:
            self._load(one)

    # Sources

    def find(self, name: str) -> Source | None:
        return self._sources.get(name)

    def sources(self) -> Mapping[str, GuardedSource]:
        """All sources by name."""
        return self._sources

    def parse_settings(self, source: str, settings: Mapping[str, Any]) -> Any:
        """See chalicelib.ports.Sources."""
        return self._source(source).parse_settings(settings)

    def stored_settings(self, source: str, settings: Mapping[str, Any]) -> Any:
        """The same for settings that `parse_settings` accepted when they were stored."""
        return self._source(source).stored_settings(settings)

    def _source(self, name: str) -> GuardedSource:
        if name not in self._sources:
            raise NotFound(f"there is no source {name}")
        return self._sources[name]

    # Stages

    def ask(self, hook: str, **arguments: Any) -> Iterator[PluginAnswer]:
        from chalicelib.pipeline.triage.answers import (
            PluginAnswer,  # it loads what tickets are made of, which a function of sources does not need
        )

        for implementation in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            plugin = self._plugins[implementation.plugin_name]
            by = f"{plugin.name}/{plugin.version}"
            given = {name: arguments[name] for name in implementation.argnames}
            try:
                with budget(self._seconds):
                    value = implementation.function(**given)
                    if isinstance(value, Iterator):
                        value = list(value)  # a generator runs within the budget, too
            except Overrun as overrun:
                reason = overrun.told(self._seconds)
            except (Exception, SystemExit) as error:
                reason = raised(error, self._in_full)
                log.warning("a plugin failed", extra={"plugin": by, "hook": hook}, exc_info=True)
            else:
                failures = plugin.failures
                if value is not None:
                    yield PluginAnswer(by, value)
                if plugin.failures == failures:  # whoever asked could use the answer
                    self._tally(plugin.name, hook, "")
                continue
            self._tally(plugin.name, hook, reason)
            yield PluginAnswer(by, None, reason)

    def rehearse(self, text: str) -> None:
        """Have our own classifiers read a text, so that they load their models now. Installed ones do not
        read it: they may call a service, or count."""
        for implementation in self._manager.hook.classify.get_hookimpls():
            if self._plugins[implementation.plugin_name].origin == BUILT_IN:
                told = {
                    "feedback": Feedback(external_id="rehearsal", text=text),
                    "source": "",
                    "connection": "",
                }
                with suppress(Exception, Overrun), budget(LOAD_SECONDS):
                    implementation.function(**{name: told[name] for name in implementation.argnames})

    def failed(self, by: str, hook: str, reason: str) -> None:
        self._tally(by.partition("/")[0], hook, reason)

    # The list

    def plugins(self) -> tuple[Plugin, ...]:
        """All plugins, those that failed to load among them."""
        return tuple(self._plugins.values())

    def _load(self, found: Found) -> None:
        plugin = Plugin(found.name, found.origin, path=found.module)
        if found.name in self._plugins:
            other = self._plugins[found.name]
            plugin.name = f"{found.name} ({found.origin})"
            both = f"{other.path} ({other.origin}) and {plugin.path} ({plugin.origin})"
            self._refuse(plugin, f"{both} both claim the name {found.name}; rename one")
            return
        self._plugins[found.name] = plugin
        if not re.fullmatch(PLUGIN_NAME, found.name):
            self._refuse(plugin, f"a plugin's name matches {PLUGIN_NAME}; rename its entry point")
            return
        try:
            self._register(plugin, bounded(lambda: _imported(found.module), LOAD_SECONDS))
        except Overrun:
            self._unload(plugin, f"took longer than {LOAD_SECONDS:g} s to load")
        except (Exception, SystemExit) as error:
            self._unload(plugin, not_loaded(error, self._in_full))

    def _register(self, plugin: Plugin, module: Any) -> None:
        plugin.version = str(getattr(module, "__version__", "1"))
        self._manager.register(module, name=plugin.name)
        # Set only now: if another plugin has registered this module, _unload must leave it registered
        plugin.module = module
        callers = self._manager.get_hookcallers(module) or []
        plugin.hooks = tuple(sorted(caller.name for caller in callers))
        for caller in callers:
            for implementation in caller.get_hookimpls():
                if implementation.plugin is module and (implementation.wrapper or implementation.hookwrapper):
                    raise TypeError(f"{caller.name} is a wrapper; each implementation must stand alone")
        self._manager.check_pending()
        if not callers:
            raise TypeError("it implements no hook; does @hookimpl stand above its functions?")
        claimed: list[type[Source]] = []
        for caller in callers:
            if caller.name == "register_sources":
                bounded(lambda: module.register_sources(claimed.append), LOAD_SECONDS)
        for cls in claimed:
            self._claim(cls, plugin)

    def _claim(self, cls: type[Source], plugin: Plugin) -> None:
        # Loaded only now: most functions load no source.
        from chalicelib.registry.claim import check
        from chalicelib.registry.guarded import GuardedSource

        check(cls)
        if cls.name in self._sources:
            other = next(one.name for one in self._plugins.values() if cls.name in one.sources)
            raise ValueError(
                f"the plugins {other} and {plugin.name} both claim the source {cls.name}; rename one"
            )
        self._sources[cls.name] = GuardedSource(
            bounded(cls, LOAD_SECONDS), plugin.name, self._seconds, self._tally, self._in_full
        )
        plugin.sources = (*plugin.sources, cls.name)
        if "version" in cls.__dict__:
            plugin.version = cls.version

    def _unload(self, plugin: Plugin, reason: str) -> None:
        if plugin.module is not None and self._manager.is_registered(plugin.module):
            self._manager.unregister(plugin.module)
        for name in plugin.sources:
            del self._sources[name]
        plugin.sources = plugin.hooks = ()
        self._refuse(plugin, reason)

    def _refuse(self, plugin: Plugin, reason: str) -> None:
        plugin.status, plugin.error, plugin.failed_at = "failed", reason[:500], self._now()
        self._plugins[plugin.name] = plugin
        # The reason may hold anything that the plugin raised, so no log tells it, only GET /plugins.
        log.error(
            "a plugin was not loaded",
            extra={"plugin": plugin.name, **({"_reason": plugin.error} if self._in_full else {})},
        )

    def _tally(self, name: str, hook: str, reason: str) -> None:
        plugin = self._plugins[name]
        plugin.calls += 1
        if reason:
            plugin.failures += 1
            # The reason may quote the plugin's answer, and so a customer: no log tells it, only GET /plugins.
            log.warning(
                "a plugin failed",
                extra={"plugin": name, "hook": hook, **({"_reason": reason} if self._in_full else {})},
            )
        self._on_call(name, hook, reason)


def _imported(path: str) -> Any:
    """The module, or with `module:attribute` that attribute of it."""
    name, _, attribute = path.partition(":")
    module = importlib.import_module(name)
    return getattr(module, attribute) if attribute else module
