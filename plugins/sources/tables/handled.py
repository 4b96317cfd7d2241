"""What another system had made of a ticket, in the words of its export."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from triggeriq.values import Handled, PriorityLabel, Status

Label = TypeVar("Label", Status, PriorityLabel)

_STATUS: Mapping[Status, str] = {
    "open": (
        "open|new|reopened|active|assigned|unassigned|to do|todo|backlog|in progress|processing|"
        "under review|in review|selected for development|offen|neu|in bearbeitung|wiedereröffnet|"
        "ouvert|nouveau|en cours|abierto|nuevo|en curso|en proceso|aberto|novo|em andamento|"
        "aperto|nuovo|in corso|in lavorazione|geopend|nieuw|in behandeling|新規|未対応|対応中|"
        "открыт|открыта|новый|новая|в работе"
    ),
    "pending": (
        "pending|waiting|on hold|hold|snoozed|blocked|waiting on customer|waiting for customer|"
        "waiting on third party|waiting for support|awaiting customer|awaiting reply|"
        "awaiting response|wartend|ausstehend|warten auf kunden|zurückgestellt|en attente|"
        "pendiente|en espera|pendente|em espera|in attesa|in afwachting|wacht op klant|保留|待ち|"
        "返信待ち|ожидание|в ожидании"
    ),
    "resolved": (
        "resolved|solved|done|fixed|complete|completed|answered|gelöst|erledigt|behoben|fertig|"
        "résolu|traité|terminé|resuelto|solucionado|completado|resolvido|concluído|risolto|"
        "completato|opgelost|afgerond|解決|解決済み|解決済|完了|対応済み|решен|решён|решено|"
        "выполнено|готово"
    ),
    "closed": (
        "closed|archived|canceled|cancelled|rejected|declined|wont do|wont fix|wontfix|duplicate|"
        "geschlossen|abgeschlossen|archiviert|abgelehnt|fermé|clos|archivé|cerrado|archivado|"
        "fechado|arquivado|chiuso|archiviato|gesloten|クローズ|終了|закрыт|закрыта|закрыто"
    ),
}
_PRIORITY: Mapping[PriorityLabel, str] = {
    "critical": (
        "critical|urgent|blocker|highest|emergency|immediate|very high|p0|p1|s1|sev1|kritisch|"
        "dringend|sehr hoch|sofort|critique|urgente|très haute|crítica|crítico|critica|critico|"
        "kritiek|spoed|緊急|至急|критический|срочный|срочно"
    ),
    "high": (
        "high|major|important|p2|s2|sev2|hoch|haute|élevée|élevé|alta|alto|hoog|高|高い|высокий|высокая"
    ),
    "medium": (
        "medium|normal|moderate|minor|standard|default|average|p3|s3|sev3|mittel|moyenne|moyen|"
        "normale|media|medio|média|médio|gemiddeld|normaal|中|普通|通常|средний|средняя|обычный"
    ),
    "low": (
        "low|lowest|trivial|very low|p4|p5|s4|sev4|niedrig|gering|basse|faible|baja|bajo|baixa|"
        "baixo|bassa|basso|laag|低|低い|низкий|низкая"
    ),
}
"""The names of Zendesk, Freshdesk, Intercom, Jira, Help Scout and osTicket, and their translations."""


def _by_word(table: Mapping[Label, str]) -> dict[str, Label]:
    return {word: label for label, words in table.items() for word in words.split("|")}


_STATUSES, _PRIORITIES = _by_word(_STATUS), _by_word(_PRIORITY)
_RANK = re.compile(r"^(?:p|s|sev|prio|priority)?\s?\d\s")
"""What stands before the word in "1 - Critical" and "P1: Urgent"."""


def handled(
    status: str | None,
    priority: str | None,
    assignee: str | None,
    updated_at: datetime | None,
    resolved_at: datetime | None,
) -> Handled | None:
    """What stands in the columns; None where nothing of it is understood. A ticket without a status that was
    resolved at some time is resolved."""
    found_status: Status | None = _found(_STATUSES, status)
    if status is None and resolved_at is not None:
        found_status = "resolved"
    found_priority = _found(_PRIORITIES, priority)
    if not (found_status or found_priority or assignee):
        return None
    return Handled(
        status=found_status,
        priority=found_priority,
        assignee=assignee,
        updated_at=updated_at or resolved_at,
    )


def _found(table: Mapping[str, Label], word: str | None) -> Label | None:
    if word is None or len(word) > 100:
        return None
    plain = " ".join(re.findall(r"[^\W_]+", word.casefold().replace("'", "").replace("’", "")))
    return table.get(plain) or table.get(_RANK.sub("", plain))
