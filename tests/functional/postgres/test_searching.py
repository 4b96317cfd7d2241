"""What is found by words, and what is not."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.tickets.ticket import Change
from chalicelib.domain.tickets.ticket_filter import Direction, SortBy, TicketFilter, TicketOrder
from chalicelib.services.postgres import searching
from chalicelib.services.postgres.ticket_index import PostgresTicketIndex
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.functional.postgres.desk import Desk
from tests.said import said, take_in, triage
from triggeriq import App, Author

BODIES = {
    "ja": "アプリが起動しません。返金してください。",
    "zh": "应用崩溃了，请退款。",
    "ko": "앱이 자꾸 꺼져요. 전액환불해 주세요.",
    "th": "แอปเปิดไม่ได้หลังอัปเดต กรุณาคืนเงินให้ฉัน",
    "order": "Order ORD-12345 is late, and so is inv2024x0017",
    "fr": "Café menu crashes. Les applications ont été remboursées",
    "url": "See https://shop.example/orders/1001?x=1 please",
    "ar": "تعطل \u200fcheckout\u200f عند أحمد",
    "he": "התשלום \u2067checkout\u2069 נכשל",
    "de": "Die Häuser sind groß, die Bestellungen weg. Überweisung fehlt",
    "en": "It crashed twice while my cities were loading; jo.doe+shop@mail.example wrote",
    "ru": "Верните деньги за новые заказы",
    "es": "Quiero la devolución de mis pedidos cancelados",
    "pl": "Zażółć gęślą jaźń w Łodzi",
    "tr": "Isınan telefon ve İstanbul siparişi",
    "emoji": "Great ❤️ app 😀",
    "wide": "Ｅｒｒｏｒ ５００ on login",
    "beside": "счёт98765 הiPhone\u200fנתקע since v2.4.3",
    "hi": "क़ीमत ग़लत है",
    "broken": "應用程式當機，我要退\n費",
}


@pytest.fixture
def shelf(tickets: PostgresTickets, desk: Desk, now: datetime) -> Desk:
    """A ticket for each body, named and in the language of its key, where that is one."""
    batch = [
        said(name, text, answer=triage(text, language=name if len(name) == 2 else None))
        for name, text in BODIES.items()
    ]
    take_in(tickets, batch, now)
    return desk


def found(desk: Desk, query: str) -> set[str]:
    return {ticket.external_id for ticket in desk.read.search(TicketFilter(query=query), 100, None).items}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("返金", "ja"), ("起動", "ja"), ("アプリ", "ja"), ("退款", "zh"), ("请退款", "zh"), ("崩", "zh"),
        ("请 应用", "zh"),
        ("98765", "beside"), ("счет", "beside"), ("iPhone", "beside"), ("נתקע", "beside"),
        ("2.4.3", "beside"),
        ("v2.4.3", "beside"), ("2.4", "beside"), ("कीमत", "hi"), ("ग़लत", "hi"), ("退費", "broken"),
        ("자꾸꺼져요", "ko"), ("자꾸 꺼져요", "ko"),
        ("환불", "ko"), ("전액 환불", "ko"), ("꺼져요", "ko"), ("คืนเงิน", "th"), ("อัปเดต", "th"),
        ("12345", "order"), ("ORD-12345", "order"), ("ord", "order url"), ("#12345", "order"),
        ("１２３４５", "order"),
        ("0017", "order"), ("17", "order"), ("inv2024x0017", "order"), ("inv", "order"),
        ("cafe", "fr"), ("CAFÉ", "fr"), ("cafe\u0301", "fr"), ("remboursée", "fr"), ("application", "fr"),
        ("https://shop.example/orders/1001?x=1", "url"), ("shop.example", "url"), ("1001", "url"),
        ("http shop", "url"), ("checkout", "ar he"), ("\u200fcheckout\u200f", "ar he"), ("احمد", "ar"),
        ("התשלום", "he"),
        ("haus", "de"), ("HAEUSER or hauser", "de"), ("Haus Bestellung", "de"), ("uberweisung", "de"),
        ("gross", "de"),
        ("crash", "en fr"), ("crashing", "en fr"), ("city", "en"), ("jo.doe+shop@mail.example", "en"),
        ("mail.example", "en"), ("заказ", "ru"), ("новый", "ru"), ("деньги", "ru"),
        ("devolucion", "es"), ("devoluciones", "es"), ("pedido cancelado", "es"),
        ("zazolc gesla jazn", "pl"), ("lodzi", "pl"), ("istanbul", "tr"), ("ısınan", "tr"),
        ("isinan", "tr"),
        ("😀", "emoji"), ("❤", "emoji"), ("error 500", "wide"), ("ERROR", "wide"),
        ("load", "en"), ("load*", "en"), ("loadi", "en"),
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_written(shelf: Desk, query: str, names: str) -> None:
    assert found(shelf, query) == set(names.split())
    assert found(shelf, unicodedata.normalize("NFD", query)) == set(names.split())


@pytest.mark.parametrize(
    "query",
    [
        "返品", "退换", "환전", "เงินคืน", "1234", "ORD-1234", "2345", "0018", "orders/1002", "10",
        "example.shop",
        '"crash menu"', '"crashing"', "caf -menu", "refund", "Х", "ca", "checkout -checkout", "e", "💥",
    ],
)  # fmt: skip
def test_what_nobody_wrote_is_not_found(shelf: Desk, query: str) -> None:
    assert found(shelf, query) == set()


def test_words_are_put_together(shelf: Desk) -> None:
    assert found(shelf, "退款 or 返金 or zebra") == {"zh", "ja"}
    assert found(shelf, '"my cities" loading') == {"en"}
    assert found(shelf, '"cities my"') == found(shelf, "„cities my“") == set()
    assert found(shelf, "“my cities”") == {"en"}
    assert found(shelf, "checkout -تعطل") == {"he"}
    assert found(shelf, 'checkout -"تعطل checkout"') == {"he"}
    assert found(shelf, "crashes -12345") == {"en", "fr"}


def test_titles_and_every_item_are_found(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    answer = triage("It crashes", title="Printer trouble")
    take_in(tickets, [said("a", "It crashes", thread="t", answer=answer)], now)
    take_in(tickets, [said("b", "返金してください", thread="t", minutes=1)], now)
    assert found(desk, "printer") == found(desk, "crash") == found(desk, "返金") == {"a"}


ADA = Author(id="U-17", name="Ada Lovelace", email="ada.king@mail.example")
YAMADA = Author(id="u-170", name="山田 太郎", email="o'hara@other.example")


@pytest.fixture
def two_authors(tickets: PostgresTickets, desk: Desk, now: datetime) -> Desk:
    take_in(tickets, [said("a", author=ADA), said("b", "Mail for ada", author=YAMADA)], now)
    return desk


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("lovelace", "a"), ("LOVELA", "a"), ('"ada lovelace"', "a"), ("ada.king@mail.example", "a"),
        ("mail.example", "a"),
        ("ada", "a b"), ("ada -lovelace", "b"), ("山田", "b"), ("太郎", "b"), ("山田太郎", "b"),
        ("o'hara@other.example", "b"), ("king crash", "a"),
    ],
)  # fmt: skip
def test_words_find_an_author_too(two_authors: Desk, query: str, names: str) -> None:
    assert found(two_authors, query) == set(names.split())


def test_no_phrase_goes_from_the_text_into_a_name(two_authors: Desk) -> None:
    assert found(two_authors, '"crashes ada"') == set()


@pytest.mark.parametrize(
    ("customer", "names"),
    [
        ("U-17", "a"), ("u-17", "a"), ("U-1", ""), ("u-170", "b"),
        ("ada.king@mail.example", "a"), ("ADA.KING@mail", "a"), ("ada.k", "a"), ("mail.example", "a"),
        ("mail", "a"),
        ("king", "a"), ("ada", "a"), ("love", "a"), ("Lovelace, Ada", "a"), ("ada zebra", ""),
        ("crashes", ""),
        ("lace", ""), ("山田", "b"), ("太郎", "b"),
        ("山田太郎", "b"), ("太郎 山田", "b"), ("田郎", ""), ("山", "b"), ("O'Hara@", "b"),
        ("hara", "b"),
        ("5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11", ""), ("'", ""), ("\\", ""), ("%", ""),
    ],
)  # fmt: skip
def test_a_customer_is_an_author_by_id_name_or_address(two_authors: Desk, customer: str, names: str) -> None:
    page = two_authors.read.search(TicketFilter(customer=(customer,)), 10, None)
    assert {ticket.external_id for ticket in page.items} == set(names.split())


def test_any_of_several_customers(two_authors: Desk) -> None:
    page = two_authors.read.search(TicketFilter(customer=("lovelace", "u-170")), 10, None)
    assert len(page.items) == 2


def test_a_customer_is_found_by_the_customer_s_id(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    customer = "5e9b3a9e-7e5b-4b43-9f5c-0c8f0a8f8d11"
    (taken, _), _ = take_in(tickets, [said("a"), said("b")], now)
    tickets.database.run(
        "update tickets set customer_id = cast(:customer as uuid) where id = cast(:id as uuid)",
        customer=customer,
        id=taken.ticket_id,
    )
    page = desk.read.search(TicketFilter(customer=(customer, "nobody")), 10, None)
    assert [ticket.external_id for ticket in page.items] == ["a"]


def test_an_edit_forgets_the_words_and_the_author_of_before(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    take_in(tickets, [said("a", "返金 please", version=1, rating=1.0, author=ADA)], now)
    take_in(tickets, [said("a", "All is well", version=2, rating=5.0, minutes=1)], now)
    for gone in ("返金", "please", "lovelace", "ada.king@mail.example"):
        assert found(desk, gone) == set()
    for gone in ("U-17", "ada", "ada.king@mail.example", "mail.example"):
        assert desk.read.search(TicketFilter(customer=(gone,)), 10, None).items == ()
    assert desk.read.search(TicketFilter(rating=(1,)), 10, None).items == ()
    assert found(desk, "well") == {"a"}
    index = tickets.database.run("select search::text from tickets")[0][0]
    assert not [word for word in ("返金", "ada", "lovelace", "17") if word in index]


def test_a_split_takes_words_and_author_along(tickets: PostgresTickets, desk: Desk, now: datetime) -> None:
    (taken, _), _ = take_in(
        tickets, [said("a", thread="t"), said("b", "返金 please", thread="t", author=ADA, minutes=1)], now
    )
    assert found(desk, "lovelace") == {"a"}
    desk.split(taken.ticket_id, [("zendesk", "default", "b")], "ann", None, now)
    assert found(desk, "lovelace") == found(desk, "返金") == {"b"}


def test_words_find_nothing_outside_a_restriction(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    take_in(tickets, [said("a", "返金", author=ADA), said("b", "返金", connection="shop", author=ADA)], now)
    within = Restriction(("zendesk/shop",))
    for wanted in (
        TicketFilter(query="返金", within=within),
        TicketFilter(query="lovelace", within=within),
        TicketFilter(customer=("ada",), within=within),
        TicketFilter(customer=("ada",), query="返金", source=("zendesk",), within=within),
    ):
        assert [ticket.external_id for ticket in desk.read.search(wanted, 10, None).items] == ["b"]
    elsewhere = TicketFilter(customer=("ada",), connection=("default",), within=within)
    assert desk.read.search(elsewhere, 10, None).items == ()


@pytest.mark.parametrize(
    "text",
    ["😀" * 20_000, "a " * 25_000, "返" * 40_000, "".join(map(chr, range(0x4E00, 0x4E00 + 20_000))),
     "".join(chr(0xE01 + n % 46) + chr(0xE40 + n // 46 % 14) for n in range(20_000)), "ﷺ" * 2_000,
     "x" * 40_000, " ".join(f"w{n}" for n in range(6_000)), "1" * 40_000, "0" * 40_000 + "1", "'\\" * 20_000],
    ids=range(11),
)  # fmt: skip
def test_the_longest_texts_are_indexed(
    tickets: PostgresTickets, desk: Desk, now: datetime, text: str
) -> None:
    long = Author(id=text[:500], name=text[:500], email=text[:500])
    take_in(tickets, [said("a", text, answer=triage(text, language="en"), author=long)], now)
    assert [ticket.external_id for ticket in desk.read.search(TicketFilter(), 10, None).items] == ["a"]
    assert desk.read.search(TicketFilter(query=text[:500], customer=(text[:200],)), 10, None) is not None


def as_an_older_release_left_them(tickets: PostgresTickets) -> None:
    tickets.database.run(
        "update tickets set search = to_tsvector('simple', title || ' ' || description), search_version = 0"
    )


def test_what_an_older_release_wrote_is_found_at_once_and_wholly_once_it_is_indexed(
    shelf: Desk, tickets: PostgresTickets
) -> None:
    wholly = tickets.database.run("select id, search::text, search_version from tickets order by id")
    as_an_older_release_left_them(tickets)
    assert found(shelf, "crashed") == {"en"}
    assert found(shelf, "返金") == set()
    index = PostgresTicketIndex(tickets.database)
    assert [index.catch_up(10), index.catch_up(10), index.catch_up(10)] == [10, len(BODIES) - 10, 0]
    assert found(shelf, "返金") == {"ja"}
    assert tickets.database.run("select id, search::text, search_version from tickets order by id") == wholly


def test_an_index_holds_all_items_whoever_makes_it(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    thread = [
        said(f"r{n}", f"word{n}a", thread="t", minutes=n, author=ADA, app=App(version=f"{n}.1"))
        for n in range(25)
    ]
    for one in thread:
        take_in(tickets, [one], now)
    made = tickets.database.run("select search::text from tickets")
    assert found(desk, "word24a") == found(desk, "word5a") == found(desk, "word0a") == {"r0"}
    as_an_older_release_left_them(tickets)
    assert PostgresTicketIndex(tickets.database).catch_up(10) == 1
    assert tickets.database.run("select search::text from tickets") == made


def test_a_change_by_an_older_release_is_indexed_again(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    (taken,), _ = take_in(tickets, [said("a", "返金")], now)
    index = PostgresTicketIndex(tickets.database)
    assert index.catch_up(10) == 0
    # What an older release sets when a ticket changes: the version of the row, and words as it knows them
    tickets.database.run("update tickets set row_version = row_version + 1, search = ''")
    assert index.catch_up(10) == 1
    assert found(desk, "返金") == {"a"}
    desk.change(taken.ticket_id, Change({"status": "pending"}, "ann"), None, now)
    assert index.catch_up(10) == 0


@pytest.mark.parametrize(
    ("language", "names"), [("fi", ["r1"]), ("fi-FI", ["r1"]), ("FI_fi", ["r1"]), ("fil", [])]
)
def test_other_forms_are_those_of_the_whole_language_code(
    tickets: PostgresTickets, desk: Desk, now: datetime, language: str, names: list[str]
) -> None:
    take_in(tickets, [said(text="taloissa", answer=triage("taloissa", language=language))], now)
    assert sorted(found(desk, "talot")) == names


@pytest.mark.parametrize(("first", "next_part"), [(1, 1), (6, 1), (6, 20), (100, 1)])
@pytest.mark.parametrize("by", ["received_at", "created_at", "priority"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_a_list_is_the_same_however_much_of_it_is_read_first(
    tickets: PostgresTickets,
    desk: Desk,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    first: int,
    next_part: int,
    by: SortBy,
    direction: Direction,
) -> None:
    monkeypatch.setattr(searching, "READ_FIRST", first)
    monkeypatch.setattr(searching, "READ_NEXT", next_part)
    batch = [
        said(f"{place:02}", "crash" if place % 2 else "refund", connection=f"shop{place % 3}", minutes=place)
        for place in range(36)
    ]
    take_in(tickets, batch, now)
    wanted = TicketFilter(query="crash", source=("zendesk",), connection=("shop1",))
    seen: list[str] = []
    cursor = None
    while True:
        page = desk.read.search(wanted, 2, cursor, TicketOrder(by, direction))
        seen += [ticket.external_id for ticket in page.items]
        cursor = page.next
        if cursor is None:
            break
    expected = [f"{place:02}" for place in range(36) if place % 2 and place % 3 == 1]
    assert sorted(seen) == expected
    if by != "created_at":  # they have no time of their own
        assert seen == (expected if direction == "asc" else expected[::-1])


def test_what_is_only_quoted_is_no_word_of_the_ticket_s(
    tickets: PostgresTickets, desk: Desk, now: datetime
) -> None:
    mail = {"quoted": "> Your parcel waits\n-- \nAda, Lampworks", "thread": "t"}
    take_in(tickets, [said("lead", "It never came", **mail), said("reply", "Thank you", **mail)], now)
    assert found(desk, "never") == found(desk, "thank") == {"lead"}
    assert found(desk, "parcel") == found(desk, "lampworks") == set()
