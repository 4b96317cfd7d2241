-- What customers said, and the tickets that gather it. Core SQL only: no contrib module, nothing that
-- PostgreSQL 16 lacks.

create table tickets (
    id              uuid primary key,
    row_version     bigint not null,
    -- the lead feedback, the one that the ticket shows
    source          text not null,
    connection      text not null,
    external_id     text not null,
    title           text not null,
    description     text not null,
    language        text,
    tags            text[] not null,
    category        text not null,
    category_confidence double precision not null,
    category_by     text not null,
    sentiment       text not null,
    sentiment_score double precision not null,
    sentiment_confidence double precision not null,
    sentiment_by    text not null,
    priority        text not null,
    priority_reasons text[] not null,
    details         jsonb not null,
    status          text not null check (status in ('open', 'pending', 'resolved', 'closed')),
    needs_review    boolean not null,
    assignee        text,
    customer_id     uuid,
    human_set       text[] not null,            -- fields that a person set; triage leaves them alone
    feedback_count  integer not null check (feedback_count >= 0),
    merged_into     uuid references tickets (id),
    created_at      timestamptz not null,       -- when the customer said it
    received_at     timestamptz not null,       -- when it opened; never changes, so that lists page over it
    updated_at      timestamptz not null,
    search          tsvector not null
);

create index tickets_newest on tickets (received_at desc, id desc) where merged_into is null;
create index tickets_by_status on tickets (status, received_at desc, id desc) where merged_into is null;
create index tickets_for_review on tickets (received_at desc, id desc) where needs_review and merged_into is null;
create index tickets_by_priority on tickets (priority, received_at desc, id desc) where merged_into is null;
create index tickets_by_assignee on tickets (assignee, received_at desc, id desc) where assignee is not null;
create index tickets_by_customer on tickets (customer_id, received_at desc, id desc) where customer_id is not null;
create index tickets_merged_away on tickets (merged_into) where merged_into is not null;
create index tickets_by_word on tickets using gin (search);

create table feedback (
    source          text not null,
    connection      text not null,
    external_id     text not null,
    version         bigint not null,            -- the provider's edit time in milliseconds, or 0
    received_at     timestamptz not null,       -- orders versions of the same edit time
    digest          text not null,              -- sha256 over title, text, rating
    ticket_id       uuid not null references tickets (id),
    event_id        text not null,
    raw_key         text not null,
    kind            text not null,
    title           text,
    text            text not null,
    rating          double precision,
    language        text,
    author_id       text,
    author_name     text,
    author_email    text,
    created_at      timestamptz,
    url             text,
    app_id          text,
    app_version     text,
    device          jsonb not null,
    thread          text,
    attributes      jsonb not null,
    primary key (source, connection, external_id)
);

create index feedback_of_ticket on feedback (ticket_id);
create index feedback_of_thread on feedback (source, connection, thread) where thread is not null;

-- What a feedback said before it was edited.
create table feedback_versions (
    source          text not null,
    connection      text not null,
    external_id     text not null,
    version         bigint not null,
    received_at     timestamptz not null,
    digest          text not null,
    title           text,
    text            text not null,
    rating          double precision,
    primary key (source, connection, external_id, version, received_at, digest),
    foreign key (source, connection, external_id) references feedback on delete cascade
);

-- What is to be told on the bus: written with the change itself, taken off once it is told.
create table outbox (
    position        bigint generated always as identity primary key,
    id              uuid not null unique,
    type            text not null,
    subject         text not null,
    time            timestamptz not null,
    data            json not null
);
