"""What a mail says and what came with it, as people's clients send it."""

from __future__ import annotations

from base64 import b64encode

import pytest

from plugins.sources.mail.letter import MAX_FILES, Letter, is_seen, letter_of
from plugins.sources.mail.parts import parse
from tests.plugins.mail.mails import mail, multipart, part

WORDS = "The app crashes, please refund order 77."
PLAIN = part("text/plain; charset=utf-8", WORDS)
HTML = part("text/html; charset=utf-8", f"<p>{WORDS}</p>")
PICTURE = part("image/png; name=a.png", b"\x89PNG\r\n\x1a\n", "Content-Disposition: inline")
FILE = part("application/pdf", b"%PDF", 'Content-Disposition: attachment; filename="a.pdf"')
GARBAGE = part("text/plain", "?garbage", "Content-Transfer-Encoding: base64")
ATTACHED = "Content-Disposition: attachment"
NOTHING = part("text/plain", "\u200b \u00a0\u00ad\ufeff")


def letter(entity: bytes) -> Letter:
    return letter_of(parse(mail(entity)))


@pytest.mark.parametrize(
    "entity",
    [
        PLAIN,
        HTML,
        part('text/plain; charset=utf-8; name="message.txt"', WORDS),  # a body with a name
        part("text/plain", WORDS, 'Content-Disposition: inline; filename="message.txt"'),
        part("text/plain", WORDS, 'Content-Disposition: attachment; filename="message.txt"'),
        part("text/html; name=body.html", f"<p>{WORDS}</p>"),
        part("text/markdown", WORDS),
        multipart("mixed", part("text/x-unknown", WORDS), FILE),
        multipart("mixed", part("text/plain; name=body.txt", WORDS)),
        multipart("mixed", PICTURE, PLAIN),  # a picture first
        multipart("mixed", PICTURE, part("text/plain; name=body.txt", WORDS)),
        multipart("mixed", FILE, PLAIN),
        multipart("mixed", PLAIN, PICTURE, FILE),
        multipart("mixed", NOTHING, part("text/plain; name=body.txt", WORDS)),
        multipart("related", PICTURE, HTML),
        multipart("related", HTML, PICTURE),
        multipart("related", multipart("alternative", PLAIN, HTML, boundary="A"), PICTURE),
        multipart("alternative", PLAIN, HTML),
        multipart("alternative", HTML, PLAIN),
        multipart("alternative", PLAIN, multipart("related", HTML, PICTURE, boundary="R")),
        multipart("alternative", PLAIN, multipart("mixed", HTML, FILE, boundary="M")),
        multipart("alternative", NOTHING, HTML),  # plain text that nobody sees
        multipart("alternative", part("text/plain", ""), HTML),
        multipart("alternative", part("text/plain", "\r\n&nbsp;\r\n"), HTML),
        multipart("alternative", part("text/plain", "Your mail program shows no HTML."), HTML),
        multipart("alternative", PLAIN, part("text/calendar", "BEGIN:VCALENDAR")),
        multipart("mixed", multipart("alternative", PLAIN, HTML, boundary="A"), FILE),
        multipart("mixed", multipart("mixed", multipart("mixed", PLAIN, boundary="X"), boundary="Y"), FILE),
        multipart("signed", PLAIN, part("application/pgp-signature", "x")),
        multipart("report", PLAIN),
        multipart("x-nobody-knows", PLAIN, FILE),
        multipart("mixed", PLAIN, end=False),
        b"Content-Type: multipart/mixed; boundary=none\r\n\r\n" + WORDS.encode(),
        b"Content-Type: multipart/mixed\r\n\r\n" + WORDS.encode(),
        b"Content-Type: nonsense\r\n\r\n" + WORDS.encode(),
        b"Content-Type: text/plain\r\n" + WORDS.encode(),  # no line between
        b"\r\n" + WORDS.encode(),
        part("text/plain", b64encode(WORDS.encode()), "Content-Transfer-Encoding: base64"),
        part("text/plain", b64encode(WORDS.encode()), "Content-Transfer-Encoding: BASE64 (really)"),
        part("text/plain", WORDS, "Content-Transfer-Encoding: base64"),  # it is not
        part("text/plain", WORDS.replace("s", "=73"), "Content-Transfer-Encoding: Quoted-Printable;"),
        part("text/plain", WORDS, "Content-Transfer-Encoding: x-nobody-knows"),
        part("text/plain; format=flowed", WORDS.replace(" ", " \r\n")),
        part("text/plain; format=flowed; delsp=yes", WORDS.replace(" ", "  \r\n")),
        multipart("mixed", part("message/rfc822", mail(PLAIN))),  # only passed on
        part("message/rfc822", mail(multipart("alternative", PLAIN, HTML))),
        part("message/rfc822", part("message/rfc822", mail(HTML))),
    ],
)  # fmt: skip
def test_the_words_are_found(entity: bytes) -> None:
    assert letter(entity).text.strip() == WORDS


