"""The files that came with a mail, under names that are safe to show, to store and to download by."""

from __future__ import annotations

import re
from mimetypes import MimeTypes

from plugins.sources.mail.headers import Headers
from plugins.sources.mail.parts import Part
from triggeriq import AttachedFile

MAX_NAME = 100
"""Characters of a file's name."""
_MAX_ENDING = 16

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
"""Controls, characters without width, and those that turn the order of letters (`gnp.exe` as `exe.png`)."""
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_TYPES = MimeTypes(())


def attached(part: Part) -> AttachedFile:
    """A part as a file."""
    if part.kind == "message/rfc822":
        name = part.name or _subject(part)
        return file(name if _has_ending(name) else f"{name or 'message'}.eml", part.kind, part.content)
    kind = "application/octet-stream" if part.kind.startswith("multipart/") else part.kind
    return file(part.name, kind, part.content)


def file(name: str, content_type: str, content: bytes) -> AttachedFile:
    """A file by the name that its sender gave it, made safe; one without a name is called after its type."""
    name = safe_name(name) or f"attachment{_TYPES.guess_extension(content_type) or '.bin'}"
    return AttachedFile(name=name, content_type=content_type, content=content)


def type_of(name: str) -> str:
    """The media type that a file's name speaks of."""
    return _TYPES.guess_type(name)[0] or "application/octet-stream"


def safe_name(name: str) -> str:
    """The last part of a path, without characters that are invisible, turn the direction or mean something
    to a file system, and no longer than MAX_NAME; its ending is kept. Empty where nothing is left."""
    name = _UNSAFE.sub("", name[: 10 * MAX_NAME]).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(". ")
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _MAX_ENDING:
        return name[:MAX_NAME].strip()
    return f"{stem[: MAX_NAME - len(ending) - 1].strip()}.{ending}"


def _has_ending(name: str) -> bool:
    return re.search(r"\.\w{1,8}$", name) is not None


def _subject(part: Part) -> str:
    return Headers(part.content).text("subject")[:MAX_NAME].rstrip(".")
