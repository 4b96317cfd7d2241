"""Reviews as the Google Play Developer API gives them.

https://developers.google.com/android-publisher/api-ref/rest/v3/reviews
"""

from __future__ import annotations

from collections.abc import Iterator

from triggeriq.notices import Answered
from triggeriq.payload import at, identifier, milliseconds, moment, name, rating, text
from triggeriq.values import JSON, App, Author, Bad, Feedback, Item

_NOTED = (
    ("app_version_code", "appVersionCode"),
    ("thumbs_up", "thumbsUpCount"),
    ("thumbs_down", "thumbsDownCount"),
)


def things(item: JSON, where: str, package: str | None) -> Iterator[Item]:
    """A review, and that the developer answered it. package: the app's, which no review names."""
    review_id = identifier(at(item, "reviewId"))
    if review_id is None:
        yield Bad(where, "a review without a reviewId")
        return
    comments = at(item, "comments")
    comments = comments if isinstance(comments, list) else []
    said = [one for comment in comments if isinstance(one := at(comment, "userComment"), dict)]
    if not said:
        yield Bad(where, "a review without a userComment")
        return
    comment = max(said, key=_version)
    title, words = titled(text(comment.get("originalText")) or text(comment.get("text")))
    stars = rating(comment.get("starRating"))
    if title is None and words is None and stars is None:
        yield Bad(where, "a review without text or rating")
        return
    yield Feedback(
        external_id=review_id,
        version=_version(comment),
        kind="review",
        title=title,
        text=words or "",
        rating=stars,
        language=language(comment.get("reviewerLanguage")),
        author=Author(name=name(at(item, "authorName"))),
        created_at=moment(comment.get("lastModified")),
        app=App(id=package, version=name(comment.get("appVersionName"))),
        device=_device(comment),
        thread=review_id,
        attributes={key: value for key, at_ in _NOTED if type(value := comment.get(at_)) is int},
    )
    for one in comments:
        answered_at = moment(at(one, "developerComment", "lastModified"))
        if answered_at is not None:
            yield Answered(thread=review_id, at=answered_at)


def titled(words: str | None) -> tuple[str | None, str | None]:
    """Title and body of a text in which a tab stands between them."""
    title, tab, body = (words or "").partition("\t")
    return (name(title), text(body)) if tab else (None, text(title))


def language(value: JSON) -> str | None:
    """A reviewer's locale as a language tag: "en_US" is en-US."""
    found = name(value)
    return found.replace("_", "-") if found else None


def _version(comment: JSON) -> int:
    """The time of the last edit in milliseconds, as the console's export has it."""
    whole = milliseconds(moment(at(comment, "lastModified", "seconds")))
    nanos = at(comment, "lastModified", "nanos")
    return whole + (nanos // 1_000_000 if type(nanos) is int and whole and 0 <= nanos < 10**9 else 0)


def _device(comment: JSON) -> dict[str, str]:
    api_level = at(comment, "androidOsVersion")
    found = {
        "model": name(at(comment, "deviceMetadata", "productName")) or name(at(comment, "device")),
        "manufacturer": name(at(comment, "deviceMetadata", "manufacturer")),
        "class": name(at(comment, "deviceMetadata", "deviceClass")),
        "os": f"Android API {api_level}" if type(api_level) is int else None,
    }
    return {key: value for key, value in found.items() if value}
