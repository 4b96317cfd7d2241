"""/events, /inbox, /subscriptions, /deliveries, /event-types."""
