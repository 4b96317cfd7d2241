"""DynamoDB, a table a module."""
