"""What stands under a letter, by language: words of form, phones' lines, legal footers. Tables, no rules."""

from __future__ import annotations

MOBILE: dict[str, tuple[str, ...]] = {
    "en": (
        "Sent from {device}", "Sent via {device}", "Sent with {device}", "Sent by {device}",
        "Sent using {device}", "Get Outlook for {device}", "Sent on the go with {device}", "via {device}",
    ),
    "de": (
        "Von meinem {device} gesendet", "Gesendet von {device}", "Gesendet mit {device}",
        "Von {device} gesendet", "Mit {device} gesendet", "Gesendet vom {device}", "Gesendet aus {device}",
        "Holen Sie sich Outlook für {device}", "Outlook für {device} herunterladen",
        "Outlook für {device} beziehen", "Diese Nachricht wurde von {device} gesendet",
        "Von unterwegs gesendet",
    ),
    "fr": (
        "Envoyé de {device}", "Envoyé depuis {device}", "Envoyé à partir de {device}",
        "Envoyé à partir d'{device}", "Envoyé avec {device}", "Envoyé via {device}",
        "Obtenir Outlook pour {device}", "Obtenez Outlook pour {device}",
        "Téléchargez Outlook pour {device}", "Télécharger Outlook pour {device}", "Télécharger {device}",
    ),
    "es": (
        "Enviado desde {device}", "Enviado con {device}", "Enviado mediante {device}",
        "Enviado vía {device}", "Obtener Outlook para {device}", "Descargar Outlook para {device}",
        "Obtén Outlook para {device}",
    ),
    "pt": (
        "Enviado do {device}", "Enviado da {device}", "Enviado de {device}", "Enviado a partir do {device}",
        "Enviado a partir de {device}", "Enviado pelo {device}", "Enviado via {device}",
        "Enviado por {device}", "Obter o Outlook para {device}", "Obter Outlook para {device}",
        "Baixe o Outlook para {device}",
    ),
    "it": (
        "Inviato da {device}", "Inviato dal {device}", "Inviato con {device}", "Inviato tramite {device}",
        "Scarica Outlook per {device}", "Ottieni Outlook per {device}",
    ),
    "nl": (
        "Verzonden vanaf {device}", "Verstuurd vanaf {device}", "Verzonden met {device}",
        "Verstuurd met {device}", "Verzonden via {device}", "Verzonden vanuit {device}",
        "Outlook voor {device} downloaden", "Download Outlook voor {device}",
        "Outlook downloaden voor {device}",
    ),
    "ca": ("Enviat des de {device}", "Enviat des del {device}", "Enviat amb {device}"),
    "sv": (
        "Skickat från {device}", "Skickat med {device}", "Skickat via {device}",
        "Hämta Outlook för {device}", "Skaffa Outlook för {device}",
    ),
    "da": (
        "Sendt fra {device}", "Sendt med {device}", "Sendt via {device}", "Hent Outlook til {device}",
        "Få Outlook til {device}",
    ),
    "no": (
        "Sendt frå {device}", "Skaff deg Outlook for {device}", "Last ned Outlook for {device}",
        "Få Outlook for {device}",
    ),
    "fi": ("Lähetetty {device}", "Hanki Outlook {device}"),
    "is": ("Sent úr {device}",),
    "et": ("Saadetud minu {device}", "Saadetud {device}"),
    "lv": ("Nosūtīts no {device}",),
    "lt": ("Išsiųsta iš {device}", "Siunčiama iš {device}"),
    "pl": (
        "Wysłane z {device}", "Wysłano z {device}", "Wysłane za pomocą {device}",
        "Pobierz program Outlook dla {device}", "Pobierz Outlook dla {device}",
        "Uzyskaj aplikację Outlook dla {device}",
    ),
    "cs": (
        "Odesláno z {device}", "Posláno z {device}", "Odesláno pomocí {device}",
        "Získat Outlook pro {device}",
    ),
    "sk": ("Odoslané z {device}", "Poslané z {device}", "Získajte Outlook pre {device}"),
    "sl": ("Poslano iz {device}", "Poslano z {device}"),
    "hu": (
        "Elküldve {device}", "Küldve {device}", "{device} küldve", "{device} elküldve",
        "Outlook beszerzése {device}", "A(z) {device} letöltése",
    ),
    "ro": (
        "Trimis de pe {device}", "Trimis din {device}", "Trimis prin {device}",
        "Obțineți Outlook pentru {device}",
    ),
    "hr": (
        "Poslano s {device}", "Poslano sa {device}", "Poslano putem {device}", "Poslato sa {device}",
        "Послато са {device}",
    ),
    "ru": (
        "Отправлено с {device}", "Отправлено из {device}", "Отправлено от {device}",
        "Отправлено через {device}", "Скачать Outlook для {device}", "Получить Outlook для {device}",
        "Послано с {device}",
    ),
    "uk": (
        "Надіслано з {device}", "Надіслано із {device}", "Відправлено з {device}",
        "Отримати Outlook для {device}", "Завантажити Outlook для {device}",
    ),
    "bg": ("Изпратено от {device}", "Изпратено чрез {device}", "Вземете Outlook за {device}"),
    "el": (
        "Στάλθηκε από {device}", "Εστάλη από {device}", "Απεστάλη από {device}",
        "Αποκτήστε το Outlook για {device}",
    ),
    "tr": (
        "{device} gönderildi", "{device} tarafımdan gönderildi", "{device} için Outlook'u edinin",
        "{device} için Outlook uygulamasını edinin",
    ),
    "he": ("נשלח מ{device}", "נשלח באמצעות {device}", "קבל את Outlook עבור {device}"),
    "ar": (
        "أرسلت من {device}", "أُرسلت من {device}", "مرسل من {device}", "مُرسل من {device}",
        "تم الإرسال من {device}", "تم الإرسال باستخدام {device}", "الحصول على Outlook لـ {device}",
    ),
    "fa": ("ارسال شده از {device}", "فرستاده شده از {device}"),
    "hi": ("मेरे {device} से भेजा गया", "{device} से भेजा गया"),
    "ja": (
        "{device}から送信", "{device}から送信されました", "{device}で送信", "{device} を入手",
        "{device}を入手", "{device} を入手する", "{device} から送信", "{device} で送信されました",
    ),
    "zh": (
        "发自我的{device}", "发自{device}", "从我的{device}发送", "从{device}发送", "來自我的 {device}",
        "從我的{device}傳送", "從我的 {device} 傳送", "從{device}傳送", "寄自我的{device}",
        "發自我的{device}", "發送自我的 {device}", "傳送自我的{device}", "寄件自 {device}", "獲取 {device}",
        "获取 {device}", "取得 {device}", "发送自 {device}", "来自我的{device}", "来自{device}",
    ),
    "ko": (
        "나의 {device}에서 보냄", "내 {device}에서 보냄", "{device}에서 보냄", "{device}에서 전송",
        "{device}에서 전송됨", "{device}에서 발송",
    ),
    "vi": (
        "Đã gửi từ {device}", "Được gửi từ {device}", "Gửi từ {device}", "Tải Outlook cho {device}",
        "Tải xuống Outlook cho {device}",
    ),
    "th": ("ส่งจาก {device}", "ส่งจาก{device}", "ดาวน์โหลด Outlook สำหรับ {device}"),
    "id": (
        "Dikirim dari {device}", "Terkirim dari {device}", "Dikirim melalui {device}",
        "Dapatkan Outlook untuk {device}",
    ),
}  # fmt: skip
"""The line that a phone, or a mail app, puts under what it sends."""

