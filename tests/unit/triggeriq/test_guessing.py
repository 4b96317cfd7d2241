"""The charset of text that nobody labelled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggeriq.guessing import guessed

SAID = {
    ("de", "cp1252"): "Die App stürzt ständig ab – seit dem letzten Update ist sie völlig unbrauchbar.",
    ("fr", "cp1252"): "L’application se ferme toute seule dès que j’ouvre mes réglages, c’est très gênant.",
    ("es", "cp1252"): "La aplicación se cierra sola después de la actualización, así no sirve mañana.",
    ("pt", "cp1252"): "A aplicação não abre desde a última atualização, já tentei reinstalar três vezes.",
    ("it", "cp1252"): "L’app si blocca perché la città non viene più trovata, è già la terza volta.",
    ("sv", "cp1252"): "Appen kraschar när jag försöker öppna mina beställningar, det är tråkigt.",
    ("da", "cp1252"): "Appen går ned, når jeg prøver at åbne mine ordrer; det er både ærgerligt og dårligt.",
    ("fi", "cp1252"): "Sovellus kaatuu heti kun yritän avata tilauksiani, tämä on erittäin ärsyttävää.",
    (
        "fr",
        "mac_roman",
    ): "L'application se ferme toute seule dès que j'ouvre mes réglages, c'est très gênant.",
    ("de", "mac_roman"): "Die App stürzt ständig ab, seit dem letzten Update ist sie völlig unbrauchbar.",
    ("pl", "cp1250"): "Aplikacja wciąż się zawiesza, gdy próbuję otworzyć zamówienie, proszę o pomoc.",
    ("cs", "cp1250"): "Aplikace padá pokaždé, když se pokouším otevřít své objednávky, děkuji za pomoc.",
    (
        "hu",
        "cp1250",
    ): "Az alkalmazás összeomlik, amikor megnyitom a rendeléseimet, kérem segítsenek, őszintén.",
    ("ro", "cp1250"): "Aplicaţia se închide singură după actualizare, vă rog să mă ajutaţi cât mai repede.",
    ("ru", "cp1251"): "Приложение не работает после обновления, верните деньги.",
    ("uk", "cp1251"): "Застосунок не відкривається після оновлення, поверніть мої гроші, будь ласка.",
    ("bg", "cp1251"): "Приложението не се отваря след последната актуализация, моля помогнете.",
    ("ru", "koi8_r"): "Приложение не работает после обновления, верните деньги.",
    ("ru", "cp866"): "Приложение не работает после обновления, верните деньги.",
    ("el", "cp1253"): "Η εφαρμογή κλείνει μόνη της μετά την τελευταία ενημέρωση, θέλω τα χρήματά μου.",
    ("tr", "cp1254"): "Uygulama güncellemeden sonra açılmıyor, lütfen ücretimi iade edin, çok kızgınım.",
    ("he", "cp1255"): "האפליקציה לא נפתחת אחרי העדכון האחרון, אני רוצה את הכסף שלי בחזרה.",
    ("ar", "cp1256"): "التطبيق لا يعمل بعد التحديث الأخير، أريد استرداد أموالي من فضلكم.",
    ("lt", "cp1257"): "Programėlė nuolat užstringa, kai bandau atidaryti savo užsakymus, prašau padėkite.",
    (
        "lv",
        "cp1257",
    ): "Lietotne vairs nedarbojas pēc pēdējā atjauninājuma, lūdzu, atdodiet manu naudu, šī ir ļoti slikta.",
    ("th", "cp874"): "แอปใช้งานไม่ได้หลังจากอัปเดต ขอเงินคืนด้วย",
    ("ja", "cp932"): "アップデートしたらアプリが起動しません。返金してください。",
    ("ja", "euc_jp"): "アップデートしたらアプリが起動しません。返金してください。",
    ("zh", "gb18030"): "更新以后应用打不开了，请尽快退款。",
    ("zh", "big5"): "更新以後應用程式打不開了，請盡快退款給我。",
    ("ko", "cp949"): "업데이트 후에 앱이 열리지 않아요. 환불해 주세요.",
    ("de", "utf-16-le"): "Die App stürzt ständig ab.\r\n",
    ("ru", "utf-16-be"): "Приложение не работает после обновления.\r\n",
    ("ja", "utf-16-le"): "id,text\r\n1,アプリが起動しません。返金してください。\r\n",
    ("ja", "iso2022_jp_2"): "アプリが起動しません。返金してください。",
}


@pytest.mark.parametrize(("language", "charset"), SAID)
def test_a_sentence_is_read_as_it_was_written(language: str, charset: str) -> None:
    said = SAID[language, charset]
    payload = said.encode(charset)
    assert payload.decode(guessed(payload)) == said


@pytest.mark.parametrize(("language", "charset"), SAID)
def test_a_sample_may_end_within_a_character(language: str, charset: str) -> None:
    payload = (SAID[language, charset] * 3).encode(charset)[:-1]
    assert payload.decode(guessed(payload), "ignore").startswith(SAID[language, charset])


@pytest.mark.parametrize("said", [said for (_, charset), said in SAID.items()])
def test_utf_8_is_told_from_all_code_pages(said: str) -> None:
    assert guessed(said.encode()) == "utf-8"


def test_a_few_broken_bytes_leave_utf_8_what_it_is() -> None:
    said = "Für März gibt es schöne Grüße, über die sich jeder freut."
    assert guessed(said.encode().replace("ö".encode(), b"\xf6")) == "utf-8"


@pytest.mark.parametrize(
    ("row", "charset"),
    [
        ("id;name;text\r\n1;Müller;App broken\r\n", "cp1252"),
        ("id;text\r\n1;It’s “slow” – 5 €\r\n", "cp1252"),
        ("id,text\r\n1,Very slow\r\n2,A café in Paris\r\n", "cp1252"),
        ("id;text;price\r\n1;zażółć gęślą jaźń;5\r\n", "cp1250"),
        ("id;author;text\r\n1;Иван;App does not work\r\n", "cp1251"),
    ],
)
def test_a_word_between_english_is_enough(row: str, charset: str) -> None:
    assert row.encode(charset).decode(guessed(row.encode(charset))) == row


def test_a_nul_or_two_do_not_make_utf_16() -> None:
    assert guessed(b"id,text\r\n1,one\x00two\r\n2,three\x00\x00four\r\n") == "utf-8"


@given(st.binary(max_size=300))
def test_any_bytes_get_a_charset_that_python_knows(sample: bytes) -> None:
    sample.decode(guessed(sample), "replace")
