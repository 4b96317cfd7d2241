variable "region" {
  description = "AWS region, such as eu-central-1: that of the deployments. null: the one of the environment (AWS_REGION) or the profile."
  type        = string
  default     = null

  validation {
    condition     = var.region == null || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the name of an AWS region, such as eu-central-1, or null."
  }
}

variable "state_history_days" {
  description = "How long former versions of the state are kept, in days."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.state_history_days >= 7 && var.state_history_days <= 3650 && floor(var.state_history_days) == var.state_history_days
    error_message = "state_history_days is a whole number of days between 7 and 3650."
  }
}

variable "github_repository" {
  description = "Repository on GitHub whose workflows may plan and apply, as owner/name. null: none, only the bucket is made."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$", var.github_repository))
    error_message = "github_repository is owner/name, such as acme/triggeriq, or null."
  }
}

variable "github_ids" {
  description = "GitHub's ids of the repository and of its owner, { owner = \"1234\", repository = \"5678\" }: where its tokens name them, as those of every repository do that was made, renamed or transferred since 15 July 2026. null: its tokens name no ids."
  type        = object({ owner = string, repository = string })
  default     = null

  validation {
    condition     = var.github_ids == null || try(alltrue([for id in values(var.github_ids) : can(regex("^[1-9][0-9]{0,18}$", id))]), false)
    error_message = "github_ids are two whole numbers, as `gh api repos/acme/triggeriq --jq '.owner.id, .id'` prints them, or null."
  }
  validation {
    condition     = var.github_ids == null || var.github_repository != null
    error_message = "github_ids goes with github_repository, which is not set."
  }
}

variable "github_environments" {
  description = "GitHub environments from which a workflow may apply to this account. Each is protected on GitHub by a rule for tags and, for prod, by reviewers."
  type        = set(string)
  default     = ["dev"]
  nullable    = false

  validation {
    condition     = length(var.github_environments) > 0 && alltrue([for name in var.github_environments : can(regex("^[a-z][a-z0-9-]{0,15}$", name))])
    error_message = "github_environments is at least one name of 1 to 16 of a-z, 0-9 and -, as the deployment's environment."
  }
}

variable "create_github_provider" {
  description = "Whether to make GitHub's identity provider in the account. false where there is one already: an account takes only one."
  type        = bool
  default     = true
  nullable    = false
}
