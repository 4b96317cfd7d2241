"""Runs a job by hand, in a process of its own that no time-out ends."""
