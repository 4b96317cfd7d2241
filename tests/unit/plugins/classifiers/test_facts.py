from __future__ import annotations

import pytest

from plugins.classifiers import facts
from plugins.classifiers.facts import extract
from triggeriq import App, Feedback, Verdict
from triggeriq.testing import ClassifierContract, Example


class TestFacts(ClassifierContract):
    plugin = facts
    examples = (
        Example(
            name="a bug on a phone",
            feedback=Feedback(external_id="1", text="Since 5.2.1 it crashes on my iPhone 14."),
            verdicts={"category": "bug_report"},
            expect={"extract": {"device": "iPhone 14"}},
        ),
    )


BUG = {"category": Verdict(facet="category", label="bug_report")}
WISH = {"category": Verdict(facet="category", label="feature_request")}


def test_device_system_and_version_are_read(feedback):
    facts = extract(feedback("Crashes on my iPhone 14 Pro (iOS 17.2) since version 4.2.1"), {})
    assert facts == {"device": "iPhone 14 Pro", "os": "iOS 17.2", "app_version": "4.2.1"}


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("Samsung Galaxy S21 Ultra here", "Samsung Galaxy S21 Ultra"),
        ("my Pixel 7a", "Pixel 7a"),
        ("on iPad Pro", "iPad Pro"),
    ],
)
def test_devices_are_named_as_written(feedback, text, device):
    assert extract(feedback(text), {})["device"] == device


def test_the_version_of_the_system_is_not_that_of_the_app(feedback):
    assert extract(feedback("Android version 13.0.1"), {}) == {"os": "Android 13.0.1"}


def test_what_the_provider_states_comes_first(feedback):
    told = feedback(
        "on my iPhone 8, v1.0", device={"model": "Pixel 9", "os": "Android 15"}, app=App(version="7.1")
    )
    assert extract(told, {}) == {"device": "Pixel 9", "os": "Android 15", "app_version": "7.1"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("order #AB-12345", "AB-12345"),
        ("Order number: 100200300", "100200300"),
        ("my order no. 4711-22 is late", "4711-22"),
        ("Bestellnummer 998877", "998877"),
        ("pedido nº 55512", "55512"),
        ("booking reference XK4821", "XK4821"),
    ],
)
def test_order_numbers_are_read_where_they_are_called_so(feedback, text, number):
    assert extract(feedback(text), {})["order_numbers"] == [number]


@pytest.mark.parametrize(
    "text",
    [
        "in order to see 12345",
        "I ordered 2 pizzas",
        "Call me on 5551234567",
        "order was late by 20 minutes",
        "It took 3.5 hours and 20 % battery",
        "100 people like it",
        "the os is great, I love the windows of the room",
    ],
)
def test_what_only_looks_like_a_fact_is_left_out(feedback, text):
    facts = extract(feedback(text), {})
    assert not {"order_numbers", "amounts", "app_version", "device"} & set(facts)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("I paid $12.99 for it", {"text": "$12.99", "currency": None}),
        ("25 euros for nothing", {"text": "25 euros", "currency": "EUR"}),
        ("1.299,00 € sind viel", {"text": "1.299,00 €", "currency": "EUR"}),
        ("USD 1,000 lost", {"text": "USD 1,000", "currency": "USD"}),
        ("£5 off", {"text": "£5", "currency": "GBP"}),
    ],
)
def test_amounts_are_kept_as_written_with_their_currency_where_it_is_certain(feedback, text, amount):
    assert extract(feedback(text), {})["amounts"] == [amount]


def test_numbered_steps_of_a_bug_are_listed(feedback):
    text = "It fails.\n1. Open the app\n2. Tap on Share\n3) Wait"
    assert extract(feedback(text), BUG)["steps"] == ["Open the app", "Tap on Share", "Wait"]


def test_a_lone_number_is_no_step(feedback):
    assert "steps" not in extract(feedback("1. April was bad"), BUG)


@pytest.mark.parametrize(
    ("text", "severity"),
    [("I lost all my data", "critical"), ("it crashes", "major"), ("a typo in the menu", "minor")],
)
def test_the_severity_of_a_bug_is_read(feedback, text, severity):
    assert extract(feedback(text), BUG)["severity"] == severity


def test_a_wish_says_what_and_why(feedback):
    facts = extract(feedback("Nice app. Please add dark mode because my eyes hurt. Bye"), WISH)
    assert facts["what"] == "Please add dark mode because my eyes hurt."
    assert facts["why"] == "because my eyes hurt"


def test_steps_and_severity_are_asked_of_bugs_only(feedback):
    assert extract(feedback("it crashes\n1. a\n2. b"), {}) == {}
