"""A million tickets as years of feedback would leave them, made in minutes."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from chalicelib.services.postgres.connection import Database, as_rows
from tests.proof.progress import Progress

TICKETS = int(os.environ.get("TICKETS", 1_000_000))
TEXTS = 20_000
"""Different texts; each ticket adds its own order, version and author."""
PIECE = 50_000
LABELLED = Path(__file__).parents[1] / "data" / "labelled"
OTHERS = {
    "de": "Nach dem letzten Update stürzt die App beim Öffnen ab. Die Rückerstattung fehlt noch immer. "
    "Ich kann meine Bestellungen nicht sehen. Das Häuschen im Menü führt nirgends hin.",
    "fr": "Depuis la dernière mise à jour l'application se ferme. Je n'ai pas été remboursée. "
    "Les commandes n'apparaissent plus. Très déçu du café livré froid.",
    "es": "La aplicación se cierra sola desde ayer. Quiero la devolución de mi dinero. "
    "Los pedidos no aparecen en la lista. Muy buena atención.",
    "pt": "O aplicativo fecha sozinho desde ontem. Quero meu reembolso agora. Os pedidos sumiram da lista.",
    "it": "L'applicazione si chiude da sola. Vorrei un rimborso per l'ordine. Gli ordini non si vedono più.",
    "ru": "Приложение закрывается сразу после запуска. Верните деньги за заказ. Не вижу своих заказов.",
    "ja": "アプリが起動しません。返金してください。注文が表示されません。とても便利です。",
    "zh": "应用崩溃了，请退款。我看不到我的订单。更新之后无法登录。非常好用。",
    "ko": "앱이 실행되지 않아요. 환불해 주세요. 주문 내역이 보이지 않습니다.",
    "th": "แอปเปิดไม่ได้หลังอัปเดต กรุณาคืนเงินให้ฉัน ไม่เห็นคำสั่งซื้อของฉัน",
}
_SYLLABLES = (
    "ba",
    "den",
    "kor",
    "lin",
    "mar",
    "no",
    "pet",
    "ri",
    "sal",
    "tov",
    "ul",
    "vik",
    "wen",
    "ya",
    "zo",
)


def fill(database: Database, tickets: int) -> None:
    """Rows as the release before this one left them; search does not know them yet."""
    chance = random.Random(7)
    database.run("create unlogged table text (place bigint primary key, text text, language text)")
    made = ({"place": place, **text} for place, text in enumerate(islice(_texts(chance), TEXTS)))
    while part := list(islice(made, 1_000)):
        database.run(
            "insert into text "
            "select * from json_to_recordset(:rows) as r(place bigint, text text, language text)",
            rows=as_rows(part),
        )
    names = sorted({_name(chance) for _ in range(5_000)})
    database.run("create unlogged table name (place bigint primary key, name text)")
    database.run(
        "insert into name select n - 1, name "
        "from unnest(cast(:names as text[])) with ordinality as x(name, n)",
        names=names,
    )
    indexes = database.run(
        "select indexdef, indexname from pg_indexes where tablename in ('tickets', 'feedback') "
        "and indexname not like '%_pkey'"
    )
    for _, name in indexes:
        database.run(f"drop index {name}")
    progress = Progress("tickets made", tickets)
    for start in range(0, tickets, PIECE):
        with database.transaction() as session:
            session.script(_MADE.format(start=start, end=min(start + PIECE, tickets) - 1, names=len(names)))
        progress.tell(min(start + PIECE, tickets))
    for definition, _ in indexes:
        database.run(definition)
    database.run("drop table text, name")


def _texts(chance: random.Random) -> Iterator[dict[str, str]]:
    """Sentences of real texts, put together anew; a third are of other languages than English."""
    english = [
        sentence
        for file in sorted(LABELLED.glob("*.jsonl"))
        for line in file.read_text("utf-8").split("\n")
        if line
        for sentence in re.split(r"(?<=[.!?]) ", json.loads(line)["text"])
    ]
    others = {code: re.split(r"(?<=[.。]) ?", text) for code, text in OTHERS.items()}
    while True:
        language = chance.choice(list(others)) if chance.random() < 0.34 else "en"
        known = others.get(language, english)
        said = [chance.choice(known) for _ in range(chance.randint(1, 6))]
        yield {"text": " ".join(said), "language": language}


def _name(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 3))).title()


_CHANCES = ", ".join(f"('x' || substr(h, {1 + 4 * n}, 4))::bit(16)::int / 65536.0 r{n + 1}" for n in range(8))
_MADE = f"""
create temp table one on commit drop as
select n, md5('ticket ' || n)::uuid as id, x.text, x.language, a.*,
    timestamptz '2024-03-01' + n * interval '1 minute' as at,
    first.name as first, last.name as last, n % 250000 as author
