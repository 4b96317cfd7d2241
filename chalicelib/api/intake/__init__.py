"""/webhooks, /connections, /sources, /imports, /quarantine."""
