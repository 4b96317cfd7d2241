"""The whole HTTP interface, one route a line. docs/api.md and /openapi.json describe the same, for people and
for machines.

A row names its handler and its shapes as text, so that a request imports only what it uses. It is one flat
table, since a module for each area would make every start slower.
"""

from __future__ import annotations

from typing import NamedTuple

OPEN, WEBHOOK = "open", "webhook"
ACCESS = (OPEN, WEBHOOK, "read", "write", "ingest", "admin")
"""open: anybody. webhook: the source's own signature decides. The rest: an API key with that scope."""

ROWS, REFUSED, PUBLIC = "rows", "refused", "public"
RESTRICTED = (ROWS, REFUSED, PUBLIC)
"""What a caller gets who is restricted to connections. rows: only what is made of his connections alone;
anything else does not exist for him. refused: 403. public: what everybody gets, since it tells nothing of any
connection."""

BODY_LIMIT = 1_000_000
"""Bytes of a body; a longer one is refused with 413."""


class Route(NamedTuple):
    """One route."""

    method: str
    path: str
    name: str
    """What it is called in /openapi.json (operationId), and so in every client that is made from it."""
    access: str
    """One of ACCESS."""
    restricted: str
    """One of RESTRICTED. It has no default, so that nobody forgets to decide it."""
    handler: str
    """"area.module:function" in chalicelib/api."""
    summary: str
    query: str = ""
    """The query's shape: a name in the `shapes` module of the handler's area, as `body` and `answer` are."""
    body: str = ""
    answer: str = ""
    status: int = 200
    """The status of success."""
    also: tuple[int, ...] = ()
    """Statuses beside it that are no problems."""
    limit: int = BODY_LIMIT
    """The most bytes that the body may have."""
    refusals: tuple[int, ...] = ()
    """Statuses beyond those that follow from the rest (400, 401, 403, 404, 413, 415)."""
    media: str = "application/json"
    """The content type of success."""
    reads: tuple[str, ...] = ()
    """Content types beside JSON, where its handler reads the body itself; `body` then only describes it."""
    idempotent: bool = False
    """Whether it takes an Idempotency-Key: a repeat with the same key is answered as the first one was."""

    @property
    def area(self) -> str:
        """The package of its handler and its shapes."""
        return self.handler.partition(".")[0]

    @property
    def resource(self) -> str:
        """The module of its handler, and its chapter in the documentation."""
        return self.handler.partition(":")[0].partition(".")[2]


PREVIEW_LIMIT = 1_500_000
"""Bytes of a preview's body, which holds a webhook's body in base64."""

