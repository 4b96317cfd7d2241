"""The way out to addresses that others name: over HTTPS, to public addresses only, within a deadline that
holds. Polls go this way, and deliveries."""
