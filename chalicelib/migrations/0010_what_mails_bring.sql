-- What a mail quotes, the files that came with it, whether its sender was proven, every name of its conversation; what
-- another system had made of a feedback. The defaults are for rows of older releases, and for those that still write:
-- where `threads` is empty, `thread` is the only name.

alter table feedback
    add column quoted text not null default '',
    add column verified boolean not null default true,
    add column threads text[] not null default '{}',
    add column attachments jsonb not null default '[]',
    add column attachments_key text not null default '',    -- where their content lies in the artifacts bucket
    add column handled jsonb;

-- Fast updates would leave new names in a list that every search reads to its end.
create index feedback_of_threads on feedback using gin (threads) with (fastupdate = off);

-- What a person took apart no mail joins again.
update tickets set human_set = array_append(human_set, 'feedback')
where id in (select ticket_id from processing_logs where stage = 'split');
