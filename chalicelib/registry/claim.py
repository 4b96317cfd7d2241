"""Checks what a plugin claims to be a source, before the core relies on it."""

from __future__ import annotations

import re

from triggeriq import Scheme, Source
from triggeriq.names import NAME
from triggeriq.settings import fault_of
from triggeriq.source import METHODS

POLL_SECONDS = (60, 604_800)
"""A minute to a week."""


def check(cls: type[Source]) -> None:
    """Raises TypeError or ValueError, saying what is wrong, for what can be no source."""
    if not (isinstance(cls, type) and issubclass(cls, Source)):
        raise TypeError(f"register takes a class derived from triggeriq.Source, not {cls!r}")
    if not hasattr(cls, "name"):
        raise ValueError(f"the source {cls.__name__} has no name")
    if not re.fullmatch(NAME, cls.name):
        raise ValueError(f"a source's name matches {NAME}; {cls.name!r} does not")
    if cls.api != Source.api:
        raise ValueError(f"{cls.name} was written for contract {cls.api}; this is {Source.api}")
    if odd := set(cls.methods) - set(METHODS):
        raise ValueError(f"{cls.name}: methods are of {', '.join(METHODS)}; {', '.join(sorted(odd))} are not")
    if not all(isinstance(row, Scheme) for row in cls.verification):
        raise TypeError(f"{cls.name}: verification holds rows of triggeriq.Scheme, and nothing else")
    if not (isinstance(cls.poll_seconds, int) and POLL_SECONDS[0] <= cls.poll_seconds <= POLL_SECONDS[1]):
        raise ValueError(
            f"{cls.name}: poll_seconds is a whole number from {POLL_SECONDS[0]} to {POLL_SECONDS[1]:,}"
        )
    if fault := fault_of(cls.settings):
        raise ValueError(f"{cls.name}: {fault}")
