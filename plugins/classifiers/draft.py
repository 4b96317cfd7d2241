"""The words of a ticket: a title worth reading in a list, the text, and tags."""

from __future__ import annotations

import re

from triggeriq import Draft, Feedback, Verdicts, hookimpl

__version__ = "1"

TITLE_LENGTH = 80
LIMIT = 4_000
"""Characters in which a title and topics are looked for."""
_NO_TITLE = frozenset(
    ("", "(no subject)", "no subject", "feedback", "review", "message", "untitled", "none", "null")
)
_REPLY = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw)(?:\[\d{1,2}\])?:\s{0,5}){1,10}", re.IGNORECASE)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|to whom it may concern"
    r"|hallo|guten tag|bonjour|hola|ciao|ol[áa])"
    r"(?:[ ][\w.'-]{1,30}){0,4}[ ]?[,!:.]\s",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?\u3002\uff01\uff1f](?=\s|$)|[\u3002\uff01\uff1f]|\n")
_WORD = re.compile(r"[a-z]+")
_TOPICS = {
    "login": "login logging signin password passcode",
    "payment": "payment payments charged billing billed invoice subscription",
    "refund": "refund refunds refunded",
    "crash": "crash crashes crashed crashing",
    "performance": "slow laggy lag lags battery unresponsive",
    "ads": "ads advert adverts advertisement advertisements popup popups",
    "privacy": "privacy gdpr permission permissions",
    "delivery": "delivery delivered shipping shipment parcel",
}
"""Tag -> English words that are seldom about anything else."""
_TOPIC_BY_WORD = {word: topic for topic, words in _TOPICS.items() for word in words.split()}


@hookimpl(trylast=True)
def draft(feedback: Feedback, verdicts: Verdicts) -> Draft:
    """Title from the title or the first sentence; tags from the feedback, then topics it speaks of."""
    text = feedback.text.strip()
    return Draft(
        title=_title(feedback, text[:LIMIT]),
        description=text or (feedback.title or "").strip(),
        tags=_tags(feedback, text[:LIMIT].lower()),
    )


def _title(feedback: Feedback, text: str) -> str:
    title = _REPLY.sub("", " ".join((feedback.title or "")[:LIMIT].split()))
    if title.lower() in _NO_TITLE or not any(map(str.isalnum, title)):
        title = _first_sentence(text)
    if not title and feedback.rating is not None:
        return f"{feedback.rating:g}-star {feedback.kind} without text"
    return _shortened(title) or f"{feedback.kind.capitalize()} without text"


def _first_sentence(text: str) -> str:
    """The first sentence that says something: no greeting, and not one of a single short word."""
    text = _GREETING.sub("", text, count=1).lstrip()
    start = 0
    for end in _SENTENCE_END.finditer(text):
        sentence = text[start : end.end()]
        if sum(map(str.isalnum, sentence)) > 11:
            break
    else:
        sentence = text
    return " ".join(sentence.split())


def _shortened(title: str) -> str:
    """At most TITLE_LENGTH characters, cut between words where there are any."""
    title = title.rstrip(" .\u3002")
    if len(title) <= TITLE_LENGTH:
        return title
    cut = title[: TITLE_LENGTH - 1]
    words = cut.rsplit(" ", 1)[0]
    return (words if len(words) > TITLE_LENGTH // 2 else cut).rstrip(" ,;:-") + "\u2026"


def _tags(feedback: Feedback, text: str) -> tuple[str, ...]:
    given = feedback.attributes.get("tags")
    own = [tag.strip() for tag in given if isinstance(tag, str)] if isinstance(given, list | tuple) else []
    topics = [_TOPIC_BY_WORD[word] for word in _WORD.findall(text) if word in _TOPIC_BY_WORD]
    return tuple(dict.fromkeys(tag for tag in own + topics if tag))
