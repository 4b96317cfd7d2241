"""Makes tickets of feedback, and tells of them."""
