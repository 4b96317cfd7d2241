"""Whether somebody wrote a mail: out-of-office notes, bounces, receipts, complaints and bulk are recognised.

What a person may have written is never dropped. So a mail is `certain` only where no person's mail client,
and no contact form that sends a person's words, makes such a mail; all else is marked at most. A header that
others add to people's mail counts for little: Exchange adds X-Auto-Response-Suppress, lists and forms add
Precedence, List-… and Auto-Submitted: auto-generated. What counts is in RFC 3834 (auto-replies), 3464 and
3798 (reports of delivery and reading), 5965 (complaints), and in what mail servers send without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from plugins.sources.mail import automatic_wordings as wordings
from plugins.sources.mail.folding import fold
from plugins.sources.mail.headers import Headers

Kind = Literal["auto_reply", "bounce", "delivery_report", "feedback_loop", "list_or_bulk", "notice"]


@dataclass(frozen=True, slots=True)
class Automatic:
    """What kind of automatic mail it is, and why it is taken for one, as a sentence for an operator that
    quotes nothing of the mail.

    certain: nobody can have written it, so that it makes no ticket.
    """

    kind: Kind
    reason: str
    certain: bool


def automatic(headers: Headers, report_type: str, subject: str, text: str) -> Automatic | None:
    """None where a person wrote it, as far as anyone can see.

    report_type: the parameter `report-type` of the mail's own Content-Type, "" where it has none. subject
    and text: decoded; the text as it came, quotations with it.
    """
    mail = _Mail(headers, report_type, subject, text)
    kinds = (mail.report, mail.returned, mail.complaint, mail.reply, mail.receipt, mail.mass)
    return next(filter(None, (kind() for kind in kinds)), None)


_REPORTS: dict[str, tuple[Kind, str]] = {
    "feedback-report": ("feedback_loop", "a provider's complaint (multipart/report)"),
    "disposition-notification": ("delivery_report", "a read receipt (multipart/report)"),
}
_RESPONDERS = (
    *("x-autoreply", "x-auto-reply", "x-mail-autoreply", "x-amazon-auto-reply", "x-autoreply-from"),
    *("x-autorespond", "x-autoresponder", "x-auto-responder", "x-autoresponse", "x-vacation"),
)
"""Headers that only answering machines write."""
_NO = ("", "no", "none", "false", "0")
_DAEMON = re.compile(r"(?:mailer|mail)[-_.]?d(?:a|ae)mon|mdaemon|mail[-_.]delivery[-_.](?:sub)?system")
_DAEMON_NAME = re.compile(r"mail deliver(?:y)? (?:(?:sub)?system|service)|mail(?:er)?[- ]?daemon")
_POSTMASTER = re.compile(r"poo?st[-_.]?master@")
_POSTMASTER_NAME = re.compile(r"mail deliver|mmsc ndr|system administrator$|mail administrator$|postmaster$")
_COMPLAINER = re.compile(
    r"(?:feedback-?loop|fbl|arf|scomp)@|feedback@arf\.|staff@hotmail\.com$|complaints@.*amazonses\.com$"
)
_DMARC = re.compile(r"(?:\[[^\]]{0,80}\] ?)?report domain: ?\S+ submitter: ?\S+ report-id: ?\S")
"""Subject of a domain's DMARC reports, RFC 7489, 7.2.1.1."""
_TAG = re.compile(r"[\[(【][^\])】]{0,80}[\])】] ?")
_NOT_A_WORD = "*#=-_~.:;,!<>[](){}【】\"'|/\\ "
_SERVER = re.compile(r"(?:owner-.*|.*-(?:owner|bounces|admin|request|errors))@")
"""Addresses by which discussion lists send."""


