"""What somebody said, as the core keeps it: a key, an order of versions, a digest."""

from __future__ import annotations

import hashlib
import math
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple, get_args

from triggeriq import JSON, App, Attachment, Author, Feedback, Handled
from triggeriq.values import Kind, PriorityLabel, Status

# The limits together keep a feedback's JSON under the 256 KiB of a queue's message, at four bytes a
# character; what is cut off is still in the raw bytes.
TEXT_LIMIT = 40_000
"""Characters of a feedback's text that are kept, and of what it quotes as many as then have room."""
LINE_LIMIT = 500
"""Characters of a title, a name, an id, an address."""
ATTRIBUTES_LIMIT = 8_000
"""Characters of all attributes together; those that no longer fit are left out."""
THREADS_MOST = 24
"""Names of conversations that are kept: the first, and the last ones where there are more."""
THREAD_LIMIT = 200
"""Characters of such a name, a quarter of them where it is not ASCII; a longer one is replaced by its
sha256."""
ATTACHMENTS_MOST = 50
FILE_NAME_LIMIT = 100
"""Characters of an attachment's name, 60 where it is not ASCII."""

# Control characters (but tab and line ends), lone surrogates and the two non-characters: what
# PostgreSQL, UTF-8 or a queue refuse, and what makes a terminal or a log line lie.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# What ends a line or parts words besides white space, CR and LF: a vertical tab is a line end within a cell
# of a spreadsheet, NEL (U+0085) is that of mainframes.
_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_LINES = re.compile(r"[\r\n]+")
# What few feedback needs is compiled when one does, not at each start.
_TURNING = "[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
"""Marks of direction, by which a file's name reads otherwise than it is: "gnp.exe" as "exe.png"."""
_MEDIA_TYPE = r"[a-z0-9!#$&^_.+-]{1,40}/[a-z0-9!#$&^_.+-]{1,75}"
_HANDLED = {"status": get_args(Status), "priority": get_args(PriorityLabel)}
NAMESPACE = uuid.UUID("6f0e2a43-7d1c-4c63-9f0b-5f6a0d6f2c11")


class FeedbackKey(NamedTuple):
    """What makes a feedback the same: the provider's id within one connection of one source."""

    source: str
    connection: str
    external_id: str

    @property
    def ticket_id(self) -> str:
        """The id of the ticket that this feedback opens: the same however often it is taken, so that a
        replay after a loss brings back the same addresses."""
        said = "\n".join(("ticket", *self)).encode("utf-8", "replace").decode()  # whoever asks may name any
        return str(uuid.uuid5(NAMESPACE, said))


def digest(feedback: Feedback) -> str:
    """sha256 (hex) over title, text and rating: what a person would call "it says the same"."""
    rating = "" if feedback.rating is None else repr(float(feedback.rating))
    said = "\0".join((feedback.title or "", feedback.text, rating))
    return hashlib.sha256(said.encode()).hexdigest()


