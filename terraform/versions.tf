# Tried with the AWS provider 5.100 and 6.47. State is local unless a backend.tf says otherwise:
# terraform/bootstrap makes the bucket for one, and docs/deploying.md says how to use it.

terraform {
  required_version = ">= 1.9, < 2.0" # 1.9 lets a variable's rule look at another variable

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
    tags = merge(var.tags, {
      application = "triggeriq"
      environment = var.environment
      managed-by  = "terraform"
    })
  }
}
