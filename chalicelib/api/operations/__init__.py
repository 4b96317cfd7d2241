"""/health, /api-keys, /configurations, /dlq, /jobs, /plugins."""