DEVICES = (
    "iphone", "ipad", "ios", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "honor", "oppo",
    "oneplus", "pixel", "nokia", "xperia", "blackberry", "windows phone", "windows mail",
    "mail for windows", "mail für windows", "courrier pour windows", "smartphone", "handy", "mobil",
    "phone", "telefon", "téléphone", "teléfono", "celular", "handset", "tablet",
    "outlook", "gmail", "yahoo", "aol", "protonmail", "proton mail", "proton", "thunderbird", "k-9",
    "fairemail", "spark", "mailbird", "bluemail", "typeapp", "airmail", "superhuman", "front", "hey",
    "zoho", "yandex", "яндекс", "почт", "mail.ru", "gmx", "web.de", "t-online", "freenet", "orange",
    "bouygues", "sfr", "libero", "qq", "foxmail", "163", "网易", "邮箱", "手机", "aqua mail", "myMail",
    "mailspring", "canary", "edison", "tutanota", "fastmail", "icloud", "workspace", "nine", "touchdown",
    "newton",
)  # fmt: skip
"""What such a line names. Where it names one of these it may say more than that."""

CLOSINGS = frozenset(
    {
        # English
        "best regards", "kind regards", "kindest regards", "warm regards", "warmest regards", "regards",
        "with regards", "with kind regards", "with best regards", "with kindest regards", "many regards",
        "best", "best wishes", "with best wishes", "all the best", "sincerely", "sincerely yours",
        "yours sincerely", "yours faithfully", "yours truly", "yours", "respectfully", "respectfully yours",
        "cordially", "warmly", "kindly", "very best", "rgds", "br", "kr", "greetings",
        # German; ß is written ss here, and umlauts both ways
        "mit freundlichen grüssen", "mit freundlichem gruss", "mit freundlichen gruessen",
        "freundliche grüsse", "freundlicher gruss", "freundliche gruesse", "mit besten grüssen",
        "mit besten gruessen", "mit lieben grüssen", "mit herzlichen grüssen", "mit vielen grüssen",
        "viele grüsse", "vielen grüssen", "viele gruesse", "liebe grüsse", "liebe gruesse", "beste grüsse",
        "beste gruesse", "herzliche grüsse", "schöne grüsse", "sonnige grüsse", "grüsse", "gruss",
        "lieber gruss", "lieben gruss", "herzlichst", "mfg", "lg", "vg", "hochachtungsvoll",
        # Romance languages
        "cordialement", "bien cordialement", "très cordialement", "bien à vous", "bien à toi",
        "sincèrement", "salutations", "meilleures salutations", "sincères salutations",
        "salutations distinguées", "cordiales salutations", "amicalement", "cdlt", "cdt",
        "respectueusement",
        "saludos", "un saludo", "saludos cordiales", "un cordial saludo", "cordiales saludos",
        "atentamente", "muy atentamente", "atte", "cordialmente", "reciba un cordial saludo", "un abrazo",
        "saludos atentos",
        "atenciosamente", "cumprimentos", "com os melhores cumprimentos", "melhores cumprimentos",
        "os melhores cumprimentos", "abraços", "abraço", "um abraço", "att", "saudações", "respeitosamente",
        "cordiali saluti", "distinti saluti", "saluti", "un saluto", "un cordiale saluto", "un caro saluto",
        "in fede", "tanti saluti",
        "salutacions", "salutacions cordials", "atentament", "cordialment", "una salutació",
        "una salutació cordial", "salutacións", "un saúdo",
        "cu stimă", "cu stima", "cu respect", "toate cele bune", "cu drag", "cu prietenie",
        # Dutch and the Nordic languages
        "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten",
        "mvg", "groet", "groeten", "groetjes", "hartelijke groet", "hartelijke groeten",
        "met hartelijke groet", "hoogachtend",
        "med vänlig hälsning", "med vänliga hälsningar", "vänlig hälsning", "vänliga hälsningar",
        "vänligen", "hälsningar", "bästa hälsningar", "med bästa hälsningar", "mvh", "vh", "hälsar",
        "med vennlig hilsen", "vennlig hilsen", "med venlig hilsen", "venlig hilsen", "hilsen",
        "beste hilsen", "de bedste hilsner", "bedste hilsner", "mange hilsner", "mange hilsener",
        "med venlige hilsner", "med vennlige hilsener", "kh", "kærlig hilsen", "med hilsen", "dbh",
        "med beste hilsen",
        "ystävällisin terveisin", "terveisin", "parhain terveisin", "yt", "terv", "hyvin terveisin",
        "kveðja", "með kveðju", "bestu kveðjur", "með bestu kveðju",
        # Baltic and Slavic languages, Hungarian
        "lugupidamisega", "parimate soovidega", "tervitades", "ar cieņu", "su pagarba", "pagarbiai",
        "linkėjimai", "geriausi linkėjimai",
        "pozdrawiam", "z poważaniem", "z powazaniem", "pozdrowienia", "serdecznie pozdrawiam",
        "pozdrawiam serdecznie", "z pozdrowieniami", "z wyrazami szacunku", "łączę pozdrowienia", "pozdr",
        "s pozdravem", "s přátelským pozdravem", "s pozdravom", "s priateľským pozdravom", "s úctou",
        "zdravím", "pěkný den", "pekný deň", "hezký den", "s pozdravy",
        "üdvözlettel", "szívélyes üdvözlettel", "baráti üdvözlettel", "tisztelettel", "üdv", "üdvözöl",
        "üdvözlöm",
        "srdačan pozdrav", "lijep pozdrav", "s poštovanjem", "sa poštovanjem", "pozdrav", "lp",
        "lep pozdrav", "s spoštovanjem", "с поштовањем", "срдачан поздрав", "поздрав",
        "с уважением", "с наилучшими пожеланиями", "всего доброго", "с приветом", "всего наилучшего",
        "з повагою", "з найкращими побажаннями", "з пошаною", "с уважение", "поздрави", "сърдечни поздрави",
        "с поздрави",
        # Greek, Turkish, Hebrew, Arabic, Persian
        "με εκτίμηση", "με φιλικούς χαιρετισμούς", "φιλικά", "χαιρετισμούς", "φιλικούς χαιρετισμούς",
        "με τιμή", "saygılarımla", "saygılar", "saygılarımızla", "iyi çalışmalar", "iyi günler", "sevgiler",
        "selamlar", "iyi günler dilerim",
        "בברכה", "בכבוד רב", "ברכות", "בברכת חברים", "בידידות", "مع أطيب التحيات", "مع التحية", "تحياتي",
        "مع تحياتي", "وتفضلوا بقبول فائق الاحترام", "مع خالص التحية", "أطيب التحيات", "با احترام",
        "ارادتمند",
        # East and South-East Asia
        "敬具", "此致", "敬礼", "此致敬礼", "祝好", "顺祝商祺", "順頌商祺", "敬上", "此致 敬禮", "祝 商祺",
        "올림", "드림", "trân trọng", "thân mến", "trân trọng kính chào", "thân ái", "ขอแสดงความนับถือ",
        "ด้วยความเคารพ", "ด้วยความนับถือ", "hormat saya", "hormat kami", "salam", "salam hormat",
        "salam hangat", "सादर", "शुभकामनाएं",
    }
)  # fmt: skip
"""The words of form before a name. They are no thanks: thanks are what the writer says."""

