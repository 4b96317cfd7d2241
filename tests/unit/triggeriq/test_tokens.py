"""Tokens that polls sign."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.plugins.providers.keys import opened, p256, pem, rsa_2048
from triggeriq.polling import PollFailed
from triggeriq.tokens import signed

CLAIMS = {"iss": "issuer-1", "exp": 1767323045, "aud": "appstoreconnect-v1"}


def test_es256_is_what_its_public_key_opens() -> None:
    head, claims = opened(signed("ES256", CLAIMS, pem(p256()), "KEY1"), p256())
    assert head == {"alg": "ES256", "typ": "JWT", "kid": "KEY1"}
    assert claims == CLAIMS


def test_rs256_is_what_its_public_key_opens() -> None:
    head, claims = opened(signed("RS256", CLAIMS, pem(rsa_2048())), rsa_2048())
    assert head == {"alg": "RS256", "typ": "JWT"}
    assert claims == CLAIMS


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(ValueError, match="none of this key's"):
        opened(signed("ES256", CLAIMS, pem(p256())), ec.generate_private_key(ec.SECP256R1()))


def test_its_two_numbers_have_32_bytes_each_whatever_they_begin_with() -> None:
    """Some of so many begin with a zero."""
    for number in range(300):
        token = signed("ES256", {"jti": number}, pem(p256()))
        assert len(token.rpartition(".")[2]) == 86
        opened(token, p256())


@pytest.mark.parametrize(
    "written",
    [
        lambda key: pem(key).replace("\n", "\\n"),
        lambda key: f"\n  {pem(key)}  \n",
        lambda key: key.private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        ).decode(),
    ],
    ids=["of JSON", "with space", "of OpenSSL"],
)
def test_a_key_may_be_written_as_people_store_it(written) -> None:
    opened(signed("ES256", CLAIMS, written(p256())), p256())


WITH_PASSWORD = (
    p256().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()
)


@pytest.mark.parametrize(
    ("algorithm", "key", "said"),
    [
        ("ES256", "", "can't be read"),
        ("ES256", "secret words", "can't be read"),
        ("ES256", "\ud800\x00", "can't be read"),
        ("ES256", pem(p256())[:100], "can't be read"),
        ("ES256", pem(p256()).replace("PRIVATE", "PUBLIC"), "can't be read"),
        ("ES256", WITH_PASSWORD, "has a password"),
        ("ES256", pem(rsa_2048()), "of the curve P-256"),
        ("ES256", pem(ec.generate_private_key(ec.SECP384R1())), "of the curve P-256"),
        ("RS256", pem(p256()), "of RSA"),
        ("RS256", pem(rsa.generate_private_key(65537, 1024)), "2,048 bits"),
    ],
    ids=range(10),  # the keys are others each time
)
def test_a_key_that_can_t_be_used_is_told_in_words_without_it(algorithm, key: str, said: str) -> None:
    with pytest.raises(PollFailed, match=said) as failure:
        signed(algorithm, CLAIMS, key)
    assert "secret" not in str(failure.value)
    assert not any(line and line in str(failure.value) for line in key.splitlines()[1:-1])


def test_cryptography_is_loaded_only_to_sign() -> None:
    program = (
        "import json, sys, triggeriq.tokens, triggeriq.fetching\n"
        "import plugins.sources.app_store, plugins.sources.google_play, plugins.sources.trustpilot\n"
        "print(json.dumps([name for name in sys.modules if name.startswith('cryptography')]))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True)
    assert json.loads(done.stdout) == []
