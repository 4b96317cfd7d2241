"""What mail programs write over a quotation, by language: above it stands what the writer wrote now."""

from __future__ import annotations

import pytest

from plugins.sources.mail.reply import parted

ATTRIBUTIONS = [
    # English: Gmail, Apple Mail, Thunderbird, Outlook for Mac, AOL, Zoho, Fastmail, KMail, Mutt, Evolution
    "On Tue, Mar 3, 2026 at 9:14 AM Shop Support <help@shop.example> wrote:",
    "On Tue, 3 Mar 2026 at 09:14, Shop Support <help@shop.example> wrote:",
    "On Tue, Mar 3, 2026 at 9:14 AM The Support of the Shop with a Long Name <\nhelp@shop.example> wrote:",
    "On Tue, Mar 3, 2026 at 9:14 AM The Support of the Shop with a Longer Name\n<help@shop.example>\nwrote:",
    "On Mar 3, 2026, at 9:14 AM, Shop Support <help@shop.example> wrote:",
    "On 3 Mar 2026, at 09:14, Shop Support wrote:",
    "On 3/3/26 09:14, Shop Support wrote:",
    "On 3/3/2026 9:14 AM, Shop Support via Desk wrote:",
    "On 2026-03-03 09:14, Shop Support wrote:",
    "On Tuesday, March 3rd, 2026 at 9:14 AM, Shop Support <help@shop.example> wrote:",
    "On 2026-03-03 at 09:14:05 +0100, Shop Support <help@shop.example> wrote:",
    "On Tue, 2026-03-03 at 09:14 +0100, Shop Support wrote:",
    "On Tuesday, March 3, 2026 at 09:14:05 AM GMT+1, Shop Support <help@shop.example> wrote:",
    "On Tue, Mar 03, 2026 at 09:14:05AM +0100, Shop Support wrote:",
    "On Tue, Mar 3, 2026, 9:14 AM Shop Support <help@shop.example> wrote:",
    "In a message dated 3/3/2026 9:14:05 AM Eastern Standard Time, help@shop.example writes:",
    "---- On Tue, 03 Mar 2026 09:14:05 +0100 Shop Support <help@shop.example> wrote ----",
    "On Tuesday 3 March 2026 09:14:05 CET Shop Support wrote:",
    "Shop Support <help@shop.example> wrote:",
    "Shop Support <help@shop.example> writes:",
    "Quoting Shop Support <help@shop.example>:",
    "Tuesday, March 3, 2026, 9:14:05 AM, Shop Support <help@shop.example> wrote:",
    "On Tuesday, March 3, 2026 at 9:14:05 AM UTC+1 Shop Support wrote:",
    "On 3 Mar 2026, 09:14 +0100, Shop Support <help@shop.example>, wrote:",
    "On Monday, Shop Support <help@shop.example> wrote:",
    "Shop Support wrote on Mar 3, 2026:",
    ">>> Shop Support <help@shop.example> 3/3/2026 9:14 AM >>>",
    ">>> On 3/3/2026 at 9:14 AM, in message <ABC.1@shop.example>, Shop Support <help@shop.example>\nwrote:",
    # German
    "Zitat von Shop Support <help@shop.example>:",
    "Am Di., 3. März 2026 um 09:14 Uhr schrieb Shop Support <help@shop.example>:",
    "Am Di., 3. März 2026 um 09:14 Uhr schrieb Der Support Ihres Ladens <\nhelp@shop.example>:",
    "Shop Support <help@shop.example> schrieb am Di., 3. März 2026, 09:14:",
    "Shop Support <help@shop.example> schrieb am Di., 3. März\n2026, 09:14:",
    "Am 03.03.2026 um 09:14 schrieb Shop Support <help@shop.example>:",
    "Am 03.03.26 um 09:14 schrieb Shop Support:",
    "Am 03.03.2026, 09:14 Uhr, schrieb Shop Support:",
    "Am Dienstag, 3. März 2026, 09:14:05 MEZ hat Shop Support <help@shop.example> Folgendes geschrieben:",
    "Am Dienstag, dem 3. März 2026 um 09:14 schrieb Shop Support:",
    "help@shop.example schrieb am 03.03.2026 09:14:",
    # French
    "Le mar. 3 mars 2026 à 09:14, Shop Support <help@shop.example> a écrit :",
    "Le mar. 3 mars 2026 à 09:14, Le Support de la Boutique <\nhelp@shop.example> a écrit :",
    "Le 3 mars 2026 à 09:14, Shop Support <help@shop.example> a écrit :",
    "Le 03/03/2026 à 09:14, Shop Support a écrit :",
    "Le 3 mars 2026 09:14, \"Shop Support\"\n<help@shop.example>\na écrit :",
    "Le mardi 3 mars 2026 à 09:14:05 UTC+1, Shop Support <help@shop.example> a écrit :",
    # Spanish
    "El mar, 3 mar 2026 a las 9:14, Shop Support (<help@shop.example>) escribió:",
    "El mar, 3 de mar. de 2026 09:14, Shop Support <help@shop.example> escribió:",
    "El 3 mar 2026, a las 9:14, Shop Support <help@shop.example> escribió:",
    "El 3/3/26 a las 9:14, Shop Support escribió:",
    "El 3/3/26 a las 9:14 a. m., Shop Support escribió:",
    "El martes, 3 de marzo de 2026, 09:14:05 CET, Shop Support <help@shop.example> escribió:",
    # Portuguese of Brazil and of Portugal
    "Em ter., 3 de mar. de 2026 às 09:14, Shop Support <help@shop.example> escreveu:",
    "Em ter., 3 de mar. de 2026 às 09:14, Suporte da Loja <\nhelp@shop.example> escreveu:",
    "Em 3 de mar. de 2026, à(s) 09:14, Shop Support <help@shop.example> escreveu:",
    "Em 03/03/2026 09:14, Shop Support escreveu:",
    "Shop Support <help@shop.example> escreveu (terça, 3/03/2026 à(s) 09:14):",
    "No dia 03/03/2026, às 09:14, Shop Support <help@shop.example> escreveu:",
    "Às 09:14 de 03/03/2026, Shop Support escreveu:",
    # Italian
    "Il giorno mar 3 mar 2026 alle ore 09:14 Shop Support <help@shop.example> ha scritto:",
    "Il giorno mar 3 mar 2026 alle ore 09:14 Il Supporto del Negozio <\nhelp@shop.example> ha scritto:",
    "Il giorno 3 mar 2026, alle ore 09:14, Shop Support <help@shop.example> ha scritto:",
    "Il 03/03/2026 09:14, Shop Support ha scritto:",
    "Il martedì 3 marzo 2026 alle ore 09:14:05 CET, Shop Support <help@shop.example> ha scritto:",
    # Dutch
    "Op di 3 mrt 2026 om 09:14 schreef Shop Support <help@shop.example>:",
    "Op di 3 mrt 2026 om 09:14 schreef De Klantenservice van de Winkel <\nhelp@shop.example>:",
    "Op 3 mrt 2026, om 09:14 heeft Shop Support <help@shop.example> het volgende geschreven:",
    "Op 03-03-2026 om 09:14 schreef Shop Support:",
    "Op dinsdag 3 maart 2026 om 09:14:05 CET schreef Shop Support <help@shop.example>:",
    # Catalan, Galician
    "Missatge de Shop Support <help@shop.example> del dia dt., 3 de març 2026 a les 9:14:",
    "El 3 març 2026, a les 9:14, Shop Support <help@shop.example> va escriure:",
    "O mar, 3 de mar. de 2026 ás 09:14, Shop Support (<help@shop.example>) escribiu:",
    # Swedish, Danish, Norwegian, Icelandic, Finnish
    "Den tis 3 mars 2026 kl 09:14 skrev Shop Support <help@shop.example>:",
    "tis 3 mars 2026 kl. 09:14 skrev Shop Support <help@shop.example>:",
    "3 mars 2026 kl. 09:14 skrev Shop Support <help@shop.example>:",
    "Den 2026-03-03 kl. 09:14, skrev Shop Support:",
    "Den 2026-03-03 09:14 skrev \"Shop Support\" <help@shop.example> följande:",
    "Den tirs. 3. mar. 2026 kl. 09.14 skrev Shop Support <help@shop.example>:",
    "Den tirs. 3. mar. 2026 kl. 09.14 skrev Butikkens Kundeservice <\nhelp@shop.example>:",
    "Den 3. mar. 2026 kl. 09.14 skrev Shop Support <help@shop.example>:",
    "Den 03-03-2026 kl. 09:14 skrev Shop Support:",
    "tir. 3. mars 2026 kl. 09:14 skrev Shop Support <help@shop.example>:",
    "På 3. mars 2026 kl. 09:14:05, Shop Support (help@shop.example) skrev:",
    "Þann þri., 3. mar. 2026 kl. 09:14 skrifaði Shop Support <help@shop.example>:",
    "ti 3. maalisk. 2026 klo 9.14 Shop Support (help@shop.example) kirjoitti:",
    "Shop Support <help@shop.example> kirjoitti 3.3.2026 kello 9.14:",
    "Shop Support kirjoitti 3.3.2026 klo 9.14:",
    # Estonian, Latvian, Lithuanian
    "Kuupäev T, 3. märts 2026 kell 09:14 kirjutas kasutaja Shop Support <help@shop.example>:",
    "otrd., 2026. g. 3. marts, plkst. 09:14 — lietotājs Shop Support (<help@shop.example>) rakstīja:",
    "2026-03-03, an, 09:14 Shop Support <help@shop.example> rašė:",
    # Polish, Czech, Slovak, Slovenian, Hungarian, Romanian
    "wt., 3 mar 2026 o 09:14 Shop Support <help@shop.example> napisał(a):",
    "wt., 3 mar 2026 o 09:14 Obsługa Sklepu Internetowego <help@shop.example>\nnapisał(a):",
    "Wiadomość napisana przez Shop Support <help@shop.example> w dniu 3 mar 2026, o godz. 09:14:",
    "W dniu 03.03.2026 o 09:14, Shop Support pisze:",
    "W dniu wtorek, 3 marca 2026 09:14:05 CET użytkownik Shop Support <help@shop.example> napisał:",
    "Dnia 3 marca 2026 09:14 Shop Support <help@shop.example> napisał(a):",
    "út 3. 3. 2026 v 9:14 odesílatel Shop Support <help@shop.example> napsal:",
    "Dne 03. 03. 26 v 9:14 Shop Support napsal(a):",
    "3. 3. 2026 v 9:14, Shop Support <help@shop.example>:",
    "ut 3. 3. 2026 o 9:14 Shop Support <help@shop.example> napísal(a):",
    "Dňa 3. 3. 2026 o 9:14 užívateľ Shop Support <help@shop.example> napísal:",
    "V tor., 3. mar. 2026 ob 09:14 je oseba Shop Support <help@shop.example> napisala:",
    "Shop Support <help@shop.example> ezt írta (időpont: 2026. márc. 3., K, 9:14):",
    "Shop Support <help@shop.example> ezt írta (időpont: 2026. márc.\n3., K, 9:14):",
    "2026. 03. 03. 9:14 időpontban Shop Support <help@shop.example> ezt írta:",
    "2026. márc. 3. dátummal, 9:14 időpontban Shop Support <help@shop.example> írta:",
    "2026. 03. 03. 9:14 keltezéssel, Shop Support írta:",
    "În mar., 3 mar. 2026 la 09:14, Shop Support <help@shop.example> a scris:",
    "Pe mar., 3 mar. 2026 la 09:14, Shop Support <help@shop.example> a scris:",
    "Pe 3 mar. 2026, la 09:14, Shop Support <help@shop.example> a scris:",
    # Croatian, Serbian
    "uto, 3. ožu 2026. u 09:14 Shop Support <help@shop.example> napisao je:",
    "Dana 03.03.2026. u 09:14, Shop Support je napisao/la:",
    "уто, 3. мар 2026. у 09:14 Shop Support <help@shop.example> је написао/ла:",
    # Russian, Ukrainian, Bulgarian
    "вт, 3 мар. 2026 г. в 09:14, Shop Support <help@shop.example>:",
    "вт, 3 мар. 2026 г. в 09:14, Служба поддержки магазина <\nhelp@shop.example>:",
    "3 мар. 2026 г., в 09:14, Shop Support <help@shop.example> написал(а):",
    "03.03.2026 09:14, Shop Support пишет:",
    "03.03.2026, 09:14, \"Shop Support\" <help@shop.example>:",
    "Вторник, 3 марта 2026, 9:14 +03:00 от Shop Support <help@shop.example>:",
    "вт, 3 бер. 2026 р. о 09:14 Shop Support <help@shop.example> пише:",
    "3 бер. 2026 р. о 09:14 Shop Support <help@shop.example> пише:",
    "На вт, 3.03.2026 г. в 9:14 Shop Support <help@shop.example> написа:",
    "На 3.03.26 г. в 9:14, Shop Support написа:",
    # Greek, Turkish
    "Στις Τρί, 3 Μαρ 2026 στις 9:14 π.μ., ο χρήστης Shop Support <help@shop.example> έγραψε:",
    "Στις 3 Μαρ 2026, στις 9:14 π.μ., ο/η Shop Support <help@shop.example> έγραψε:",
    "Shop Support <help@shop.example>, 3 Mar 2026 Sal, 09:14 tarihinde şunu yazdı:",
    "Shop Support, 3 Mar 2026 Sal, 09:14 tarihinde şunu yazdı:",
    "\"Shop Support\" <help@shop.example>, 3 Mar 2026 Sal, 09:14\ntarihinde şunu yazdı:",
    "Shop Support <help@shop.example> şunları yazdı (3 Mar 2026 09:14):",
    "3.03.2026 09:14 tarihinde Shop Support yazdı:",
    # Hebrew, Arabic, Persian
    "\u202bבתאריך יום ג׳, 3 במרץ 2026 ב-9:14 מאת \u202aShop Support\u202c\u200f <\u202ahelp@shop.example\u202c\u200f>:\u202c",
    "ב-3 במרץ 2026, בשעה 9:14, Shop Support <help@shop.example> כתב/ה:",
    "في الثلاثاء، 3 مارس 2026 في 9:14 ص تمت كتابة ما يلي بواسطة Shop Support <help@shop.example>:",
    "في ٣ مارس ٢٠٢٦، الساعة ٩:١٤ ص، كتب/كتبت Shop Support <help@shop.example>:",
    "بتاريخ 3 مارس، 2026 9:14 ص، جاء من Shop Support <help@shop.example>:",
    "در تاریخ سه‌شنبه ۳ مارس ۲۰۲۶، ۹:۱۴ Shop Support <help@shop.example> نوشت:",
    # Japanese, Chinese, Korean
    "2026年3月3日(火) 9:14 Shop Support <help@shop.example>:",
    "2026年3月3日(火) 9:14 お客様サポートセンター <help@shop.example>:",
    "2026/03/03 9:14、Shop Support <help@shop.example>のメール:",
    "On 2026/03/03 9:14, Shop Support wrote:",
    "(2026/03/03 9:14), Shop Support wrote:",
    "Shop Support <help@shop.example> 于2026年3月3日周二 09:14写道：",
    "在 2026年3月3日，上午9:14，Shop Support <help@shop.example> 写道：",
    "在 2026/3/3 9:14, Shop Support 写道:",
    "At 2026-03-03 09:14:05, \"Shop Support\" <help@shop.example> wrote:",
    "在 2026-03-03 09:14:05，\"Shop Support\" <help@shop.example> 写道：",
    "Shop Support <help@shop.example> 於 2026年3月3日 週二 上午9:14寫道：",
    "Shop Support <help@shop.example> 於 2026年3月3日 上午9:14 寫道：",
    "2026년 3월 3일 (화) 오전 9:14, Shop Support <help@shop.example>님이 작성:",
    "2026. 3. 3. 오전 9:14, Shop Support <help@shop.example> 작성:",
    # Vietnamese, Thai, Indonesian, Hindi
    "Vào Th 3, 3 thg 3, 2026 vào lúc 09:14 Shop Support <help@shop.example> đã viết:",
    "Vào 09:14, 3 thg 3, 2026, Shop Support <help@shop.example> đã viết:",
    "ในวันที่ อ. 3 มี.ค. 2026 เวลา 09:14 Shop Support <help@shop.example> เขียนว่า:",
    "เมื่อ อ. 3 มี.ค. 2026 เวลา 09:14 Shop Support <help@shop.example> เขียนว่า:",
    "Pada tanggal Sel, 3 Mar 2026 pukul 09.14 Shop Support <help@shop.example> menulis:",
    "Pada 3 Mar 2026, pukul 09.14, Shop Support <help@shop.example> menulis:",
    "मंगल, 3 मार्च 2026 को 9:14 am बजे को Shop Support <help@shop.example> ने लिखा:",
]  # fmt: skip


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_below_who_wrote_all_is_quotation(attribution: str, mark: str) -> None:
    quotation = f"{mark}We are sorry that it crashes.\n{mark.strip()}\n{mark}You get 20.00 back."
    reply = parted(f"Thank you!\nNow it works.\n\n{attribution}\n\n{quotation}\n")
    assert reply.own == "Thank you!\nNow it works."
    assert reply.quoted == f"{attribution}\n\n{quotation}"