def test_parts_that_stand_below_each_other_are_one_text() -> None:
    found = letter(multipart("mixed", PLAIN, FILE, part("text/html", "<p>Sent by <b>Ina</b></p>")))
    assert found.text == f"{WORDS}\n\nSent by Ina"
    assert not found.markup


def test_html_is_kept_where_nothing_else_has_the_words() -> None:
    assert letter(HTML).markup == f"<p>{WORDS}</p>"
    assert letter(multipart("alternative", NOTHING, HTML)).markup == f"<p>{WORDS}</p>"
    assert letter(multipart("alternative", PLAIN, HTML)).markup == ""


def test_a_picture_within_html_hides_no_words() -> None:
    page = f'<img src="data:image/png;base64,{"A" * 4_000_000}"><p>{WORDS}</p>'
    assert letter(part("text/html", page)).text == WORDS
    assert letter(part("text/plain", page)).text.endswith(f"<p>{WORDS}</p>")


def test_a_long_style_hides_no_words() -> None:
    assert (
        letter(part("text/html", f"<style>{'p { color: red }' * 200_000}</style><p>{WORDS}</p>")).text
        == WORDS
    )


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=ISO-2022-JP", b'\x1b$B-!\x1b(B\x1b$B%"%W%j\x1b(B', "①アプリ"),
        ("text/plain; charset=utf-8", "Für März".encode() + b" Empf\xe4nger", "Für März Empfänger"),
        ("text/plain; charset=latin1", b"It\x92s \x93slow\x94 \x96 5 \x80", "It’s “slow” – 5 €"),
        ("text/plain; charset=x-nobody-knows", "Größe".encode("cp1252"), "Größe"),
        ("text/plain", "Größe".encode("cp1252"), "Größe"),
        ("text/plain", "Größe".encode(), "Größe"),
        ("text/plain; charset=", "Größe".encode(), "Größe"),
        ("text/plain; charset=utf-16", "Größe".encode("utf-16"), "Größe"),
        ("text/plain; charset*=us-ascii'en'koi8-r", "Привет".encode("koi8-r"), "Привет"),
        ("text/html", "<meta charset=windows-1251><p>Приложение".encode("cp1251"), "Приложение"),
        (
            "text/html",
            '<META http-equiv="Content-Type" content="text/html; charset=koi8-r">Приложение'.encode("koi8-r"),
            "Приложение",
        ),
        ("text/html", "<meta charset=utf-16><p>Приложение".encode(), "Приложение"),
        ("text/html; charset=utf-16", b"<p>The app crashes", "The app crashes"),
        ("text/plain; charset=utf-16le", b"The app crashes", "The app crashes"),
        ("text/html; charset=us-ascii", "<meta charset='shift_jis'>返金".encode("cp932"), "返金"),
        ("text/html; charset=nobody", "<meta charset=gb2312>退款".encode("gb18030"), "退款"),
        ("text/html; charset=utf-8", "<meta charset=windows-1251>Привет".encode(), "Привет"),
        ("text/html; charset=windows-1251", "<meta charset=utf-8>Привет".encode("cp1251"), "Привет"),
        ("text/html; charset=utf-8", "<meta charset=windows-1251>Привет".encode("cp1251"), "Привет"),
    ],
)
def test_the_charset_is_found(kind: str, body: bytes, text: str) -> None:
    assert letter(part(kind, body, "Content-Transfer-Encoding: 8bit")).text == text
    assert letter(part(kind, b64encode(body), "Content-Transfer-Encoding: base64")).text == text


