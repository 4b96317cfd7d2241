"""What the tests of a plugin subclass. Needs pytest and hypothesis: `triggeriq[testing]`.

    from triggeriq.testing import WebhookContract

    class TestAcme(WebhookContract):
        source = Acme
        golden = Path(__file__).with_name("golden")

Everything runs offline: no AWS, no database, no credentials. Take real bytes for the golden requests, that a
provider has published or sent you. One that was signed anew, as `capture` does, proves only that signer and
verifier agree. Whether they are right is shown once, with the provider's own signature, by a preview or
`make explain`.
"""

import pytest

# This comes before they are imported, so that a failing assertion shows its values.
pytest.register_assert_rewrite(
    "triggeriq.testing.answers",
    "triggeriq.testing.classifier_contract",
    "triggeriq.testing.file_contract",
    "triggeriq.testing.source_contract",
    "triggeriq.testing.webhook_contract",
    "triggeriq.testing.poll_contract",
)

from triggeriq.testing.classifier_contract import ClassifierContract  # noqa: E402 - see above
from triggeriq.testing.examples import Example  # noqa: E402 - see above
from triggeriq.testing.file_contract import FileContract  # noqa: E402 - see above
from triggeriq.testing.poll_contract import PollContract  # noqa: E402 - see above
from triggeriq.testing.samples import Delivery, Exactly, Upload, matches  # noqa: E402 - see above
from triggeriq.testing.source_contract import SourceContract, check  # noqa: E402 - see above
from triggeriq.testing.webhook_contract import WebhookContract  # noqa: E402 - see above

__all__ = [
    "ClassifierContract",
    "Delivery",
    "Exactly",
    "Example",
    "FileContract",
    "PollContract",
    "SourceContract",
    "Upload",
    "WebhookContract",
    "check",
    "matches",
]
