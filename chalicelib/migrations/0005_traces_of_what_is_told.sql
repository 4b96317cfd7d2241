-- The trace that an event belongs to, for those that the schedule tells (W3C Trace Context).

alter table outbox add column traceparent text;
