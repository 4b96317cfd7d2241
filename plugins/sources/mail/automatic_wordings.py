"""How mail systems word what they write themselves: out-of-office notes, bounces, receipts, reports.

Subjects and beginnings of texts as Exchange, Outlook, Gmail, Domino, Postfix, Exim, sendmail, qmail and their
like write them, each in the languages in which it is known. Lower case; compared with what `fold` makes.
"""

from __future__ import annotations

from plugins.sources.mail.folding import fold

MAX_SUBJECT = 300
MAX_TEXT = 600
"""Characters that are looked at. What is looked for stands at the beginning."""


def _folded(words: str) -> tuple[str, ...]:
    """One phrase a line, or several parted by " | "."""
    return tuple(fold(phrase) for line in words.split("\n") for phrase in line.split(" | ") if phrase)


REPLIED = _folded("""
automatic reply | automatic response | automated reply | automated response | auto-reply | auto reply
autoreply | auto-response | auto response | autoresponse | autoresponder | auto-responder | autorespons
vacation autoreply | vacation reply | vacation response | vacation message
automatische antwort | autom. antwort | automatische rückantwort | automatische rückmeldung | autoantwort
réponse automatique | réponse auto | message automatique d'absence
respuesta automática | respuesta automatizada | autorespuesta | contestación automática
risposta automatica | risponditore automatico
resposta automática | resposta automàtica | resposta automatizada
automatisch antwoord | automatische reactie | automatische beantwoording | automatisch bericht
autosvar | automatiskt svar | automatisk svar | automatisk besvarelse | automatiskt meddelande
automaattinen vastaus | automaattivastaus | sjálfvirkt svar
odpowiedź automatyczna | automatyczna odpowiedź | autoodpowiedź
automatická odpověď | automatická odpoveď | samodejni odgovor | automatski odgovor
автоматический ответ | автоответ | автоматична відповідь | автовідповідь | автоматичен отговор
аутоматски одговор
automatikus válasz | automatikus üzenet | răspuns automat | αυτόματη απάντηση | otomatik yanıt
otomatik cevap
automaatvastus | automātiskā atbilde | automātiska atbilde | automatinis atsakymas | erantzun automatikoa
përgjigje automatike
תשובה אוטומטית | מענה אוטומטי | رد تلقائي | الرد التلقائي | رد آلي | الرد الآلي | پاسخ خودکار
स्वचालित उत्तर | स्वचालित जवाब | ตอบกลับอัตโนมัติ | การตอบกลับอัตโนมัติ | ข้อความตอบกลับอัตโนมัติ
trả lời tự động | thư trả lời tự động | balasan otomatis | jawaban otomatis | balasan automatik
自动回复 | 自动答复 | 自動回覆 | 自動回復 | 自動答覆 | 自動応答 | 自動返信 | 自動返信メール
自動応答メール
자동 회신 | 자동회신 | 자동 응답 | 자동응답 | 자동 답장 | 부재 중 자동 응답
""")
"""Names of an answer that nobody typed."""

