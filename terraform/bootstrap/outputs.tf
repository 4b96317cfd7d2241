output "state_bucket" {
  description = "Bucket of Terraform's state: STATE_BUCKET of `make plan`, and the repository's variable of that name."
  value       = aws_s3_bucket.state.id
}

output "region" {
  description = "Region of the bucket: the repository's variable AWS_REGION."
  value       = local.region
}

output "plan_role_arn" {
  description = "Role of pull requests: the repository's variable AWS_PLAN_ROLE. null without github_repository."
  value       = local.github ? aws_iam_role.github["plan"].arn : null
}

output "apply_role_arn" {
  description = "Role of deployments: the variable AWS_APPLY_ROLE of each GitHub environment. null without github_repository."
  value       = local.github ? aws_iam_role.github["apply"].arn : null
}