HEADERS = [
    "From: Shop Support <help@shop.example>\nSent: Tuesday, March 3, 2026 9:14 AM\nTo: Ina Lund <ina@cust.example>\nSubject: Re: Crash",
    "________________________________\nFrom: Shop Support <help@shop.example>\nSent: 03 March 2026 09:14\nTo: Ina Lund <ina@cust.example>\nSubject: RE: Crash",
    "*From:* Shop Support <help@shop.example>\n*Sent:* Tuesday, March 3, 2026 9:14 AM\n*To:* Ina Lund\n*Subject:* Re: Crash",
    "From: Shop Support\nSent: Tuesday, March 3, 2026 9:14 AM\nTo: Ina Lund; Bo Berg; Ann Smith; Li Wei;\n Jo Doe; Max Muster\nCc: Team\nSubject: Re: Crash",
    "From: Shop Support [mailto:help@shop.example]\n\nSent: Tuesday, March 3, 2026 9:14 AM\n\nTo: Ina Lund\n\nSubject: Re: Crash",
    "Date: Tue, 3 Mar 2026 09:14:05 +0100\nSubject: Re: Crash\nFrom: help@shop.example\nTo: ina@cust.example",
    "Von: Shop Support <help@shop.example>\nGesendet: Dienstag, 3. März 2026 09:14\nAn: Ina Lund <ina@cust.example>\nBetreff: AW: Absturz",
    "Gesendet: Dienstag, 3. März 2026 um 09:14 Uhr\nVon: \"Shop Support\" <help@shop.example>\nAn: \"Ina Lund\" <ina@cust.example>\nBetreff: Absturz",
    "De : Shop Support <help@shop.example>\nEnvoyé : mardi 3 mars 2026 09:14\nÀ : Ina Lund <ina@cust.example>\nObjet : RE: Plantage",
    "Message du : 03/03/2026 09:14\nDe : \"Shop Support\" <help@shop.example>\nA : ina@cust.example\nCopie à :\nSujet : Re: Plantage",
    "De: Shop Support <help@shop.example>\nEnviado: martes, 3 de marzo de 2026 9:14\nPara: Ina Lund <ina@cust.example>\nAsunto: RE: Fallo",
    "De: Shop Support <help@shop.example>\nEnviado el: martes, 3 de marzo de 2026 9:14\nPara: Ina Lund\nCC: Equipo\nAsunto: RE: Fallo",
    "De: Shop Support <help@shop.example>\nEnviada em: terça-feira, 3 de março de 2026 09:14\nPara: Ina Lund\nAssunto: RES: Falha",
    "Da: Shop Support <help@shop.example>\nInviato: martedì 3 marzo 2026 09:14\nA: Ina Lund <ina@cust.example>\nOggetto: R: Errore",
    "Van: Shop Support <help@shop.example>\nVerzonden: dinsdag 3 maart 2026 09:14\nAan: Ina Lund\nOnderwerp: RE: Fout",
    "De: Shop Support <help@shop.example>\nEnviat el: dimarts, 3 de març de 2026 9:14\nPer a: Ina Lund\nAssumpte: RE: Error",
    "Från: Shop Support <help@shop.example>\nSkickat: den 3 mars 2026 09:14\nTill: Ina Lund\nÄmne: Sv: Krasch",
    "Fra: Shop Support <help@shop.example>\nSendt: 3. marts 2026 09:14\nTil: Ina Lund\nEmne: SV: Fejl",
    "Fra: Shop Support\nDato: tirsdag 3. mars 2026 kl. 09:14\nTil: Ina Lund <ina@cust.example>\nEmne: Re: Feil",
    "Lähettäjä: Shop Support <help@shop.example>\nLähetetty: tiistai 3. maaliskuuta 2026 9.14\nVastaanottaja: Ina Lund\nAihe: VS: Vika",
    "Saatja: Shop Support <help@shop.example>\nSaadetud: teisipäev, 3. märts 2026 09:14\nAdressaat: Ina Lund\nTeema: Re: Viga",
    "No: Shop Support <help@shop.example>\nNosūtīts: otrdiena, 2026. gada 3. marts 09:14\nKam: Ina Lund\nTēma: RE: Kļūda",
    "Nuo: Shop Support <help@shop.example>\nIšsiųsta: 2026 m. kovo 3 d. 09:14\nKam: Ina Lund\nTema: RE: Klaida",
    "Od: Shop Support <help@shop.example>\nWysłano: wtorek, 3 marca 2026 09:14\nDo: Ina Lund\nTemat: ODP: Błąd",
    "Od: Shop Support <help@shop.example>\nOdesláno: úterý 3. března 2026 9:14\nKomu: Ina Lund\nPředmět: RE: Chyba",
    "Od: Shop Support <help@shop.example>\nOdoslané: utorok 3. marca 2026 9:14\nKomu: Ina Lund\nPredmet: RE: Chyba",
    "Od: Shop Support <help@shop.example>\nPoslano: torek, 3. marec 2026 09:14\nZa: Ina Lund\nZadeva: RE: Napaka",
    "Feladó: Shop Support <help@shop.example>\nElküldve: 2026. március 3., kedd 9:14\nCímzett: Ina Lund\nTárgy: RE: Hiba",
    "De la: Shop Support <help@shop.example>\nTrimis: marți, 3 martie 2026 09:14\nCătre: Ina Lund\nSubiect: RE: Eroare",
    "Od: Shop Support <help@shop.example>\nPoslano: 3. ožujka 2026. 09:14\nPrima: Ina Lund\nPredmet: RE: Greška",
    "Од: Shop Support <help@shop.example>\nПослато: 3. март 2026. 09:14\nЗа: Ina Lund\nТема: RE: Грешка",
    "От: Shop Support <help@shop.example>\nОтправлено: 3 марта 2026 г. 9:14\nКому: Ina Lund\nТема: RE: Ошибка",
    "Від: Shop Support <help@shop.example>\nНадіслано: 3 березня 2026 р. 9:14\nКому: Ina Lund\nТема: RE: Помилка",
    "От: Shop Support <help@shop.example>\nИзпратено: вторник, 3 март 2026 г. 9:14\nДо: Ina Lund\nОтносно: RE: Грешка",
    "Από: Shop Support <help@shop.example>\nΣτάλθηκε: Τρίτη, 3 Μαρτίου 2026 9:14 π.μ.\nΠρος: Ina Lund\nΘέμα: ΑΠ: Σφάλμα",
    "Kimden: Shop Support <help@shop.example>\nGönderildi: 3 Mart 2026 Salı 09:14\nKime: Ina Lund\nKonu: YNT: Hata",
    "מאת: Shop Support <help@shop.example>\nנשלח: יום שלישי 3 מרץ 2026 09:14\nאל: Ina Lund\nנושא: תשובה: תקלה",
    "من: Shop Support <help@shop.example>\nتاريخ الإرسال: الثلاثاء، 3 مارس 2026 09:14 ص\nإلى: Ina Lund\nالموضوع: رد: خطأ",
    "差出人: Shop Support <help@shop.example>\n送信日時: 2026年3月3日 9:14\n宛先: Ina Lund\n件名: Re: エラー",
    "发件人: Shop Support <help@shop.example>\n发送时间: 2026年3月3日 9:14\n收件人: Ina Lund\n主题: 回复: 错误",
    "发件人：Shop Support <help@shop.example>\n发送日期：2026年3月3日 9:14\n收件人：Ina Lund\n主题：回复：错误",
    "寄件者: Shop Support <help@shop.example>\n寄件日期: 2026年3月3日 上午 09:14\n收件者: Ina Lund\n主旨: RE: 錯誤",
    "보낸 사람: Shop Support <help@shop.example>\n보낸 날짜: 2026년 3월 3일 화요일 오전 9:14\n받는 사람: Ina Lund\n제목: RE: 오류",
    "Từ: Shop Support <help@shop.example>\nĐã gửi: Thứ Ba, 3 tháng 3, 2026 9:14\nĐến: Ina Lund\nChủ đề: RE: Lỗi",
    "จาก: Shop Support <help@shop.example>\nส่ง: 3 มีนาคม 2026 9:14\nถึง: Ina Lund\nเรื่อง: RE: ข้อผิดพลาด",
    "Dari: Shop Support <help@shop.example>\nDikirim: Selasa, 3 Maret 2026 09:14\nKepada: Ina Lund\nSubjek: RE: Galat",
]  # fmt: skip


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_below_a_block_of_headers_all_is_quotation(headers: str, gap: str) -> None:
    quotation = f"{headers}\n\nWe are sorry that it crashes.\n\nYou get 20.00 back."
    reply = parted(f"Thank you!\nNow it works.{gap}{quotation}\n")
    assert reply.own == "Thank you!\nNow it works."
    assert reply.quoted == quotation


