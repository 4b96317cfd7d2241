"""Everything that can be proven about the Terraform without an account. Run by `make terraform-test`."""
