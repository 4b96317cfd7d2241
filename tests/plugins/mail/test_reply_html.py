"""Which of a letter's words are the writer's own, in HTML as mail programs write it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.mail.reply_html import parted_html
from triggeriq.markup import text_of

OWN = "Thank you! Now it works."
LETTER = "<div>Thank you!</div><div>Now it works.</div>"
SORRY = "<p>We are sorry that it crashes.</p><p>You get 20.00 back.</p>"

CLIENTS = {
    "Gmail": f'<div dir="ltr">{LETTER}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Tue, Mar 3, 2026 at 9:14 AM Shop Support &lt;<a href="mailto:help@shop.example">help@shop.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{SORRY}</blockquote></div>',
    "Gmail, in a language nobody knows": f'{LETTER}<div class="gmail_quote"><div dir="ltr" class="gmail_attr">Qxyz 3/3 Shop Support zyxq<br></div><blockquote class="gmail_quote">{SORRY}</blockquote></div>',
    "Gmail of old": f'{LETTER}<div class="gmail_extra"><br><div class="gmail_quote">On 3 March 2026 at 09:14, Shop Support <span dir="ltr">&lt;help@shop.example&gt;</span> wrote:<br><blockquote class="gmail_quote">{SORRY}</blockquote></div></div>',
    "Gmail, signature and disclaimer": f'{LETTER}<span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Ina Lund<br>Lund &amp; Co</div><div class="gmail_quote"><blockquote class="gmail_quote">{SORRY}</blockquote></div>',
    "Gmail, forwarded": f'{LETTER}<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Shop Support<br></div>{SORRY}</div>',
    "Gmail, forwarded in a language nobody knows": f'{LETTER}<div class="gmail_quote"><div class="gmail_attr">---------- Qxyz ---------<br>Xyz: Shop Support<br></div>{SORRY}</div>',
    "Outlook for Windows": f'<div class="WordSection1"><p class="MsoNormal">Thank you!</p><p class="MsoNormal">Now it works.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Xyz:</b> Shop Support</p></div></div>{SORRY}</div>',
    "Outlook for Windows, by its headers": f'<p class="MsoNormal">Thank you!</p><p class="MsoNormal">Now it works.</p><p class="MsoNormal"><b><span>Von:</span></b><span> Shop Support &lt;help@shop.example&gt; <br><b>Gesendet:</b> Dienstag, 3. März 2026 09:14<br><b>An:</b> Ina Lund<br><b>Betreff:</b> AW: Absturz<o:p></o:p></span></p>{SORRY}',
    "Outlook on the web": f'{LETTER}<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>Xyz:</b> Shop Support</font></div>{SORRY}',
    "Outlook on the web, answered again": f'{LETTER}<div id="x_divRplyFwdMsg">Xyz</div>{SORRY}',
    "Outlook for iOS": f'{LETTER}<div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><div id="mail-editor-reference-message-container"><div>{SORRY}</div></div>',
    "Outlook for Mac": f'{LETTER}<span id="OLK_SRC_BODY_SECTION"><div>{SORRY}</div></span>',
    "Hotmail": f'<div dir="ltr">{LETTER}<div><hr id="stopSpelling">Xyz: Tue, 3 Mar 2026<br>{SORRY}</div></div>',
    "Windows Mail": f'{LETTER}<div data-signatureblock="true"><div>Sent from Windows Mail</div></div><div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px;">Xyz</div>{SORRY}',
    "Apple Mail": f'{LETTER}<br><div><br><blockquote type="cite"><div>On 3 Mar 2026, at 09:14, Shop Support &lt;help@shop.example&gt; wrote:</div><br>{SORRY}</blockquote></div>',
    "iPhone": f'{LETTER}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 3 Mar 2026, at 09:14, Shop Support wrote:<br><br></blockquote></div><blockquote type="cite">{SORRY}</blockquote>',
    "iPhone of old": f'{LETTER}<div id="AppleMailSignature">Von meinem iPhone gesendet</div><div><br>Am 03.03.2026 um 09:14 schrieb Shop Support &lt;<a href="mailto:help@shop.example">help@shop.example</a>&gt;:<br><br></div><blockquote type="cite">{SORRY}</blockquote>',
    "Thunderbird": f'{LETTER}<pre class="moz-signature" cols="72">-- \nIna</pre><div class="moz-cite-prefix">Am 03.03.26 um 09:14 schrieb Shop Support:<br></div><blockquote type="cite" cite="mid:1@shop.example">{SORRY}</blockquote>',
    "Thunderbird, forwarded": f'{LETTER}<div class="moz-forward-container"><br>-------- Forwarded Message --------<table class="moz-email-headers-table"><tr><th>From: </th><td>Shop</td></tr></table>{SORRY}</div>',
    "Yahoo": f'{LETTER}<div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Tuesday, March 3, 2026, Shop wrote:</div>{SORRY}</div>',
    "Yahoo, its prefix": f'{LETTER}<div class="ydp1a2b3c4dsignature">Ina</div><div class="ydp1a2b3c4dyahoo_quoted">{SORRY}</div>',
    "Yahoo on iOS": f'{LETTER}<blockquote class="iosymail">{SORRY}</blockquote>',
    "AOL": f'{LETTER}<div style="font-family:arial">-----Original Message-----<br>From: Shop &lt;help@shop.example&gt;<br>To: ina@cust.example<br>Sent: Tue, Mar 3, 2026 9:14 am<br>{SORRY}</div>',
    "Proton Mail": f'{LETTER}<div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with Proton Mail secure email.</div></div><div class="protonmail_quote">On Tuesday, March 3rd, 2026 at 9:14 AM, Shop wrote:<br><blockquote class="protonmail_quote" type="cite">{SORRY}</blockquote></div>',
    "Zimbra": f'{LETTER}<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Xyz: </b>Shop</div><div data-marker="__QUOTED_TEXT__">{SORRY}</div>',
    "Zoho": f'{LETTER}<div id="Zm-_Id_-Sgn" data-zbluepencil-ignore="true">Ina</div><div class="zmail_extra"><div>---- On Tue, 03 Mar 2026 Shop wrote ----</div>{SORRY}</div>',
    "Yandex": f'{LETTER}<div>03.03.2026, 09:14, "Shop Support" &lt;help@shop.example&gt;:</div><blockquote>{SORRY}</blockquote>',
    "mail.ru": f'{LETTER}<blockquote style="border-left:1px solid #0857A6;margin:10px"></blockquote>Вторник, 3 марта 2026, 9:14 +03:00 от Shop Support &lt;help@shop.example&gt;:<br><blockquote>{SORRY}</blockquote>',
    "mail.ru, the name within": f'{LETTER}<blockquote style="border-left:1px solid #0857A6">Вторник, 3 марта 2026, 9:14 +03:00 от Shop Support &lt;help@shop.example&gt;:<br><div>{SORRY}</div></blockquote>',
    "Help Scout": f'{LETTER}<blockquote><div>On Mar 3, 2026 9:14 AM, Shop Support &lt;help@shop.example&gt; wrote:</div>{SORRY}</blockquote>',
    "QQ": f'{LETTER}<div style="font-size: 12px;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef;"><div><b>发件人:</b>&nbsp;"Shop"&lt;help@shop.example&gt;;</div><div><b>发送时间:</b>&nbsp;2026年3月3日 9:14</div></div>{SORRY}',
    "163": f'{LETTER}<p>At 2026-03-03 09:14:05, "Shop Support" &lt;help@shop.example&gt; wrote:</p><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">{SORRY}</blockquote>',
    "NetEase on a phone": f'{LETTER}<div class="ntes-mailmaster-quote">---- 回复的原邮件 ----{SORRY}</div>',
    "Foxmail": f'{LETTER}<blockquote style="margin-Top: 0px;"><div>&nbsp;</div></blockquote><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><b>发件人：</b>Shop</div>{SORRY}',
    "GMX": f'{LETTER}<div name="quote" style="margin:10px 5px"><div><b>Gesendet:</b> Dienstag, 3. März 2026 um 09:14 Uhr<br><b>Von:</b> "Shop" &lt;help@shop.example&gt;<br><b>An:</b> ina@cust.example<br><b>Betreff:</b> AW</div><div name="quoted-content">{SORRY}</div></div>',
    "Spark": f'<div name="messageBodySection">{LETTER}</div><div name="messageSignatureSection">Ina</div><div name="messageReplySection">On 3 Mar 2026, 09:14 +0100, Shop wrote:<br><blockquote type="cite">{SORRY}</blockquote></div>',
    "Front": f'{LETTER}<div class="front-signature">Ina</div><blockquote type="cite" class="front-blockquote">{SORRY}</blockquote>',
    "Superhuman": f'{LETTER}<div class="sh-quoted-content">On 3 Mar, Shop wrote:{SORRY}</div>',
    "Tuta": f'{LETTER}<blockquote class="tutanota_quote">{SORRY}</blockquote>',
    "Roundcube": f'<p>Thank you!<br>Now it works.</p><p id="reply-intro">On 2026-03-03 09:14, Shop Support wrote:</p><blockquote type="cite" style="padding:0 0.4em">{SORRY}</blockquote>',
    "a comment in between": f'{LETTER}<!-- <blockquote type="cite"> --><div class=gmail_quote><blockquote type=cite>{SORRY}</blockquote></div>',
    "a style in between": f'<style>blockquote {{}} </style>{LETTER}<BLOCKQUOTE TYPE="CITE">{SORRY}</BLOCKQUOTE>',
}  # fmt: skip


@pytest.mark.parametrize("markup", CLIENTS.values(), ids=CLIENTS)
def test_what_a_client_marks_is_no_own_word(markup: str) -> None:
    reply = parted_html(f"<html><body>{markup}</body></html>")
    assert reply.own.split() == OWN.split()
    assert reply.quoted.endswith("We are sorry that it crashes.\n\nYou get 20.00 back.")


def test_answers_between_quoted_parts_are_the_writer_s() -> None:
    markup = (
        '<div class="gmail_quote"><div class="gmail_attr">On Tue, Mar 3, 2026 at 9:14 AM Shop wrote:</div>'
        '<blockquote class="gmail_quote">Which version?</blockquote><div>It is 3.2</div>'
        '<blockquote class="gmail_quote">Which phone?</blockquote><div>An old one</div></div><div>Bye</div>'
    )
    assert parted_html(markup).own == "It is 3.2\n\nAn old one\n\nBye"


def test_words_below_the_quotation_are_the_writer_s() -> None:
    markup = (
        '<div class="moz-cite-prefix">On 3/3/26 09:14, Shop wrote:</div>'
        '<blockquote type="cite"><blockquote type="cite">x</blockquote>Sorry</blockquote><p>It works now.</p>'
    )
    assert parted_html(markup) == ("It works now.", "On 3/3/26 09:14, Shop wrote:\n\nx\nSorry")


OWN_WORDS = {
    "indented by hand": "<p>This is what I see:</p><blockquote style='margin: 0 0 0 40px'><p>error 42</p></blockquote><p>Why?</p>",
    "a div of that name in words": "<p>My class=gmail_quote div is broken, &lt;blockquote type=cite&gt; too.</p>",
    "an unknown class": '<div class="quote-request">I want a quote</div><div class="my-signature-page">for it</div>',
    "a line drawn": "<p>First</p><hr><p>Second</p>",
    "a table with a border": '<div style="border-top:1px solid red">Price</div><p>It is wrong.</p>',
}


@pytest.mark.parametrize("markup", OWN_WORDS.values(), ids=OWN_WORDS)
def test_a_person_s_own_words_are_no_quotation(markup: str) -> None:
    assert parted_html(markup) == (text_of(markup), "")


def test_a_letter_that_is_all_quotation_has_no_own_words() -> None:
    assert parted_html(f'<blockquote type="cite">{SORRY}</blockquote>').own == ""
    assert parted_html("") == ("", "")


TAGS = st.sampled_from(
    [
        *(
            "<div>",
            "</div>",
            "<blockquote>",
            '<blockquote type="cite">',
            "</blockquote>",
            "<p>",
            "<br>",
            "<hr>",
        ),
        *(
            '<div class="gmail_quote">',
            '<div class="gmail_attr">',
            '<div id="Signature">',
            "<!--",
            "-->",
            "<",
        ),
        *(
            '<div id="divRplyFwdMsg">',
            '<span class="gmail_signature">',
            "</span>",
            "<script>",
            "</script>",
            ">",
        ),
        *(
            "<style",
            "/>",
            "On 3 Mar 2026 at 09:14 Shop wrote:",
            "-----Original Message-----",
            "a b",
            "ä",
        ),
    ]
)


@given(st.lists(TAGS, max_size=40))
def test_no_markup_is_too_odd_and_no_word_is_lost(pieces: list[str]) -> None:
    markup = " ".join(pieces)
    reply = parted_html(markup)
    assert Counter(f"{reply.own} {reply.quoted}".split()) == Counter(text_of(markup).split())