# fmt: off
ROUTES = (
    Route("GET", "/health", "check_health", OPEN, PUBLIC, "operations.health:check", "Is it up? `deep=1` asks every dependency (admin)", query="HealthQuery", answer="Health", also=(503,), refusals=(401, 403, 503)),
    Route("GET", "/", "go_to_docs", OPEN, PUBLIC, "documentation.documents:root", "Leads to `/docs`", status=302),
    Route("GET", "/openapi.json", "get_openapi", OPEN, PUBLIC, "documentation.documents:openapi", "This interface as OpenAPI 3.1"),
    Route("GET", "/docs", "get_docs", OPEN, PUBLIC, "documentation.documents:page", "This interface for people", media="text/html"),
    Route("POST", "/webhooks/{source}", "post_default_webhook", WEBHOOK, PUBLIC, "intake.webhooks:receive", "A partner's webhook, for the connection `default`", answer="WebhookAnswer", status=202, also=(200,), refusals=(405, 422, 503)),
    Route("PUT", "/webhooks/{source}", "put_default_webhook", WEBHOOK, PUBLIC, "intake.webhooks:receive", "The same, for a partner that sends by PUT", answer="WebhookAnswer", status=202, also=(200,), refusals=(405, 422, 503)),
    Route("HEAD", "/webhooks/{source}", "probe_default_webhook", WEBHOOK, PUBLIC, "intake.webhooks:receive", "Answer a provider's probe", refusals=(405, 503)),
    Route("GET", "/webhooks/{source}", "ask_default_webhook", WEBHOOK, PUBLIC, "intake.webhooks:receive", "Answer a provider's challenge", refusals=(405, 503), media="text/plain"),
    Route("POST", "/webhooks/{source}/{connection}", "post_webhook", WEBHOOK, PUBLIC, "intake.webhooks:receive", "A partner's webhook", answer="WebhookAnswer", status=202, also=(200,), refusals=(405, 422, 503)),
    Route("PUT", "/webhooks/{source}/{connection}", "put_webhook", WEBHOOK, PUBLIC, "intake.webhooks:receive", "The same, for a partner that sends by PUT", answer="WebhookAnswer", status=202, also=(200,), refusals=(405, 422, 503)),
    Route("HEAD", "/webhooks/{source}/{connection}", "probe_webhook", WEBHOOK, PUBLIC, "intake.webhooks:receive", "Answer a provider's probe", refusals=(405, 503)),
    Route("GET", "/webhooks/{source}/{connection}", "ask_webhook", WEBHOOK, PUBLIC, "intake.webhooks:receive", "Answer a provider's challenge", refusals=(405, 503), media="text/plain"),
    Route("POST", "/events", "post_events", "ingest", ROWS, "delivery.events:post", "Post a CloudEvent, or up to 100 of them", body="PostedEvents", answer="PostedAnswer", status=202, reads=("application/cloudevents+json", "application/cloudevents-batch+json"), idempotent=True),
    Route("OPTIONS", "/events", "allow_events", OPEN, PUBLIC, "delivery.events:handshake", "Answer a sender that asks whether it may post (CloudEvents' web hook handshake)", media="text/plain"),
    Route("GET", "/events", "list_events", "read", ROWS, "delivery.event_log:listed", "Events that were posted or told, newest first, up to ten seconds ago", query="EventQuery", answer="EventPage"),
    Route("GET", "/events/{id}", "get_event", "read", ROWS, "delivery.event_log:find", "Read one event", query="WhichEvent", answer="Event"),
    Route("DELETE", "/events/{id}/content", "forget_event", "write", ROWS, "delivery.event_log:forget", "Forget what an event held; that it came stays", query="WhichEvent", status=204),
    Route("GET", "/inbox", "read_inbox", "read", ROWS, "delivery.inbox:read", "Look into the inbox of the key's owner; with `lease` take what is there for a while, with `wait` wait for it", query="InboxQuery", answer="InboxPage"),
    Route("PUT", "/inbox", "set_inbox", "write", ROWS, "delivery.inbox:put", "Say which events are to come into the inbox from now on", body="InboxPut", answer="InboxShown"),
    Route("POST", "/inbox/{id}/ack", "ack_item", "read", ROWS, "delivery.inbox:ack", "Take an event off the inbox", body="AckWith", status=204, refusals=(409,)),
    Route("POST", "/inbox/ack", "ack_items", "read", ROWS, "delivery.inbox:ack_all", "Take up to a hundred events off the inbox", body="Acks", answer="Acked"),
    Route("GET", "/tickets", "list_tickets", "read", ROWS, "tickets.tickets:search", "Search, filter and sort tickets; newest first by default", query="TicketQuery", answer="TicketPage"),
    Route("GET", "/tickets/facets", "count_tickets", "read", ROWS, "tickets.tickets:count", "Count the tickets of a query by status, category, tag and every other facet", query="TicketCountQuery", answer="TicketCounts"),
    Route("GET", "/tickets/{id}", "get_ticket", "read", ROWS, "tickets.tickets:find", "Read one ticket", answer="Ticket", also=(304,)),
    Route("PATCH", "/tickets/{id}", "change_ticket", "write", ROWS, "tickets.tickets:change", "Set status, assignee, priority, category, tags or links", body="TicketChange", answer="Ticket", refusals=(412,)),
    Route("GET", "/tickets/{id}/history", "list_ticket_history", "read", ROWS, "tickets.tickets:history", "The audit trail, oldest first", query="PageQuery", answer="HistoryPage"),
    Route("GET", "/tickets/{id}/feedback", "list_ticket_feedback", "read", ROWS, "tickets.tickets:feedback", "What was said in it, oldest first", query="PageQuery", answer="TicketFeedbackPage"),
    Route("GET", "/tickets/{id}/attachments", "list_ticket_attachments", "read", ROWS, "tickets.tickets:attachments", "The files that came with it, each with an address that lives 5 minutes", query="PageQuery", answer="TicketAttachmentPage"),
    Route("POST", "/tickets/{id}/merge", "merge_tickets", "write", ROWS, "tickets.tickets:merge", "Move the feedback of other tickets into this one", body="Merge", answer="Ticket", refusals=(409, 412)),
    Route("POST", "/tickets/{id}/split", "split_ticket", "write", ROWS, "tickets.tickets:split", "Take feedback out into a ticket of its own", body="Split", answer="SplitTickets", status=201, refusals=(409, 412)),
    Route("POST", "/subscriptions", "make_subscription", "write", ROWS, "delivery.subscriptions:make", "Have events pushed to an address; the secret is shown this once", body="SubscriptionMake", answer="NewSubscription", status=201, refusals=(409,)),
    Route("GET", "/subscriptions", "list_subscriptions", "read", ROWS, "delivery.subscriptions:listed", "List subscriptions: all for an admin, else the caller's own", query="SubscriptionQuery", answer="SubscriptionPage"),
    Route("GET", "/subscriptions/{id}", "get_subscription", "read", ROWS, "delivery.subscriptions:find", "Read a subscription, by its id or its name", answer="SubscriptionShown"),
    Route("PUT", "/subscriptions/{id}", "put_subscription", "write", ROWS, "delivery.subscriptions:put", "Make the subscription of that name, or replace it; what is equal changes nothing", body="SubscriptionPut", answer="KeptSubscription", also=(201,), refusals=(409, 412)),
    Route("PATCH", "/subscriptions/{id}", "change_subscription", "write", ROWS, "delivery.subscriptions:change", "Change some of what a subscription says", body="SubscriptionChange", answer="SubscriptionShown", refusals=(409, 412)),
    Route("DELETE", "/subscriptions/{id}", "delete_subscription", "write", ROWS, "delivery.subscriptions:delete", "Delete a subscription; what is under way to it ends", status=204, refusals=(412,)),
    Route("POST", "/subscriptions/{id}/test", "test_subscription", "write", ROWS, "delivery.subscriptions:test", "Send it a `subscription.test`, whatever types it wants", answer="TestDelivery", status=202, refusals=(409,)),
    Route("POST", "/subscriptions/{id}/rotate-secret", "rotate_subscription_secret", "write", ROWS, "delivery.subscriptions:rotate", "A new secret, shown this once; the former signs beside it for 24 hours", answer="NewSecret", refusals=(409,)),
    Route("POST", "/subscriptions/{id}/pause", "pause_subscription", "write", ROWS, "delivery.subscriptions:pause", "Hold what is for it from now on", answer="SubscriptionShown", refusals=(409,)),
    Route("POST", "/subscriptions/{id}/resume", "resume_subscription", "write", ROWS, "delivery.subscriptions:resume", "Send to it again, and what was held meanwhile", body="Resume", answer="SubscriptionShown", refusals=(409,)),
    Route("GET", "/event-types", "list_event_types", "read", PUBLIC, "delivery.event_types:listed", "Every type of event, with its JSON Schema and an example", answer="EventTypeList"),
    Route("GET", "/event-types/{type}", "get_event_type", "read", PUBLIC, "delivery.event_types:find", "Read one type of event", answer="EventTypeShown"),
    Route("GET", "/event-types/{type}/samples", "list_event_samples", "read", ROWS, "delivery.event_types:samples", "The newest three of the last 30 days, redacted; where there is none, the example", query="SampleQuery", answer="EventSamples"),
    Route("GET", "/subscriptions/{id}/deliveries", "list_subscription_deliveries", "read", ROWS, "delivery.deliveries:of_subscription", "What was sent to it, newest first, with every attempt; `status=undelivered` for what has not arrived", query="DeliveryQuery", answer="DeliveryPage"),
    Route("POST", "/subscriptions/{id}/recover", "recover_subscription", "write", ROWS, "delivery.deliveries:recover", "Send what failed, is held or was never tried since a time", body="RecoverRequest", answer="Recovery", status=202, refusals=(409,)),
    Route("GET", "/deliveries", "list_deliveries", "read", ROWS, "delivery.deliveries:listed", "What was sent to all subscriptions that the caller sees, one after the other", query="DeliveryQuery", answer="DeliveryPage"),
    Route("GET", "/deliveries/{id}", "get_delivery", "read", ROWS, "delivery.deliveries:find", "Read one delivery: what was tried, when, with what answer", answer="DeliveryView"),
    Route("POST", "/deliveries/{id}/retry", "retry_delivery", "write", ROWS, "delivery.deliveries:retry", "Send it now, whatever its schedule says, to the address as it is now", answer="DeliveryView", status=202, refusals=(409,)),
    Route("GET", "/delivery/sources", "list_delivery_sources", "read", PUBLIC, "delivery.deliveries:sources", "The addresses that deliveries come from, for firewalls", answer="DeliverySources"),
    Route("GET", "/connections", "list_connections", "read", ROWS, "intake.connections:listed", "List connections: all for an admin, else the caller's own", query="PageQuery", answer="ConnectionPage"),
    Route("GET", "/connections/{source}", "get_default_connection", "read", ROWS, "intake.connections:find", "Read the connection `default`; secrets are never shown", answer="ConnectionView"),
    Route("PUT", "/connections/{source}", "put_default_connection", "write", ROWS, "intake.connections:put", "Make or replace the connection `default`", body="ConnectionPut", answer="ConnectionView"),
    Route("DELETE", "/connections/{source}", "delete_default_connection", "write", ROWS, "intake.connections:delete", "Delete the connection `default`", status=204),
    Route("GET", "/connections/{source}/{connection}", "get_connection", "read", ROWS, "intake.connections:find", "Read a connection; secrets are never shown", answer="ConnectionView"),
    Route("PUT", "/connections/{source}/{connection}", "put_connection", "write", ROWS, "intake.connections:put", "Make or replace a connection", body="ConnectionPut", answer="ConnectionView"),
    Route("DELETE", "/connections/{source}/{connection}", "delete_connection", "write", ROWS, "intake.connections:delete", "Delete a connection", status=204),
    Route("POST", "/connections/{source}/{connection}/reread", "reread_connection", "write", ROWS, "intake.connections:reread", "Read again what was kept since a time, after its plugin was mended", body="RereadRequest", answer="StartedJob", status=202, refusals=(409,)),
    Route("POST", "/connections/{source}/{connection}/poll", "poll_connection", "write", ROWS, "intake.connections:poll", "Have a connection polled now, within five minutes, whatever it waits for", answer="ConnectionView", status=202, refusals=(409,)),
    Route("GET", "/sources", "list_sources", "read", ROWS, "intake.sources:listed", "The sources installed", answer="SourceList"),
    Route("POST", "/sources/{source}/preview", "preview_source", "write", ROWS, "intake.sources:preview", "What would become of these bytes and headers; nothing is stored", body="SourcePreviewRequest", answer="SourcePreview", limit=PREVIEW_LIMIT),
    Route("POST", "/triage/preview", "preview_triage", "write", PUBLIC, "triage.triage:preview", "What would become of these texts; nothing is stored", body="TriagePreviewRequest", answer="TriagePreviewList"),
    Route("GET", "/plugins", "list_plugins", "read", REFUSED, "operations.plugins:listed", "The plugins found, and what failed", answer="PluginList"),
    Route("GET", "/configurations", "list_configurations", "read", REFUSED, "operations.configurations:listed", "Every configuration in force", answer="ConfigurationList"),
    Route("GET", "/configurations/{key}", "get_configuration", "read", REFUSED, "operations.configurations:find", "Read the configuration in force", answer="ConfigurationShown"),
    Route("PUT", "/configurations/{key}", "put_configuration", "admin", REFUSED, "operations.configurations:put", "Set a configuration; each version is kept", body="ConfigurationPut", answer="ConfigurationShown", refusals=(412,)),
    Route("POST", "/uploads", "offer_upload", "ingest", ROWS, "intake.uploads:offer", "A form by which a file of up to 5 GB goes straight into the bucket", body="UploadRequest", answer="UploadForm", status=201),
    Route("GET", "/imports", "list_imports", "read", ROWS, "intake.imports:listed", "Files under way and done, newest first", query="PageQuery", answer="ImportPage"),
    Route("GET", "/imports/{id}", "get_import", "read", ROWS, "intake.imports:find", "Read one import", answer="ImportShown"),
    Route("DELETE", "/imports/{id}", "cancel_import", "write", ROWS, "intake.imports:cancel", "Cancel an import; what it made stays", answer="ImportShown", refusals=(409,)),
    Route("GET", "/imports/{id}/bad-rows", "get_bad_rows", "read", ROWS, "intake.imports:bad_rows", "The rows that could not be read, as a file to be mended and sent again", query="BadRowsQuery", media="text/csv"),
    Route("GET", "/quarantine", "list_quarantine", "read", ROWS, "intake.quarantine:listed", "What could not be read, newest first", query="QuarantineQuery", answer="QuarantinePage"),
    Route("GET", "/quarantine/{id}", "get_quarantine_entry", "read", ROWS, "intake.quarantine:find", "Read one entry", answer="QuarantineEntry"),
    Route("POST", "/quarantine/{id}/replay", "replay_quarantine_entry", "admin", ROWS, "intake.quarantine:replay", "Put it back on its way", answer="Replayed", status=202, refusals=(409,)),
    Route("GET", "/dlq", "list_dead_letters", "read", REFUSED, "operations.dead_letters:listed", "How much each dead-letter queue holds, and the newest failures", query="PageQuery", answer="DeadLetters"),
    Route("POST", "/dlq/redrive", "redrive_dead_letters", "admin", REFUSED, "operations.dead_letters:redrive", "Put dead letters back on their queues", body="RedriveRequest", answer="Redriven", status=202, refusals=(404,)),
    Route("POST", "/api-keys", "make_api_key", "admin", REFUSED, "operations.api_keys:make", "Make an API key; it is shown this once. Without `connections` it sees every ticket", body="ApiKeyMake", answer="NewApiKey", status=201),
    Route("GET", "/api-keys", "list_api_keys", "admin", REFUSED, "operations.api_keys:listed", "List API keys", query="PageQuery", answer="ApiKeyPage"),
    Route("DELETE", "/api-keys/{id}", "revoke_api_key", "admin", REFUSED, "operations.api_keys:revoke", "Revoke an API key", status=204),
    Route("GET", "/jobs", "list_jobs", "read", ROWS, "operations.jobs:listed", "List jobs, newest first", query="PageQuery", answer="JobPage"),
    Route("GET", "/jobs/{id}", "get_job", "read", ROWS, "operations.jobs:find", "Read one job: how far it is", answer="JobShown"),
    Route("DELETE", "/jobs/{id}", "cancel_job", "write", ROWS, "operations.jobs:cancel", "Cancel a job; what it has done stays", answer="JobShown", refusals=(409,)),
)
# fmt: on
