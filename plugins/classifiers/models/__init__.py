"""What the built-in classifiers share and learnt: no plugin is in here, so the registry looks past it."""
