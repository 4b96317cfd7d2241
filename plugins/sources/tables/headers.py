"""What a column is called: in a spreadsheet of one's own language, and in the exports of other systems.

Names are compared as `plain` writes them, so that "Author E-Mail", "author.e-mail" and "authorE-mail" are
one. What the default shape has (`triggeriq.shape.ALIASES`) is not repeated here, and counts first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from triggeriq.shape import ALIASES

NAMES: Mapping[str, str] = {
    # In English, with the exports of Zendesk, Freshdesk, Intercom, Jira, Help Scout, osTicket, HubSpot and
    # ServiceNow; then in German, French, Spanish, Portuguese, Italian, Dutch, Japanese and Russian; what a
    # review needs also in Polish, Czech, Swedish, Danish, Turkish, Ukrainian, Chinese and Korean
    "id": "issue_key key response_id feedback_id post_id",
    "title": (
        "headline ticket_subject ticket_name short_description review_headline betreff titel überschrift "
        "sujet titre objet asunto título assunto oggetto titolo onderwerp 件名 タイトル тема заголовок temat "
        "tytuł předmět nadpis ämne rubrik emne konu başlık 标题 主题 標題 主旨 제목"
    ),
    "text": (
        "comments feedback_text review_body review_content review_comment message_body comment_text "
        "ticket_description conversation_remark customer_comment remarks opinion kommentar kommentare "
        "bemerkung bemerkungen nachricht mitteilung beschreibung rezension meinung rückmeldung "
        "commentaire commentaires message avis remarque remarques contenu texte comentario comentarios "
        "mensaje reseña opinión descripción texto comentário comentários mensagem opinião descrição "
        "commento commenti messaggio recensione testo descrizione opmerking opmerkingen bericht "
        "beoordelingstekst reactie omschrijving tekst コメント 本文 内容 メッセージ レビュー 感想 "
        "комментарий комментарии сообщение отзыв текст описание "
        "komentarz komentarze opinia treść wiadomość komentář komentáře zpráva "
        "recenze omdöme recension besked anmeldelse yorum yorumlar mesaj відгук коментар "
        "повідомлення 评论 內容 內文 留言 評論 反馈 댓글 내용 리뷰 의견 details notes note"
    ),
    "rating": (
        "review_rating conversation_rating stars_given star note bewertung sterne note_sur_5 étoiles "
        "calificación valoración puntuación estrellas avaliação classificação nota estrelas valutazione "
        "voto stelle beoordeling waardering sterren 評価 星 оценка рейтинг звёзды ocena gwiazdki hodnocení "
        "betyg stjärnor vurdering puan yıldız оцінка 评分 評分 星级 평점 별점"
    ),
    "language": "language_code reviewer_language sprache langue idioma lingua taal 言語 язык",
    "author.id": "reviewer_id contact_id kundennummer",
    "author.name": (
        "reporter requester caller associated_contact customer reviewer reviewer_name full_name "
        "contact_name user_name username from name kunde kundenname verfasser autor nutzer auteur client "
        "nom cliente nombre nome autore klant naam 氏名 名前 お名前 клиент имя автор "
        "imię klient jméno namn navn ad_soyad müşteri ім_я клієнт 姓名 客户 用户名 이름 고객명 작성자"
    ),
    "author.email": (
        "e_mail mail email_address mail_address contact_email associated_contact_emails reporter_email "
        "from_email user_email e_mail_adresse mailadresse courriel adresse_e_mail correo "
        "correo_electrónico e_mailadres メールアドレス メール почта"
    ),
    "created_at": (
        "create_date created_date creation_date date_created created_on created_time creation_time "
        "submitted submitted_at submitted_on submission_date review_date posted_at posted_on opened "
        "opened_at opened_on open_date received_at reported_at sent_at conversation_started_at "
        "review_submit_date_and_time date_time datetime time datum erstellt erstellt_am eingegangen_am "
        "zeitstempel date_de_création créé_le fecha fecha_de_creación creado data criado_em "
        "data_de_criação data_creazione creato_il aangemaakt aangemaakt_op 日付 作成日 作成日時 投稿日 "
        "дата создано utworzono vytvořeno skapad oprettet dato tarih створено "
        "日期 时间 创建时间 建立時間 날짜 작성일"
    ),
    "updated_at": (
        "updated_date updated_on updated_time date_updated last_updated last_updated_at last_updated_time "
        "last_update last_update_time last_modified last_modified_at modified modified_at modified_on "
        "last_activity last_activity_at review_last_update_date_and_time geändert geändert_am "
        "aktualisiert aktualisiert_am modifié_le mis_à_jour_le actualizado fecha_de_actualización "
        "atualizado_em modificato_il aggiornato_il bijgewerkt bijgewerkt_op 更新日 更新日時 обновлено"
    ),
    "url": "permalink ticket_url issue_url review_url review_link web_url",
    "thread": "ticket ticket_number case_id case_number ticketnummer",
    "app.id": "package_name",
    "app.version": "app_version_name",
    "tags": "tag keywords schlagwörter étiquettes etiquetas etichette タグ метки",
    # No parts of a feedback, but what became of it elsewhere
    "status": (
        "status state ticket_status current_status issue_status conversation_status conversation_state "
        "zustand statut état estado stato ステータス 状態 статус"
    ),
    "priority": (
        "priority ticket_priority issue_priority urgency severity prio priorität dringlichkeit priorité "
        "prioridad prioridade priorità prioriteit 優先度 приоритет"
    ),
    "assignee": (
        "assignee assigned_to assignee_name assigned_agent agent_assigned assigned_user assigned_teammate "
        "teammate_assigned teammate ticket_owner owner agent bearbeiter zugewiesen_an zuständig assigné_à "
        "attribué_à asignado_a agente atribuído_a responsável assegnato_a toegewezen_aan 担当者 исполнитель"
    ),
    "resolved_at": (
        "resolved resolved_at resolved_on resolved_time solved_at resolution_date closed close_date "
        "closed_at closed_on closed_time date_closed date_resolved gelöst_am geschlossen_am résolu_le "
        "fermé_le resuelto cerrado resolvido_em fechado_em risolto_il chiuso_il opgelost_op gesloten_op "
        "解決日 完了日 решено закрыто"
    ),
}
"""By part, the names of its columns beside those of the default shape."""

MAX_NAME = 200
"""Characters of a header's cell that are looked at."""

