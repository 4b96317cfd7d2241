"""What mail clients write over a quotation, by language: tables, no rules.

The wordings are those of Gmail, Outlook, Apple Mail, Thunderbird, Yahoo and the webmails of a country;
where clients of one language differ there is a line for each. In a wording `{when}` stands for a date and
its time, `{who}` for a name and its address, `{when who}` for the one behind the other. A colon at the end is
left out.
"""

from __future__ import annotations

ATTRIBUTIONS: dict[str, tuple[str, ...]] = {
    "en": (
        "Quoting {who}", "On {when who} wrote", "{who} wrote", "{who} wrote on {when}", "{who} writes",
        "In a message dated {when who} writes", "({when who} wrote", "{when}, you wrote",
        "In article {who} wrote", "In article {who} writes", "In message {who} writes",
        "{who} replied", "{who} replied on {when}", "On {when who} replied",
    ),
    "de": (
        "Zitat von {who}", "Am {when} schrieb {who}", "Am {when who} schrieb", "{who} schrieb am {when}",
        "{who} schrieb",
        "{who} hat am {when} geschrieben",
        "Am {when} hat {who} geschrieben", "Am {when} schrieb der Nutzer {who}",
    ),
    "fr": ("Le {when who} a écrit", "{who} a écrit", "{who} a écrit le {when}", "Le {when who} écrivait"),
    "es": (
        "Citando a {who}", "Mensaje citado por {who}", "El {when who} escribió", "{who} escribió",
        "{who} escribió el {when}",
        "El día {when who} escribió", "A las {when who} escribió",
    ),
    "pt": (
        "Citando {who}", "Em {when who} escreveu", "{who} escreveu", "{who} escreveu no dia {when}",
        "{who} escreveu em {when}", "{who} escreveu ({when})",
        "No dia {when who} escreveu", "A {when who} escreveu", "Às {when who} escreveu",
    ),
    "it": (
        "Il {when who} ha scritto", "Il giorno {when who} ha scritto", "In data {when who} ha scritto",
        "{who} ha scritto", "{who} ha scritto il {when}",
    ),
    "nl": (
        "Citeren {who}", "Op {when} schreef {who}", "Op {when who} schreef",
        "Op {when} schreef {who} het volgende",
        "Op {when} heeft {who} het volgende geschreven",
        "Op {when} schreef {who} het volgende geschreven", "{who} schreef op {when}", "{who} schreef",
    ),
    "ca": (
        "El {when who} va escriure", "Missatge de {who} del dia {when}", "{who} va escriure",
        "{who} ha escrit",
    ),
    "gl": ("O {when who} escribiu", "{who} escribiu"),
    "sv": (
        "Den {when} skrev {who}", "{when} skrev {who}", "Den {when} skrev {who} följande", "{who} skrev",
        "{who} skrev den {when}",
        "Den {when who} skrev",
    ),
    "da": ("Den {when} skrev {who}", "{who} skrev den {when}", "Den {when who} skrev"),
    "no": ("På {when} skrev {who}", "{who} skrev {when}", "Den {when} skreiv {who}"),
    "is": ("Þann {when} skrifaði {who}", "{when} skrifaði {who}"),
    "fi": ("{when who} kirjoitti", "{who} kirjoitti {when}", "{who} kirjoitti"),
    "et": (
        "Kuupäev {when} kirjutas kasutaja {who}", "{when} kirjutas {who}", "{when who} kirjutas",
        "{who} kirjutas",
    ),
    "lv": ("{when who} rakstīja", "{who} rakstīja"),
    "lt": ("{when who} rašė", "{who} rašė", "{when who} parašė"),
    "pl": (
        "Cytowanie {who}", "W dniu {when who} napisał(a)", "W dniu {when who} napisał",
        "W dniu {when who} napisała",
        "W dniu {when who} pisze", "Dnia {when who} napisał(a)",
        "Dnia {when who} napisał", "Dnia {when who} napisała", "{when who} napisał(a)",
        "{when who} napisał", "{when who} napisała", "{who} napisał(a)", "{who} pisze",
        "Wiadomość napisana przez {who} w dniu {when}", "Użytkownik {who} napisał",
    ),
    "cs": (
        "Cituji {who}", "Dne {when who} napsal(a)", "Dne {when who} napsal", "Dne {when who} napsala",
        "{when who} napsal(a)", "{when who} napsal", "{who} napsal(a)", "{who} napsal",
    ),
    "sk": (
        "Dňa {when who} napísal(a)", "Dňa {when who} napísal", "Dňa {when who} napísala",
        "{when who} napísal(a)", "{who} napísal(a)", "{who} napísal",
    ),
    "hu": (
        "{who} ezt írta (időpont: {when})", "{when} keltezéssel, {who} írta", "{when who} írta",
        "{who} írta", "{who} ezt írta", "{who} ezt írta {when}", "{when who} ezt írta",
    ),
    "ro": (
        "În {when who} a scris", "Pe {when who} a scris", "La {when who} a scris",
        "Pe data de {when who} a scris", "{who} a scris",
    ),
    "sl": (
        "V {when who} je napisal", "V {when who} je napisala", "V {when} je oseba {who} napisala",
        "Dne {when} je {who} napisal", "Dne {when} je {who} napisal(a)", "{who} je {when} napisal",
    ),
    "hr": (
        "Dana {when who} je napisao/la", "Dana {when who} je napisao", "Dana {when who} napisao je",
        "{when who} je napisao/la", "{when who} napisao je", "{when who} napisala je",
        "{who} je napisao/la", "{who} je napisao",
    ),
    "sr": (
        "Дана {when who} је написао/ла", "{when who} је написао/ла", "{when who} је написао",
        "{who} је написао", "{who} је написао/ла", "{when who} je napisao",
    ),
    "ru": (
        "{when who} написал(а)", "{when who} написал", "{when who} написала", "{when who} пишет",
        "{who} написал(а) {when}", "{who} написал {when}", "{who} написала {when}",
        "{who} писал(а) {when}", "{who} пишет", "{who} написал(а)", "{who} написал", "Вы писали {when}",
    ),
    "uk": (
        "{when who} пише", "{when who} написав", "{when who} написала", "{when who} написав(ла)",
        "{when who} написав(-ла)", "{who} пише", "{who} написав", "{who} написав(ла)",
    ),
    "bg": ("На {when who} написа", "{when who} написа", "{who} написа", "На {when who} пише"),
    "el": ("Στις {when who} έγραψε", "{who} έγραψε στις {when}", "{who} έγραψε", "{when who} έγραψε"),
    "tr": (
        "{who when} tarihinde şunu yazdı", "{when who} şunu yazdı", "{who} şunları yazdı ({when})",
        "{who} şunu yazdı", "{who} şunları yazdı", "{when} tarihinde {who} şunu yazdı",
        "{when} tarihinde {who} yazdı", "{when who} yazdı",
    ),
    "he": (
        "בתאריך {when} מאת {who}", "ב-{when who} כתב/ה", "ב-{when who} כתב", "ב-{when who} כתבה",
        "ב-{when} כתב {who}", "ב-{when}, {who} כתב/ה", "מאת {who} בתאריך {when}",
    ),
    "ar": (
        "في {when} كتب {who}", "في {when} كتب/كتبت {who}", "في {when} كتبت {who}",
        "في {when} تمت كتابة ما يلي بواسطة {who}", "في {when who} كتب", "كتب {who} في {when}",
        "بتاريخ {when} كتب {who}", "بتاريخ {when} جاء من {who}",
    ),
    "fa": ("در {when who} نوشت", "در تاریخ {when who} نوشت", "{who} در تاریخ {when} نوشت"),
    "hi": ("{when who} ने लिखा", "{who} ने लिखा"),
    "ja": (
        "{when who}のメール", "{when who} のメール", "{when who}さんは書きました",
        "{when who} さんは書きました", "{when}に{who}さんは書きました", "{when who} wrote",
        "{who}は書きました", "{when who}が書きました",
    ),
    "zh": (
        "在 {when who} 写道", "在 {when who}写道", "在{when who}写道", "{who} 于{when}写道",
        "{who} 于 {when} 写道", "{who}于{when}写道", "{when who} 写道", "{who} 写道",
        "在 {when who} 寫道", "在{when who}寫道", "{who} 於 {when} 寫道", "{who} 於 {when}寫道",
        "{who}於{when}寫道", "於 {when who} 寫道", "於{when who}寫道", "{when who} 寫道", "{who} 寫道",
        "At {when who} wrote",
    ),
    "ko": (
        "{when who}님이 작성", "{when who} 님이 작성", "{when who} 작성", "{when who}님이 다음을 작성",
        "{when who}님이 쓴 글",
        "{when}에 {who}이(가) 쓴 글", "{when}, {who}이(가) 작성한 메시지", "{who}님이 {when}에 작성",
    ),
    "vi": (
        "Vào {when who} đã viết", "Vào lúc {when who} đã viết", "Ngày {when who} đã viết", "{who} đã viết",
        "{when who} đã viết",
    ),
    "th": (
        "ในวันที่ {when who} เขียนว่า", "เมื่อ {when who} เขียนว่า", "เมื่อวันที่ {when who} เขียนว่า",
        "{when who} เขียนว่า", "{when who} เขียน",
    ),
    "id": (
        "Pada {when who} menulis", "Pada tanggal {when who} menulis", "{who} menulis", "{when who} menulis",
        "Pada {when who} telah menulis",
    ),
}  # fmt: skip
"""The line over a quotation: who wrote what follows, and when."""

