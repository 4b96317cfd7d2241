"""The whole of TriggerIQ on one machine: PostgreSQL, a local AWS, and what AWS does in between.

Never deployed, and imported by nothing of ours but three lines at the top of app.py. docs/local.md
tells how it hangs together; the way in is start.py (for `chalice local`) and stack.py (for tests).
"""
