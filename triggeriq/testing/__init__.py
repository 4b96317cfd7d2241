"""What a source's tests subclass. Needs pytest and hypothesis: `triggeriq[testing]`.

    from triggeriq.testing import Delivery, WebhookContract

    class TestAcme(WebhookContract):
        source = Acme
        deliveries = (Delivery(name="a review", body=…, headers=…, secret=…, now=…, expect=({"text": "…"},)),)

Everything runs offline. Take real bytes for the samples, that a provider has published or sent you. A sample
that you signed yourself proves only that signer and verifier misread the same page.
"""

import pytest

# This comes before they are imported, so that a failing assertion shows its values.
pytest.register_assert_rewrite(
    "triggeriq.testing.source_contract",
    "triggeriq.testing.webhook_contract",
    "triggeriq.testing.file_contract",
    "triggeriq.testing.poll_contract",
)

from triggeriq.testing.file_contract import FileContract  # noqa: E402 - see above
from triggeriq.testing.poll_contract import PollContract  # noqa: E402 - see above
from triggeriq.testing.samples import Delivery, Exactly, Upload, matches  # noqa: E402 - see above
from triggeriq.testing.source_contract import SourceContract, check  # noqa: E402 - see above
from triggeriq.testing.webhook_contract import WebhookContract  # noqa: E402 - see above

__all__ = [
    "Delivery",
    "Exactly",
    "FileContract",
    "PollContract",
    "SourceContract",
    "Upload",
    "WebhookContract",
    "check",
    "matches",
]
