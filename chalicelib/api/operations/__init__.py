"""/health, /api-keys, /configurations, /dlq, /plugins."""