CLEAR_ALONE = frozenset(
    {
        "regards", "sincerely", "grüsse", "gruss", "mfg", "vg", "cordialement", "saludos", "atentamente",
        "saluti", "groet", "groeten", "groetjes", "mvg", "hälsningar", "mvh", "hilsen", "terveisin",
        "pozdrawiam", "pozdrav", "üdvözlettel", "saygılarımla", "בברכה", "تحياتي",
    }
)  # fmt: skip
"""Those of one word that before a name can be nothing else; "Best" and "LG" can."""

BEHIND_A_NAME = ("드림", "올림", "拝", "敬上")
"""Words of form that stand behind the name."""

THANKS = (
    "thanks", "thank you", "thx", "many thanks", "cheers", "danke", "vielen dank", "besten dank", "merci",
    "gracias", "muchas gracias", "obrigado", "obrigada", "grazie", "bedankt", "dank", "tack", "takk", "tak",
    "kiitos", "dziękuję", "dzięki", "děkuji", "ďakujem", "köszönöm", "köszönettel", "mulțumesc", "hvala",
    "спасибо", "дякую", "благодаря", "ευχαριστώ", "teşekkürler", "teşekkür ederim", "תודה", "شكرا", "شكراً",
    "ありがとうございます", "谢谢", "謝謝", "감사합니다", "cảm ơn", "ขอบคุณ", "terima kasih",
)  # fmt: skip
"""Words of thanks with which a letter ends. They stay, and so does a name alone below them."""

