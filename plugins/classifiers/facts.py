"""Facts that a text states literally. Nothing is guessed: one can ask for a fact that is missing, but a wrong
one misleads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from triggeriq import JSON, Feedback, Verdicts, hookimpl

__version__ = "1"

LIMIT = 20_000
"""Characters of a text that are searched."""
MOST = 5
"""The most order numbers, and the most amounts, that are kept."""
STEPS_LIMIT = 20
SENTENCE_LIMIT = 300

_DEVICE = re.compile(
    r"\b(?:iphone (?:\d{1,2}|x[sr]?|se)(?:[ ]?(?:pro max|pro|plus|max|mini|e|s)\b)?"
    r"|ipad(?: (?:pro|air|mini))?(?: \d{1,2})?|ipod touch|iphone"
    r"|(?:samsung )?galaxy (?:(?:note|tab|fold|flip|watch|buds) ?)?[a-z]?\d{1,3}"
    r"(?: ?(?:ultra|plus|fe|lite))?\b"
    r"|(?:google )?pixel \d{1,2}a?(?: (?:pro xl|pro|xl))?|nexus \d{1,2}[px]?"
    r"|oneplus \d{1,2}t?(?: pro)?|(?:xiaomi )?(?:redmi|poco) (?:note )?[a-z]?\d{1,2}[a-z]?(?: pro)?"
    r"|xiaomi (?:mi )?\d{1,2}[a-z]?|huawei [pm](?:ate)? ?\d{1,2}(?: (?:lite|pro))?"
    r"|moto(?:rola)? (?:[gexz]\d{0,2}|edge)(?: (?:plus|play|power|stylus|\d{2,4}))?"
    r"|xperia [a-z0-9]{1,4}|kindle(?: fire)?|fire (?:hd|tablet|tv)(?: \d{1,2})?"
    r"|macbook(?: (?:pro|air))?|imac|mac mini|surface (?:pro|go|laptop)(?: \d{1,2})?|chromebook"
    r"|apple watch|apple tv|chromecast|steam deck)\b",
    re.IGNORECASE,
)
_DEVICE_HINTS = (
    *("iphone", "ipad", "ipod", "galaxy", "pixel", "nexus", "oneplus", "redmi", "poco", "xiaomi", "huawei"),
    *(
        "moto",
        "xperia",
        "kindle",
        "fire ",
        "mac",
        "surface",
        "chromebook",
        "apple ",
        "chromecast",
        "steam deck",
    ),
)
"""Every text in which the pattern finds something holds one of these; `in` is much quicker. The same holds
for the hints below."""
_DOTTED = re.compile(r"\d\.\d")
_DIGIT = re.compile(r"\d")
_SYSTEM = re.compile(
    r"\b(ios|ipados|android|windows|macos|mac os x?|os x|ubuntu|debian|fedora|chrome ?os|watchos|linux)"
    r"(?:[ ]{0,2}(?:version |v\.? ?)?(\d{1,3}(?:\.\d{1,4}){0,3}|xp|vista)\b)?",
    re.IGNORECASE,
)
_SYSTEM_HINTS = ("os", "android", "windows", "ubuntu", "debian", "fedora", "linux")
_VERSION = re.compile(
    r"(?<!ios )(?<!android )(?<!ipados )(?<!windows )(?<!macos )(?<!os )(?<!os x )"
    r"\b(?:(?:app |build )?version|ver\.?|app|release|build|v)"
    r"[ ]{0,2}(?:is |no\.? |number |v\.? ?|[:=#] ?)?(\d{1,4}(?:\.\d{1,6}){1,4}(?:[-+][a-z0-9]{1,12})?)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:order|invoice|booking|reservation|tracking|reference|bestellung|bestellnummer|rechnung|pedido"
    r"|factura|commande|facture|ordine|fattura|encomenda|bestelling|zam[óo]wienie|заказ|замовлення|sipariş)"
    r"(?:[ ]?(?:number|num|no\.?|nr\.?|id|code|nummer|n[°º]|numéro|número|numero|номер|№))?"
    r"[ ]{0,2}(?:is |was |de |: ?|= ?)?[ ]?#?[ ]?((?=[a-z-]{0,12}\d)[a-z0-9](?:[a-z0-9-]{2,28})[a-z0-9])\b",
    re.IGNORECASE,
)
_ORDER_HINTS = (
    *("order", "invoice", "booking", "reservation", "tracking", "reference", "bestell", "rechnung", "pedido"),
    *("factur", "commande", "ordine", "fattura", "encomenda", "zam", "заказ", "замовлення", "sipariş"),
)
_NUMBER = r"\d{1,3}(?:[,.'\u00a0 ]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "zł": "PLN",
    "us$": "USD", "a$": "AUD", "c$": "CAD", "r$": "BRL", "$": None, "¥": None,
}  # fmt: skip
"""ISO 4217 code by sign; None where several currencies share it."""
_CODES = "usd|eur|gbp|jpy|cny|inr|cad|aud|chf|sek|nok|dkk|pln|brl|mxn|krw|try|uah|rub"
_WORDS = {"dollars": "$", "bucks": "$", "euros": "€", "euro": "€", "pounds": "£", "rupees": "₹"}
_SIGN = r"us\$|a\$|c\$|r\$|[$€£¥₹₩₽₺₴]|zł"
_AMOUNT_HINTS = (*(sign for sign in _SIGNS if len(sign) == 1), "zł", *_CODES.split("|"), *_WORDS)
_AMOUNT_BEHIND = re.compile(
    rf"(?<![\w$])({_SIGN}|(?:{_CODES})(?=[ ]?\d))[ ]?({_NUMBER})(?![\w%])", re.IGNORECASE
)
_AMOUNT_BEFORE = re.compile(
    rf"(?<![\w.,$€£])({_NUMBER})[ \u00a0]?([€£₹₩₽₺₴]|zł|{'|'.join(_WORDS)}|{_CODES})(?!\w)", re.IGNORECASE
)
_STEP = re.compile(r"^[ \t]{0,8}(?:step )?(\d{1,2})[.):][ \t]+(\S[^\n]{0,299})", re.MULTILINE | re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]{1,600}[.!?]?")
_WISH = re.compile(
    r"\b(?:please (?:add|make|allow|bring|include|provide|support|give|let)|(?:would|it'd) be "
    r"(?:nice|great|good|awesome|better|helpful|useful)|i(?:'d| would) (?:like|love)"
    r"|i wish|wish (?:there|it|you)"
    r"|could you (?:please )?(?:add|make)|can you (?:please )?(?:add|make)|feature request|suggest(?:ion)?"
    r"|(?:you|they) should (?:add|make|allow)|needs? an? (?:option|way|button|setting))\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\b(?:because|so that|in order to|so (?:i|we) (?:can|could|don't)|since (?:i|we))\b(.{3,200})", re.I
)
_CRITICAL = re.compile(
    r"\b(?:lost (?:all )?(?:my|our|the) (?:\w{1,20} )?(?:data|files|photos|work|notes|messages)|data loss"
    r"|deleted all my|can(?:'t|not| not) (?:log ?in|sign in|open (?:the|this) app|access my account|pay)"
    r"|(?:charged|billed) (?:me )?twice|security (?:hole|breach|issue)|locked out)\b",
    re.IGNORECASE,
)
_MAJOR = re.compile(
    r"\b(?:crash(?:es|ed|ing)?|freez(?:es|ing)|frozen|hangs|stopped working|unusable|(?:black|blank) screen"
    r"|(?:doesn't|does not|won't|not) (?:work|working|load|loading|open|opening|sync))\b",
    re.IGNORECASE,
)
_MINOR = re.compile(
    r"\b(?:typos?|misspell\w{0,5}|cosmetic|misaligned|wrong colou?r|translation|minor (?:bug|issue)"
    r"|small (?:bug|glitch))\b",
    re.IGNORECASE,
)
_SEVERITY = (("critical", _CRITICAL), ("major", _MAJOR), ("minor", _MINOR))


@hookimpl(trylast=True)
def extract(feedback: Feedback, verdicts: Verdicts) -> dict[str, JSON]:
    """device, os, app_version, order_numbers, amounts; for a bug also steps and severity, for a feature
    request also what and why. What the provider says comes before what the text says."""
    text = f"{feedback.title or ''}\n{feedback.text}"[:LIMIT].replace("\u2019", "'")
    category = verdicts.get("category")
    facts: dict[str, JSON] = dict(_about_the_device(feedback, text))
    if _DIGIT.search(text):
        folded = text.lower()
        facts["order_numbers"] = _orders(text) if _hinted(folded, _ORDER_HINTS) else None
        facts["amounts"] = _amounts(text) if _hinted(folded, _AMOUNT_HINTS) else None
    if category and category.label == "bug_report":
        facts |= {"steps": _steps(text), "severity": _severity(text)}
    if category and category.label == "feature_request":
        facts |= _wish(text)
    return {name: fact for name, fact in facts.items() if fact}


def _about_the_device(feedback: Feedback, text: str) -> Iterator[tuple[str, JSON]]:
    stated = {
        key.lower(): value for key, value in feedback.device.items() if isinstance(value, str) and value
    }
    folded = text.lower()
    device = _DEVICE.search(text) if _hinted(folded, _DEVICE_HINTS) else None
    yield "device", stated.get("model") or stated.get("device") or (device.group() if device else None)
    named = _SYSTEM.finditer(text) if _hinted(folded, _SYSTEM_HINTS) else ()
    systems = [" ".join(filter(None, match.groups())) for match in named]
    precise = [name for name in systems if any(map(str.isdigit, name))]
    yield "os", stated.get("os") or stated.get("os_version") or next(iter(precise or systems), None)
    version = _VERSION.search(text) if _DOTTED.search(text) else None
    yield "app_version", feedback.app.version or (version.group(1) if version else None)


def _hinted(text: str, hints: tuple[str, ...]) -> bool:
    return any(hint in text for hint in hints)


def _orders(text: str) -> list[str]:
    found = (match.group(1) for match in _ORDER.finditer(text))
    return _first(number for number in found if sum(map(str.isdigit, number)) > 2)


def _amounts(text: str) -> list[dict[str, str | None]]:
    """Each amount as it is written, and with its ISO 4217 code where the sign has only one meaning."""
    found = [(m.start(), m.group(), m.group(1)) for m in _AMOUNT_BEHIND.finditer(text)]
    found += [(m.start(), m.group(), m.group(2)) for m in _AMOUNT_BEFORE.finditer(text)]
    unique = {written: sign.lower() for _, written, sign in sorted(found)}
    return [
        {"text": written, "currency": _SIGNS.get(_WORDS.get(sign, sign), sign.upper())}
        for written, sign in list(unique.items())[:MOST]
    ]


def _steps(text: str) -> list[str]:
    """The steps of a list that is numbered 1, 2, …; a single number at the start of a line is no step."""
    steps: list[str] = []
    for number, step in _STEP.findall(text):
        if int(number) == len(steps) + 1:
            steps.append(step.strip())
    return steps[:STEPS_LIMIT] if len(steps) > 1 else []


def _severity(text: str) -> str | None:
    return next((name for name, pattern in _SEVERITY if pattern.search(text)), None)


def _wish(text: str) -> dict[str, JSON]:
    for sentence in _SENTENCE.findall(text):
        if _WISH.search(sentence):
            why = _WHY.search(sentence)
            return {
                "what": sentence.strip()[:SENTENCE_LIMIT],
                "why": why.group().strip(" .!")[:SENTENCE_LIMIT] if why else None,
            }
    return {}


def _first(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))[:MOST]
