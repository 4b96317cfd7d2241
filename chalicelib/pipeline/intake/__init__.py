"""Takes in webhooks, files and mails; previews, replays and rereads them."""