SEPARATORS = [
    "-----Original Message-----", "----- Original Message -----", "-------- Original Message --------", "-----original message-----", "*-------- Original Message --------*", "------ Original Message ------",
    "-----Ursprüngliche Nachricht-----", "-------- Original-Nachricht --------", "-----Message d'origine-----", "-------- Message original --------", "-----Mensaje original-----", "-----Mensagem Original-----", "-----Messaggio originale-----", "-----Oorspronkelijk bericht-----",
    "-----Missatge original-----", "-----Ursprungligt meddelande-----", "-----Oprindelig meddelelse-----", "-----Opprinnelig melding-----", "-----Alkuperäinen viesti-----", "-----Wiadomość oryginalna-----", "-----Původní zpráva-----", "-----Pôvodná správa-----", "-----Eredeti üzenet-----", "-----Mesaj original-----", "-----Izvorna poruka-----",
    "-----Исходное сообщение-----", "-----Вихідне повідомлення-----", "-----Оригинално съобщение-----", "-----Αρχικό μήνυμα-----", "-----Özgün İleti-----", "-----הודעה מקורית-----", "-----الرسالة الأصلية-----", "-----元のメッセージ-----", "------------------ 原始邮件 ------------------", "-----邮件原件-----", "-----原始郵件-----", "-----원본 메시지-----", "-----Thư gốc-----", "-----ข้อความต้นฉบับ-----", "-----Pesan Asli-----",
    "---------- Forwarded message ---------", "---------- Forwarded message ----------", "-------- Forwarded Message --------", "Begin forwarded message:", "---------- Weitergeleitete Nachricht ---------", "Anfang der weitergeleiteten Nachricht:", "---------- Message transféré ---------", "Début du message transféré :", "---------- Mensaje reenviado ---------", "Inicio del mensaje reenviado:", "---------- Mensagem encaminhada ---------",
    "---------- Messaggio inoltrato ---------", "Inizio messaggio inoltrato:", "---------- Doorgestuurd bericht ---------", "---------- Vidarebefordrat meddelande ---------", "---------- Videresendt meddelelse ---------", "---------- Välitetty viesti ---------", "---------- Wiadomość przekazana dalej ---------", "---------- Přeposlaná zpráva ---------", "---------- Továbbított üzenet ---------", "---------- Mesaj redirecționat ---------",
    "---------- Пересылаемое сообщение ---------", "-------- Пересылаемое сообщение --------", "Начало переадресованного сообщения:", "---------- Переслане повідомлення ---------", "---------- Προωθημένο μήνυμα ---------", "---------- Yönlendirilen mesaj ---------", "---------- הודעה מועברת ---------", "---------- 転送されたメッセージ ---------", "---------- 转发的邮件 ---------", "---------- 轉寄的郵件 ---------", "---------- 전달된 메시지 ---------", "---------- Pesan terusan ---------",
]  # fmt: skip