PARTICLES = frozenset(
    {
        "von", "van", "de", "der", "den", "da", "di", "del", "la", "le", "du", "dos", "e", "y", "og", "och",
        "und",
        "and", "zu", "bin", "al", "el", "ibn", "ter", "ten",
    }
)  # fmt: skip
"""Words in small letters within names."""

_FOOTING = {
    "en": r"this (?:internet |electronic )?(?:e-?mail|message|communication|transmission|mail)\b|"
        r"the (?:information|contents?) (?:(?:contained |transmitted )?(?:in|of) this|transmitted)|"
        r"if you (?:are not the|have received this|received this)|confidential(?:ity)?\b|"
        r"(?:e-?mail )?disclaimer|privileged|any unauthori[sz]ed|privacy notice|"
        r"(?:important )?notice\b|important:",
    "de": r"diese (?:e-?mail|nachricht|mail)\b|der inhalt dieser|die information(?:en)? in dieser|"
        r"vertraulich|sollten sie nicht der",
    "fr": r"(?:ce|cet) (?:message|courriel|mail|e-?mail|courrier)|les informations contenues|confidentialit",
    "es pt ca": r"est[ea] (?:mensaje|correo|e-?mail|mensagem|comunicación|missatge)|esta mensagem|"
        r"la información contenida|as informações contidas|confidencialidad|aviso legal",
    "it": r"(?:questo|il presente) (?:messaggio|documento)|questa (?:e-?mail|comunicazione)|"
        r"le informazioni contenute|la presente (?:e-?mail|comunicazione)",
    "nl": r"(?:dit|deze) (?:e-?mail|bericht|e-?mailbericht)|de informatie (?:verzonden|in)|disclaimer",
    "sv da no fi":
    r"(?:detta|det här|denne|dette|tämä) (?:e-?post|e-?mail|mail|meddelande|meddelelse|melding|"
        r"viesti|sähköposti)\w*",
    "pl cs sk hu ro":
    r"(?:ta|niniejsza|treść tej) (?:wiadomoś\w+|korespondencj\w+)|(?:tato|táto) (?:zpráva|správa)|"
        r"ez az (?:e-mail|üzenet)|acest (?:mesaj|e-mail)",
    "ru uk bg el tr":
    r"(?:это|данное|настоящее|це|това|αυτό το|bu) (?:сообщение|электронное|повідомлення|съобщение|"
        r"μήνυμα|e-?posta|mesaj|ileti)\w*",
    "ja zh ko": r"この(?:メール|電子メール)|本(?:メール|邮件|郵件|電子郵件)|이 (?:메일|전자우편|메시지)",
}  # fmt: skip
FOOTING = "|".join(_FOOTING.values())
"""How a legal footer begins (a pattern, lower case)."""

