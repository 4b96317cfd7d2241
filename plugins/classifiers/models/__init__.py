"""What the built-in classifiers share, their trained models included. No plugin is here, so the registry does
not look into this folder."""
