from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.operations.access import ApiKey, Caller, caller_of, digest_of, id_of, new_key
from chalicelib.errors import Forbidden, Unauthorised

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def kept(key_id: str, digest: str, **fields: object) -> ApiKey:
    return ApiKey(
        **{
            "id": key_id, "digest": digest, "owner": "acme", "scopes": ("read",), "created_at": NOW,
            "created_by": "test", **fields,
        }
    )  # fmt: skip


def test_a_new_key_has_its_form_and_32_random_bytes():
    key_id, key, digest = new_key()
    assert re.fullmatch(r"tiq_[a-z0-9]{12}_[A-Za-z0-9_-]{43}", key)
    assert (id_of(key), digest_of(key)) == (key_id, digest)
    assert new_key()[1] != key


def test_a_key_stands_for_its_owner():
    key_id, key, digest = new_key()
    assert caller_of(key, kept(key_id, digest), NOW) == Caller("acme", ("read",), key_id)


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
    reader, admin = Caller("a", ("read",), "k"), Caller("a", ("admin",), "k")
    assert reader.may("read")
    assert admin.may("ingest")
    with pytest.raises(Forbidden, match="write"):
        reader.require("write")


def test_what_belongs_to_another_is_for_admins():
    with pytest.raises(Forbidden):
        Caller("a", ("write",), "k").require_owner("b")
    Caller("a", ("admin",), "k").require_owner("b")
    Caller("a", ("write",), "k").require_owner("a")
