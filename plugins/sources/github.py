"""GitHub: issues, discussions, the comments on them and on commits; and releases.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from plugins.sources.wording.markdown import without_comments
from triggeriq import (
    JSON,
    Answered,
    App,
    Author,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    Received,
    Redacted,
    Released,
    Request,
    Scheme,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.payload import (
    at,
    digest,
    identifier,
    milliseconds,
    moment,
    name,
    parse_json,
    parse_object,
    text,
)

_EVENT = "x-github-event"
_STAFF = ("OWNER", "MEMBER", "COLLABORATOR")
_WHENEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""For `receive`, which only names what a request holds: when it came changes nothing about that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubSettings:
    """The connection's secret is the one that is typed into the webhook's form at GitHub.

    There: Settings, Webhooks, Add webhook, of a repository or of an organisation; content type
    `application/json`; of the events Issues, Issue comments, Discussions, Discussion comments, Commit
    comments and Releases. Others may be sent; they are ignored.
    """

    staff: tuple[str, ...] = ()
    """Logins of colleagues. Owners, members and collaborators count as such by themselves; but whoever keeps
    his membership of an organisation private is no member to a webhook, as is told in
    https://github.com/orgs/community/discussions/18690."""
    prereleases: bool = False
    """Whether a prerelease counts as a release, too."""


class GitHub(Source):
    """Taken: issues and discussions that are opened or edited, comments on them and on commits, each with its
    edits as versions and its labels as tags. Deleted or transferred ones are redacted. What staff comments on
    somebody else's issue is not kept; its ticket counts as answered. A published release is told as
    `release.published`.

    Ignored: pull requests with their comments and reviews, bots, comments that were hidden, and every other
    event.

    The event's id is the sha256 of its bytes, not X-GitHub-Delivery, which is not signed: who has a genuine
    body could send it again under any. Nor is X-GitHub-Event: it must fit the body.
    """

    name = "github"
    title = "GitHub"
    content_types = ("application/json", "application/x-www-form-urlencoded")
    keep_headers = (_EVENT,)
    # The header X-Hub-Signature beside it has a SHA-1 of the same, for receivers of long ago.
    verification = (Scheme(header="x-hub-signature-256", prefix="sha256="),)
    settings = GitHubSettings

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        body = _payload(request.body)
        found = _understand(body, request.headers, connection, _WHENEVER)
        if isinstance(found, Ignore):
            return found
        if isinstance(found, Released):
            # A release is told of twice, as published and as released; one that was a prerelease later on
            release = identifier(f"release-{found.name}-{found.version}") or digest(request.body)
            return Events(Event(release, found.at))
        return Events(Event(digest(request.body)))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield _understand(_payload(received.body), received.headers, connection, received.received_at)


class _Told(NamedTuple):
    """An event, and what is to be known to read it."""

    body: Mapping[str, JSON]
    action: str
    settings: GitHubSettings
    now: datetime
    """When it came: no event says when something was deleted."""

    @property
    def repository(self) -> str:
        found = identifier(at(self.body.get("repository"), "full_name"))
        if found is None:
            raise Unreadable("repository.full_name: there is none")
        return found

    def is_staff(self, said: JSON) -> bool:
        login = (name(at(said, "user", "login")) or "").casefold()
        is_member = (name(at(said, "author_association")) or "").upper() in _STAFF
        return is_member or login in map(str.casefold, self.settings.staff)


class _Conversation(NamedTuple):
    """What a comment is about."""

    shown: str
    """As people know it: `acme/shop#12`."""
    key: str
    """The same when the repository is renamed."""


_Found: TypeAlias = Feedback | Ignore | Answered | Redacted | Released


def _payload(body: bytes) -> dict[str, Any]:
    """The JSON object in the body, or in the field `payload` of a form."""
    if not body.startswith(b"payload="):
        return parse_object(body)
    from triggeriq.forms import parse_form  # few webhooks are set up so

    found = parse_json(parse_form(body)["payload"].encode("utf-8", "surrogateescape"))
    if not isinstance(found, dict):
        raise Unreadable("payload: a JSON object is expected")
    return found


def _understand(
    body: Mapping[str, JSON], headers: Mapping[str, str], connection: Connection, now: datetime
) -> _Found:
    said, is_ = headers.get(_EVENT, "").strip(), _event_of(body)
    if said and said not in _EVENTS:
        return Ignore(f"{said[:100]} holds no feedback")
    if not is_ or said not in ("", is_):
        raise Unreadable(f"the body is none of an event {said or 'that holds feedback'}")
    settings = connection.settings or GitHubSettings()
    return _EVENTS[is_](_Told(body, name(body.get("action")) or "", settings, now))


def _event_of(body: Mapping[str, JSON]) -> str:
    """Which event the body is of, by its form; "" where that is none of `_EVENTS`."""
    holds = {key for key in ("comment", "issue", "discussion", "release") if isinstance(body.get(key), dict)}
    if "comment" in holds:
        if "pull_request" in body:
            return ""
        return next((f"{on}_comment" for on in ("issue", "discussion") if on in holds), "commit_comment")
    if "zen" in body:
        return "ping"
    return next((event for key, event in _BY_KEY.items() if key in holds), "")


def _ping(told: _Told) -> _Found:
    return Ignore("a ping")


def _issue(told: _Told) -> _Found:
    return _opened(told, "issue", "opened")