_KINDS = ("from", "to", "sent", "date", "subject", "more")
_LABELS: dict[str, tuple[str, ...]] = {
    "en": (
        "From", "To", "Sent|Sent at|Sent on", "Date", "Subject",
        "Cc|Bcc|Reply-To|Reply to|Importance|Priority|Attachments|Organization|Followup-To|"
            "Newsgroups|Resent-From",
    ),
    "de": (
        "Von|Absender", "An|Empfänger", "Gesendet|Gesendet am", "Datum|Dato", "Betreff|Betr",
        "Kopie|Antwort an|Wichtigkeit|Anlagen|Priorität|Blindkopie",
    ),
    "fr": (
        "De|Expéditeur", "À|A|Pour|Destinataire", "Envoyé|Envoyé le|Date d'envoi|Message du",
        "Date|Date et heure", "Objet|Sujet", "Copie à|Copie|Cci|Répondre à|Importance|Pièces jointes",
    ),
    "es": (
        "De|Remitente", "Para|A", "Enviado|Enviado el", "Fecha", "Asunto",
        "CC|CCO|Copia|Responder a|Importancia|Datos adjuntos",
    ),
    "pt": (
        "De|Remetente", "Para", "Enviado|Enviada|Enviado em|Enviada em|Enviado a", "Data", "Assunto",
        "Com cópia|Responder a|Anexos|Importância",
    ),
    "it": (
        "Da|Mittente", "A|Destinatario", "Inviato|Inviata|Data invio", "Data", "Oggetto",
        "Ccn|Copia|Rispondi a|Priorità|Allegati",
    ),
    "nl": (
        "Van|Afzender", "Aan", "Verzonden|Verstuurd", "Datum|Dato", "Onderwerp",
        "Kopie|Antwoord aan|Urgentie|Bijlagen",
    ),
    "ca": ("De", "Per a|A", "Enviat|Enviat el", "Data", "Assumpte|Tema", ""),
    "sv": ("Från", "Till", "Skickat|Skickad", "Datum|Dato", "Ämne", "Kopia|Svara till|Bifogade filer"),
    "da": ("Fra", "Til", "Sendt", "Dato", "Emne", "Kopi|Svar til|Vedlegg|Vedhæftede filer"),
    "no": ("Fra", "Til", "Sendt", "Datum|Dato", "Emne", "Kopi|Svar til|Vedlegg|Vedhæftede filer"),
    "fi": (
        "Lähettäjä", "Vastaanottaja", "Lähetetty", "Päivämäärä|Päiväys", "Aihe|Otsikko",
        "Kopio|Liitteet|Vastausosoite",
    ),
    "is": ("Frá", "Til", "Sent", "", "Efni", ""),
    "et": ("Saatja|Kellelt", "Adressaat|Saaja|Kellele", "Saadetud", "Kuupäev", "Teema", ""),
    "lv": ("No", "Kam", "Nosūtīts", "Datums|Data", "Tēma|Temats", ""),
    "lt": ("Nuo|Siuntėjas", "Kam|Kopija", "Išsiųsta", "Datums|Data", "Tema", ""),
    "pl": (
        "Od|Nadawca", "Do|Adresat", "Wysłano|Wysłane|Data wysłania", "Data", "Temat",
        "DW|Kopia|UDW|Odpowiedz do|Załączniki|Ważność",
    ),
    "cs": (
        "Od|Odesílatel|Odosielateľ", "Komu|Adresát|Pre", "Odesláno|Posláno", "Datum|Dátum", "Předmět|Věc",
        "Kopie|Kópia|Skrytá kopie|Přílohy|Prílohy",
    ),
    "sk": (
        "Od|Odesílatel|Odosielateľ", "Komu|Adresát|Pre", "Odoslané|Poslané", "Datum|Dátum", "Predmet",
        "Kopie|Kópia|Skrytá kopie|Přílohy|Prílohy",
    ),
    "sl": ("Od|Odesílatel|Odosielateľ", "Za", "Poslano", "", "Zadeva", ""),
    "hu": (
        "Feladó", "Címzett", "Elküldve|Küldve", "Datum|Dátum", "Tárgy", "Másolatot kap|Mellékletek|Másolat",
    ),
    "ro": (
        "De la|Expeditor", "Către|La", "Trimis|Trimise|Data trimiterii", "Data", "Subiect", "Copie|Atașări",
    ),
    "hr": (
        "Od|Šalje|Од|Шаље|Пошиљалац|Pošiljatelj", "Za|Prima|Kome|За|Прима|Коме", "Poslano|Poslato|Послато",
        "", "Predmet|Naslov|Предмет|Наслов|Тема", "Kopija|Копија",
    ),
    "sr": (
        "Od|Šalje|Од|Шаље|Пошиљалац|Pošiljatelj", "Za|Prima|Kome|За|Прима|Коме", "Poslano|Poslato|Послато",
        "", "Predmet|Naslov|Предмет|Наслов|Тема", "Kopija|Копија",
    ),
    "ru": (
        "От|От кого|Отправитель", "Кому|Получатель", "Отправлено|Дата отправки", "Дата", "Тема",
        "Копия|Копія|Ответить|Важность|Вложения",
    ),
    "uk": (
        "Від|Від кого", "Кому", "Надіслано|Відправлено", "Дата", "Тема",
        "Копия|Копія|Ответить|Важность|Вложения",
    ),
    "bg": (
        "От|Подател", "До|До кого", "Изпратено", "Дата", "Относно|Тема",
        "Копия|Копія|Ответить|Важность|Вложения",
    ),
    "el": (
        "Από|Αποστολέας", "Προς|Παραλήπτης", "Στάλθηκε|Εστάλη|Αποστολή|Απεστάλη", "Ημερομηνία|Ημ/νία",
        "Θέμα", "Κοιν|Κοιν.|Κοινοποίηση",
    ),
    "tr": (
        "Kimden|Gönderen", "Kime|Alıcı", "Gönderildi|Gönderilen|Gönderme Tarihi|Gönderim Tarihi", "Tarih",
        "Konu", "Bilgi|Ekler",
    ),
    "he": ("מאת|מ", "אל|ל", "נשלח|נשלח בתאריך|תאריך שליחה", "תאריך", "נושא|הנדון", "עותק|העתק"),
    "ar": ("من|المرسل", "إلى|الى", "تاريخ الإرسال|تم الإرسال|أرسلت|التاريخ", "التاريخ", "الموضوع", "نسخة"),
    "fa": ("از|فرستنده", "به|گیرنده", "ارسال شده", "تاریخ", "موضوع", ""),
    "hi": ("प्रेषक", "प्रति", "भेजा गया", "दिनांक", "विषय", ""),
    "ja": (
        "差出人|送信者|From", "宛先|To", "送信日時|送信", "日付|日時|Date", "件名|Subject",
        "CC|返信先|添付ファイル",
    ),
    "zh": (
        "发件人|發件人|寄件者|寄件人|发自", "收件人|收件者",
        "发送时间|发送日期|發送時間|寄件日期|傳送時間|寄送日期|发件时间|傳送日期", "日期|时间|時間",
        "主题|主題|主旨|标题|標題", "抄送|副本|密送|附件|回复|重要性",
    ),
    "ko": (
        "보낸 사람|보낸사람|보내는 사람|발신인", "받는 사람|받는사람|수신인",
        "보낸 날짜|보낸날짜|보낸 시간|발신일|날짜", "날짜", "제목", "참조|첨부",
    ),
    "vi": (
        "Từ|Người gửi", "Đến|Tới|Người nhận", "Đã gửi|Gửi|Đã gửi lúc|Ngày gửi", "Ngày", "Chủ đề|Tiêu đề",
        "Đồng gửi|CC",
    ),
    "th": ("จาก", "ถึง", "ส่ง|ส่งเมื่อ|วันที่ส่ง", "วันที่", "เรื่อง|หัวเรื่อง|ชื่อเรื่อง", "สำเนา|สําเนา"),
    "id": (
        "Dari|Pengirim", "Kepada|Untuk|Ke", "Dikirim|Terkirim|Tanggal kirim", "Tanggal",
        "Subjek|Perihal|Hal", "Tembusan|Salinan",
    ),
}  # fmt: skip

