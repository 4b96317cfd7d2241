"""/uploads: forms by which files go straight into the bucket, which takes more than a request may hold."""

from __future__ import annotations

from chalicelib.api.exchange import Call
from chalicelib.api.intake import connections
from chalicelib.api.intake.shapes import UploadRequest
from chalicelib.domain.intake.upload_form import UploadForm
from chalicelib.errors import Forbidden


def offer(call: Call, body: UploadRequest) -> UploadForm:
    """The connection need not exist. If it does, the form is for its owner or an admin."""
    if not call.caller.may_see(body.source, body.connection):
        # Refused before anything is looked up, as a PUT of such a connection is.
        raise Forbidden(
            f"the key is restricted to {call.caller.restriction}; name one of those, or ask an admin for a "
            f"key that has {body.source}/{body.connection}"
        )
    connections.standing(call, body.source, body.connection)
    form: UploadForm = call.use.intake.offer_upload(
        body.source, body.connection, body.file, body.content_type
    )
    return form
