"""What becomes of tickets: pure decisions, each from what is known to a plan of what to write."""
