"""Tables of feedback: what their columns are called, and what their rows say."""
