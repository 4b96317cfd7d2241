"""Handlers: each turns an AWS event into plain values, calls a use-case, and answers in AWS's form."""
