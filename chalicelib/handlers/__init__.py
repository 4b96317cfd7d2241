"""Handlers: an AWS event becomes plain values, a use-case is called, its answer becomes AWS's."""