AWAY = _folded("""
out of office | out of the office | out-of-office | out of office autoreply | out of office auto-reply
out of office reply | out of office notification | out of office response | out of office message
currently out of office | i am out of office | i am out of the office | i'm out of the office
away from the office | away from my mail | absence notification
abwesenheitsnotiz | abwesenheitsnachricht | abwesenheitsmeldung | abwesenheitsassistent | abwesenheit
abwesend | abwesenheitsbenachrichtigung | nicht im büro | außer haus | ich bin nicht im büro
absence du bureau | absent du bureau | absente du bureau | absent(e) du bureau | message d'absence
notification d'absence | avis d'absence | hors du bureau
fuera de la oficina | fuera de oficina | ausente de la oficina | aviso de ausencia
fuori ufficio | fuori sede | assente dall'ufficio | assenza dall'ufficio | avviso di assenza
fora do escritório | fora da oficina | ausente do escritório | ausência do escritório | aviso de ausência
ausência temporária | fora de l'oficina
afwezig | afwezigheidsbericht | afwezigheidsmelding | afwezigheidsassistent | niet op kantoor
buiten kantoor
frånvaro | frånvarande | frånvaromeddelande | ej på kontoret | inte på kontoret
fravær | fraværsmelding | fraværsbesked | fraværsbeskjed | ikke på kontoret | ikke til stede
poissa | poissaoloilmoitus | poissa toimistosta | en ole toimistolla | poissaolo
ekki á skrifstofunni | utan skrifstofu
poza biurem | nieobecność | nieobecność w biurze | nieobecny
mimo kancelář | nepřítomnost | nepřítomnost v kanceláři | mimo kancelárie | neprítomnosť
izvan ureda | odsutan | odsutnost | odsoten | odsotnost | izven pisarne | van kancelarije
вне офиса | нет на месте | отсутствую на рабочем месте | отсутствие на рабочем месте
поза офісом | відсутній на робочому місці | извън офиса | отсъствие | ван канцеларије
házon kívül | irodán kívül | în afara biroului | absent din birou
εκτός γραφείου | απουσία από το γραφείο | ofis dışında | ofis dışındayım | büro dışında
kontorist väljas | ärpus biroja | ārpus biroja | ne biure | neesu biure | bulegotik kanpo
מחוץ למשרד | לא במשרד | خارج المكتب | خارج مكتبي | خارج از دفتر
कार्यालय से बाहर | ไม่อยู่ที่สำนักงาน | ไม่อยู่ในสำนักงาน | vắng mặt | đi vắng | di luar kantor
di luar pejabat
不在办公室 | 外出自动回复 | 外出自動回覆 | 不在辦公室 | 不在通知 | 不在連絡 | 不在のお知らせ
休暇のお知らせ | 부재 중 | 부재중 | 부재 알림
""")
"""How people name that they are away."""

UNTIL = _folded("""
until | till | from | thru | through | bis | vom | ab | jusqu | du | desde | hasta | del | dal | fino | de
até
do | od | tot | van | från | fra | til | c | до | з | с
""")
"""Words with which such a subject goes on."""

UNDELIVERED = _folded("""
undeliverable | undelivered mail | undelivered message | undelivered | nondeliverable mail
non-deliverable
returned mail | mail returned | returned to sender | failure notice | failure notification | failed mail
mail delivery failed | mail delivery failure | mail delivery problem | mail delivery error | mail delivery
mail delivery status | mail system error | mail system failure | mail status report
message status - undeliverable
delivery status notification | delivery failure | delivery failed | delivery has failed | delivery error
delivery report | delivery notification: delivery has failed | delivery unsuccessful | delivery problems
notice: mail delivery status | message delivery failure | message delivery failed | message undeliverable
message not delivered | message could not be delivered | your message could not be delivered
email not delivered
your message to | unable to deliver | unable to deliver message | could not deliver
could not send message
permanent delivery failure | non-delivery notification | non delivery notification | non-delivery report
**message you sent blocked | message you sent blocked by our bulk email filter | message blocked
rejected mail
postmaster notify | user unknown | unknown user | recipient unknown | no such user | invalid recipient
mailbox unavailable | mailbox full | quota exceeded | bounced mail | bounce notification
error sending message
unzustellbar | unzustellbare nachricht | nicht zustellbar | nachricht nicht zugestellt
zustellung fehlgeschlagen
fehler bei der zustellung | zustellfehler | e-mail nicht zustellbar
benachrichtigung zum übermittlungsstatus (fehlgeschlagen)
non remis | non remise | message non remis | non distribuable | échec de la remise | échec de remise
non délivré
échec de distribution | courrier non distribué | notification d'état de remise (échec)
no se puede entregar | no entregable | no entregado | no se ha podido entregar | mensaje no entregado
error de entrega
notificación del estado de entrega (fallo) | correo devuelto
non recapitabile | impossibile recapitare | mancato recapito | mancata consegna
notifica di mancato recapito
não é possível entregar | não entregue | não entregável | não foi possível entregar | falha na entrega
notificação de status de entrega (falha) | mensagem não entregue
onbestelbaar | kan niet worden bezorgd | niet bezorgd | bezorging mislukt
olevererbart | kan inte levereras | går inte att leverera | det gick inte att leverera
kan ikke leveres | uleverbar | ikke levert | ikke leveret | levering mislykkedes
toimittaminen epäonnistui | ei voi toimittaa | viestiä ei voitu toimittaa
nie można dostarczyć | niedostarczone | niedostarczona wiadomość | nie dostarczono
nedoručitelné | nedoručiteľné | nedoručeno | doručení se nezdařilo | nedoručená pošta | neisporučivo
недоставленное сообщение | не удается доставить | не удалось доставить | недоставлено | возврат почты
недоставлене повідомлення | не вдалося доставити | недоставено
kézbesíthetetlen | nelivrabil | nu se poate livra | αδύνατη η παράδοση | μη παραδοτέο
teslim edilemedi | teslim edilemiyor | iletilemedi
לא ניתן למסירה | تعذر التسليم | لم يتم التسليم | ไม่สามารถส่งได้ | không thể gửi | không gửi được
tidak terkirim
无法送达 | 未送达 | 无法投递 | 系统退信 | 退信 | 退信通知 | 邮件退回 | 投递失败 | 無法傳遞 | 無法遞送
寄件失敗
配信不能 | 配信できません | 送信エラー | 送信失敗 | エラーメール | 未配信 | メール送信エラー
배달되지 않음 | 배달 못함 | 전송 실패 | 반송된 메일 | 반송 메일 | 발송실패 안내
""")
"""Subjects of mails that tell of a mail that did not arrive."""

