"""Which mails stand in one conversation, whatever order they come in."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.headers import Headers
from plugins.sources.mail.threads import base_subject, threads


def mail(
    id: str = "",
    subject: str = "Parcel",
    sender: str = "ina@cust.example",
    to: str = "help@shop.example",
    **fields: str,
) -> tuple[str, ...]:
    """The names of a mail's conversations. id: as it stands in the mail, brackets with it."""
    usual = {"From": sender, "To": to, "Subject": subject, "Message-ID": id}
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"{name}: {value}" for name, value in {**usual, **given}.items() if value]
    return threads(Headers("\r\n".join(lines).encode()))


def conversations(*mails: tuple[str, ...]) -> int:
    """How many tickets the mails make, each joining what shares a name with it."""
    tickets: list[set[str]] = []
    for names in mails:
        mine = [ticket for ticket in tickets if ticket & set(names)]
        tickets = [ticket for ticket in tickets if ticket not in mine]
        tickets.append(set(names).union(*mine))
    return len(tickets)


def in_any_order(*mails: tuple[str, ...]) -> set[int]:
    return {conversations(*order) for order in permutations(mails)}


class TestAChain:
    def test_by_in_reply_to_alone_is_one_conversation(self) -> None:
        chain = (
            mail("<a@t>"),
            mail("<b@t>", "Re: Parcel", In_Reply_To="<a@t>"),
            mail("<c@t>", "Re: Parcel", In_Reply_To="<b@t>"),
        )
        assert in_any_order(*chain) == {1}

    @pytest.mark.parametrize(
        "subject", ["Re: Parcel", "RE: PARCEL", "AW: Parcel", "re: re:  parcel", "Parcel"]
    )
    @pytest.mark.parametrize(
        "fields",
        [
            {"References": "<a@t>"},
            {"In_Reply_To": "<a@t>"},
            {"References": "<a@t> <b@t>", "In_Reply_To": "<b@t>"},
            {"References": "<a@t>\r\n <b@t>\r\n\t<x@t>"},
            {"References": "<b@t>"},
            {"References": "<lost@t> <b@t>"},
            {"References": "<a@t><b@t>"},
            {"References": "<a@t>, <b@t>"},
            {"References": "junk <a@t junk> <b@t> >"},
            {"In_Reply_To": "Your message of Tuesday <a@t>"},
        ],
    )
    def test_is_joined_by_whichever_reference_is_known(self, fields: dict[str, str], subject: str) -> None:
        first = mail("<a@t>")
        second = mail("<b@t>", "Re: Parcel", References="<a@t>")
        assert in_any_order(first, second, mail("<c@t>", subject, **fields)) == {1}

    def test_an_answer_to_an_answer_of_the_team_that_went_another_way_is_joined_by_the_first_id(self) -> None:
        assert conversations(mail("<a@t>"), mail("<c@t>", References="<a@t> <team@shop.example>")) == 1

    def test_answers_meet_where_what_they_answer_never_came(self) -> None:
        answers = [mail(f"<{n}@t>", "Re: Parcel", References="<team@shop.example>") for n in range(3)]
        assert in_any_order(*answers) == {1}

    def test_of_many_references_the_first_and_the_last_are_looked_at(self) -> None:
        middle = " ".join(f"<{n}@t>" for n in range(500))
        last = mail("<z@t>", References=f"<a@t> {middle} <y@t>")
        assert conversations(mail("<a@t>"), last) == conversations(mail("<y@t>"), last) == 1
        assert conversations(mail("<250@t>"), last) == 2
        assert len(last) <= 20

    def test_case_of_the_sender_does_not_matter(self) -> None:
        again = mail("<b@t>", sender="Ina Lund <Ina@Cust.Example>", References="<a@t>")
        assert conversations(mail("<a@t>"), again) == 1


