-- When the bytes of a feedback were read again, after its source was mended: of two readings the later one stands.

alter table feedback add column reread_at timestamptz;
