"""PostgreSQL 16 through pg8000: tickets and feedback, the audit trail, the outbox, configurations."""