FOOTING_BEARS = (
    "confiden", "intended recipient", "named recipient", "intended only", "intended solely", "privileged",
    "addressee", "unauthori", "in error", "vertraulich", "empfänger", "adressat", "irrtümlich",
    "rechtlich geschützt", "par erreur", "destinat", "privilegiad", "por error", "por engano", "riservat",
    "per errore", "vertrouwelijk", "geadresseerde", "bestemd", "konfidens", "konfidentiel", "fortrolig",
    "mottagare", "modtager", "mottaker", "luottamuksel", "vastaanottaja", "poufn", "adresat", "důvěrn",
    "adresát", "dôvern", "bizalmas", "címzett", "конфиденциальн", "получател", "конфіденційн", "одержувач",
    "поверителн", "εμπιστευτικ", "παραλήπτη", "gizli", "alıcı",
    "機密", "宛先", "保密", "机密", "收件人", "기밀", "수신",
)  # fmt: skip
"""What a legal footer speaks of; one that speaks of two of these is one."""

TAGLINES = (
    "please consider the environment before printing", "before printing this e", "think before you print",
    "virus-free.", "virenfrei.", "sans virus.", "libre de virus.", "livre de vírus.", "virusvrij.",
    "privo di virus.", "this email has been checked for viruses", "this email has been scanned",
    "diese e-mail wurde von avast", "l'absence de virus dans ce courrier", "el software de antivirus avast",
    "you received this message because you are subscribed", "you are receiving this because you",
    "to unsubscribe from this", "to unsubscribe, ", "to view this discussion on the web",
    "for more options, visit https://groups.google.com", "pensez à l'environnement",
    "bitte denken sie an die umwelt", "bitte prüfen sie, ob diese mail", "antes de imprimir",
    "prima di stampare", "denk aan het milieu", "reply to this email directly, view it on",
)  # fmt: skip
"""Lines that mail servers, virus scanners and mailing lists put at the end."""