LABELS = {
    label.lower(): kind
    for languages in _LABELS.values()
    for kind, labels in zip(_KINDS, languages, strict=True)
    for label in labels.split("|")
    if label
}
"""What stands before the colon in the headers over a quotation, as Outlook puts them: which header it is.
Those of `more` prove nothing by themselves."""

ORIGINAL = frozenset(
    {
        "original message", "reply message", "original email", "original e-mail", "original",
        "original mail", "original appointment", "previous message", "in reply to",
        "ursprüngliche nachricht", "originalnachricht", "original-nachricht", "urspruengliche nachricht",
        "originale nachricht", "originalmail",
        "message d'origine", "message d’origine", "message original", "message initial", "mail original",
        "message précédent", "e-mail d'origine", "courriel original",
        "mensaje original", "mensagem original", "mensaje anterior", "messaggio originale",
        "messaggio originario", "oorspronkelijk bericht", "origineel bericht",
        "missatge original", "mensaxe orixinal", "ursprungligt meddelande", "originalmeddelande",
        "oprindelig meddelelse", "original meddelelse", "oprindelig besked", "opprinnelig melding",
        "original melding", "opprinnelig e-post",
        "alkuperäinen viesti", "upprunaleg skilaboð", "algne sõnum", "algne kiri", "sākotnējais ziņojums",
        "oriģinālais ziņojums", "pradinis laiškas", "originalus laiškas", "wiadomość oryginalna",
        "oryginalna wiadomość", "wiadomość pierwotna",
        "původní zpráva", "původní e-mail", "pôvodná správa", "izvirno sporočilo", "eredeti üzenet",
        "mesaj original", "mesajul original", "mesaj inițial", "izvorna poruka", "originalna poruka",
        "оригинална порука", "изворна порука",
        "исходное сообщение", "исходное письмо", "оригинальное сообщение", "первоначальное сообщение",
        "вихідне повідомлення", "оригінальне повідомлення", "початкове повідомлення",
        "оригинално съобщение", "оригинално писмо",
        "αρχικό μήνυμα", "πρωτότυπο μήνυμα", "orijinal mesaj", "özgün ileti", "orijinal ileti",
        "özgün mesaj", "ההודעה המקורית", "הודעה מקורית", "الرسالة الأصلية", "رسالة أصلية", "پیام اصلی",
        "मूल संदेश",
        "元のメッセージ", "オリジナルメッセージ", "原始邮件", "邮件原件", "原邮件", "原始郵件", "原始訊息",
        "原始信件", "回复的原邮件", "原始邮件信息", "원본 메시지", "원본 메일", "원본 이메일", "원본메일",
        "thư gốc", "tin nhắn gốc", "thư ban đầu", "ข้อความต้นฉบับ", "ข้อความเดิม", "pesan asli", "surat asli",
    }
)  # fmt: skip
"""What stands between dashes over a quotation."""

