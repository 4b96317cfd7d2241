"""The tables and the drawings of docs/cost.md and docs/scale.md, between marks that name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sizing import bill, delivery, load, neighbours, usage
from sizing.chart import chart
from sizing.prices import PRICES, Price
from sizing.queueing import percentile

DOCS = usage.ROOT / "docs"
SHOWN = ((100, bill.DEV), (1_000, bill.PROD), (10_000, bill.PROD))
"""The volumes whose bill is written out, each with the knobs that fit it."""
CONCURRENCIES = (10, 50, 100)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def priced(price: Price) -> str:
    """A price as somebody would say it."""
    if price.usd < 0.001 and not price.unit.startswith("GB"):
        return f"{price.usd * 1_000_000:.4g} a million: {price.unit}"
    return f"{price.usd:.10f}".rstrip("0").rstrip(".") + f" a {price.unit}"


def amount(quantity: float) -> str:
    return f"{quantity:,.0f}" if quantity >= 100 or quantity == int(quantity) else f"{quantity:,.2f}"


def prices() -> str:
    return table(
        ["what", "US$", "AWS's own page", "read on", "dated"],
        (
            [
                name,
                priced(price),
                f"<{price.page}>",
                f"<{price.source}>" if price.confirmed else "**not confirmed**",
                price.dated,
            ]
            for name, price in PRICES.items()
        ),
    )


def totals() -> str:
    return table(
        ["items a day", "dev's knobs, US$", "prod's knobs, US$", "to stay below, US$", "that is met by"],
        (
            [
                f"{volume:,}",
                f"{bill.total(volume, bill.DEV):.2f}",
                f"{bill.total(volume, bill.PROD):.2f}",
                f"{bill.AIMS[volume]:,.0f}",
                ", ".join(
                    f"{profile.name}'s"
                    for profile in (bill.DEV, bill.PROD)
                    if bill.total(volume, profile) < bill.AIMS[volume]
                ),
            ]
            for volume in bill.VOLUMES
        ),
    )


def lines() -> str:
    head = ["line"]
    for volume, profile in SHOWN:
        head += [f"{volume:,}, {profile.name}: quantity", "US$"]
    months = [usage.month(volume, profile) for volume, profile in SHOWN]
    bills = [bill.bill(volume, profile) for volume, profile in SHOWN]
    rows: list[list[str]] = []
    for group, names in bill.GROUPS.items():
        sums = [sum(one.get(name, 0.0) for name in names) for one in bills]
        rows.append([f"**{group}**", *(cell for one in sums for cell in ("", f"**{one:.2f}**"))])
        for name in names:
            if not any(name in one for one in bills):
                continue
            cells: list[str] = []
            for month, one in zip(months, bills, strict=True):
                cells += [amount(month[name]), f"{one[name]:.2f}"] if name in one else ["", ""]
            rows.append([name, *cells])
    rows.append(["**Sum**", *(cell for one in bills for cell in ("", f"**{sum(one.values()):.2f}**"))])
    return table(head, rows)


def calls() -> str:
    each = usage.per_item()
    return (
        table(
            ["function", "its calls for one item"],
            (
                [f"`{name}`", ", ".join(f"{call} ({_units(what)})" for call, what in made.items())]
                for name, made in usage.CALLS.items()
            ),
        )
        + "\nAnd so one item takes: "
        + ", ".join(f"{units:g} {name}" for name, units in each.items())
        + ".\n"
    )


def _units(call: usage.Call | None) -> str:
    return "PostgreSQL" if call is None else f"{call.units:g} {call.service}"


def deliveries() -> str:
    """What a million of each cost, line by line."""
    columns = {name: delivery.of_a_million(taken) for name, taken in delivery.COLUMNS.items()}
    lines = dict.fromkeys(line for column in columns.values() for line in column)
    rows = [
        [line, *(f"{column[line]:.2f}" if line in column else "" for column in columns.values())]
        for line in lines
    ]
    rows.append(["**Sum**", *(f"**{sum(column.values()):.2f}**" for column in columns.values())])
    return table(["US$ a million", *columns], rows)


def ways() -> str:
    """The bill by each way from the VPC to AWS."""
    return table(
        ["items a day, knobs", *bill.WAYS, "to stay below by `ipv6`"],
        (
            [
                f"{volume:,}, {profile.name}'s",
                *(f"{bill.total(volume, profile._replace(**way)):.2f}" for way in bill.WAYS.values()),
                f"{bill.IPV6_AIMS[volume]:,.0f}",
            ]
            for volume, profile in SHOWN
        ),
    )


def knobs() -> str:
    rows = [[f"`{knob}`", turned, f"{usd:+.2f}"] for knob, turned, usd in bill.knobs()]
    return table(["variable", "turned", "US$ a month"], rows)


def waits() -> str:
    rows = []
    for name, stage in load.STAGES.items():
        for times in load.TIMES:
            found = load.outcome(name, times)
            rows.append(
                [
                    f"`{name}`",
                    f"{times:,}×",
                    f"{load.busy_rate(times):,.2f}",
                    f"{found.load:.1%}",
                    f"{load.burst(times):,}",
                    _seconds(found.median),
                    _seconds(found.worst),
                    "never" if found.load >= 1 else _until(found.empty_after),
                ]
            )
        rows.append(
            [f"`{name}` at most", "", f"{stage.capacity(stage.workers):,.0f}", "100%", "", "", "", ""]
        )
    return table(
        [
            "function",
            "volume",
            "messages a second, busy hour",
            "of its capacity",
            "burst",
            "median wait, s",
            "99th percentile, s",
            "burst worked off after, s",
        ],
        rows,
    )


def raised() -> str:
    stage = load.STAGES["ingest"]
    rows = []
    for workers in CONCURRENCIES:
        found = load.outcome("ingest", load.TIMES[-1], workers)
        rows.append(
            [
                str(workers),
                f"{stage.capacity(workers):,.0f}",
                f"{found.load:.0%}",
                _seconds(found.worst),
                "never" if found.load >= 1 else _until(found.empty_after),
            ]
        )
    return table(
        [
            "maximum concurrency",
            "messages a second at most",
            "busy hour takes",
            "99th percentile, s",
            "burst worked off after, s",
        ],
        rows,
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:,.2f}" if seconds < 10 else f"{seconds:,.0f}"


def _until(seconds: float | None) -> str:
    return f"more than {load.MINUTES * 60 - 60}" if seconds is None else f"{seconds:,.0f}"


def drawing() -> str:
    times = load.TIMES[-1]
    moments = range(0, load.MINUTES * 60 + 1, 5)
    return chart(
        f"Messages waiting for ingest at {times:,} × {load.ITEMS:,} items a day, a burst after a minute",
        "minutes",
        "messages waiting",
        {
            f"{workers} at a time": [
                (moment / 60, load.run("ingest", times, workers).waiting_at(moment)) for moment in moments
            ]
            for workers in CONCURRENCIES
        },
    )


def noise() -> str:
    rows = []
    for name in neighbours.SCENES:
        for how, options in (
            ("without them", {"alone": True}), ("a plain queue", {"plain": True}), ("`deliver`", {}),
        ):  # fmt: skip
            waits = neighbours.outcome(name, **options).waits()
            figures = (percentile(waits, 0.5), percentile(waits, 0.95), max(waits))
            rows.append([name, how, *map(_seconds_or_more, figures)])
    return table(["the neighbours", "by", "median, s", "95th percentile, s", "longest, s"], rows)


def _seconds_or_more(seconds: float) -> str:
    most = neighbours.MINUTES * 60
    return f"more than {most}" if seconds > most else _seconds(seconds)


def noise_drawing() -> str:
    name = neighbours.DRAWN
    moments = range(0, 2 * neighbours.MINUTES * 60 + 1, 5)
    found = {
        "a plain queue": neighbours.outcome(name, plain=True),
        "deliver": neighbours.outcome(name),
        "without them": neighbours.outcome(name, alone=True),
    }
    return chart(
        f"Deliveries to {neighbours.WELL} who are well that wait, where {name} are neighbours",
        "minutes",
        "deliveries waiting",
        {how: [(at / 60, one.waiting_at(at)) for at in moments] for how, one in found.items()},
    )


DRAWINGS: Mapping[str, Callable[[], str]] = {"backlog.svg": drawing, "neighbours.svg": noise_drawing}
TABLES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "cost.md": {
        "totals": totals,
        "ways": ways,
        "lines": lines,
        "calls": calls,
        "deliveries": deliveries,
        "knobs": knobs,
        "prices": prices,
    },
    "scale.md": {"waits": waits, "raised": raised, "noise": noise},
}


def written(page: Path) -> str:
    """The page with its tables as they come out now."""
    text = page.read_text(encoding="utf-8")
    for name, make in TABLES[page.name].items():
        place = re.compile(rf"(?<=<!-- sizing: {name} -->\n).*?(?=<!-- end -->)", re.DOTALL)
        before, after = place.split(text)  # one place for each
        text = f"{before}\n{make()}\n{after}"
    return text
