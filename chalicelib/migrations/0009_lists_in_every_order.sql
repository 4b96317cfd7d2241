-- Which tickets a list shows is told by this index alone, whatever it is filtered by: a row of tickets is wide.
create index tickets_listed on tickets
    (received_at desc, id desc, status, category, priority, sentiment, language, needs_review)
    include (connections, tags, assignee) where merged_into is null;
drop index tickets_newest;
drop index tickets_by_priority;

create index tickets_by_tag on tickets using gin (tags);
create index tickets_by_connection on tickets using gin (connections);

-- Other orders than that of receipt; the last is written as searching.py writes it
create index tickets_by_creation on tickets (created_at desc, id desc) where merged_into is null;
create index tickets_by_change on tickets (updated_at desc, id desc) where merged_into is null;
create index tickets_by_urgency on tickets
    (array_position('{low,medium,high,critical}'::text[], priority) desc, received_at desc, id desc)
    where merged_into is null;
