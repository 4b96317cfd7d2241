from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.operations.access import ApiKey, Caller, Scope, caller_of, digest_of, id_of, new_key
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Forbidden, Unauthorised

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def kept(key_id: str, digest: str, **fields: object) -> ApiKey:
    return ApiKey(
        **{
            "id": key_id, "digest": digest, "owner": "acme", "scopes": ("read",), "created_at": NOW,
            "created_by": "test", **fields,
        }
    )  # fmt: skip


def caller(*scopes: Scope, within: tuple[str, ...] | None = None) -> Caller:
    return Caller("key", "k", "a", scopes, None if within is None else Restriction(within))


def test_a_new_key_has_its_form_and_32_random_bytes():
    key_id, key, digest = new_key()
    assert re.fullmatch(r"tiq_[a-z0-9]{12}_[A-Za-z0-9_-]{43}", key)
    assert (id_of(key), digest_of(key)) == (key_id, digest)
    assert new_key()[1] != key


def test_a_key_stands_for_its_owner():
    key_id, key, digest = new_key()
    assert caller_of(key, kept(key_id, digest), NOW) == Caller("key", key_id, "acme", ("read",))


def test_only_the_right_secret_learns_that_a_key_expired():
    key_id, key, digest = new_key()
    expired = kept(key_id, digest, expires_at=NOW)
    with pytest.raises(Unauthorised, match="stale"):
        caller_of(key, expired, NOW)
    with pytest.raises(Unauthorised, match="mismatch"):
        caller_of(f"tiq_{key_id}_{'a' * 43}", expired, NOW)
    assert caller_of(key, kept(key_id, digest, expires_at=NOW + timedelta(seconds=1)), NOW)


def test_a_revoked_and_an_unknown_key_are_told_alike():
    key_id, key, digest = new_key()
    for known in (None, kept(key_id, digest, revoked_at=NOW)):
        with pytest.raises(Unauthorised, match="mismatch"):
            caller_of(key, known, NOW)


@pytest.mark.parametrize("key", ["", "tiq__", "tiq_a_b", "Bearer x", "tiq_mfzwk3tlobqx_" + "a" * 42 + "\n"])
def test_a_key_of_another_form_is_malformed(key):
    with pytest.raises(Unauthorised, match="malformed"):
        id_of(key)


def test_scopes_are_held_one_by_one_and_all_by_admin():
    reader, admin = caller("read"), caller("admin")
    assert reader.may("read")
    assert admin.may("ingest")
    with pytest.raises(Forbidden, match="write"):
        reader.require("write")


def test_what_belongs_to_another_is_for_admins():
    with pytest.raises(Forbidden):
        caller("write").require_owner("b")
    caller("admin").require_owner("b")
    caller("write").require_owner("a")


def test_a_key_restricts_its_caller_to_the_connections_that_it_names():
    key_id, key, digest = new_key()
    restricted = caller_of(key, kept(key_id, digest, connections=("csv/*",)), NOW)
    assert restricted.restriction == Restriction(("csv/*",))
    assert restricted.may_see("csv", "acme")
    assert not restricted.may_see("zendesk", "acme")
    assert caller("read").may_see("zendesk", "acme")


def test_a_key_that_names_no_connection_at_all_sees_nothing():
    """None is ever made; where one stands in the table all the same, it must not open everything."""
    key_id, key, digest = new_key()
    assert not caller_of(key, kept(key_id, digest, connections=()), NOW).may_see("csv", "acme")


def test_a_restricted_caller_is_told_to_what_and_what_to_do():
    with pytest.raises(Forbidden, match=r"restricted to csv/\*, zendesk/acme.*ask an admin"):
        caller("admin", within=("csv/*", "zendesk/acme")).require_unrestricted()
    caller("read").require_unrestricted()


def test_a_caller_is_named_by_owner_and_subject():
    assert caller("read").name == "a (k)"