@pytest.mark.parametrize(
    ("entity", "names"),
    [
        (PLAIN, []),
        (HTML, []),
        (multipart("alternative", PLAIN, HTML), []),
        (multipart("mixed", PLAIN, FILE), ["a.pdf"]),
        (multipart("mixed", PLAIN, FILE, FILE), ["a.pdf", "a.pdf"]),
        (multipart("related", HTML, PICTURE), ["a.png"]),
        (multipart("mixed", PLAIN, PICTURE), ["a.png"]),
        (multipart("mixed", PICTURE, PLAIN), ["a.png"]),
        (multipart("mixed", PLAIN, part("text/plain; name=log.txt", "x")), ["log.txt"]),
        (multipart("mixed", PLAIN, part("text/html", "", ATTACHED)), ["attachment.html"]),
        (multipart("mixed", PLAIN, part("message/rfc822", mail(PLAIN, "Old"))), ["Old.eml"]),
        (multipart("mixed", PLAIN, part("application/octet-stream", "x")), ["attachment.bin"]),
        (multipart("alternative", PLAIN, part("text/calendar", "BEGIN:VCALENDAR")), ["attachment.bin"]),
        (part("application/pdf; name=../a.pdf", "x"), ["a.pdf"]),
        (multipart("mixed", PLAIN, part("image/png; name*=utf-8''%E2%80%AEgnp.exe", "x")), ["gnp.exe"]),
        (part("text/plain", f"{WORDS}\nbegin 644 a.txt\n#0V%T\n`\nend\n"), ["a.txt"]),
        (multipart("mixed", PLAIN, part("application/ms-tnef; name=winmail.dat", "x")), ["winmail.dat"]),
        (multipart("mixed", PLAIN, b"Content-Type: multipart/mixed\r\n\r\nno parts"), ["attachment.bin"]),
        (multipart("mixed", PLAIN, GARBAGE), ["attachment.txt"]),
    ],
)  # fmt: skip
def test_files_are_what_people_would_call_attached(entity: bytes, names: list[str]) -> None:
    assert [file.name for file in letter(entity).files] == names


def test_a_file_has_its_type_and_its_content() -> None:
    (file,) = letter(
        multipart(
            "mixed",
            PLAIN,
            part("image/png; name=a.png", b64encode(b"\x89PNG"), "Content-Transfer-Encoding: base64"),
        )
    ).files
    assert (file.name, file.content_type, file.content, file.bytes) == ("a.png", "image/png", b"\x89PNG", 4)


def test_files_beyond_the_most_are_counted() -> None:
    found = letter(multipart("mixed", PLAIN, *[FILE] * (MAX_FILES + 7)))
    assert (len(found.files), found.left_out, found.text) == (MAX_FILES, 7, WORDS)
    found = letter(multipart("mixed", PLAIN, *[FILE] * 9_999))
    assert (len(found.files), found.left_out) == (MAX_FILES, 9_999 - MAX_FILES)


def test_mails_within_mails_end_somewhere() -> None:
    entity = PLAIN
    for _ in range(200):
        entity = part("message/rfc822", entity)
    assert len(letter(entity).files) == 1


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u200b", "\xa0\xad\u200d\ufeff\u2060", "\u034f\u200c\u2800\u3164"]
)
def test_nobody_sees_what_has_no_width(text: str) -> None:
    assert not is_seen(text)
    assert is_seen(text + "!")


def test_alternatives_with_the_boundary_around_them_have_their_parts() -> None:
    both = multipart("alternative", part("text/plain", WORDS), part("text/html", f"<p>{WORDS}"))
    letter = letter_of(parse(mail(multipart("mixed", both, FILE))))
    assert (letter.text, [file.name for file in letter.files]) == (WORDS, ["a.pdf"])
    none = letter_of(
        parse(mail(multipart("mixed", part("text/plain", WORDS), multipart("mixed", end=False))))
    )
    assert none.text == WORDS


@pytest.mark.parametrize(
    "notice",
    [
        "Your email client does not support HTML.",
        "This message is in HTML format. To view it please use another mail program!",
        "This is an HTML message.\n\nPlease open it in your browser.",
        "Diese Nachricht ist in HTML geschrieben.",
    ],
)
def test_a_text_that_only_points_to_the_html_is_not_the_letter(notice: str) -> None:
    html = part("text/html", f"<p>{WORDS}")
    assert letter_of(parse(mail(multipart("alternative", part("text/plain", notice), html)))).text == WORDS
    assert letter_of(parse(mail(part("text/plain", notice)))).text == notice


@pytest.mark.parametrize(
    "own", ["The HTML export fails. I lost a day.", "Hello!\nMy mail program shows no HTML.", "It crashes"]
)
def test_a_text_that_speaks_of_html_is_the_letter(own: str) -> None:
    html = part("text/html", "<p>It crashes, in HTML")
    assert letter_of(parse(mail(multipart("alternative", part("text/plain", own), html)))).text == own
