"""Category by a small linear model over words and cues; spam by a few plain rules."""

from __future__ import annotations

import re

from plugins.classifiers.models.features import features
from plugins.classifiers.models.linear import model
from plugins.classifiers.models.wording import confident, language_of, wording
from triggeriq import Feedback, Verdict, hookimpl

__version__ = "1"

_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]{2,40}\.(?:xyz|top|click|biz|info|ru|shop|site|online)\b")
_PITCH = re.compile(
    r"\b(?:click here|buy now|order now|act now|sign up now|limited (?:time )?offer|special offer"
    r"|make money|earn money|earn \$\d+|extra income|work from home|passive income|free money|get rich"
    r"|guaranteed (?:profit|returns?|income)|investment opportunity|double your (?:money|income|bitcoin)"
    r"|you have won|you won|payday loan|loan offer|cheap loans?|seo services?|backlinks|web traffic"
    r"|(?:buy|free) followers|(?:use|enter) my (?:\w+ )?code|my (?:referral|refer|invite|promo) code"
    r"|visit my (?:site|website|page|profile|channel)|check out my (?:channel|site|website|page|profile)"
    r"|subscribe to my|hot singles|adult content|whatsapp me|dm me|risk free|no obligation)\b"
)
_TRADE = re.compile(
    r"\b(?:bitcoin|crypto|forex|casinos?|betting|jackpot|lottery|viagra|cialis|weight loss|backlinks?"
    r"|dating|loans?|discount|promo codes?|100% free|telegram|whatsapp)\b"
)
_HINTS = (
    *(
        "click",
        "buy",
        "order now",
        "act now",
        "sign up",
        "offer",
        "money",
        "income",
        "earn",
        "rich",
        "guaranteed",
    ),
    *(
        "investment",
        "double",
        "won",
        "loan",
        "seo ",
        "backlink",
        "traffic",
        "followers",
        "code",
        "channel",
        "site",
    ),
    *(
        "page",
        "profile",
        "subscribe",
        "single",
        "adult",
        "dm me",
        "risk free",
        "obligation",
        "bitcoin",
        "crypto",
    ),
    *(
        "forex",
        "casino",
        "betting",
        "jackpot",
        "lottery",
        "viagra",
        "cialis",
        "weight loss",
        "dating",
        "discount",
    ),
    *("100% free", "telegram", "whatsapp"),
)
"""Every text in which a pattern finds something holds one of these."""
_SHORT = 600
"""Characters of a text up to which words such as `forex` and `casino`, with a link, make an advertisement."""
_SPAM_BY_SES = Verdict(
    facet="category",
    label="spam",
    confidence=0.9,
    evidence=("X-SES-Spam-Verdict: FAIL",),
    reasons=("Amazon SES, which received the mail, takes it for spam.",),
)


@hookimpl(trylast=True)
def classify(feedback: Feedback) -> Verdict:
    """One of bug_report, feature_request, complaint, praise, question, other, spam."""
    if feedback.attributes.get("spam_verdict") == "FAIL":
        return _SPAM_BY_SES
    text = wording(feedback)
    spam = _spam(text.lower())
    if spam is not None:
        return spam
    language = language_of(text, feedback.language)
    code = language[0] if language else None
    if not any(map(str.isalnum, text)):
        return _without_words(feedback.rating)
    answer = model("category").answer(features(text, code), feedback.rating)
    return Verdict(
        facet="category",
        label=answer.label,
        confidence=confident(answer.probabilities[answer.label], answer.evidence, code, feedback.rating),
        evidence=answer.evidence,
    )


def _without_words(rating: float | None) -> Verdict:
    """Stars alone tell praise from complaint, and nothing else."""
    label = (
        "other"
        if rating is None or not (rating <= 2 or rating >= 4)
        else "praise"
        if rating >= 4
        else "complaint"
    )
    return Verdict(facet="category", label=label, confidence=0.2 if label == "other" else 0.6)


def _spam(text: str) -> Verdict | None:
    """Advertising has a sales pitch and a link, or several pitches. A link alone is no spam, and neither is a
    report about a wallet."""
    # True of nearly all texts, and much quicker than the patterns
    if not any(hint in text for hint in _HINTS):
        return None
    pitches = dict.fromkeys(_PITCH.findall(text))
    trades = dict.fromkeys(_TRADE.findall(text))
    links = len(_LINK.findall(text))
    if not (
        len(pitches) > 1
        or (pitches and (links or trades))
        or (len(trades) > 1 and links and len(text) <= _SHORT)
    ):
        return None
    words = tuple({**pitches, **trades})[:5]
    return Verdict(
        facet="category",
        label="spam",
        confidence=round(min(0.95, 0.45 + 0.2 * len(pitches) + 0.1 * len(trades) + 0.1 * min(links, 2)), 2),
        evidence=words,
        reasons=("It advertises: " + ", ".join(words) + (", with a link." if links else "."),),
    )
