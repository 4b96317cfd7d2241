"""Which uploads are offered, under which key, and which are not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from chalicelib.domain.intake.file_import import FILE_LIMIT, MAIL_LIMIT, parse_key
from chalicelib.errors import Invalid, NotFound
from chalicelib.pipeline.intake.offer_upload import OfferUpload
from plugins.sources.app_store import AppStore
from plugins.sources.csv_upload import CsvUpload
from plugins.sources.inbound_email import InboundEmail
from plugins.sources.zendesk import Zendesk
from tests.unit.pipeline.fakes import NOW, FakeSources, now


class Forms:
    def form(
        self, key: str, fields: Mapping[str, str], most: int, valid: timedelta
    ) -> tuple[str, dict[str, str]]:
        return "https://uploads.example/", {**fields, "key": key, "most": str(most), "valid": str(valid)}


offer = OfferUpload(
    sources=FakeSources(AppStore(), CsvUpload(), InboundEmail(), Zendesk()), uploads=Forms(), now=now
)


@pytest.mark.parametrize(
    ("source", "file", "key", "most"),
    [
        ("csv", "reviews.csv", "reviews/csv/acme/reviews.csv", FILE_LIMIT),
        ("csv", "REVIEWS.CSV.GZ", "reviews/csv/acme/REVIEWS.CSV.GZ", FILE_LIMIT),
        ("csv", "all.zip", "reviews/csv/acme/all.zip", FILE_LIMIT),
        ("csv", "2026/M & (final)%20😀.tsv", "reviews/csv/acme/2026/M & (final)%20😀.tsv", FILE_LIMIT),
        ("csv", "../../emails/x.csv", "reviews/csv/acme/../../emails/x.csv", FILE_LIMIT),
        ("app_store", "page.json", "reviews/app_store/acme/page.json", FILE_LIMIT),
        ("inbound_email", "a mail", "emails/acme/a mail", MAIL_LIMIT),
    ],
)
def test_a_form_is_for_just_that_file(source: str, file: str, key: str, most: int) -> None:
    form = offer(source, "acme", file, None)
    assert (form.key, form.max_bytes, form.expires_at) == (key, most, NOW + timedelta(hours=1))
    assert form.url == "https://uploads.example/"
    assert form.fields == {"key": key, "most": str(most), "valid": "1:00:00"}
    assert (parse_key(key).source, parse_key(key).connection, parse_key(key).file) == (source, "acme", file)


def test_a_type_that_is_given_is_the_only_one() -> None:
    assert offer("csv", "acme", "a.csv", "text/csv").fields["Content-Type"] == "text/csv"


@pytest.mark.parametrize(
    ("source", "file", "field", "said"),
    [
        (
            "csv",
            "reviews.pdf",
            "file",
            ".ndjson, .jsonl, or these as .gz or .zip",
        ),
        ("csv", "reviews", "file", "reads files that end in"),
        ("csv", "reviews.gz", "file", "reads files that end in"),
        ("csv", "a\0.csv", "file", "what no store keeps"),
        ("inbound_email", "a\n", "file", "control character"),
        ("inbound_email", "folder/", "file", "that of a folder"),
        ("csv", "${filename}.csv", "file", "holds ${"),
        ("csv", "x" * 1_020 + ".csv", "file", "1,024 bytes at most"),
        ("csv", "ü" * 510 + ".csv", "file", "1,024 bytes at most"),
        ("zendesk", "reviews.json", "source", "reads no files"),
    ],
)
def test_what_would_not_be_read_is_not_offered(source: str, file: str, field: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        offer(source, "acme", file, None)
    assert (refusal.value.field, said in str(refusal.value)) == (field, True)


def test_a_source_that_there_is_not_is_not_found() -> None:
    with pytest.raises(NotFound, match="no source nobody"):
        offer("nobody", "acme", "a.csv", None)