def _discussion(told: _Told) -> _Found:
    return _opened(told, "discussion", "created")


def _opened(told: _Told, what: str, opening: str) -> _Found:
    """An issue or a discussion itself."""
    it = told.body[what]
    conversation = _conversation(told, what)
    if told.action in ("deleted", "transferred"):
        return Redacted(thread=conversation.key, at=told.now)
    if told.action not in (opening, "edited"):
        return Ignore(f"{what} {told.action[:50]}: no words")
    if _is_bot(it):
        return Ignore(f"{_a(what)} by a bot")
    return _feedback(told, it, conversation, _id(what, it), it)


def _issue_comment(told: _Told) -> _Found:
    if at(told.body["issue"], "pull_request") is not None:
        return Ignore("a comment on a pull request")
    return _comment(told, "issue")


def _discussion_comment(told: _Told) -> _Found:
    return _comment(told, "discussion")


def _commit_comment(told: _Told) -> _Found:
    return _comment(told, "commit")


def _comment(told: _Told, on: str) -> _Found:
    comment, subject = told.body["comment"], told.body.get(on)
    external_id, conversation = _id(f"{on}_comment", comment), _conversation(told, on)
    if told.action == "deleted":
        return Redacted(external_id=external_id, at=told.now)
    if told.action not in ("created", "edited"):
        return Ignore(f"comment {told.action[:50]}: no words")
    if _is_bot(comment):
        return Ignore("a comment by a bot")
    if at(comment, "minimized"):
        return Ignore("a hidden comment")
    if told.is_staff(comment) and not _is_by_the_same(comment, subject):
        if told.action == "edited":
            return Ignore("an edit by staff")
        return Answered(thread=conversation.key, at=moment(at(comment, "created_at")) or told.now)
    return _feedback(told, comment, conversation, external_id, subject)


def _release(told: _Told) -> _Found:
    release = told.body["release"]
    version = identifier(at(release, "tag_name"))
    if told.action not in ("published", "released") or at(release, "draft") is True or version is None:
        return Ignore(f"release {told.action[:50]}: nothing new is out")
    if at(release, "prerelease") is True and not told.settings.prereleases:
        return Ignore("a prerelease")
    return Released(name=told.repository, version=version, at=moment(at(release, "published_at")) or told.now)


_BY_KEY = {"issue": "issues", "discussion": "discussion", "release": "release"}
_EVENTS: Mapping[str, Callable[[_Told], _Found]] = {
    "ping": _ping,
    "issues": _issue,
    "issue_comment": _issue_comment,
    "discussion": _discussion,
    "discussion_comment": _discussion_comment,
    "commit_comment": _commit_comment,
    "release": _release,
}


def _feedback(
    told: _Told, said: JSON, conversation: _Conversation, external_id: str, subject: JSON
) -> Feedback | Ignore:
    """said: what holds the words. subject: the issue or the discussion that it stands in."""
    title, words = name(at(subject, "title")), without_comments(text(at(said, "body")))
    if words is None and (title is None or said is not subject):
        return Ignore("no words")
    attributes: dict[str, JSON] = {}
    labels = at(subject, "labels")
    if tags := [
        tag for one in (labels if isinstance(labels, list) else ()) if (tag := name(at(one, "name")))
    ]:
        attributes["tags"] = tags
    for key, place in (("type", "type"), ("discussion_category", "category")):
        if found := name(at(subject, place, "name")):
            attributes[key] = found
    created_at = moment(at(said, "created_at"))
    return Feedback(
        external_id=external_id,
        version=milliseconds(moment(at(said, "updated_at")) or created_at),
        kind="issue",
        title=title,
        text=words or "",
        author=Author(id=name(at(said, "user", "id")), name=name(at(said, "user", "login"))),
        created_at=created_at,
        url=name(at(said, "html_url")),
        app=App(id=told.repository),
        thread=conversation.shown,
        threads=(conversation.key,),
        attributes=attributes,
    )


def _conversation(told: _Told, on: str) -> _Conversation:
    if on == "commit":
        commit = identifier(at(told.body["comment"], "commit_id"))
        if commit is None:
            raise Unreadable("comment.commit_id: there is none")
        return _Conversation(f"{told.repository}@{commit[:7]}", f"commit-{commit}")
    number = identifier(at(told.body[on], "number"))
    if number is None:
        raise Unreadable(f"{on}.number: there is none")
    return _Conversation(f"{told.repository}#{number}", _id(on, told.body[on]))


def _id(what: str, it: JSON) -> str:
    """GitHub numbers each kind of thing over all repositories. Its `node_id` would do for all kinds, but has
    been written in two ways: docs.github.com/en/graphql/guides/migrating-graphql-global-node-ids."""
    number = identifier(at(it, "id"))
    if number is None:
        raise Unreadable(f"{what}.id: there is none")
    return f"{what}-{number}"


def _is_bot(said: JSON) -> bool:
    login = name(at(said, "user", "login")) or ""
    return at(said, "user", "type") == "Bot" or login.endswith("[bot]")


def _is_by_the_same(one: JSON, other: JSON) -> bool:
    author = name(at(one, "user", "id"))
    return author is not None and author == name(at(other, "user", "id"))


def _a(what: str) -> str:
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


@hookimpl
def register_sources(register: Any) -> None:
    register(GitHub)
