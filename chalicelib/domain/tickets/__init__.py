"""Tickets, what is decided about them, and what is told of them."""
