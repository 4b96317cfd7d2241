"""What comes in: connections, envelopes, feedback, files, the quarantine."""