FORWARDED = frozenset(
    {
        "forwarded message", "forwarded by", "begin forwarded message", "forwarded mail", "forwarded",
        "weitergeleitete nachricht", "anfang der weitergeleiteten nachricht",
        "anfang der weitergeleiteten e-mail", "weitergeleitete e-mail",
        "message transféré", "message transmis", "début du message transféré", "début du message réexpédié",
        "courriel transféré", "e-mail transféré", "mensaje reenviado", "inicio del mensaje reenviado",
        "mensagem encaminhada", "mensagem reencaminhada",
        "início da mensagem encaminhada", "início da mensagem reencaminhada", "messaggio inoltrato",
        "inizio messaggio inoltrato", "doorgestuurd bericht", "begin doorgestuurd bericht",
        "missatge reenviat", "inici del missatge reenviat",
        "vidarebefordrat meddelande", "vidarebefordrat brev", "början på vidarebefordrat meddelande",
        "videresendt meddelelse", "videresendt besked", "start på videresendt besked",
        "videresendt melding", "begynnelse på videresendt melding", "start på videresendt e-mail",
        "välitetty viesti", "edelleenlähetetty viesti", "edelleen lähetetty viesti",
        "välitetty viesti alkaa", "framsend skilaboð", "edastatud kiri", "pārsūtīts ziņojums",
        "persiųstas laiškas", "wiadomość przekazana dalej", "przekazana wiadomość", "przesłana wiadomość",
        "początek przekazywanej wiadomości", "wiadomość przekazana", "přeposlaná zpráva", "předaná zpráva",
        "začátek přeposílané zprávy", "preposlaná správa", "preposielaná správa",
        "začiatok preposlanej správy", "posredovano sporočilo", "továbbított üzenet",
        "a továbbított üzenet kezdete", "továbbított levél", "mesaj redirecționat", "mesaj transmis",
        "început mesaj redirecționat",
        "proslijeđena poruka", "prosleđena poruka", "прослеђена порука", "пересылаемое сообщение",
        "пересланное сообщение", "перенаправленное сообщение", "начало переадресованного сообщения",
        "начало переадресуемого сообщения", "пересылаемое письмо", "переслане повідомлення",
        "пересилане повідомлення", "початок листа, що пересилається", "препратено съобщение",
        "начало на препратеното съобщение",
        "προωθημένο μήνυμα", "έναρξη προωθημένου μηνύματος", "iletilen mesaj", "yönlendirilen mesaj",
        "iletilmiş ileti", "iletilen ileti başlangıcı", "yönlendirilmiş ileti", "הודעה מועברת",
        "הודעה שהועברה", "תחילת ההודעה שהועברה", "رسالة محولة", "رسالة معاد توجيهها", "بدء الرسالة المحولة",
        "بداية الرسالة المعاد توجيهها", "پیام ارسال‌شده",
        "転送されたメッセージ", "転送メッセージ", "転送メール", "転送されたメール", "转发的邮件",
        "转发邮件", "转发的邮件信息", "开始转发的邮件", "下面是被转发的邮件", "轉寄的郵件", "轉寄郵件",
        "已轉寄的郵件", "開始轉寄郵件", "以下是轉寄的郵件", "转发邮件信息", "전달된 메시지", "전달된 메일",
        "전달한 메시지", "전달된 메시지의 시작",
        "thư đã chuyển tiếp", "tin nhắn được chuyển tiếp", "bắt đầu thư được chuyển tiếp",
        "ข้อความที่ส่งต่อ", "เริ่มต้นข้อความที่ส่งต่อ", "pesan terusan", "pesan yang diteruskan",
        "mulai pesan yang diteruskan", "अग्रेषित संदेश",
    }
)  # fmt: skip
"""The same over a letter that is passed on; Apple Mail writes it with a colon in place of the dashes."""

