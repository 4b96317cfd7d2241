"""Jobs done by hand, in a process of one's own that no time-out ends."""
