"""The whole of TriggerIQ on one machine: PostgreSQL, a local AWS, and what AWS does between its services.

It is never deployed, and nothing of ours imports it but three lines at the top of app.py. docs/local.md
describes it; begin to read at start.py (for `chalice local`) and stack.py (for tests).
"""