class _Mail:
    def __init__(self, headers: Headers, report_type: str, subject: str, text: str) -> None:
        self.headers = headers
        self.report_type = report_type.strip().lower()
        self.subject = fold(subject[: wordings.MAX_SUBJECT])
        self.text = fold(text.lstrip()[: wordings.MAX_TEXT]).lstrip(_NOT_A_WORD)
        self.submitted = (re.match(r"[a-z-]*", headers.raw("auto-submitted").lower()) or [""])[0]
        self.senders = [(fold(box.name[:200]), box.address.lower()) for box in headers.addresses("from")[:5]]

    def report(self) -> Automatic | None:
        """No mail client makes a multipart/report. One that is forwarded is a part of another mail."""
        kind, reason = _REPORTS.get(self.report_type, ("notice", "a report, not a letter (multipart/report)"))
        if self.report_type == "delivery-status":
            kind, reason = self._of_delivery(), "a report of a mail's delivery (multipart/report)"
        elif not self.report_type and self.returned():
            kind = self._of_delivery()
        is_report = self.headers.raw("content-type").lower().startswith("multipart/report")
        return Automatic(kind, reason, True) if self.report_type or is_report else None

    def returned(self) -> Automatic | None:
        """A bounce, or a notice that a mail is late, of a server that writes no multipart/report. Each sign
        alone may be a person's: a postmaster writes, a customer quotes a bounce. Three signs, one of which
        is not in the words, are nobody's."""
        envelope = list(self._envelope_signs())
        words = list(self._bounce_words())
        weight = sum(count for count, _ in envelope) + len(words)
        if not envelope or weight < 2:
            return None
        reason = f"a report of a mail's delivery: {_listed([*(sign for _, sign in envelope), *words])}"
        return Automatic(self._of_delivery(), reason, weight > 2)

    def _envelope_signs(self) -> Iterator[tuple[int, str]]:
        for name in ("x-failed-recipients", "x-ms-exchange-message-is-ndr"):
            if self.headers.has(name):
                yield 2, f"it has {name.title()}"
        if self._nobody_to_answer():
            yield 1, "its return path is empty"
        if any(_is_server(name, address) for name, address in self.senders):
            yield 2, "its sender is a mail server"
        elif any(_POSTMASTER.match(box) or _POSTMASTER_NAME.match(name) for name, box in self.senders):
            yield 1, "its sender is a postmaster"

    def _bounce_words(self) -> Iterator[str]:
        if _begins(self.subject, wordings.UNDELIVERED + wordings.ON_ITS_WAY):
            yield "its subject says so"
        sentence = self.text[: wordings.MAX_SENTENCE]
        if _begins(sentence, wordings.BOUNCED + wordings.LATE) or _holds(sentence, wordings.GENERATED):
            yield "its text says so"

    def _of_delivery(self) -> Kind:
        """A mail that did not arrive is a bounce; one that is late, or did, is reported of."""
        late = _begins(self.subject, wordings.ON_ITS_WAY) or _begins(self.text, wordings.LATE)
        return "delivery_report" if late else "bounce"

    def _nobody_to_answer(self) -> bool:
        path = self.headers.raw("return-path").strip(" <>").lower()
        return self.headers.has("return-path") and (not path or bool(_DAEMON.match(path)))

    def complaint(self) -> Automatic | None:
        """A provider's note, without multipart/report, that somebody called a mail spam."""
        says_so = {
            "its subject says so": _begins(self.subject, wordings.COMPLAINED),
            "its text says so": _begins(self.text, wordings.COMPLAINS),
            "its sender sends them": any(_COMPLAINER.match(address) for _, address in self.senders),
        }
        signs = [sign for sign, found in says_so.items() if found]
        if len(signs) > 1:
            certain = says_so["its sender sends them"]
            return Automatic("feedback_loop", f"a provider's complaint: {_listed(signs)}", certain)
        if _DMARC.match(self.subject):
            return Automatic("notice", "a domain's report on DMARC, by its subject", True)
        return None

    def reply(self) -> Automatic | None:
        """An answer of a machine: an out-of-office note, an acknowledgement."""
        if self.submitted == "auto-replied":
            return Automatic("auto_reply", "an automatic reply: Auto-Submitted: auto-replied", True)
        if sign := self._responder():
            return Automatic("auto_reply", f"an automatic reply: {sign}", True)
        if not _answers_by_itself(self.subject):
            return None
        if self._nobody_to_answer():
            reason = "an automatic reply: its subject says so, and its return path is empty"
            return Automatic("auto_reply", reason, True)
        answers = self.headers.has("in-reply-to") or self.headers.has("references")
        if answers and (sign := self._machine()):
            reason = f"an automatic reply: its subject says so, it answers a mail, and it has {sign}"
            return Automatic("auto_reply", reason, True)
        return Automatic("auto_reply", "perhaps an automatic reply: its subject says so", False)

    def _responder(self) -> str:
        for name in _RESPONDERS:
            if self.headers.raw(name).lower() not in _NO:
                return name.title()
        for name in ("precedence", "x-precedence"):
            if re.match(r"auto[-_ ]?reply", self.headers.raw(name), re.I):
                return f"{name.title()}: auto_reply"
        if self.headers.raw("x-autogenerated").lower() == "reply":
            return "X-Autogenerated: reply"
        if "autoresponder" in (value.lower() for value in self.headers.all("delivered-to")):
            return "Delivered-To: autoresponder"
        return ""

    def _machine(self) -> str:
        """A header of answering machines that people's mail may have, too."""
        if self.submitted not in ("", "no"):
            return "Auto-Submitted"
        if self.headers.raw("x-auto-response-suppress").lower() == "all":
            return "X-Auto-Response-Suppress: All"
        return "Precedence" if self._precedence() in ("bulk", "junk") and not self._discusses() else ""

    def receipt(self) -> Automatic | None:
        """Outlook's receipt where its report was lost: a subject, and nothing else."""
        if not self.text and _begins(self.subject, wordings.RECEIVED, followed_by=":"):
            reason = "perhaps a read receipt: its subject says so, and it has no text"
            return Automatic("delivery_report", reason, False)
        return None

    def mass(self) -> Automatic | None:
        """What machines sent, and people may have written: a form's mails, newsletters, monitoring."""
        if self.submitted not in ("", "no"):
            return Automatic("notice", "perhaps a machine's: it has Auto-Submitted", False)
        if self._nobody_to_answer():
            return Automatic("notice", "perhaps a machine's: its return path is empty", False)
        if self.headers.has("x-cron-env") or self.headers.raw("x-autogenerated").lower() not in _NO:
            return Automatic("notice", "perhaps a machine's: its headers say so", False)
        bulk = self._precedence() in ("bulk", "junk") or self.headers.has("list-unsubscribe")
        if bulk and not self._discusses():
            reason = "perhaps sent to many: it has Precedence or List-Unsubscribe"
            return Automatic("list_or_bulk", reason, False)
        return None

    def _precedence(self) -> str:
        return (self.headers.raw("precedence") or self.headers.raw("x-precedence")).lower()

    def _discusses(self) -> bool:
        """Whether it came by a list to which people write: a group as a support address is one."""
        return (
            self.headers.has("list-post")
            or self.headers.has("mailing-list")
            or any(value.lower().startswith("mailing list") for value in self.headers.all("delivered-to"))
            or any(_SERVER.match(box.address.lower()) for box in self.headers.addresses("sender")[:1])
        )


