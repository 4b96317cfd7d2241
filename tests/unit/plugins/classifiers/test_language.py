from __future__ import annotations

import pytest

from plugins.classifiers import language
from plugins.classifiers.language import classify
from triggeriq import Feedback
from triggeriq.testing import ClassifierContract, Example


class TestLanguage(ClassifierContract):
    plugin = language
    examples = (
        Example(
            name="German",
            feedback=Feedback(
                external_id="1", text="Die Anwendung stürzt bei jedem Start ab, bitte helfen Sie mir."
            ),
            expect={"classify": {"language": "de"}},
        ),
    )


TEXTS = {
    "en": "I can't log in to my account since yesterday",
    "es": "No puedo entrar en mi cuenta desde ayer",
    "fr": "Je n'arrive plus à me connecter depuis hier",
    "de": "Ich kann mich seit gestern nicht mehr anmelden",
    "it": "Non riesco più ad accedere al mio account da ieri",
    "pt": "Não consigo entrar na minha conta desde ontem",
    "nl": "Ik kan sinds gisteren niet meer inloggen",
    "pl": "Od wczoraj nie mogę się zalogować na swoje konto",
    "ru": "Я не могу войти в свой аккаунт со вчерашнего дня",
    "uk": "Я не можу увійти до свого облікового запису від учора",
    "tr": "Dünden beri hesabıma giriş yapamıyorum, lütfen yardım",
    "sv": "Jag kan inte logga in på mitt konto sedan igår",
    "da": "Jeg kan ikke logge ind på min konto siden i går, hvad gør jeg",
    "no": "Jeg får ikke logget inn på kontoen min siden i går, hva gjør jeg",
    "ja": "昨日からログインできません",
    "ko": "어제부터 로그인이 안 됩니다",
    "zh": "我从昨天开始无法登录我的账户",
    "ar": "لا أستطيع تسجيل الدخول منذ أمس",
    "el": "Δεν μπορώ να συνδεθώ από χθες",
    "he": "אני לא מצליח להתחבר מאתמול",
    "hi": "मैं कल से लॉग इन नहीं कर पा रहा हूँ",
    "th": "ฉันเข้าสู่ระบบไม่ได้ตั้งแต่เมื่อวาน",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items(), ids=TEXTS)
def test_a_sentence_is_told_by_its_language(feedback, code, text):
    assert classify(feedback(text)).label == code


def test_a_long_text_is_told_surely_and_a_word_is_not(feedback):
    text = "I have been using this for years and it was always there when we needed it"
    assert classify(feedback(text)).confidence > 0.8
    assert classify(feedback("vast")).confidence < 0.6


@pytest.mark.parametrize("text", ["", "   ", "12345 !!!", "👍👍", "https://example.com/the/and/of"])
def test_what_is_no_language_gets_no_verdict(feedback, text):
    assert classify(feedback(text)) is None


def test_what_the_provider_says_decides_a_short_text(feedback):
    assert classify(feedback("Super!", language="de-AT")).label == "de"


def test_a_plain_text_outweighs_what_the_provider_says(feedback):
    assert classify(feedback(TEXTS["fr"], language="en")).label == "fr"


@pytest.mark.parametrize("stated", ["", "??", "x" * 1000, "12", "\0"])
def test_a_statement_that_is_no_language_code_is_passed_over(feedback, stated):
    assert classify(feedback(TEXTS["de"], language=stated)).label == "de"
