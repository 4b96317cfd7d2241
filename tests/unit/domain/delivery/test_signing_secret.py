from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook

from chalicelib.domain.delivery.signing_secret import SECRET_PATTERN, new_secret, rotated
from chalicelib.domain.delivery.subscription import Confidential
from chalicelib.domain.intake.connection import Secret
from tests.unit.pipeline.fakes import NOW


def test_a_new_secret_has_the_form_that_receivers_libraries_take() -> None:
    secret = new_secret()
    assert re.fullmatch(SECRET_PATTERN, secret)
    signature = Webhook(secret).sign("msg_1", NOW, "{}")
    assert SvixWebhook(secret).sign("msg_1", NOW, "{}") == signature
    assert new_secret() != secret


@given(st.binary(max_size=80))
def test_24_to_64_bytes_are_a_secret(key: bytes) -> None:
    found = re.fullmatch(SECRET_PATTERN, f"whsec_{base64.b64encode(key).decode()}")
    assert bool(found) == (24 <= len(key) <= 64)


@pytest.mark.parametrize("former", [(), (Secret("a"),), (Secret("a"), Secret("b", NOW + timedelta(hours=3)))])
def test_the_current_secret_alone_goes_on_for_a_day(former: tuple[Secret, ...]) -> None:
    after = rotated(Confidential(secrets=former, headers={"X-Team": "a"}), "new", NOW)
    assert after.headers == {"X-Team": "a"}
    assert after.secrets[0] == Secret("new")
    assert after.secrets[1:] == ((Secret("a", NOW + timedelta(hours=24)),) if former else ())
