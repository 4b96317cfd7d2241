"""Use-cases of delivery."""
