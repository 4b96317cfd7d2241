"""A mail's bytes, taken apart: what `plugins/sources/inbound_email.py` puts together to feedback. No plugins
themselves."""
