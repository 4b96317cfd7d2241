"""The conversations that a mail belongs to.

A mail belongs with those to which it refers by their ids, those that refer to it, and those that refer to the
same, but only where the matter is the same and its sender has a part in it: people answer an old mail about
something new, and a thousand readers answer one newsletter. So a conversation's name is an id, a person and
a matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plugins.sources.mail.author import author_of
from plugins.sources.mail.folding import fold
from plugins.sources.mail.headers import Headers
from triggeriq.payload import identifier

MAX_OLDEST, MAX_NEWEST = 2, 8
"""Of the ids that a mail refers to: a long thread's first ones, and the last."""
MAX_PEOPLE = 10
"""People who may answer into a mail's conversation."""
MAX_SUBJECT = 1_000

_PREFIXES = """
    re r rif réf ref res resp rép rep fwd fw fs tr rv i enc pd pdl trs fyi
    ang odpověď aw antw antwort wg wtr sv svar vs vb vl vast ha doorst doorgestuurd videresendt välitetty hal
    odp odg przek vá vál továbbítás ynt yan ilt atb ats pārs bls
    απ απάντηση σχετ πρθ πρωθ ответ отв отн на пересл відп відповідь пересил отг препр
    השב תשובה הועבר رد توجيه پاسخ ตอบ ตอบกลับ ส่งต่อ
    回复 回覆 答复 答覆 回信 转发 轉寄 轉發 返信 転送 回答 회신 답장 전달
    ext external extern
"""
"""What clients put before the subject of an answer, or of a mail that is passed on, in the forms of Outlook,
Lotus Notes, Thunderbird, The Bat! and webmail; and gateways before that of a mail from outside."""
_TWO_WORDS = "trả lời", "chuyển tiếp", "إعادة توجيه"
_COUNT = r"(?:\[\d{1,3}\]|\(\d{1,3}\)|[\^*]?\d{1,3})"
_TAG = re.compile(r"\[[^\[\]]{0,100}\]|\*{2,8}[^*]{1,40}\*{2,8}")
"""A list's name, a ticket's number, a gateway's warning, also as `***SPAM***`."""
_BEHIND = re.compile(r"(?: \((?:fwd?|was: [^()]{0,200})\)| \[[^\[\]]{1,100}\])$")


def threads(headers: Headers) -> tuple[str, ...]:
    """The names of a mail's conversations, the main one first; two mails that share one are in the same
    conversation, whichever came first. Empty where the mail has no id and refers to none.

    A name is a readable text of at most 256 characters, or the sha256 of one that can't be.
    """
    matter = base_subject(headers.text("subject"))
    sender = _person(author_of(headers).address)
    names = [_name(id, sender, matter) for id in _references(headers)] if sender else []
    for own in headers.ids("message-id")[:1]:
        others = _people(headers, "from", "reply-to", "to", "cc")
        people = list(dict.fromkeys((sender, *others)))[:MAX_PEOPLE]
        names += [_name(own, person, matter) for person in people]
    return tuple(dict.fromkeys(names))


def _references(headers: Headers) -> list[str]:
    """The ids that a mail refers to, the oldest first. Clients shorten a long list in its middle; some write
    only In-Reply-To, some only References."""
    found = list(dict.fromkeys((*headers.ids("references"), *headers.ids("in-reply-to"))))
    return found if len(found) <= MAX_OLDEST + MAX_NEWEST else found[:MAX_OLDEST] + found[-MAX_NEWEST:]


def _people(headers: Headers, *names: str) -> Iterator[str]:
    boxes = (box for name in names for box in headers.addresses(name) if box.address)
    return (_person(box.address) for box in boxes)


def _person(address: str) -> str:
    return "".join(address.casefold().split())


def _name(id: str, person: str, matter: str) -> str:
    return identifier(f"{id} {person} {matter}") or id


_PREFIX = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(map(fold, (*_PREFIXES.split(), *_TWO_WORDS)))))})"
    rf"\.? ?{_COUNT}?\.? ?:"
)


def base_subject(subject: str) -> str:
    """What a mail is about: its subject, folded, without what clients, lists and gateways add. Empty where
    nothing is left."""
    text = fold(subject[:MAX_SUBJECT])
    while (shorter := _shorter(text)) != text:
        text = shorter
    return text


def _shorter(text: str) -> str:
    for added in (_PREFIX, _TAG):
        if found := added.match(text):
            return text[found.end() :].lstrip()
    return _BEHIND.sub("", text)
