"""/tickets."""
