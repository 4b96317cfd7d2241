"""What Zendesk sends, taken apart: `plugins/sources/zendesk.py` says when which part is asked. No plugins
themselves."""
