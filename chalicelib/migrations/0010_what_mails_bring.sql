-- What a mail quotes, the files that came with it, whether its sender was proven, every name of its conversation; what
-- another system had made of a feedback. The defaults are for rows of older releases, and for those that still write:
-- where `threads` is empty, `thread` is the only name.

alter table feedback
    add column quoted text not null default '',
    add column verified boolean not null default true,
    add column threads text[] not null default '{}',
    add column attachments jsonb not null default '[]',
    add column handled jsonb;