class TestStrangers:
    @pytest.mark.parametrize(
        "id",
        ["", "<>", "<", ">", "< >", "< 1001@mailer.example >", "<a b@c>", "<@>", "a@b", "<a@>", "<no-at>"],
    )
    def test_never_meet_at_an_id_that_is_none(self, id: str) -> None:
        ina = mail(id, "Help", References=id, In_Reply_To=id)
        bo = mail(id, "Help", "bo@other.example", References=id, In_Reply_To=id)
        assert not set(ina) & set(bo)

    @pytest.mark.parametrize(
        "empty", ["<>", "<", "", " ", "<a b@c>", "Parcel", "none", "<null>", "bo@other.example"]
    )
    def test_never_meet_at_an_empty_reference(self, empty: str) -> None:
        ina = mail("<14a@t>", In_Reply_To=empty, References=empty)
        bo = mail("<14b@t>", sender="bo@other.example", In_Reply_To=empty, References=empty)
        assert in_any_order(ina, bo) == {2}

    @pytest.mark.parametrize("subject", ["Re: News", "News", "AW: News", "Parcel", ""])
    @pytest.mark.parametrize(
        "fields", [{"References": "<news@shop.example>"}, {"In_Reply_To": "<news@shop.example>"}]
    )
    def test_who_answer_one_newsletter_have_a_conversation_each(
        self, subject: str, fields: dict[str, str]
    ) -> None:
        answers = [
            mail(f"<{n}@t>", subject, f"{n}@cust.example", **fields) for n in ("ina", "bo", "cy", "di")
        ]
        assert in_any_order(*answers) == {4}

    def test_so_they_have_where_the_newsletter_itself_came_in(self) -> None:
        news = mail("<news@shop.example>", "News", "news@shop.example", to="readers@shop.example")
        answers = [
            mail(f"<{n}@t>", "Re: News", f"{n}@cust.example", References="<news@shop.example>") for n in "abc"
        ]
        assert in_any_order(news, *answers) == {4}

    def test_one_who_knows_the_id_has_no_part_in_it(self) -> None:
        stranger = mail("<x@t>", "Re: Parcel", "eve@evil.example", References="<a@t>", In_Reply_To="<a@t>")
        assert in_any_order(mail("<a@t>"), stranger) == {2}

    def test_two_without_a_sender_do_not_meet(self) -> None:
        first, second = (mail(f"<{n}@t>", sender="", to="", References="<news@t>") for n in "ab")
        assert in_any_order(first, second) == {2}


class TestOtherPeopleOfAConversation:
    @pytest.mark.parametrize(
        "fields",
        [
            {"Cc": "Bo <BO@other.example>"},
            {"Cc": "cy@other.example, bo@other.example"},
            {"to": "help@shop.example, bo@other.example"},
            {"Reply_To": "bo@other.example"},
            {"Cc": "Team: bo@other.example, cy@other.example;"},
        ],
    )
    def test_a_colleague_in_copy_may_answer(self, fields: dict[str, str]) -> None:
        answer = mail("<b@t>", "Re: Parcel", "bo@other.example", References="<a@t>")
        assert in_any_order(mail("<a@t>", **fields), answer) == {1}

    def test_and_be_answered(self) -> None:
        chain = (
            mail("<a@t>", Cc="bo@other.example"),
            mail("<b@t>", "Re: Parcel", "bo@other.example", In_Reply_To="<a@t>", Cc="ina@cust.example"),
            mail("<c@t>", "Re: Parcel", In_Reply_To="<b@t>"),
        )
        assert in_any_order(*chain) == {1}

    def test_an_agent_who_answers_from_the_inbox_stands_in_it(self) -> None:
        answer = mail("<b@t>", "Re: Parcel", "help@shop.example", to="ina@cust.example", References="<a@t>")
        assert in_any_order(mail("<a@t>"), answer) == {1}

    def test_a_thousand_recipients_give_a_bounded_number_of_names(self) -> None:
        many = mail("<a@t>", Cc=", ".join(f"{n}@cust.example" for n in range(1000)))
        assert len(many) == 10
        assert conversations(many, mail("<b@t>", References="<a@t>")) == 1


class TestANewMatter:
    @pytest.mark.parametrize(
        "subject", ["Invoice", "Re: Invoice", "Parcel two", "", "Re:", "[Parcel] Invoice"]
    )
    def test_in_an_old_thread_is_one_of_its_own(self, subject: str) -> None:
        new = mail("<b@t>", subject, References="<a@t>", In_Reply_To="<a@t>")
        assert in_any_order(mail("<a@t>"), new) == {2}

    def test_and_has_its_own_answers(self) -> None:
        mails = (
            mail("<a@t>"),
            mail("<b@t>", "Invoice", References="<a@t>"),
            mail("<c@t>", "Re: Invoice", References="<a@t> <b@t>"),
            mail("<d@t>", "Re: Parcel", References="<a@t>"),
        )
        assert in_any_order(*mails) == {2}

    def test_the_same_words_without_a_reference_are_one_too(self) -> None:
        assert in_any_order(mail("<a@t>", "Help"), mail("<b@t>", "Help"), mail("<c@t>", "Re: Help")) == {3}


