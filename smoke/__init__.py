"""A check after a deployment: feedback is sent by every way in, and each function shows that it reaches what
it calls. `make smoke` runs it; see docs/deploying.md."""
