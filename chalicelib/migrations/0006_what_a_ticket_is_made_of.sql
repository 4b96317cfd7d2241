-- The connections of a ticket's feedback, which decide who may see it; the words that its verdicts rest on;
-- what elsewhere belongs to it. The defaults are for rows of older releases, and for those that still write.

alter table tickets
    add column connections text[] not null default '{}',
    add column category_evidence text[] not null default '{}',
    add column sentiment_evidence text[] not null default '{}',
    add column priority_evidence text[] not null default '{}',
    add column links jsonb not null default '[]';

-- What was merged away is seen by whoever sees where its feedback is now.
update tickets t set connections = made.connections
from (
    select ticket_id, array_agg(distinct source || '/' || connection order by source || '/' || connection) connections
    from feedback group by ticket_id
) made
where made.ticket_id = coalesce(t.merged_into, t.id);

alter table outbox add column connections text[] not null default '{}';

-- Days, in UTC, whose figures a change of tickets has touched; who counts takes them off. A row a transaction, and
-- no key: one row a day would have all transactions of that day wait for each other.
create table touched_days (
    id              bigint generated always as identity primary key,
    day             date not null
);