@pytest.mark.parametrize("separator", SEPARATORS)
def test_below_a_client_s_line_of_dashes_all_is_quotation(separator: str) -> None:
    quotation = f"{separator}\nHello,\n\nwe are sorry that it crashes."
    reply = parted(f"Thank you!\n\n{quotation}\n")
    assert reply == ("Thank you!", quotation)


MOBILE = [
    "Sent from my iPhone", "Sent from my iPad", "Sent from my Galaxy", "Sent from my Samsung Galaxy smartphone.", "Sent from my Wiko RIDGE FAB 4G", "Sent from my BlackBerry 10 smartphone.", "Sent from Yahoo Mail for iPhone", "Sent from Yahoo Mail on Android", "Sent from Mail for Windows 10", "Sent from Outlook for iOS", "Get Outlook for iOS", "Get Outlook for Android<https://aka.ms/ghei36>", "Get Outlook for iOS [https://aka.ms/o0ukef]",
    "Sent from Proton Mail for iOS", "Sent with Proton Mail secure email.", "Sent from my Android device with K-9 Mail. Please excuse my brevity.", "Sent via the Samsung Galaxy S24, an AT&T 5G smartphone", "Sent from my iPhone, please excuse typos", "*Sent from my iPhone*", "-- Sent from my Palm", "Sent from Superhuman",
    "Von meinem iPhone gesendet", "Von meinem iPad gesendet", "Von meinem Samsung Galaxy Smartphone gesendet.", "Gesendet von meinem iPhone", "Gesendet von Outlook für Android<https://aka.ms/AAb9ysg>", "Gesendet von Mail für Windows 10", "Gesendet mit der GMX Mail App", "Holen Sie sich Outlook für iOS", "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Outlook für Android herunterladen",
    "Envoyé de mon iPhone", "Envoyé depuis mon iPad", "Envoyé à partir de Outlook pour iOS<https://aka.ms/o0ukef>", "Envoyé à partir d'Outlook pour Android", "Obtenir Outlook pour iOS", "Envoyé de mon Galaxy de Samsung", "Envoyé depuis l'application Mail Orange", "Télécharger Outlook pour Android",
    "Enviado desde mi iPhone", "Enviado desde mi Samsung Mobile de Movistar", "Obtener Outlook para Android", "Enviado desde Correo para Windows 10", "Enviado do meu iPhone", "Enviado a partir do meu iPhone", "Enviado do Outlook para iOS", "Obter o Outlook para iOS", "Inviato da iPhone", "Inviato dal mio Galaxy", "Scarica Outlook per Android", "Inviato da Posta per Windows 10",
    "Verstuurd vanaf mijn iPhone", "Verzonden vanaf mijn Galaxy", "Verzonden met Outlook voor iOS", "Outlook voor Android downloaden", "Enviat des del meu iPhone", "Skickat från min iPhone", "Hämta Outlook för iOS", "Sendt fra min iPhone", "Sendt fra min iPad", "Hent Outlook til Android", "Skaff deg Outlook for iOS", "Lähetetty iPhonesta", "Hanki Outlook for iOS", "Saadetud minu iPhone'ist", "Nosūtīts no mana iPhone", "Išsiųsta iš mano iPhone",
    "Wysłane z iPhone'a", "Wysłane z mojego Samsung Galaxy", "Pobierz program Outlook dla systemu iOS", "Odesláno z iPhonu", "Odoslané z iPhonu", "Poslano iz mojega iPhona", "iPhone-omról küldve", "Elküldve az iPhone-omról", "Trimis de pe iPhone-ul meu", "Poslano s mog iPhone uređaja", "Poslato sa mog iPhone-a", "Отправлено с iPhone", "Отправлено из мобильной Почты Mail", "Отправлено из Outlook для iOS", "Надіслано з iPhone", "Изпратено от моя iPhone",
    "Στάλθηκε από το iPhone μου", "iPhone'umdan gönderildi", "Android için Outlook'u edinin", "נשלח מה-iPhone שלי", "أرسلت من الـ iPhone الخاص بي", "مُرسل من iPhone", "iPhoneから送信", "Androidから送信", "发自我的iPhone", "从我的iPhone发送", "發送自我的 iPhone", "從我的 iPhone 傳送", "나의 iPhone에서 보냄", "Đã gửi từ iPhone của tôi", "ส่งจาก iPhone ของฉัน", "Dikirim dari iPhone saya",
]  # fmt: skip