_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")


def plain(cell: str) -> str:
    """A cell of the header as a name, without the signs and capitals in it."""
    words = unicodedata.normalize("NFKC", cell[:MAX_NAME]).strip()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", words)
    return re.sub(r"[\W_]+", "_", words).strip("_").lower()


def _bare(name: str) -> str:
    """Without accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))


PATHS: Mapping[str, tuple[str, ...]] = {
    part: tuple(map(_bare, (*map(plain, ALIASES.get(part, ())), *NAMES.get(part, "").split())))
    for part in ALIASES.keys() | NAMES.keys()
}
_LATER = frozenset(("comment", "comments", "note", "notes", "remarks"))
_KNOWN = frozenset(name for names in PATHS.values() for name in names)


GIVEN_BACK = ("_line", "_reason")
"""Columns before the others of a table of bad rows, which TriggerIQ has given back: they say what was wrong,
and are none of the row's own."""


class Columns:
    """The columns of a table, and which part of a feedback each holds."""

    def __init__(self, header: Sequence[str], mapped: Mapping[str, str]) -> None:
        """mapped: columns by part that somebody chose; see `CsvSettings.columns`."""
        self.places: dict[str, int] = {}
        """Where each name stands."""
        self.repeated: dict[str, list[int]] = {}
        """Where else, for a name that stands in several columns."""
        for place, cell in enumerate(header):
            if place < len(GIVEN_BACK) and tuple(header[: len(GIVEN_BACK)]) == GIVEN_BACK:
                continue
            name = named(cell) or f"column_{place + 1}"
            if self.places.setdefault(name, place) != place:
                self.repeated.setdefault(name, [self.places[name]]).append(place)
        bare = {_bare(name): name for name in reversed(self.places)}
        self.paths = {part: [bare[name] for name in names if name in bare] for part, names in PATHS.items()}
        """The names in which to look for each part, in their order."""
        if "subject" in self.places:  # beside it a title is a person's or a product's
            self.paths["title"].sort(key=lambda name: name != "subject")
        if self.paths["status"]:  # in an export of tickets the comments are what was said later
            self.paths["text"].sort(key=lambda name: name in _LATER)
        if self.paths["status"] and "score" in self.paths["rating"]:  # Zendesk's is none of the customer's
            self.paths["rating"].remove("score")
        for part, cell in mapped.items():
            self.paths[part] = [name] if (name := plain(cell)) in self.places else []


def knows(cell: str) -> bool:
    """Whether a column that is called so holds a part of a feedback, or what became of it."""
    return _bare(named(cell)) in _KNOWN


@lru_cache(4_096)
def named(cell: str) -> str:
    """The name of a column. A unit, or what else stands in brackets, is left out where the rest is known:
    "Rating (1-5)" is rating."""
    cell = cell[:MAX_NAME]
    name = plain(cell)
    if _bare(name) not in _KNOWN and (short := plain(_BRACKETS.sub("", cell))) and _bare(short) in _KNOWN:
        return short
    return name
