"""Loads plugins into pluggy's manager, each on its own, and only when somebody asks for what it may give."""

from __future__ import annotations

import importlib
import logging
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import pluggy

from chalicelib.registry.budget import Overrun, bounded
from chalicelib.registry.conflicts import parted, same_source
from chalicelib.registry.discovery import SOURCES_HOOK, Found
from chalicelib.registry.telling import not_loaded
from triggeriq import hookspecs

if TYPE_CHECKING:
    from pluggy import HookImpl

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


class Loader:
    """The plugins of this process.

    found: those that there are; of two that answer the same hook, the one found later is asked first. only:
    names of those to load, in the order in which they are asked; empty for all. guarded: puts a source behind
    its guard, given the plugin's name. now: for when a plugin was not loaded. in_full: whether a reason has
    the place of an exception.
    """

    def __init__(
        self,
        found: Iterable[Found],
        only: Sequence[str],
        guarded: Callable[[Source, str], GuardedSource],
        now: Clock,
        in_full: bool,
    ) -> None:
        self._guarded, self._now, self._in_full = guarded, now, in_full
        self.plugins: dict[str, Plugin] = {}
        """Those that were loaded, or failed to, by name."""
        self.sources: dict[str, GuardedSource] = {}
        """Those of the plugins that were loaded, by name."""
        self._manager = pluggy.PluginManager("triggeriq")
        self._manager.add_hookspecs(hookspecs)
        self._turns: dict[str, list[HookImpl]] = {}
        self._lock = threading.Lock()  # a developer's machine answers requests in threads
        self._waiting = self._chosen(found, only)
        # pluggy asks the last registered first; an installed plugin comes before ours
        self._places = {one.name: place for place, one in enumerate(self._waiting)}
        self._claims = {source: one.name for one in self._waiting for source in one.sources or ()}

    def _chosen(self, found: Iterable[Found], only: Sequence[str]) -> list[Found]:
        """Those to load. What can't be is refused."""
        chosen, refused = parted(one for one in found if not only or one.name in only)
        for one, reason in refused:
            taken = any(other.name == one.name for other in chosen)
            name = f"{one.name} ({one.origin})" if taken else one.name
            self._refuse(Plugin(name, one.origin, path=one.module), reason)
        if not only:
            return chosen
        by_name = {one.name: one for one in chosen}
        for name in set(only) - by_name.keys() - self.plugins.keys():
            self._refuse(Plugin(name, "TRIGGERIQ_LOAD_PLUGINS"), "no such plugin")
        return [by_name[name] for name in reversed(dict.fromkeys(only)) if name in by_name]

    def load(self, wanted: Callable[[Found], bool]) -> None:
        """Load those that are wanted and were not asked for before."""
        if not self._waiting:
            return
        with self._lock:
            for one in [one for one in self._waiting if wanted(one)]:
                self._load(one)
                self._waiting.remove(one)

    def implementations(self, hook: str) -> list[HookImpl]:
        """Those of a stage of triage, in the order in which they are asked."""
        if hook not in self._turns:
            self.load(Found.may_triage)
            self._turns[hook] = sorted(getattr(self._manager.hook, hook).get_hookimpls(), key=self._turn)
        return self._turns[hook]

    def _turn(self, implementation: HookImpl) -> tuple[int, int]:
        """pluggy's order, as it were had all been registered as they were found."""
        place = self._places[implementation.plugin_name]
        if implementation.trylast:
            return 2, place
        return (0 if implementation.tryfirst else 1), -place

    def _load(self, found: Found) -> None:
        plugin = self.plugins[found.name] = Plugin(found.name, found.origin, path=found.module)
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
        if SOURCES_HOOK in plugin.hooks:
            bounded(lambda: module.register_sources(claimed.append), LOAD_SECONDS)
        for cls in claimed:
            self._claim(cls, plugin)

    def _claim(self, cls: type[Source], plugin: Plugin) -> None:
        from chalicelib.registry.claim import check  # most functions load no source

        check(cls)
        if cls.name in self.sources:
            raise ValueError(same_source(cls.name, self.sources[cls.name].plugin, plugin.name))
        if (holder := self._claims.get(cls.name, plugin.name)) != plugin.name:  # it need not be loaded yet
            raise ValueError(same_source(cls.name, holder, plugin.name))
        self.sources[cls.name] = self._guarded(bounded(cls, LOAD_SECONDS), plugin.name)
        plugin.sources = (*plugin.sources, cls.name)
        if "version" in cls.__dict__:
            plugin.version = cls.version

    def _unload(self, plugin: Plugin, reason: str) -> None:
        if plugin.module is not None and self._manager.is_registered(plugin.module):
            self._manager.unregister(plugin.module)
        for name in plugin.sources:
            del self.sources[name]
        plugin.sources = plugin.hooks = ()
        self._refuse(plugin, reason)

    def _refuse(self, plugin: Plugin, reason: str) -> None:
        plugin.status, plugin.error, plugin.failed_at = "failed", reason[:500], self._now()
        self.plugins[plugin.name] = plugin
        # The reason may hold anything that the plugin raised, so no log tells it, only GET /plugins.
        log.error(
            "a plugin was not loaded",
            extra={"plugin": plugin.name, **({"_reason": plugin.error} if self._in_full else {})},
        )


def _imported(path: str) -> Any:
    """The module, or with `module:attribute` that attribute of it."""
    name, _, attribute = path.partition(":")
    module = importlib.import_module(name)
    return getattr(module, attribute) if attribute else module
