"""GitHub: issues, discussions, comments, releases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from plugins.sources.github import GitHub, GitHubSettings
from triggeriq import (
    Answered,
    Connection,
    Events,
    Feedback,
    Ignore,
    Item,
    NotVerified,
    Received,
    Redacted,
    Released,
    Request,
    Unreadable,
)
from triggeriq.signing import sign
from triggeriq.testing import WebhookContract
from triggeriq.testing.golden import load

GOLDEN = Path(__file__).parents[1] / "data" / "golden" / "github"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "github-webhook-secret"
CONNECTION = Connection(source="github", secrets=(SECRET,), settings=GitHubSettings())


class TestGitHub(WebhookContract):
    source = GitHub
    golden = GOLDEN


def golden(name: str) -> dict[str, Any]:
    (delivery,) = (one for one in load(GOLDEN) if one.name == name)
    found: dict[str, Any] = json.loads(delivery.body)
    return found


def item_of(event: str, body: dict[str, Any], settings: GitHubSettings | None = None) -> Item:
    """The one item that a delivery holds."""
    received = Received(
        id="1",
        received_at=NOW,
        headers={"x-github-event": event} if event else {},
        body=json.dumps(body).encode(),
    )
    connection = Connection(source="github", settings=settings)
    (item,) = GitHub().transform(received, connection)
    return item


def received(body: bytes, event: str = "issues", delivery: str = "1") -> Events | Ignore:
    headers = {"x-github-event": event, "x-github-delivery": delivery}
    return GitHub().receive(Request(headers=headers, body=body), CONNECTION)


def issue(**changed: Any) -> dict[str, Any]:
    body = golden("issue_opened_by_a_customer")
    body["issue"] |= changed
    return body


def comment(**changed: Any) -> dict[str, Any]:
    body = golden("comment_by_staff")
    body["comment"] |= changed
    return body


def test_the_published_vector_holds() -> None:
    """https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""
    connection = Connection(source="github", secrets=("It's a Secret to Everybody",))
    signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    request = Request(headers={"x-hub-signature-256": f"sha256={signature}"}, body=b"Hello, World!")
    assert GitHub().verify(request, connection, NOW).secret == 0


def test_the_older_header_proves_nothing() -> None:
    body = b'{"action": "opened"}'
    signed = sign(GitHub.verification[0], SECRET, body, NOW)["x-hub-signature-256"]
    for value in ("sha1=" + "0" * 40, signed):
        with pytest.raises(NotVerified) as refusal:
            GitHub().verify(Request(headers={"x-hub-signature": value}, body=body), CONNECTION, NOW)
        assert refusal.value.reason == "missing"


def test_a_form_is_signed_as_it_was_sent_and_read_as_its_payload() -> None:
    body = urlencode({"payload": json.dumps(issue(body="Größe & mehr"))}).encode()
    headers = {"x-github-event": "issues", **sign(GitHub.verification[0], SECRET, body, NOW)}
    assert GitHub().verify(Request(headers=headers, body=body), CONNECTION, NOW).secret == 0
    (item,) = GitHub().transform(Received(id="1", received_at=NOW, headers=headers, body=body), CONNECTION)
    assert isinstance(item, Feedback)
    assert item.text == "Größe & mehr"


@pytest.mark.parametrize(
    "body", [b"payload=", b"payload=[1]", b"payload=%7B", b"payload=%FF", b"payload=1&" * 2_000]
)
def test_a_form_that_holds_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        received(body)


def test_the_same_bytes_under_another_delivery_s_id_are_a_repeat() -> None:
    body = json.dumps(issue()).encode()
    assert received(body, delivery="1") == received(body, delivery="2")


def test_a_release_that_is_told_twice_is_one_event() -> None:
    body = golden("release_published")
    told = [
        received(json.dumps({**body, "action": action}).encode(), "release")
        for action in ("published", "released")
    ]
    assert isinstance(told[0], Events)
    assert told[0] == told[1]


@pytest.mark.parametrize("event", ["issue_comment", "discussion", "release", "ping"])
def test_a_header_that_does_not_fit_the_body_is_not_believed(event: str) -> None:
    with pytest.raises(Unreadable):
        received(json.dumps(golden("issue_deleted")).encode(), event)


