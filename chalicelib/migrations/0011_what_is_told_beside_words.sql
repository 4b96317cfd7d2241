-- When a ticket was last answered, and what plugins say of it on facets of their own. The defaults are for rows of
-- older releases, and for those that still write.

alter table tickets
    add column answered_at timestamptz,
    add column facets jsonb not null default '{}';

-- What is counted of facets is read from this index alone; where no plugin has its own, nothing is in it.
create index tickets_with_facets on tickets (received_at desc, id desc) include (facets)
    where merged_into is null and facets <> '{}';

-- Answers in conversations that have no ticket yet.
create table early_answers (
    source          text not null,
    connection      text not null,
    thread          text not null,              -- a name of the conversation
    at              timestamptz not null,       -- of the latest answer
    noted_at        timestamptz not null,
    primary key (source, connection, thread)
);
create index early_answers_noted on early_answers (noted_at);

-- Words that were taken back where they were said, whether they ever came or not: what was said up to then is never let
-- in again.
create table redactions (
    kind            text not null check (kind in ('feedback', 'thread')),
    source          text not null,
    connection      text not null,
    name            text not null,              -- the feedback's external_id, or a name of the conversation
    at              timestamptz not null,
    primary key (kind, source, connection, name)
);
