"""The files of RDS's authorities are what they say they are."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from chalicelib.services.postgres import authority
from chalicelib.services.postgres.authority import ca_file_of, region_of
from chalicelib.settings import SettingError

FILES = sorted(Path(authority.__file__).with_name("authorities").glob("*.pem"))
KEYS = ("RSA2048", "RSA4096", "ECC384")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_certificate_is_a_root_of_rds_in_its_region(file: Path) -> None:
    certificates = x509.load_pem_x509_certificates(file.read_bytes())
    names = []
    for certificate in certificates:
        certificate.verify_directly_issued_by(certificate)
        assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=365)
        names += certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert {name.value for name in names} == {f"Amazon RDS {file.stem} Root CA {key} G1" for key in KEYS}
    assert len(ssl.create_default_context(cafile=str(file)).get_ca_certs()) == len(certificates)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_certificate_has_the_form_that_a_strict_verifier_asks_of_a_root(file: Path) -> None:
    """As -x509_strict does: https://docs.openssl.org/3.0/man1/openssl-verification-options/"""
    for certificate in x509.load_pem_x509_certificates(file.read_bytes()):
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        assert (constraints.critical, usage.critical, usage.value.key_cert_sign) == (True, True, True)
        assert certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        assert certificate.version is x509.Version.v3


def test_there_are_files() -> None:
    assert {"us-east-1", "eu-central-1", "ap-northeast-1"} <= {file.stem for file in FILES}


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("shop.abc123.eu-central-1.rds.amazonaws.com", "eu-central-1"),
        ("SHOP.ABC123.EU-CENTRAL-1.RDS.AMAZONAWS.COM", "eu-central-1"),
        ("shop.cluster-ro-abc123.us-east-1.rds.amazonaws.com", "us-east-1"),
        ("shop.abc123.rds.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("shop.example.com", None),
        ("shop.eu-central-1.rds.amazonaws.com.example.com", None),
    ],
)
def test_the_host_names_its_region(host: str, region: str | None) -> None:
    assert region_of(host) == region


def test_others_are_verified_by_the_public_store() -> None:
    assert ca_file_of("shop.example.com") is None
    assert ca_file_of("shop.proxy-abc123.us-east-1.rds.amazonaws.com") is None


def test_a_region_that_is_not_known_says_where_its_file_is() -> None:
    with pytest.raises(SettingError, match=r"truststore\.pki\.rds\.amazonaws\.com/moon-west-1/"):
        ca_file_of("shop.abc123.moon-west-1.rds.amazonaws.com")