@pytest.mark.parametrize("line", MOBILE)
def test_the_line_of_a_phone_is_not_the_writer_s(line: str) -> None:
    assert parted(f"Now it works.\n\n{line}\n") == ("Now it works.", line)
    quotation = "On 3 Mar 2026, at 09:14, Shop Support wrote:\n\n> Sorry."
    assert parted(f"Now it works.\n\n{line}\n\n{quotation}") == ("Now it works.", f"{line}\n\n{quotation}")


REPLY_ABOVE = [
    "##- Please type your reply above this line -##", "##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##", "##- Veuillez saisir une réponse au-dessus de cette ligne. -##", "##- Escriba su respuesta por encima de esta línea. -##", "##- Digite sua resposta acima desta linha -##", "##- Typ uw antwoord boven deze regel -##", "##- Rispondi sopra questa riga -##", "##- この行より上に返信内容を記入してください -##", "##- 请在此行上方输入回复 -##", "##- Skriv ditt svar ovanför den här raden -##",
    "--- Reply above this line ---", "=-=-= Please reply above this line =-=-=", "--------- Please reply above this line ---------", "-- Please reply above this line --", "***** Write above this line to reply *****", "---- Bitte antworten Sie über dieser Zeile ----", "———— Répondre au-dessus de cette ligne ————", "--- Пожалуйста, пишите ответ выше этой линии ---", "## Vaše odpovědi pište nad tento řádek ##", "--- Svar over denne linje ---", "--- Lütfen cevabınızı bu satırın üstüne yazın ---",
]  # fmt: skip