ON_ITS_WAY = _folded("""
delayed mail | delivery delayed | delivery delay | mail delivery delayed | message delayed | delayed
delivery status notification (delay | warning: message | warning: could not send message
warning: mail delayed
mail delivery deferred | deferral notice | message delivery delayed | deferred mail | delivery incomplete
successful mail delivery report | success notice | delivered | relayed
delivery status notification (relay
delivery status notification (success | delivery notification: delivery successful
message status - delivered
return receipt | mail delivery report
verzögerte zustellung | zustellung verzögert | verzögert | zugestellt | übermittelt
remise différée | remise retardée | remis | distribué | entrega retrasada | entregado | entrega atrasada
entregue
consegna ritardata | recapitato | bezorging vertraagd | bezorgd | доставка отложена | доставлено
配信遅延 | 配信済み | 配信されました | 送达延迟 | 已送达 | 已傳遞 | 배달됨
""")
"""Subjects of mails that tell of a mail that is late, or arrived."""

RECEIVED = _folded("""
read | not read | read receipt | message status - opened | message status - deleted
disposition notification
gelesen | ungelesen gelöscht | nicht gelesen | lesebestätigung | empfangsbestätigung
lu | non lu | accusé de lecture | confirmation de lecture | leído | no leído | confirmación de lectura
letto | non letto | conferma di lettura | lida | lido | não lida | confirmação de leitura | gelezen
niet gelezen
leesbevestiging | läst | lästes inte | läskvitto | læst | lest | ikke læst | luettu | ei luettu
lukukuittaus
przeczytane | nie przeczytano | potwierdzenie przeczytania | přečteno | nepřečteno | прочитано
не прочитано
elolvasva | citit | αναγνώστηκε | okundu | okunmadı | נקרא | تمت القراءة | 已读 | 已讀 | 既読 | 開封済み
開封確認 | 읽음
""")
"""Subjects of read receipts, which a colon follows."""

COMPLAINED = _folded("""
email feedback report for ip | complaint about message from
spamtraphit by | email abuse report
""")
"""Subjects with which providers tell that a user called a mail spam."""