def test_a_deleted_comment_sent_as_a_deleted_issue_removes_no_issue() -> None:
    with pytest.raises(Unreadable):
        item_of("issues", golden("comment_deleted"))


def test_without_the_header_the_body_says_what_it_is() -> None:
    assert item_of("", golden("comment_by_staff")) == item_of("issue_comment", golden("comment_by_staff"))


@pytest.mark.parametrize("event", ["star", "push", "pull_request", "sub_issues", "an event of the future"])
def test_any_other_event_is_ignored(event: str) -> None:
    assert received(b'{"action": "created"}', event) == Ignore(f"{event} holds no feedback")


@pytest.mark.parametrize(
    "action",
    [
        "closed",
        "reopened",
        "labeled",
        "unlabeled",
        "assigned",
        "pinned",
        "locked",
        "milestoned",
        "typed",
        "of_the_future",
    ],
)
def test_what_only_happens_to_an_issue_is_ignored(action: str) -> None:
    item = item_of("issues", {**issue(), "action": action})
    assert item == Ignore(f"issue {action}: no words")


@pytest.mark.parametrize("action", ["deleted", "transferred"])
def test_an_issue_that_is_gone_is_gone_with_its_comments(action: str) -> None:
    opened, gone = item_of("issues", issue()), item_of("issues", {**issue(), "action": action})
    said = item_of("issue_comment", comment(author_association="NONE"))
    assert isinstance(opened, Feedback)
    assert isinstance(said, Feedback)
    assert opened.threads == said.threads
    assert gone == Redacted(thread=opened.threads[0], at=NOW)


def test_an_edit_is_a_newer_version_of_the_same() -> None:
    before, after = item_of("issues", issue()), item_of("issues", golden("issue_edited"))
    assert isinstance(before, Feedback)
    assert isinstance(after, Feedback)
    assert (before.external_id, before.version < after.version) == (after.external_id, True)


def test_an_issue_without_a_body_is_its_title() -> None:
    item = item_of("issues", issue(body=None))
    assert isinstance(item, Feedback)
    assert (item.title, item.text) == ("App crashes on start", "")


def test_a_template_s_comments_are_left_out_and_code_is_not() -> None:
    body = (
        "<!-- Thank you!\nTell us what happened. -->\n\n\n\n### What happened\n\nIt shows this:\n\n"
        "```html\n<!-- cart -->\n```\n\n<!-- end --><!-- really -->\nAnd 1 <!-- 2"
    )
    item = item_of("issues", issue(body=body))
    assert isinstance(item, Feedback)
    assert item.text == (
        "### What happened\n\nIt shows this:\n\n```html\n<!-- cart -->\n```\n\n\nAnd 1 <!-- 2"
    ).replace("\n\n\n", "\n\n")


def test_a_comment_that_is_only_a_template_s_holds_no_words() -> None:
    said = comment(author_association="NONE", body="<!-- reply above this line -->")
    assert item_of("issue_comment", said) == Ignore("no words")


@pytest.mark.parametrize("changed", [{"body": None}, {"body": ""}, {"body": " \n"}])
def test_a_comment_without_words_is_ignored(changed: dict[str, Any]) -> None:
    assert item_of("issue_comment", comment(author_association="NONE", **changed)) == Ignore("no words")


@pytest.mark.parametrize("association", ["OWNER", "MEMBER", "COLLABORATOR", "Member"])
def test_staff_s_words_are_not_kept(association: str) -> None:
    item = item_of("issue_comment", comment(author_association=association))
    assert item == Answered(thread="issue-3001", at=datetime(2026, 1, 2, 3, tzinfo=UTC))


def test_a_colleague_whom_github_does_not_show_is_named_in_the_settings() -> None:
    said = comment(author_association="CONTRIBUTOR")
    assert isinstance(item_of("issue_comment", said), Feedback)
    assert isinstance(item_of("issue_comment", said, GitHubSettings(staff=("Grace",))), Answered)


def test_an_edit_by_staff_answers_nothing() -> None:
    assert item_of("issue_comment", {**comment(), "action": "edited"}) == Ignore("an edit by staff")


