"""Imports: followed, cancelled, and their bad rows downloaded."""

from __future__ import annotations

import pytest


def test_imports_are_followed_and_cancelled(api):
    (item,) = api("GET", "/imports").json["items"]
    assert (item["status"], item["left"], item["key"]) == ("registered", 6, "reviews/csv/default/a.csv")
    assert api("GET", "/imports/i-1").json == item
    assert api("DELETE", "/imports/i-1").json["status"] == "cancelled"
    assert api("GET", "/imports/i-2").status == 404


def test_bad_rows_are_a_file(api):
    answer = api("GET", "/imports/i-1/bad-rows")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert answer.text == "behind None\n"
    assert api("GET", "/imports/i-2/bad-rows").status == 404


def test_the_rows_that_have_no_room_are_where_the_link_leads(api):
    first = api("GET", "/imports/i-1/bad-rows?form=file")
    assert first.headers["Link"] == '</imports/i-1/bad-rows?cursor=bmV4dA&form=file>; rel="next"'
    last = api("GET", "/imports/i-1/bad-rows?cursor=bmV4dA&form=file")
    assert (last.text, "Link" in last.headers) == ("behind bmV4dA\n", False)
    assert api("GET", "/imports/i-1/bad-rows?form=list").text == "where\r\n"


@pytest.mark.parametrize("query", ["form=xml", "form=", "cursor=%21", "limit=5", "form=file&form=list"])
def test_what_there_is_no_form_of_is_refused(api, query):
    assert api("GET", f"/imports/i-1/bad-rows?{query}").status == 400
