"""Which of a letter's words are the writer's own, in plain text."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.reply import parted

OWN_WORDS = {
    "prose that names a day": "On Monday I wrote: please cancel my order.\nNobody answered.",
    "prose that ends in a colon": "On Monday I wrote:\nplease cancel my order.\nNobody answered.",
    "prose with date and colon": "On 5 March 2026 at 10:00 I wrote:\nplease cancel my order.\nNobody answered.",
    "prose that tells of a mail": "On March 5, 2026 my wife wrote to you and you never wrote back, so here it is again:\nplease cancel my order.",
    "prose, German": "Am Montag schrieb ich:\nbitte stornieren Sie.\nKeine Antwort.",
    "prose with date, German": "Am 05.03.2026 um 10:00 schrieb ich Ihnen:\nbitte stornieren Sie.\nKeine Antwort.",
    "prose, French": "Le lundi j'ai écrit :\nmerci d'annuler.\nPas de réponse.",
    "prose with date, French": "Le 5 mars 2026 à 10:00, je vous ai écrit :\nmerci d'annuler.",
    "prose, Spanish": "El lunes mi mujer escribió:\ncancelen el pedido.\nNadie contesta.",
    "the system wrote": "At 10:15 the log wrote:\nerror 42 in module 7\nand then it died.",
    "a day and a colon": "This is what happened on 2026-03-05:\nfirst it froze, then it crashed.",
    "an address and a colon": "I wrote from ina@cust.example to two people of yours:\nAnna and Bo. None answered.",
    "From: the beginning": "From: the beginning it never worked.\nTo: be honest, I want my money back.",
    "a journey": "I booked this with the app and it is wrong:\n\nFrom: Oslo\nTo: Bergen\nDate: 3 May 2026\n\nIt should be 4 May.",
    "a journey, German": "Die App hat das falsch gebucht:\n\nVon: Hamburg\nAn: Berlin\nDatum: 3.5.2026\n\nBitte ändern.",
    "the fields of a form": "New message from your site\n\nFrom: Ina Lund\nSubject: Crash\nPhone: 22 33 44 55\nMessage: The app crashes when I open it.",
    "a list with dashes": "These fail:\n- login\n- payment\n-- both on Android\n-- and on the web\nPlease mend them.",
    "a rule between paragraphs": "The first thing:\nit crashes when I open the settings page.\n-----\nThe second thing:\nit is slow, and it eats my battery in an hour.",
    "two dashes between paragraphs": "It crashes when I open the settings page.\n--\nThe second thing is that it is slow on my old phone.\nIt also eats the battery within an hour or two.",
    "underscores between paragraphs": "It crashes when I open the settings page.\n____\nThe second thing is that it is slow on my old phone.\nIt also eats the battery within an hour or two.",
    "a heading": "=== Steps ===\n1. open\n2. crash\n=== Expected ===\nno crash",
    "original message in prose": "The original message was lost.\nOriginal message:\nplease help me, I can't log in.",
    "forwarded in prose": "I forwarded message after message\nand nobody answers.",
    "a command": "I ran this:\n> npm install shop\n> npm start\nand it failed with error 1.",
    "a command, dated": "I ran this on 3.3.2026 at 10:00:\n> npm install shop\nand it failed with error 1.",
    "a fence": "Look:\n\n```\n> SELECT 1;\n> SELECT 2;\n```\n\nBoth fail.",
    "a session of Python": "It fails:\n\n>>> import shop\n>>> shop.pay()\n\nWhat now?",
    "a comparison": "It fails as soon as the number of items is\n> 100 on my phone. With fewer it works.",
    "a table": "| item | price |\n| --- | --- |\n| shoe | 20 |\n\nThe price is wrong.",
    "sent from": "Sent from my desk, is much easier than my mobile phone.",
    "sent from, a question": "Sent from my iPhone the picture looks broken, can you fix it?",
    "sent from, prose": "Sent from my old address you will find three mails that nobody ever answered.",
    "reply above": "Your mail says to reply above this line, but I can't.",
    "reply above, its own line": "Please reply above this line\nis what it says, and then nothing happens.",
    "thanks": "Now it works.\n\nThanks,\nIna",
    "thanks at length": "Now it works.\n\nThank you so much!\nIna Lund",
    "a name": "Now it works.\n\n-Ina Lund",
    "words of form alone": "Now it works.\n\nBest regards",
    "nothing but a signature": "Best regards\nIna Lund",
    "best": "Of the three the red one is\n\nBest\n\nbut it is too small for me, so I want to send it back.",
    "a closing, then more": "Please refund me.\n\nBest regards\nIna\n\nOne more thing: the app crashes when I open the settings.",
    "a postscript": "Please refund me.\n\nBest regards\nIna\n\nPS: the app crashes, too.",
    "asked for an address": "Please send it to:\n\nIna Lund\nStorgata 1\n0155 Oslo\nPhone: +47 22 33 44 55\nina@cust.example",
    "nothing but a legal footer": "This message and any attachments are confidential. If you are not the intended recipient, delete them. I got this in error, whose is it?",
    "secret": "This email is confidential, please tell nobody: I can't log in with my new password any more.",
    "a line with at": "At 10:00 on 3.3.2026 I paid 20 €, at 10:05 again 20 €: twice!",
    "a heading of a log": "My log is:\n\n-- 2026-03-03 09:14 --\nfail\n\nPlease help.",
    "a log between rules": "My log is:\n\n-----\n2026-03-03 09:14 fail\n2026-03-03 09:15 fail\n-----\n\nPlease help.",
    "a question below a drawn line": "The invoice says\n\n----------\nAcme\nTel: 22 33 44 55\nwww.acme.example\n\nis that you?",
    "a make": "Which make is it? You asked me.\n\nLG Electronics",
    "a shop": "I bought it at this place.\n\nBest Buy",
    "form in a sentence": "Send my best regards\n\nKind regards and thanks are what I had expected, not this.",
    "a question that begins with On": "On your remote host you can run:\n\n  telnet 127.0.0.1 52698\n\nDoes this work?",
    "Chinese": "我在2026年3月3日写道：请退款。\n没有人回复我。",
    "a colon in Japanese": "エラー：\nログインできません。",
    "a greeting like a label": "To: whom it may concern\n\nThe app crashes.",
    "subject of talk": "Subject: the crash\nDate: today\nIt crashes each morning.",
    "reply above, a paragraph": "I did as you say.\n\nI could not reply above this line.\n\nWhat now?",
    "you wrote": "Hello,\n\nTuesday, 3 March 2026, 9:14, you wrote:\n\nthe parcel is there tomorrow\n\nIt is not.",
    "a command, in short": "I typed:\n> npm install\nand got an error.",
    "a prompt": "mysql> select 1;\nERROR 1064\nA> what now?",
    "dashes of SQL in a fence": "I run this:\n\n```\nselect 1\n--\nfrom x\n```\n\nand it fails.",
    "sent from, with a device": "Sent from my old Verizon, the Galaxy phone shows nothing.",
    "a ruled table of data": "My data are:\n\n----------\nIna Lund\nTel: 22 33 44 55\nina@cust.example\n----------",
    "a ruled text": "Point one. It is slow and I hate it.\n\n*****\n\nPoint two. It crashes as well.\n\n*****\n\nBye",
    "a table of a journey": "| From | Oslo |\n| To | Bergen |\n| Price | 20 |\n\nThe price is wrong.",
    "a date and an address": "I bought it on 3.3.2026, see <https://shop.example/@ina/orders>:\nit never came.",
}  # fmt: skip


@pytest.mark.parametrize("text", OWN_WORDS.values(), ids=OWN_WORDS)
def test_a_person_s_own_words_are_no_quotation(text: str) -> None:
    assert parted(text) == (text, "")


QUOTATION = "On Tue, Mar 3, 2026 at 9:14 AM Shop Support <help@shop.example> wrote:"

LETTERS = {
    "answers in between": (
        f"{QUOTATION}\n> Which version?\n\nIt is 3.2\n\n> Which phone?\n\nAn old one\n",
        "It is 3.2\n\nAn old one",
    ),
    "answers in between, close": (
        f"Hello,\n\n{QUOTATION}\n> Which version?\nIt is 3.2\n> Which phone?\nAn old one",
        "Hello,\n\nIt is 3.2\nAn old one",
    ),
    "answers in between, nobody named": ("> Which version?\n3.2\n> Which phone?\nAn old one", "3.2\nAn old one"),
    "an answer to a long question": (
        f"{QUOTATION}\n> Would you please tell us which version of the app it is that you use?\nyes, it is 3.2",
        "yes, it is 3.2",
    ),
    "below the quotation": (f"{QUOTATION}\n> Sorry.\n>> It crashes\n\nNow it works.", "Now it works."),
    "above and below": (f"Now it works.\n\n{QUOTATION}\n> Sorry.\n\nBut slowly.", "Now it works.\n\nBut slowly."),
    "below, with a signature": (f"{QUOTATION}\n> Sorry.\n\nNow it works.\n-- \nIna\n", "Now it works."),
    "signature on top": (f"Now it works.\n-- \nIna Lund\n\n{QUOTATION}\n> Sorry.", "Now it works."),
    "a quoted line broken": (
        f"Now it works.\n\n{QUOTATION}\n> We are very sorry for the trouble that you had with the newest\nversion of it\n> and refund you.",
        "Now it works.",
    ),
    "quoted by other marks": (f"Now it works.\n\n{QUOTATION}\n\n| Sorry.\n|\n| Bye", "Now it works."),
    "quoted by wide marks": ("直りました。\n\n2026年3月3日(火) 9:14 店 <help@shop.example>:\n＞申し訳ありません。\n＞", "直りました。"),
    "the name is quoted, too": (f"Now it works.\n\n> {QUOTATION}\n>\n> Sorry.", "Now it works."),
    "no blank line": (f"Now it works.\n{QUOTATION}\nSorry.", "Now it works."),
    "an address on lines of its own": (
        "Now it works.\n\nOn Tue, 3 Mar 2026 at 09:14 Shop Support\n\n<\nmailto:Shop <help@shop.example>\n> wrote:\n\nSorry.",
        "Now it works.",
    ),
    "no colon": ("Now it works.\n\n2026/3/3 Shop Support <help@shop.example>\n\n> Sorry.", "Now it works."),
    "a client nobody knows": ("Now it works.\n\nQxyz 2026-03-03 09:14 Shop zyxq:\n> Sorry.", "Now it works."),
    "a chain": (
        f"Now it works.\n\nFrom: Shop <help@shop.example>\nSent: Tuesday, 3 March 2026 09:14\nSubject: x\n\nSorry.\n\n{QUOTATION}\n> x\n\nIt crashes.",
        "Now it works.",
    ),
    "nothing above, marked": (f"{QUOTATION}\n\n> Sorry.", ""),
    "nothing above, unmarked": (f"{QUOTATION}\n\nNow it works.\n\nAm 03.03.26 um 08:00 schrieb Shop:\n> Sorry.", "Now it works."),
    "nothing above a block of headers": (
        "From: Ina Lund <ina@cust.example>\nSent: Tuesday, 3 March 2026 09:14\nSubject: Crash\n\nIt crashes.",
        "It crashes.",
    ),
    "forwarded": ("Look at this.\n\n---------- Forwarded message ---------\nFrom: Bo <bo@cust.example>\n\nIt crashes.", "Look at this."),
    "forwarded without a word": ("---------- Forwarded message ---------\nFrom: Bo <bo@cust.example>\n\nIt crashes.", ""),
    "behind a phone's line": ("Now it works.\n\nSent from my iPhone\n\nWe are sorry.\n\nShop", "Now it works."),
    "a phone's line alone": ("Sent from my iPhone", ""),
    "a help desk's own mail": ("##- Please type your reply above this line -##\n\nYour request was updated.", "Your request was updated."),
    "a help desk's line, its marks lost": ("Now it works.\n\nReply above this line.\n\nShop commented:\nSorry.", "Now it works."),
    "a help desk's line below a rule": ("Now it works.\n\n—-—-—-—\nReply above this line.\n\nSorry.", "Now it works."),
    "a help desk's line with a purpose": ("Now it works.\n\nWrite ABOVE THIS LINE to post a reply\n\nSorry.", "Now it works."),
    "odd hyphens": (f"Now it works.\n\n‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\n{QUOTATION}\n\n> Sorry.", "Now it works."),
    "The Bat!": (
        "Hello Shop,\n\nTuesday, March 3, 2026, 9:14:00 AM, you wrote:\n\nSS> Which version?\n\nIt is 3.2\n\nSS> Which phone?\n\nAn old one",
        "Hello Shop,\n\nIt is 3.2\n\nAn old one",
    ),
    "headers in a table": (
        "好。\n\n---- 回复的原邮件 ----\n| 发件人 | Shop<help@shop.example> |\n| 日期 | 2026年03月03日 09:14 |\n| 主题 | Re: x |\n抱歉",
        "好。",
    ),
    "an article": (
        "Now it works.\n\nIn article <1@shop.example>,\n Shop <help@shop.example> wrote:\n\n> Sorry.",
        "Now it works.",
    ),
    "somebody replied": ("Now it works.\n\nJo Berg <jo@shop.example> replied on 3 March 2026:\n> Sorry.", "Now it works."),
    "a signature between drawn lines": (
        "動きません。\n\n-----------------------\n株式会社アクメ\n山田太郎\nTEL: 03-1234-5678\n-----------------------\n",
        "動きません。",
    ),
    "a signature below a drawn line": (
        "動きません。\n\n━━━━━━━━\n山田太郎\nTEL: 03-1234-5678\nhttps://shop.example",
        "動きません。",
    ),
    "a firm's abbreviation": (
        "It crashes.\n\nKind regards,\n\nIna Lund\nCustomer Success Manager | Acme Ltd.\nAcme Ltd., 12 High Street, London, U.K.\nwww.acme.example",
        "It crashes.",
    ),
    "a phone of two makers": ("Now it works.\n\nSent from my Verizon, Samsung Galaxy smartphone", "Now it works."),
    "an app and its address": ("Now it works.\n\nSent via Superhuman ( https://sprh.example/?vip=x )", "Now it works."),
    "a phone's line, French": ("Ça marche.\n\nTéléchargez Outlook pour Android<https://aka.example/x>", "Ça marche."),
    "a legal footer that asks the addressee": (
        "Läuft jetzt.\n\nDiese E-Mail enthält rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie sie.",
        "Läuft jetzt.",
    ),
    "form and name, one word": ("Nå virker det.\n\nHilsen Ina", "Nå virker det."),
    "form behind the name": ("환불해 주세요.\n\n이나 드림", "환불해 주세요."),
    "form at length": ("Now it works.\n\nBest regards from Oslo,\nIna", "Now it works."),
    "form at length, German": ("Läuft jetzt.\n\nViele Grüße und einen schönen Tag\nIna", "Läuft jetzt."),
    "who wrote between dashes": ("Now it works.\n\n---- Shop Support wrote ----\n\nSorry.", "Now it works."),
    "a mailing list": (
        "Now it works.\n\n_______________________________________________\nshop-users mailing list\nshop-users@lists.example\nhttps://lists.example/shop",
        "Now it works.",
    ),
    "a legal footer": (
        "Now it works.\n\nThis e-mail and its attachments are confidential and meant for the intended recipient only. If you have it in error, delete it.",
        "Now it works.",
    ),
    "a legal footer, German": (
        "Läuft jetzt.\n\n****\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Empfänger sind, löschen Sie sie bitte.",
        "Läuft jetzt.",
    ),
    "a scanner's line": ("Now it works.\n\nVirus-free. www.avast.com", "Now it works."),
    "how to reach the writer": ("Now it works.\n\nIna Lund\nHead of Sales\n+47 22 33 44 55\nina@cust.example", "Now it works."),
    "a name over a phone's line": ("Now it works.\n\nIna Lund\nvia mobile", "Now it works."),
    "thanks, then how to reach": ("Now it works.\n\nThanks,\nIna Lund\nPhone: +47 22 33 44 55", "Now it works.\n\nThanks,"),
    "form and name in one line": ("Now it works.\n\nBest regards, Ina Lund", "Now it works."),
    "no space before wrote": ("Now it works.\n\nOn Tue, Mar 3, 2026 at 9:14 AM, Shop\n<help@shop.example>wrote:\n\nSorry.", "Now it works."),
    "words behind who wrote": (f"Now it works.\n\n{QUOTATION} We are sorry.\nBye", "Now it works."),
    "thanks and form": ("Now it works.\n\nThanks & regards,\nIna Lund", "Now it works."),
    "thanks and form, German": ("Läuft jetzt.\n\nVielen Dank und freundliche Grüße\nIna Lund", "Läuft jetzt."),
    "two languages": ("Now it works.\n\nViele Grüße / Best regards\n\nIna Lund", "Now it works."),
    "recipient first": ("Now it works.\n\nTo: ina@cust.example\nFrom: help@shop.example\nSubject: x\n\nSorry.", "Now it works."),
    "headers in one line": (
        "Now it works.\n\nFrom: Shop <help@shop.example> Sent: Tuesday, 3 March 2026 09:14 To: Ina Lund Subject: Re: Crash\n\nSorry.",
        "Now it works.",
    ),
    "a line of dashes with more": ("Now it works.\n\n-----Original Message----- From: Shop\n\nSorry.", "Now it works."),
    "a mail in a fence": (
        "I get this:\n```\nFrom: a@shop.example\nSubject: x\n\n> y\n```\nWhy?",
        "I get this:\n```\nFrom: a@shop.example\nSubject: x\n\n> y\n```\nWhy?",
    ),
    "a company's signature": (
        "Läuft jetzt.\n\nMit freundlichen Grüßen\n\nIna Lund\nLund GmbH\nHauptstr. 1\n12345 Berlin\nTel. +49 30 1234567\nwww.lund.example\nGeschäftsführer: Bo Berg | HRB 1234, Amtsgericht Berlin\n\nVon: Shop <help@shop.example>\nGesendet: Dienstag, 3. März 2026 09:14\nAn: Ina Lund\nBetreff: AW: x\n\nHallo",
        "Läuft jetzt.",
    ),
    "name and title in one line": ("Now it works.\n\nBest regards,\nIna Lund, head of sales at Lund & Co", "Now it works."),
    "line ends of Windows": (f"Now it works.\r\n\r\n{QUOTATION}\r\n> Sorry.\r\n", "Now it works."),
    "line ends of old Macs": (f"Now it works.\r\r{QUOTATION}\r> Sorry.\r", "Now it works."),
    "indented": ("See:\n\n  - one\n    - two\n\nBye", "See:\n\n  - one\n    - two\n\nBye"),
    "many blank lines": ("\n\n\nOne\n\n\n\nTwo\n\n\n", "One\n\nTwo"),
    "no word": ("\n \n", ""),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "own"), LETTERS.values(), ids=LETTERS)
def test_own_words(text: str, own: str) -> None:
    reply = parted(text)
    assert reply.own == own
    assert words(f"{reply.own} {reply.quoted}") == words(text)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


LINES = st.sampled_from(
    [
        *(
            "",
            " ",
            "a",
            "A b c.",
            "> x",
            ">",
            ">> y",
            "＞z",
            "| t",
            "-- ",
            "--",
            "__",
            "___",
            "-----",
            "```",
            "*",
        ),
        *(
            "Best regards",
            "Thanks,",
            "Ina Lund",
            "+47 22 33 44 55",
            "Sent from my iPhone",
            "PS: x",
            "On",
            "wrote:",
        ),
        *(
            QUOTATION,
            "On 3 Mar 2026 at 10:00 I wrote:",
            "Am 03.03.26 um 09:14 schrieb Shop:",
            "<",
            "a@b.example",
        ),
        *(
            "From: a@b.example",
            "Sent: 3.3.2026",
            "Subject: x",
            "To: y",
            "-----Original Message-----",
            "##- reply -##",
        ),
        *(
            "---------- Forwarded message ---------",
            "This e-mail is confidential",
            "a:\r",
            "\u202bx\u200b",
            "x" * 500,
        ),
    ]
)


@given(st.lists(LINES, max_size=60).map("\n".join) | st.text())
def test_no_text_is_too_odd_and_no_word_is_lost(text: str) -> None:
    reply = parted(text)
    assert words(f"{reply.own}\n{reply.quoted}") == words(text)
