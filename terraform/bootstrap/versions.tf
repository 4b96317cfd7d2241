# What must be there before the first deploy, once an account and region: a bucket for Terraform's state, and
# the roles by which GitHub Actions plans and applies without a key of its own. A root of its own, since it
# makes what the other root keeps its state in. docs/deploying.md says when and how.

terraform {
  required_version = ">= 1.10, < 2.0" # the other root's backend locks by a file in the bucket: 1.10

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      application = "triggeriq"
      managed-by  = "terraform"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_service_principal" "events" {
  service_name = "events"
}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # aws_region has no name for it that is at once in 5.100 and not deprecated in 6
  region = data.aws_service_principal.events.region
}
