-- The audit trail: what each stage of each run over a ticket said, and what people did to it.
-- It is not tied to tickets by a foreign key: it may outlive them.

create table processing_logs (
    id              bigint generated always as identity primary key,
    ticket_id       uuid not null,
    run             uuid not null,              -- the same for a redelivery, so that it adds no row
    stage           text not null,
    at              timestamptz not null,
    by              text not null,
    data            jsonb not null,
    unique (ticket_id, run, stage)
);

-- Append-only. Erasing a person is the one exception, and must say so:
-- set local triggeriq.erasing = 'on'
create function refuse_to_rewrite_history() returns trigger language plpgsql as $$
begin
    if current_setting('triggeriq.erasing', true) = 'on' then
        return null;
    end if;
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete or truncate on processing_logs
    for each statement execute function refuse_to_rewrite_history();