def _is_server(name: str, address: str) -> bool:
    return bool(_DAEMON.match(address) or (not address and _DAEMON_NAME.match(name)))


def _answers_by_itself(subject: str) -> bool:
    """Whether a subject is an answering machine's: `Automatic reply: …`, `[Auto-Reply] …`, `Out of office
    until …`, `AUTO: Jo is out of the office (…)`. Not where it goes on as a sentence does."""
    if subject.startswith("auto:"):
        return _holds(subject, wordings.AWAY)
    starts = (text.lstrip(_NOT_A_WORD) for text in (subject, _TAG.sub("", subject, count=3)))
    return any(
        _ends(start[len(phrase) :])
        for start in starts
        for phrase in _at_the_start(start, wordings.REPLIED + wordings.AWAY)
    )


def _ends(rest: str) -> bool:
    word = rest.split(" ", 2)[1] if rest.startswith(" ") else rest
    return not word[:1].isalpha() or (rest.startswith(" ") and word in wordings.UNTIL)


def _begins(text: str, phrases: tuple[str, ...], followed_by: str = "") -> bool:
    """Whether it begins with one of the phrases, not within a word."""
    text = text.lstrip(_NOT_A_WORD)
    rests = ((phrase, text[len(phrase) :]) for phrase in _at_the_start(text, phrases))
    return any(rest.lstrip().startswith(followed_by) and not _goes_on(phrase, rest) for phrase, rest in rests)


def _at_the_start(text: str, phrases: tuple[str, ...]) -> list[str]:
    if not text.startswith(phrases):  # true of nearly all texts, and quick
        return []
    return [phrase for phrase in phrases if text.startswith(phrase)]


def _goes_on(phrase: str, rest: str) -> bool:
    """Whether a word goes on behind a phrase; scripts without spaces have no such words."""
    return phrase[-1].isascii() and phrase[-1].isalnum() and rest[:1].isalnum()


def _holds(text: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in phrases)


def _listed(signs: list[str]) -> str:
    *first, last = signs
    return f"{', '.join(first)} and {last}" if first else last