@pytest.mark.parametrize("line", REPLY_ABOVE)
def test_below_a_help_desk_s_line_all_is_quotation(line: str) -> None:
    assert parted(f"Now it works.\n\n{line}\n\nYour request was updated.") == (
        "Now it works.",
        f"{line}\n\nYour request was updated.",
    )


CLOSINGS = [
    "Best regards", "Kind regards,", "Sincerely yours,", "All the best", "Mit freundlichen Grüßen", "Viele Grüße", "MfG", "Freundliche Grüsse", "Cordialement,", "Bien à vous,", "Saludos cordiales,", "Atentamente", "Atenciosamente,", "Com os melhores cumprimentos,", "Cordiali saluti", "Distinti saluti,", "Met vriendelijke groet,", "Salutacions,", "Med vänlig hälsning", "Mvh", "Med venlig hilsen", "Vennlig hilsen", "Ystävällisin terveisin", "Pozdrawiam", "Z poważaniem,",
    "S pozdravem", "S pozdravom", "Lep pozdrav", "Üdvözlettel:", "Cu stimă,", "S poštovanjem,", "С уважением,", "З повагою,", "Поздрави,", "Με εκτίμηση,", "Saygılarımla,", "בברכה,", "مع أطيب التحيات،", "此致", "Trân trọng,", "ขอแสดงความนับถือ", "Hormat saya,",
]  # fmt: skip