class TestSubjects:
    @pytest.mark.parametrize(
        "subject",
        [
            *("Re: Parcel", "RE:Parcel", "re : Parcel", "Re[2]: Parcel", "RE(3): Parcel", "Re^2: Parcel"),
            *("Re*4: Parcel", "Fwd: Parcel", "FW: Parcel", "Fw: Re: Parcel", "Parcel (fwd)"),
            *("AW: Parcel", "WG: AW: Parcel", "Antwort: Parcel", "Antw: Parcel", "Antw.: Parcel"),
            *(
                "***SPAM*** Re: Parcel",
                "Re: *****POSSIBLE SPAM***** Parcel",
                "Ang: Parcel",
                "Odpověď: Parcel",
            ),
            *("RÉP : Parcel", "TR : Parcel", "Réf : Parcel", "RV: Parcel", "RES: Parcel", "ENC: Parcel"),
            *(
                "R: Parcel",
                "I: Parcel",
                "RIF: Parcel",
                "SV: Parcel",
                "VS: Parcel",
                "VB: Parcel",
                "VL: Parcel",
            ),
            *("Odp: Parcel", "Odp.: Parcel", "PD: Parcel", "Vá: Parcel", "Továbbítás: Parcel"),
            *("YNT: Parcel", "İLT: Parcel", "Ynt: Parcel", "ΑΠ: Parcel", "ΠΡΘ: Parcel", "Atb.: Parcel"),
            *("Ответ: Parcel", "HA: Parcel", "НА: Parcel", "Пересл: Parcel", "Отг: Parcel", "Відп: Parcel"),
            *("השב: Parcel", "הועבר: Parcel", "رد: Parcel", "إعادة توجيه: Parcel"),
            *("回复: Parcel", "答复：Parcel", "回覆: Parcel", "转发: Parcel", "轉寄: Parcel", "返信: Parcel"),
            *(
                "転送: Parcel",
                "회신: Parcel",
                "답장: Parcel",
                "ตอบ: Parcel",
                "Trả lời: Parcel",
                "BLS: Parcel",
            ),
            *(
                "[EXTERNAL] Parcel",
                "EXTERNAL: Re: Parcel",
                "[list] Re: [Ticket#7] Parcel",
                "Re: [EXT] Parcel",
            ),
            *(
                "  PARCEL ",
                "Par\u00adcel",
                "Ｐａｒｃｅｌ",
                "Parcel (was: Invoice)",
                "Re: Parcel [#4711]",
                "Parcel [AB1-C2] [list]",
            ),
        ],
    )
    def test_lose_what_was_put_before_them(self, subject: str) -> None:
        assert base_subject(subject) == "parcel"

    @pytest.mark.parametrize(
        ("subject", "left"),
        [
            ("Recipe: cake", "recipe: cake"),
            ("Regarding: cake", "regarding: cake"),
            ("Irene: cake", "irene: cake"),
            ("Order 1: late", "order 1: late"),
            ("Version [2] of it", "version [2] of it"),
            ("Re", "re"),
            ("Re:", ""),
            ("", ""),
        ],
    )
    def test_keep_what_is_theirs(self, subject: str, left: str) -> None:
        assert base_subject(subject) == left

    @pytest.mark.parametrize("sign", ["re:", "[", "[]", "(fwd)", " ", "re[1", "\ufdfa", ":"])
    def test_a_megabyte_of_anything_is_read_in_a_moment(self, sign: str) -> None:
        assert len(base_subject(sign * 1_000_000)) < 40_000


class TestNames:
    def test_the_main_one_is_the_oldest_reference_and_can_be_read(self) -> None:
        assert (
            mail("<c@t>", "Re: Parcel", References="<a@t> <b@t>", to="")[0] == "a@t ina@cust.example parcel"
        )
        assert mail("<c@t>", "Re: Parcel", to="") == ("c@t ina@cust.example parcel",)

    def test_a_long_one_is_a_digest(self) -> None:
        (name, _) = mail("<a@t>", "x" * 900)
        assert len(name) == 64
        assert (
            conversations(mail("<a@t>", "x" * 900), mail("<b@t>", "Re: " + "x" * 900, References="<a@t>"))
            == 1
        )

    def test_an_address_with_a_space_makes_no_other_name(self) -> None:
        odd = mail("<a@t>", "x", '"ina x"@cust.example', to="")
        assert odd[0].split(" ", 2)[2] == "x"

    def test_a_mail_without_id_and_references_has_none(self) -> None:
        assert mail() == ()


PIECES = st.lists(
    st.sampled_from(("<", ">", "@", "a", "b", " ", "<a@t>", "<b@t>", ",", "\t", '"')), max_size=8
)


@given(PIECES.map("".join), PIECES.map("".join), PIECES.map("".join))
def test_whatever_ids_are_like_strangers_never_meet(id: str, references: str, subject: str) -> None:
    """Ina and Bo write to nobody in common, with the same broken headers."""
    fields = {"to": "", "References": references, "In_Reply_To": references}
    ina, bo = (mail(id, subject, f"{name}@cust.example", **fields) for name in ("ina", "bo"))
    assert not set(ina) & set(bo)


@given(st.binary(max_size=300))
def test_whatever_a_mail_holds_its_names_are_short_and_printable(block: bytes) -> None:
    for name in (b"", b"From: ", b"Message-ID: <a@t>\nFrom: ", b"References: <a@t> ", b"Subject: "):
        for found in threads(Headers(b"From: i@t\nMessage-ID: <x@t>\n" + name + block)):
            assert found.isprintable()
            assert 0 < len(found) <= 256
