-- For the last event of a source in GET /sources.

create index feedback_newest_of_source on feedback (source, received_at desc);
