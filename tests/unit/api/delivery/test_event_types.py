from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from chalicelib.api.event_examples import example
from chalicelib.domain.delivery.catalogue import CATALOGUE
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from tests.unit.api.fakes import NOW


def put(use, id, type="ticket.created", **fields):
    data = example(type, posted="owner" in fields)["data"]
    event = CloudEvent(id=id, type=type, subject="s", time=NOW, data=data, **fields)
    return use.delivery.log.put(StoredEvent.of(event, NOW))


def test_the_catalogue_has_each_type_with_its_schema_and_an_example_of_both_forms(api):
    items = api("GET", "/event-types").json["items"]
    assert [item["type"] for item in items] == [one.name for one in CATALOGUE]
    for item in items:
        forms = [(item["schema"], item["example"]), (item["standard"]["schema"], item["standard"]["example"])]
        for schema, shown in forms:
            Draft202012Validator.check_schema(schema)
            Draft202012Validator(schema, format_checker=FormatChecker()).validate(shown)
            assert "#/components" not in json.dumps(schema)
        assert item["standard"]["example"]["data"] == item["example"]["data"]
        assert item["since"] == "0.1.0"
        assert item["description"]


def test_one_type_is_what_the_list_has_of_it(api):
    (listed,) = (
        item for item in api("GET", "/event-types").json["items"] if item["type"] == "ticket.updated"
    )
    assert api("GET", "/event-types/ticket.updated").json == listed
    assert listed["schema"]["$defs"]["TicketEvent"]["properties"]["changed"]["items"] == {"type": "string"}


@pytest.mark.parametrize("path", ["/event-types/ticket.exploded", "/event-types/ticket.exploded/samples"])
def test_a_type_that_there_is_not_is_told_with_those_that_there_are(api, path):
    answer = api("GET", path)
    assert answer.status == 404
    assert "ticket.created" in answer.json["detail"]


def test_samples_are_an_array_in_the_form_of_the_delivery_with_an_id_in_each(api, use):
    put(use, "e-1")
    answer = api("GET", "/event-types/ticket.created/samples")
    ((sample,)) = answer.json
    assert list(sample) == ["id", "type", "timestamp", "data"]
    assert (sample["id"], sample["type"]) == ("e-1", "ticket.created")
    assert "Ada" not in answer.text
    schema = api("GET", "/event-types/ticket.created").json
    body = {name: value for name, value in sample.items() if name != "id"}
    Draft202012Validator(schema["standard"]["schema"], format_checker=FormatChecker()).validate(body)
    (event,) = api("GET", "/event-types/ticket.created/samples?format=cloudevents").json
    Draft202012Validator(schema["schema"], format_checker=FormatChecker()).validate(event)
    assert event["data"] == sample["data"]


def test_where_there_is_none_the_sample_is_the_example(api):
    (sample,) = api("GET", "/event-types/order.updated/samples").json
    assert sample["data"] == example("order.updated", posted=True)["data"]
    assert api("GET", "/event-types/order.updated/samples?format=cloudevents").json == [
        example("order.updated", posted=True)
    ]


def test_a_restricted_key_is_shown_none_of_others(holder, use):
    put(use, "theirs", connections=("zendesk/other",))
    put(use, "its", connections=("zendesk/acme",))
    restricted = holder("read", connections=("zendesk/acme",))
    assert [one["id"] for one in restricted("GET", "/event-types/ticket.created/samples").json] == ["its"]


def test_what_is_sent_to_subscribers_is_in_the_interface_s_description(stranger):
    document = stranger("GET", "/openapi.json").json
    validate(document)
    assert set(document["webhooks"]) == {one.name for one in CATALOGUE}
    sent = document["webhooks"]["ticket.created"]["post"]
    names = {parameter["name"] for parameter in sent["parameters"] if parameter["required"]}
    assert names == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert set(sent["requestBody"]["content"]) == {"application/json", "application/cloudevents+json"}
    body = sent["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["data"] == {"$ref": "#/components/schemas/TicketEvent"}
    ids = [one["post"]["operationId"] for one in document["webhooks"].values()]
    assert len(set(ids)) == len(ids)