BOUNCED = _folded("""
error: invalid user address | unknown user: | undeliverable to | user mailbox exceeds
this is the mail system at host | this message was undeliverable due to
this message was created automatically by mail delivery software
this message was created automatically by the mail system | hi. this is the qmail-send program
hi. this is the deliver program | hi! this is the mailer-daemon | hi. the mta program
i'm sorry to have to inform you that your message could not | i'm afraid i wasn't able to deliver
sorry, we were unable to deliver your message | we were unable to deliver your message
we're sorry to have to inform you | sorry. your message could not be delivered
delivery to the following recipient | delivery has failed to these recipients
delivery to these recipients
delivery has been delayed to these recipients
delivery of the following message failed | delivery failed | delivery failure
delivery is delayed to these recipients
the following message to | the following addresses had | the following address failed
the following recipients
the original message was received at | the message could not be delivered
the e-mail system was unable to deliver | the server could not deliver
address not found | message not delivered | recipient inbox full
your message wasn't delivered | your message was not delivered | your message could not be delivered
your message cannot be delivered | your message did not reach | could not be delivered to
requested action not taken | your message couldn't be delivered
your mail message to the following address
your message has encountered delivery problems | your message has not been delivered
an error occurred while trying to deliver | an error has occurred while attempting to deliver
a message that you sent could not be delivered | a message that you have sent could not be delivered
message could not be delivered | could not deliver message | unable to deliver message
this is an automatically generated delivery status notification | this is a delivery status notification
this is an informative message sent by | this report relates to a message you sent
this is a permanent error | this is a warning | this is a receipt for the mail you sent
unknown user
undeliverable message | undelivered mail | each of the following recipients was rejected
failed to deliver to | failed to deliver your message | mail could not be delivered
transcript of session follows | reporting-mta:
was automatically rejected | error: message could not be delivered
unfortunately, your message | we are sorry, but your message
fehler bei der nachrichtenzustellung an folgende empfänger | ihre nachricht konnte nicht zugestellt werden
ihre nachricht hat einige oder alle empfänger nicht erreicht
die folgende nachricht konnte nicht zugestellt
diese nachricht wurde automatisch erzeugt von mail delivery
échec de la remise pour ces destinataires | échec de la remise à ces destinataires
le message suivant n'a pas pu être
votre message n'a pas pu être | votre message n'est pas parvenu
no se pudo entregar a estos destinatarios | error al entregar a estos destinatarios
su mensaje no se pudo entregar
impossibile recapitare il messaggio | impossibile recapitare ai destinatari
il messaggio non è stato recapitato
falha na entrega a estes destinatários | falha na entrega para os seguintes
sua mensagem não foi entregue
bezorging bij de volgende | bezorgen bij deze geadresseerden | uw bericht kan niet worden bezorgd
leveransen till följande | det gick inte att leverera till | levering til disse mottakerne
levering til følgende
toimitus näille vastaanottajille epäonnistui | dostarczenie do następujących adresatów
это письмо отправлено почтовым сервером | сообщение не доставлено
не удалось доставить | ваше сообщение не доставлено | doručení těmto příjemcům
送信先のメールボックス | 次の受信者への配信 | 次の受信者またはグループへの配信
以下のメールアドレスへの送信に失敗
メールを配信できませんでした | 未能传递到这些收件人 | 无法将邮件发送 | 很抱歉您发送的邮件被退回
傳遞至下列收件者 | 다음 받는 사람에게 배달하지 못했습니다
""")
"""Beginnings of texts that mail servers write about a mail that did not arrive."""

LATE = _folded("""
this is a warning message only | this is a warning only
your message has been delayed | delivery is delayed | your message could not be delivered for
message delayed
delivery has been delayed | the following message has been delayed | there was a temporary problem
your message was successfully delivered | the message was successfully delivered
this is a receipt for the mail
your message has been delivered | message was delivered | your message has been successfully
""")
"""Beginnings, of which a mail is only late, or arrived."""

GENERATED = _folded("""
automatically generated | generated automatically | created automatically | automatic message
automatisch erzeugt | automatisch erstellt | automatisch generiert | généré automatiquement
generado automáticamente | generato automaticamente | gerada automaticamente | automatisch gegenereerd
automatiskt genererat | automatisk generert | wygenerowana automatycznie | создано автоматически
сгенерировано автоматически | 自動的に生成 | 自動生成 | 自动生成 | 自動產生 | 자동으로 생성
""")
"""What mail servers say of their own notes, in the first sentence."""
MAX_SENTENCE = 160

COMPLAINS = _folded("""
this is an email abuse report for an email message | this is a spam complaint
this is an email abuse report
hello, this is an autogenerated email abuse complaint | this is a spam report
""")
"""Beginnings of a provider's note that a user called a mail spam."""