REPLY_ABOVE = (
    "reply above this line", "reply above the line", "write above this line", "reply above",
    "type your reply above", "respond above this line", "add your reply above", "antwort oberhalb dieser",
    "antwort über dieser", "oberhalb dieser zeile", "über dieser zeile antworten",
    "antworten sie über dieser",
    "au-dessus de cette ligne", "au dessus de cette ligne", "por encima de esta línea",
    "por encima de esta linea", "encima de esta línea", "sobre esta línea", "arriba de esta línea",
    "acima desta linha", "acima dessa linha", "sopra questa riga", "sopra questa linea",
    "al di sopra di questa riga", "boven deze regel", "boven deze lijn",
    "per sobre d'aquesta línia", "ovanför den här raden", "ovanför denna rad", "over denne linje",
    "over denne linjen", "ovenfor denne linje", "tämän rivin yläpuolelle", "ülalpool seda rida",
    "nad tą linią", "powyżej tej linii", "powyżej tego wiersza", "nad tento řádek", "nad tímto řádkem",
    "nad tento riadok", "nad týmto riadkom", "e sor fölé", "a vonal fölé", "e fölé a sor fölé",
    "deasupra acestei linii", "deasupra acestui rând", "iznad ove linije", "iznad ove crte",
    "изнад ове линије", "nad to vrstico", "выше этой строки", "выше этой линии", "над этой строкой",
    "вище цього рядка", "над цим рядком", "над този ред", "над тази линия", "πάνω από αυτή τη γραμμή",
    "πάνω από αυτήν τη γραμμή", "bu satırın üstüne", "bu satırın üzerine", "bu çizginin üzerine",
    "מעל שורה זו", "מעל לשורה זו", "מעל הקו הזה", "فوق هذا السطر", "فوق هذا الخط", "この行より上",
    "この線より上", "この行の上", "在此行上方", "在这行上方", "在此行以上", "在此線上方", "此行之上",
    "在此行之上", "이 줄 위에", "이 선 위에", "phía trên dòng này", "trên dòng này", "เหนือบรรทัดนี้",
    "เหนือเส้นนี้", "di atas baris ini", "di atas garis ini",
)  # fmt: skip
"""What help desks write between marks at the top of their mails: the customer's answer stands above it."""

