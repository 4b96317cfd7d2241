"""Classifies feedback, by the plugins' stages."""