def cleaned(feedback: Feedback) -> Feedback:
    """The same feedback with nothing in it that a store can't keep: NUL, other control characters and
    lone surrogates taken out, lengths bounded, times with their zone. All behind the edge relies on it.

    Raises ValueError, and nothing else, where a plugin made something that is no feedback.
    """
    try:
        return _cleaned(feedback)
    except (TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _cleaned(feedback: Feedback) -> Feedback:
    external_id = clean_external_id(feedback.external_id)
    if not external_id:
        raise ValueError("external_id is empty")
    _check_one_of("kind", feedback.kind, get_args(Kind))
    text = clean_text(feedback.text)[:TEXT_LIMIT]
    return replace(
        feedback,
        external_id=external_id,
        version=max(0, min(int(feedback.version), 2**53)),
        title=_optional(feedback.title),
        text=text,
        quoted=clean_text(feedback.quoted)[: TEXT_LIMIT - len(text)],
        rating=_rating(feedback.rating),
        language=_optional(feedback.language),
        author=Author(
            id=_optional(feedback.author.id),
            name=_optional(feedback.author.name),
            email=_optional(feedback.author.email),
        ),
        verified=bool(feedback.verified),
        created_at=clean_time(feedback.created_at),
        url=_web_address(feedback.url),
        app=App(id=_optional(feedback.app.id), version=_optional(feedback.app.version)),
        device={_line(str(k))[:50]: _line(str(v))[:200] for k, v in list(feedback.device.items())[:20]},
        thread=_optional(feedback.thread),
        threads=_threads(feedback.threads),
        attachments=tuple(map(_attachment, feedback.attachments[:ATTACHMENTS_MOST])),
        handled=_handled(feedback.handled),
        attributes=_attributes(feedback.attributes),
    )


def is_storable(text: str) -> bool:
    """Whether every store can keep it as it is."""
    return not _UNSTORABLE.search(text)


def clean_text(text: str) -> str:
    """Without the characters that no store can keep. Where one ended a line there is a line feed: words that
    stood apart stay apart."""
    if text.isprintable():  # as most are: then it holds none of them
        return text
    return _UNSTORABLE.sub("", _LINE_ENDS.sub("\n", text))


def clean_line(text: str) -> str:
    """As `clean_text`, on one line and trimmed."""
    return (text if text.isprintable() else _LINES.sub(" ", clean_text(text))).strip()


def clean_json(value: JSON, depth: int = 20) -> JSON:
    """A JSON value made storable: strings cleaned, no NaN or infinity, nested at most `depth` deep."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [clean_json(item, depth - 1) for item in value] if depth else None
    if isinstance(value, Mapping):
        return {clean_text(str(k)): clean_json(v, depth - 1) for k, v in value.items()} if depth else None
    return value if value is None or isinstance(value, (bool, int)) else clean_text(str(value))


def _check_one_of(what: str, value: object, known: Sequence[str]) -> None:
    if value not in known:
        raise ValueError(f"{what} {value!r} is none of {', '.join(known)}")


def _name(text: str, limit: int) -> str:
    """What makes two things the same, made storable: of two that differ no part may become alike."""
    name = clean_text(text).strip()
    if name and len(text) > limit:
        return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return name


def clean_external_id(id: str) -> str:
    """As the key of a feedback has it; "" where nothing of it can be kept."""
    return _name(id, LINE_LIMIT)


def conversation_names(thread: str) -> tuple[str, ...]:
    """A conversation's name in each form in which feedback may have it: as its only one (`thread`), and as
    one of several (`threads`). They differ where it is long."""
    return tuple(dict.fromkeys(name for name in (_optional(thread), *_threads((thread,))) if name))


def _threads(names: Sequence[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise TypeError("threads is a text; it must be a tuple of texts")
    short = (_name(name, THREAD_LIMIT if name.isascii() else THREAD_LIMIT // 4) for name in names)
    known = list(dict.fromkeys(filter(None, short)))
    # The first began the conversation; the last are what this one answers.
    return tuple(known[:1] + known[1:][1 - THREADS_MOST :])


def _attachment(file: Attachment) -> Attachment:
    """What is told of it; its content is kept elsewhere."""
    content_type = file.content_type.lower().strip()
    return Attachment(
        name=_file_name(file.name),
        content_type=content_type if re.fullmatch(_MEDIA_TYPE, content_type) else "application/octet-stream",
        bytes=max(0, min(int(file.bytes), 2**53)),
    )


def _file_name(name: str) -> str:
    """The name without folders, which no screen shows otherwise than it is; a long one keeps its ending."""
    line = re.sub(_TURNING, "", clean_line(name)).replace("\\", "/").rstrip("/")
    line = line.rpartition("/")[2].strip(". ")
    limit = FILE_NAME_LIMIT if line.isascii() else 60
    stem, dot, ending = line.rpartition(".")
    if dot and len(ending) < 20:
        return f"{stem[: limit - 1 - len(ending)]}.{ending}"
    return line[:limit] or "attachment"


def _handled(handled: Handled | None) -> Handled | None:
    if handled is None:
        return None
    for what, labels in _HANDLED.items():
        if (label := getattr(handled, what)) is not None:
            _check_one_of(what, label, labels)
    return replace(handled, assignee=_optional(handled.assignee), updated_at=clean_time(handled.updated_at))


def _line(text: str) -> str:
    return clean_line(text)[:LINE_LIMIT].rstrip()


def _optional(text: str | None) -> str | None:
    return None if text is None else _line(text) or None


def _rating(rating: float | None) -> float | None:
    return rating if rating is not None and math.isfinite(rating) and -1e6 < rating < 1e6 else None


def clean_time(time: datetime | None) -> datetime | None:
    """In UTC, in which a time without a zone is taken to be; None where that lies beyond all years."""
    if time is None:
        return None
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:  # year 1 or 9999 moved over the edge by its zone
        return None


def _web_address(url: str | None) -> str | None:
    """Only what a browser may be sent to; "javascript:" and its kin never become a link."""
    line = _optional(url)
    return line if line and line.lower().startswith(("http://", "https://")) else None


def _attributes(attributes: Mapping[str, JSON]) -> Mapping[str, JSON]:
    kept: dict[str, JSON] = {}
    room = ATTRIBUTES_LIMIT
    for name, value in attributes.items():
        cleaned_value = clean_json(value)
        room -= len(str(name)) + len(str(cleaned_value))
        if room < 0:
            break
        kept[_line(str(name))] = cleaned_value
    return kept