_SPEAKERS = {
    "en": "i you he she we they it this that my your our his her their the a",
    "de": "ich du er sie wir ihr es mein meine meiner dein euer unser unsere ihre ihrer",
    "fr": "je tu il elle on nous vous ils elles mon ma votre notre",
    "es": "yo tú usted él ella nosotros mi su",
    "pt": "eu você ele ela nós meu minha",
    "it": "io lui lei noi voi mio mia",
    "nl": "ik jij je u hij zij wij we mijn onze uw",
    "sv da no": "jag du han hon ni jeg hun",
    "pl cs sk": "ja ty on ona my wy mój moja já můj moje",
    "hu ro": "én te ő mi ti ön eu el ea dumneavoastră",
    "ru uk bg": "я ты вы он она мы они мой моя ти ви він вона ми аз той тя ние вие",
    "el tr": "εγώ εσύ εσείς εμείς ben sen siz biz o",
    "he ar": "אני אתה את הוא היא אנחנו أنا أنت هو هي نحن",
    "ja zh ko": "私 僕 我 你 您 他 她 我们 我們 나는 저는 제가",
    "vi id": "tôi bạn anh chị saya kamu anda dia kami",
}  # fmt: skip
SPEAKERS = frozenset(word for words in _SPEAKERS.values() for word in words.split())
"""Words with which no name begins: a sentence that begins so is the writer's own."""
