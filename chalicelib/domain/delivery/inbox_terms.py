"""On which terms an inbox is read."""

LEASE_MOST = 43_200
"""Seconds of a lease, twelve hours as in SQS: who needs longer for an event should note it down himself.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html"""
WAIT_MOST = 20
"""Seconds that a reader may wait. The gateway gives up after 30, a start of the function among them."""
