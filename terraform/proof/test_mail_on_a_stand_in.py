"""The rules of mail, applied to a stand-in for AWS, which keeps them in SES's order. By themselves, and left
there: it can't take a rule away."""

from __future__ import annotations

from local.stack import Stack
from terraform.proof.conftest import Begin
from terraform.proof.terraform import STAND_IN

MAIL = "support.example.com"
RECIPIENTS = f'{{all=["{MAIL}"],billing=["billing@{MAIL}"],help=["help@{MAIL}"]}}'
CHOSEN = (
    "-target=aws_ses_receipt_rule.mail",
    *("-var", "environment=post"),
    *("-var", f"mail_domain={MAIL}"),
    *("-var", f"mail_recipients={RECIPIENTS}"),
)


def test_the_rule_of_an_address_comes_before_the_domain_s(endpoint: str, begin: Begin, stack: Stack) -> None:
    """Terraform makes them side by side; the place of each is the one that it asks for."""
    root = begin({"AWS_ENDPOINT_URL": endpoint}, STAND_IN)
    root.run("apply", "-auto-approve", *CHOSEN)
    rules = stack.client("ses").describe_receipt_rule_set(RuleSetName="triggeriq-post")["Rules"]
    names = [rule["Name"].removeprefix("triggeriq-post") for rule in rules]
    assert (sorted(names[:2]), names[2:]) == (["-billing", "-help"], [".mark", "-all"])
    assert [list(rule["Actions"][-1]) for rule in rules if rule["Actions"]] == [["StopAction"]] * 3
