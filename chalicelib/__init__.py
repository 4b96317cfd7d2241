"""TriggerIQ's own code; docs/architecture.md says where what is."""

__version__ = "0.1.0"
