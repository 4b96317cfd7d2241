"""Facets of plugins' own: what a classifier says beside category, sentiment, language and priority."""

from __future__ import annotations

FACET_NAME = r"[A-Za-z0-9_.-]{1,50}"
FACET_LABEL_LIMIT = 100
"""Characters of a label."""
FACETS_MOST = 20
"""Of one ticket; a plugin that says more is not heard."""
FACETS_BYTES = 2_000
"""Of all facets of one ticket, as JSON in UTF-8, so that an index has room for them; what is beyond is left
out."""
FACET = "facet."
"""Before the name of one where it stands beside our own, as in `GET /tickets?facet.team=billing`."""