from generate_series({{start}}::bigint, {{end}}::bigint) n
cross join lateral (select md5(n::text) h) m
cross join lateral (select {_CHANCES}) a
join text x on x.place = (n * 7919) % {TEXTS}
join name first on first.place = (n % 250000 * 31) % {{names}}
join name last on last.place = (n % 250000 * 17 + 5) % {{names}};

insert into tickets (id, row_version, source, connection, external_id, title, description, language, tags,
    category, category_confidence, category_by, sentiment, sentiment_score, sentiment_confidence,
    sentiment_by, priority, priority_reasons, details, status, needs_review, assignee, human_set,
    feedback_count, created_at, received_at, updated_at, search, connections)
select id, 1, source, connection, 'r' || n, left(said, 60), said, language,
    array_remove(array[
        case when r5 < 0.9 then 'tag' || floor(power(r5, 3) * 60) end,
        case when r6 < 0.3 then 'area' || floor(r6 * 100) end,
        case when n % 20011 = 0 then 'rare' end
    ], null),
    category, 0.8, 'category/1',
    case when category = 'praise' then 'positive' when r2 < 0.6 then 'negative' else 'neutral' end,
    0.1, 0.7, 'sentiment/1',
    case when r3 < 0.03 then 'critical' when r3 < 0.2 then 'high' when r3 < 0.7 then 'medium' else 'low' end,
    '{{{{}}}}', '{{{{"os": "iOS"}}}}',
    case when r4 < n / 1500000.0 then case when r7 < 0.7 then 'open' else 'pending' end
        when r7 < 0.5 then 'resolved' else 'closed' end,
    r8 < 0.08, case when r8 > 0.6 then 'agent' || floor((r8 - 0.6) * 100) end, '{{{{}}}}',
    1, at - r1 * interval '3 days', at, at + r2 * interval '20 days',
    to_tsvector('simple', left(said, 60) || ' ' || said), array[source || '/' || connection]
from one cross join lateral (
    select text || ' Order ORD-' || 100000 + n || ' version ' || n / 5000 || '.' || floor(r1 * 4) as said,
        (array['zendesk', 'app_store', 'csv', 'inbound_email'])[1 + floor(power(r6, 2) * 4)::int] as source,
        'shop' || floor(power(r7, 2) * 20) as connection,
        (array['complaint', 'bug_report', 'praise', 'question', 'feature_request', 'other', 'spam'])
            [1 + floor(power(r1, 2) * 7)::int] as category
) made;

insert into feedback (source, connection, external_id, version, received_at, digest, ticket_id, event_id,
    raw_key, kind, title, text, rating, language, author_id, author_name, author_email, created_at, app_id,
    app_version, device, attributes)
select t.source, t.connection, t.external_id, 0, at, md5(n::text), one.id, 'event-' || n,
    'raw/' || n, 'review', null, t.description,
    case when t.category = 'praise' then 4 + round(r2) when r3 < 0.7 then 1 + floor(r3 * 5) end,
    one.language, 'u' || author, first || ' ' || last,
    lower(first || '.' || last) || author || '@mail' || author % 500 || '.example', t.created_at, 'shop',
    n / 5000 || '.' || floor(r1 * 4), '{{{{}}}}', '{{{{}}}}'
from one join tickets t on t.id = one.id;
"""
