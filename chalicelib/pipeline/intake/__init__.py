"""Takes in webhooks, files and mails, and has them seen, mended and replayed."""
