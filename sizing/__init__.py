"""What a deployment costs and what it can carry: `python -m sizing` works both out and writes the tables and
the drawing into docs/cost.md and docs/scale.md. Nothing here is deployed."""