@pytest.mark.parametrize("closing", CLOSINGS)
def test_words_of_form_with_a_name_are_the_signature(closing: str) -> None:
    assert parted(f"Now it works.\n\n{closing}\nIna Lund\n") == ("Now it works.", f"{closing}\nIna Lund")
    long = f"{closing}\n\nIna Lund\nHead of Sales | Lund & Co\nPhone: +47 22 33 44 55\nwww.lund.example"
    assert parted(f"Now it works.\n\n{long}\n\n> Sorry.") == ("Now it works.", f"{long}\n\n> Sorry.")


FOOTERS = {
    "English, transmitted": "The information transmitted is intended only for the person or entity to which it is addressed and may contain confidential and/or privileged material.",
    "English, a notice": "NOTICE: This email may contain privileged and confidential information. If you received this email in error, please notify the sender.",
    "English, important": "IMPORTANT: The contents of this email and any attachments are confidential. They are intended for the named recipient(s) only.",
    "English, electronic": "This electronic message contains information from Acme which may be privileged or confidential.",
    "English, named": "Email Disclaimer: this e-mail is intended solely for the addressee. Unauthorised use is prohibited.",
    "Portuguese": "Esta mensagem, incluindo seus anexos, pode conter informações confidenciais e privilegiadas. Se você a recebeu por engano, apague-a.",
    "Norwegian": "Denne e-posten er konfidensiell og kun ment for mottaker. Hvis du har mottatt den ved en feil, slett den.",
    "Czech": "Tato zpráva a veškeré přílohy jsou důvěrné a určeny výhradně adresátovi.",
    "Romanian": "Acest mesaj este confidențial și este destinat exclusiv destinatarului.",
    "Ukrainian": "Це повідомлення та будь-які вкладення є конфіденційними і призначені лише для одержувача.",
    "Chinese": "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的收件人。禁止任何其他人以任何形式使用。",
    "Japanese": "このメールには機密情報が含まれている場合があります。宛先に心当たりのない方は、お手数ですが削除してください。",
    "Korean": "이 메일은 지정된 수신인만을 위한 것이며 기밀 정보를 포함할 수 있습니다. 잘못 수신한 경우 삭제해 주십시오.",
    "Danish": "Denne e-mail og eventuelle vedhæftede filer kan indeholde fortrolige oplysninger og er kun beregnet til modtageren.",
    "Spanish": "La información contenida en este correo electrónico es confidencial y va dirigida únicamente a su destinatario.",
}  # fmt: skip


@pytest.mark.parametrize("footer", FOOTERS.values(), ids=FOOTERS)
def test_a_legal_footer_is_not_the_writer_s(footer: str) -> None:
    assert parted(f"It crashes.\n\n{footer}\n") == ("It crashes.", footer)
