from __future__ import annotations

import re
import ssl
from pathlib import Path

import botocore
import pytest

from lambda_package import certificates
from lambda_package.errors import PackageError

BUNDLE = Path(botocore.__file__).with_name("cacert.pem").read_text(encoding="utf-8")


def tree(folder: Path, bundle: str) -> Path:
    (folder / "botocore").mkdir()
    (folder / "botocore" / "cacert.pem").write_text(bundle, encoding="utf-8")
    return folder


def test_the_roots_are_amazon_s_and_no_others(tmp_path):
    certificates.write(tree(tmp_path, BUNDLE))
    written = (tmp_path / certificates.FILE).read_text()
    blocks = re.findall(r"-----BEGIN.+?-----END CERTIFICATE-----", written, re.DOTALL)
    assert [certificates.subject(block) for block in blocks] == list(certificates.ROOTS)
    context = ssl.create_default_context(cafile=str(tmp_path / certificates.FILE))
    assert context.cert_store_stats() == {"x509": 5, "crl": 0, "x509_ca": 5}


def test_a_bundle_without_one_of_them_stops_it(tmp_path):
    first, _, rest = BUNDLE.partition("CN=Amazon Root CA 3 ")
    without = first[: first.rindex("-----END")] + rest[rest.index("-----END") :]
    with pytest.raises(PackageError, match=r"no Amazon Root CA 3$"):
        certificates.write(tree(tmp_path, without))
