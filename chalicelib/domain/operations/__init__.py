"""Who is asking, what is configured, the records of queues."""
