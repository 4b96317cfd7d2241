"""What objects of a partner say beside words: that something was deleted, that staff answered, that it is for
colleagues alone. A connection's settings tell by which values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from triggeriq.errors import InvalidSetting, Unreadable
from triggeriq.notices import Answered, Redacted
from triggeriq.other_events import told
from triggeriq.payload import at, identifier, moment
from triggeriq.shape import DEFAULT, PATH, Shape
from triggeriq.values import JSON, Feedback, Ignore

Meaning: TypeAlias = Literal["private", "deleted", "staff"]
MEANINGS: tuple[Meaning, ...] = ("private", "deleted", "staff")
"""In the order in which they are looked for: of what is private nothing else is asked."""
_NOTHING = ("", "false", "0", "none", "null")


@dataclass(frozen=True, slots=True)
class _Condition:
    path: tuple[str, ...]
    values: frozenset[str]
    """Any of these, in lower case; without one any value but an empty or a false one."""

    def found(self, item: JSON, whole: JSON) -> JSON:
        """The value that meets it; None where none does."""
        value = at(item, *self.path)
        if value is None:
            value = at(whole, *self.path)
        word = _word(value)
        return value if (word in self.values if self.values else word not in _NOTHING) else None


@dataclass(frozen=True, slots=True)
class Meanings:
    """Which values of an object mean what."""

    conditions: Mapping[Meaning, _Condition]

    @classmethod
    def of(cls, means: Mapping[str, str], setting: str = "means") -> Meanings:
        """Those that settings say: {"deleted": "action=deleted|removed", "staff": "author.role=agent"}. Left
        of the = stands a dotted path in the object, or in the body around it, and right of it the values that
        mean it, whose case does not count. A path alone is met by any value but null, false, 0 and an empty
        one.

        setting: what it is called in the source's settings. Raises InvalidSetting, naming the meaning in it.
        """
        conditions: dict[Meaning, _Condition] = {}
        for meaning, condition in means.items():
            place = f"{setting}.{meaning}"
            if meaning not in MEANINGS:
                raise InvalidSetting(f"{meaning!r} is none of {', '.join(MEANINGS)}", place)
            path, equals, values = condition.partition("=")
            wanted = (
                frozenset(value.strip().casefold() for value in values.split("|")) if equals else frozenset()
            )
            if not re.fullmatch(PATH, path.strip()):
                raise InvalidSetting(f"{condition!r} is no path=value such as 'action=deleted'", place)
            conditions[meaning] = _Condition(tuple(path.strip().split(".")), wanted)
        return cls(conditions)

    def item(
        self,
        shape: Shape,
        item: dict[str, JSON],
        external_id: str,
        *,
        of: JSON,
        whole: JSON,
        received_at: datetime,
    ) -> Feedback | Answered | Redacted | Ignore:
        """What an object says: as `told`, but for what it means beside words.

        whole: the body around it. received_at: when it was deleted or answered, where nothing says so. Raises
        Unreadable.
        """
        for meaning in MEANINGS:
            condition = self.conditions.get(meaning)
            if condition is None or (met := condition.found(item, whole)) is None:
                continue
            if meaning == "private":
                return Ignore("private")
            around = None if whole is item else DEFAULT.find(whole, "created_at")
            if meaning == "deleted":
                named = None if condition.values else moment(met)  # such as deleted_at
                return _deleted(shape, item, named or shape.find(item, "updated_at") or around or received_at)
            thread = shape.find(item, "thread")
            when = shape.find(item, "created_at") or around or received_at
            return Answered(thread=thread, at=when) if thread else Ignore("by staff, in no thread")
        return told(shape, item, external_id, of=of)


def _deleted(shape: Shape, item: dict[str, JSON], when: datetime) -> Redacted:
    if own_id := shape.find(item, "id"):
        return Redacted(external_id=own_id, at=when)
    if thread := shape.find(item, "thread"):
        return Redacted(thread=thread, at=when)
    raise Unreadable("it is deleted, and has no id: say in the settings' fields where its id stands")


def _word(value: JSON) -> str:
    """A value as settings write it."""
    if isinstance(value, str):
        return value.strip().casefold()
    if isinstance(value, (dict, list)):
        return "something" if value else ""
    return (identifier(value) or str(value)).casefold()
