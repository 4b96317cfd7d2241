"""Costs and limits in docs/ are those that come out now, and their quantities are those of the code."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from chalicelib.domain.delivery.told_apart import MOST
from chalicelib.ports.delivery import DeliveryCounter, DeliveryGauge
from chalicelib.ports.operations import Counter
from chalicelib.services import emf
from sizing import bill, delivery, load, pages, usage
from sizing.prices import PRICES
from tests.functional.test_a_crash_loses_and_doubles_nothing import CALLS
from tests.functional.test_a_crash_loses_no_delivery import CALLS as OF_DELIVERY
from tests.functional.test_a_posted_event_is_never_lost import CALLS as OF_POSTING

TERRAFORM = usage.ROOT / "terraform"
HINT = "run .venv/bin/python -m sizing"


@pytest.mark.parametrize("name", list(pages.TABLES))
def test_the_tables_are_those_that_come_out(name):
    page = pages.DOCS / name
    assert pages.written(page) == page.read_text(encoding="utf-8"), HINT


@pytest.mark.parametrize("name", list(pages.DRAWINGS))
def test_the_drawing_is_the_one_that_comes_out(name):
    assert pages.DRAWINGS[name]() == (pages.DOCS / name).read_text(encoding="utf-8"), HINT


@pytest.mark.parametrize("function", ["receive", "ingest", "process"])
def test_the_calls_that_are_paid_for_are_those_that_the_code_makes(function):
    assert list(usage.CALLS[function]) == CALLS[function]


def test_those_of_a_delivery_are_too():
    assert list(delivery.POST) == OF_POSTING["short"]
    assert list(delivery.FAN_OUT) == OF_DELIVERY["an event"]
    assert list(delivery.ATTEMPT) == OF_DELIVERY["a job"]
    nobody = OF_DELIVERY["an event"].index("inbox.read")
    assert list(usage.CALLS["deliver"]) == OF_DELIVERY["an event"][:nobody]
    assert set(usage.CALLS) == {"receive", "ingest", "process", "deliver"}


def test_a_million_deliveries_stay_below_their_aim():
    busy = delivery.of_a_million(delivery.delivered(delivery.TOGETHER))
    assert sum(busy.values()) < delivery.AIM
    quiet = delivery.of_a_million(delivery.delivered())
    seen = sum(quiet[line] for line in bill.GROUPS["Seeing"] if line in quiet)
    assert sum(quiet.values()) - seen < 1.1 * delivery.AIM
    assert f"below {delivery.AIM:g} US$" in (pages.DOCS / "cost.md").read_text(encoding="utf-8")


def test_every_scheduled_or_fed_function_is_reckoned_with():
    # the item is a webhook; a deployment is none, nor what somebody has done aside or pulls
    left_out = {"uploads", "files", "jobs", "migrate", "pull"}
    assert set(usage.invocations(1)) == set(usage.FUNCTIONS) - left_out
    for name, runs in usage.invocations(0).items():
        schedule = usage.FUNCTIONS[name]["trigger"].get("schedule")
        minutes = re.fullmatch(r"rate\((\d+) minutes?\)", schedule) if schedule else None
        assert runs == (usage.MINUTES / int(minutes[1]) if minutes else 0), name


def test_every_line_has_its_price_and_its_place():
    placed = [line for lines in bill.GROUPS.values() for line in lines]
    for profile in (bill.DEV, *(bill.PROD._replace(**way) for way in bill.WAYS.values())):
        lines = bill.bill(1_000, profile)
        assert set(lines) <= set(placed) & set(PRICES)
        assert len(placed) == len(set(placed))


def test_every_price_says_where_it_was_read_or_that_it_was_not():
    for name, price in PRICES.items():
        assert bool(price.source) == bool(price.dated) == price.confirmed, name
        assert price.page.startswith("https://aws.amazon.com/"), name


def test_the_alarms_that_are_paid_for_are_those_that_ring():
    slugs = re.search(r"\n  alarms = \{\n(.*?)\n  \}", (TERRAFORM / "alarms.tf").read_text(), re.DOTALL)
    assert slugs
    assert sorted(usage.alarm_metrics(1)) == sorted(re.findall(r"^    ([a-z-]+) +=", slugs[1], re.MULTILINE))


def test_the_knobs_are_those_of_terraform():
    text = {path.name: path.read_text() for path in TERRAFORM.glob("*.tf")}
    egress, database = text["egress.tf"], text["database.tf"]
    services = re.search(r"interface_endpoints = \{(.*?) : service => may", egress, re.DOTALL)
    assert services
    assert tuple(re.findall(r"^      (\w+) += \{ actions", services[1], re.MULTILINE)) == usage.ENDPOINTS
    prod, dev = re.findall(r'"(db\.t4g\.\w+)"', database.split("db_instance_class   = ")[1].split("\n")[0])
    assert (bill.PROD.database, bill.DEV.database) == (prod, dev)
    assert re.search(r'variable "db_storage_gb" \{.*?default +=  *(\d+)', text["variables.tf"], re.DOTALL)[
        1
    ] == str(bill.PROD.database_gb)
    zones = "local.production ? local.zones : slice(local.zones, 0, min(1, length(local.zones)))"
    assert f"endpoint_zones = {zones}" in egress
    assert f"nat_zones = !local.by_gateway ? [] : {zones}" in re.sub(" +", " ", egress)
    assert "by_gateway = local.by_nat || local.static_egress" in re.sub(" +", " ", egress)
    assert "coalesce(var.flow_logs, local.production && local.own_network)" in text["flow_logs.tf"]
    assert "coalesce(var.cloudtrail, local.production)" in text["audit.tf"]
    assert "coalesce(var.multi_az, local.production)" in database
    assert text["keys.tf"].count('resource "aws_kms_key"') == usage.KEYS
    assert "local.production ? 365 : 30" in text["functions.tf"]
    assert (bill.PROD.log_months, bill.DEV.log_months) == (365 // 30, 1)


def test_the_metrics_that_are_paid_for_are_those_that_are_counted():
    counted = (*get_args(Counter), emf.SECONDS_TO_TICKET)
    assert sorted(counted) == sorted(usage.METRICS)
    assert sorted((emf.POSTED, *get_args(DeliveryGauge))) == sorted(usage.METRICS_OF_DELIVERY)
    assert sorted(get_args(DeliveryCounter)) == sorted(usage.METRICS_OF_SUBSCRIPTION)
    further = 0.30 * len(usage.METRICS_OF_SUBSCRIPTION)
    text = (pages.DOCS / "cost.md").read_text(encoding="utf-8")
    assert f"A subscription adds {further:.2f} US$ a month for its metrics, the first {MOST} of them" in text


def test_the_bill_stays_well_below_its_aims():
    for volume, profile in pages.SHOWN:
        assert bill.total(volume, profile) < 0.6 * bill.AIMS[volume], volume
        assert bill.total(volume, profile._replace(egress="ipv6")) < bill.IPV6_AIMS[volume], volume


def test_every_variable_has_its_price():
    chapter = (pages.DOCS / "cost.md").read_text(encoding="utf-8").split("## What each knob costs\n")[1]
    declared = re.findall(r'^variable "(\w+)"', (TERRAFORM / "variables.tf").read_text(), re.MULTILINE)
    named = set(re.findall(r"`([a-z_]+)`", chapter.split("\n## ")[0])) - {"false", "true"}
    assert sorted(named) == sorted(declared)


def test_the_page_names_no_other_sum_than_those():
    text = (pages.DOCS / "cost.md").read_text(encoding="utf-8")
    fed = sum("sqs" in function["trigger"] for function in usage.FUNCTIONS.values())
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    assert f"{usage.idle_receives() / fed:,.0f} requests a month for each of {words[fed]} queues" in text
    months = 20 * usage.GB / (10_000 * usage.DAYS * usage.TICKET_BYTES)
    assert f"10,000 a day fill 20 GB in {months:.0f} months" in text
    assert f"A further kind of sender adds {bill.further_source():.2f} US$ a month" in text
    assert f"twenty seconds at a time, adds {bill.waiting_reader():.2f} US$ a month" in text


def test_the_limits_that_the_page_tells_are_those_of_the_functions():
    text = (pages.DOCS / "scale.md").read_text(encoding="utf-8")
    most = {
        name: function["trigger"]["maximum_concurrency"]
        for name, function in usage.FUNCTIONS.items()
        if "maximum_concurrency" in function["trigger"]
    }
    told = re.search(r"mappings take (\d+) at most\s+\(([^)]*)\)", text)
    assert told
    assert int(told[1]) == sum(most.values())
    assert set(told[2].split(", ")) == {f"{count} `{name}`" for name, count in most.items()}


def test_a_stage_is_overrun_where_the_page_says_so():
    assert load.outcome("ingest", 10_000).load > 1 > load.outcome("ingest", 1_000).load
    assert load.outcome("ingest", 10_000, 100).load < 1
    assert load.outcome("process", 10_000).load < 1
