"""Events as they go out."""
