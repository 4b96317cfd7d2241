"""POST /triage/preview."""

from __future__ import annotations

from chalicelib.api.exchange import Call
from chalicelib.api.triage.shapes import TriagePreviewList, TriagePreviewRequest
from chalicelib.pipeline.triage.preview_texts import TextItem


def preview(call: Call, body: TriagePreviewRequest) -> TriagePreviewList:
    items = [TextItem(**item.model_dump()) for item in body.items]
    return TriagePreviewList.model_validate({"items": call.use.triage.preview(items)})
