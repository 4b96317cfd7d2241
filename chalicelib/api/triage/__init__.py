"""/triage."""