def test_staff_on_its_own_issue_is_taken_as_anybody() -> None:
    said = comment()
    said["issue"]["user"] = said["comment"]["user"]
    assert isinstance(item_of("issue_comment", said), Feedback)


@pytest.mark.parametrize("user", [{"login": "x", "type": "Bot"}, {"login": "renovate[bot]", "type": "User"}])
def test_bots_are_ignored(user: dict[str, Any]) -> None:
    assert item_of("issue_comment", comment(user=user)) == Ignore("a comment by a bot")
    assert item_of("issues", issue(user=user)) == Ignore("an issue by a bot")


def test_what_is_said_of_a_pull_request_is_ignored() -> None:
    said = comment(author_association="NONE")
    said["issue"]["pull_request"] = {"html_url": "https://github.com/acme/shop/pull/12", "merged_at": None}
    for action in ("created", "edited", "deleted"):
        assert item_of("issue_comment", {**said, "action": action}) == Ignore("a comment on a pull request")


def test_a_discussion_is_read_as_an_issue_is() -> None:
    body = golden("discussion_comment_created")
    body["discussion"]["body"] = "How do I export?"
    item = item_of("discussion", body | {"comment": None})
    assert isinstance(item, Feedback)
    assert (item.external_id, item.text) == ("discussion-3299614", "How do I export?")
    assert item.attributes == {"discussion_category": "General"}
    assert item_of("discussion", body | {"comment": None, "action": "answered"}) == Ignore(
        "discussion answered: no words"
    )


def test_a_comment_that_was_hidden_is_ignored() -> None:
    said = comment(author_association="NONE", minimized={"reason": "spam"})
    assert item_of("issue_comment", {**said, "action": "edited"}) == Ignore("a hidden comment")


def test_an_author_whose_account_is_gone_is_nobody() -> None:
    item = item_of("issue_comment", comment(author_association="NONE", user=None))
    assert isinstance(item, Feedback)
    assert (item.author.id, item.author.name) == (None, None)


def test_a_renamed_repository_s_conversation_goes_on() -> None:
    before, renamed = comment(author_association="NONE"), comment(author_association="NONE")
    renamed["repository"]["full_name"] = "acme/store"
    one, other = item_of("issue_comment", before), item_of("issue_comment", renamed)
    assert isinstance(one, Feedback)
    assert isinstance(other, Feedback)
    assert (one.thread, other.thread) == ("acme/shop#12", "acme/store#12")
    assert one.threads == other.threads


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"prerelease": True}, "a prerelease"),
        ({"draft": True}, "release published: nothing new is out"),
        ({"tag_name": None}, "release published: nothing new is out"),
    ],
)
def test_what_is_not_out_is_no_release(changed: dict[str, Any], reason: str) -> None:
    body = golden("release_published")
    body["release"] |= changed
    assert item_of("release", body) == Ignore(reason)


def test_a_prerelease_counts_where_the_settings_say_so() -> None:
    body = golden("release_published")
    body["release"]["prerelease"] = True
    item = item_of("release", body, GitHubSettings(prereleases=True))
    assert isinstance(item, Released)
    assert item.version == "v4.2.1"


@pytest.mark.parametrize("action", ["created", "edited", "unpublished", "deleted", "prereleased"])
def test_what_else_happens_to_a_release_is_ignored(action: str) -> None:
    body = {**golden("release_published"), "action": action}
    assert isinstance(item_of("release", body), Ignore)


def test_a_discussion_s_comment_by_staff_answers_it() -> None:
    body = golden("discussion_comment_created")
    body["comment"]["user"] = {"login": "grace", "id": 9002, "type": "User"}
    item = item_of("discussion_comment", body)
    assert item == Answered(thread="discussion-3299614", at=datetime(2021, 3, 30, 20, 21, 30, tzinfo=UTC))


def test_a_comment_on_a_commit_is_feedback_unless_by_staff() -> None:
    body = golden("commit_comment_by_the_owner")
    body["comment"]["author_association"] = "NONE"
    item = item_of("commit_comment", body)
    assert isinstance(item, Feedback)
    assert (item.external_id, item.thread) == ("commit_comment-33548674", "Codertocat/Hello-World@6113728")
