"""TriggerIQ's own code; docs/architecture.md says where to find what."""

__version__ = "0.1.0"
