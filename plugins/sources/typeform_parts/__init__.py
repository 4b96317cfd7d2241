"""What a filled-in form says: `plugins/sources/typeform.py` puts it together to feedback. No plugins
themselves."""
