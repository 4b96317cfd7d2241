"""Makes the Lambda package: `python -m lambda_package --architecture arm64 --into build`. docs/package.md
says what is in it and why."""
