# What the operator, the documentation's commands and a pipeline ask for afterwards.

output "api_url" {
  description = "Address of the HTTP API."
  value       = local.api_url

  depends_on = [aws_apigatewayv2_stage.default, aws_apigatewayv2_route.this]
}

output "docs_url" {
  description = "The API's documentation, readable."
  value       = "${local.api_url}/docs"
}

output "api_dns" {
  description = "What is to be put in DNS for domain_name: an alias or CNAME record `name` to `target`; `zone_id` is for an alias record in Route 53. null without a domain."
  value = one([for domain in aws_apigatewayv2_domain_name.own : {
    name    = domain.domain_name
    target  = domain.domain_name_configuration[0].target_domain_name
    zone_id = domain.domain_name_configuration[0].hosted_zone_id
  }])
}

output "iam_routes" {
  description = "Routes that take the signature of an AWS identity, with the short name of the function that answers each."
  value       = { for route in var.iam_routes : route => local.routed[route] }
}

output "functions" {
  description = "Name of each function, by its short name."
  value       = { for name, function in aws_lambda_function.this : name => function.function_name }
}

output "versions" {
  description = "The version of each function that its alias `live` points to, by the function's short name."
  value       = { for name, alias in aws_lambda_alias.live : name => alias.function_version }
}

output "queues" {
  description = "Address of each queue, dead-letter queues too, by its short name."
  value       = { for name, queue in local.every_queue : name => queue.url }
}

output "bus" {
  description = "Name of the bus."
  value       = aws_cloudwatch_event_bus.main.name
}

output "archive" {
  description = "ARN of the bus's archive, from which events are replayed."
  value       = aws_cloudwatch_event_archive.main.arn
}

output "migrations" {
  description = "What the last run of `migrate` said: the migrations that it applied."
  value       = try(jsondecode(aws_lambda_invocation.migrate.result), aws_lambda_invocation.migrate.result)
}

output "buckets" {
  description = "Name of each bucket, by its short name."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.bucket }
}

output "tables" {
  description = "Name of each table, by its short name."
  value       = { for name, table in aws_dynamodb_table.this : name => table.name }
}

output "database" {
  description = "The database: identifier, address, and the secret in which RDS keeps the master's password."
  value = {
    identifier        = aws_db_instance.main.identifier
    address           = aws_db_instance.main.address
    port              = aws_db_instance.main.port
    name              = aws_db_instance.main.db_name
    master_secret_arn = one(aws_db_instance.main.master_user_secret[*].secret_arn)
  }
}

output "functions_security_group_id" {
  description = "Security group of the functions in the VPC: what the interface endpoints of a VPC of yours have to let in at 443."
  value       = aws_security_group.functions.id
}

output "delivery_sources" {
  description = "The addresses that subscribers and providers see deliveries and polls come from; the API tells them at /delivery/sources. Empty without static_egress."
  value       = local.sources
}

output "data_key_policy" {
  description = "Policy of the key for what lies in services, which one of your own (data_key_arn) has to allow as well."
  value       = local.data_key_policy
}

output "mail_records" {
  description = "What is to be put in DNS for mail_domain, so that its mail comes in: MX, proof of ownership, DKIM. Empty without one."
  value       = local.mail_records
}

output "alarm_topic_arn" {
  description = "Topic that every alarm goes to; subscribe whoever is on duty."
  value       = aws_sns_topic.alarms.arn
}

output "dashboard_url" {
  description = "The dashboard in CloudWatch."
  value       = "https://${local.region}.console.aws.amazon.com/cloudwatch/home?region=${local.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.main.dashboard_name}"
}
