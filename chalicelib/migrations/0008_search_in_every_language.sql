-- The version of the row that `search` was made for by this release. Where it is another, an older release wrote the
-- row: it is made anew within minutes (chalicelib/pipeline/tickets/index.py).
alter table tickets add column search_version bigint not null default 0;
create index tickets_to_index on tickets (received_at) where search_version <> row_version;

-- When a feedback first came, whatever versions of it have come since. Null: when the stored version came.
alter table feedback add column first_received_at timestamptz;
update feedback f set first_received_at = least(f.received_at, v.at)
from (select source, connection, external_id, min(received_at) at from feedback_versions group by 1, 2, 3) v
where (f.source, f.connection, f.external_id) = (v.source, v.connection, v.external_id);
