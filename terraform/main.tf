# The way of an event, and the file that holds each part of it:
#
#   senders                                                                operators
#      │ POST /webhooks/…, /events        readers: /inbox, GET /events         │ everything else
#      └──────────────┐                                   ┌───────────────────┘
#                  HTTP API v2, a route for each route of the app     api.tf
#                     │                                   │
#                  receive             pull              api ─────────────────────────────┐   functions.tf
#                     │                                                                   │   permissions.tf
#                  bus, its rules and archive             bus.tf                          │
#                     │ feedback.received                                                 │
#                  SQS ingest ──> ingest ──┐              queues.tf, triggers.tf          │
#                                          │                                              │
#   S3 reviews/, SES ──> S3 emails/        │              buckets.tf, mail.tf             │
#      │ object created                    │                                              │
#   uploads ──> SQS files ──> files ───────┴─> SQS feedback ──> process ──> PostgreSQL <──┤   database.tf
#      ^                                                           │   outbox │           │   network.tf
#      └── sweep, each 5 minutes ──> SQS jobs ──> jobs    relay, each minute ─┘           │
#                                                                  │                      │
#                                                         bus: ticket.*, alert.*, file.*  │
#                                                                  │                      │
#   subscribers <── deliver <───────────────────────── SQS delivery                       │   static_egress.tf
#                   deliver_due, each minute                                              │
#                                                                                         │
#   poll, each 5 minutes, asks providers ──> bus: feedback.received    triggers.tf          │
#                                                                                         │
#   migrate: on deploy, before the other functions' aliases move    migration.tf ─────────┘
#
# All but relay and migrate also keep receipts, claims, connections, keys, imports, jobs and what could not be
# read in DynamoDB (tables.tf), raw bytes in S3 (buckets.tf), and open the connections' secrets with KMS
# (keys.tf). Each queue has its dead-letter queue; what S3 notifies once fails into one of its own
# (queues.tf). Alarms, the dashboard, the audit trail and the budget: alarms.tf, alarm_addresses.tf,
# dashboard.tf, audit.tf, budget.tf. How the functions beside the database reach AWS: egress.tf,
# security_groups.tf.
#
# HCL owns every resource. What exists is data: functions.json, resources.json and permissions.json, which
# local/ and the tests read too, and Chalice's export beside the zip, for routes, runtime and architecture.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_service_principal" "events" {
  service_name = "events"
}

locals {
  prefix     = "triggeriq-${var.environment}"
  production = var.environment == "prod"

  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # aws_region has no name for it that is at once in 5.100 and not deprecated in 6
  region = data.aws_service_principal.events.region

  resources   = jsondecode(file("${path.module}/../resources.json"))
  permissions = jsondecode(file("${path.module}/../permissions.json"))

  zip    = "${var.package_dir}/deployment.zip"
  export = jsondecode(file("${var.package_dir}/chalice.tf.json"))

  # Chalice knows one router, `api_handler`; functions.json deploys it more than once.
  functions = {
    for name, function in jsondecode(file("${path.module}/../functions.json")) : name => merge(function, {
      runtime       = local.exported[name].runtime
      architectures = local.exported[name].architectures
    })
  }
  exported = {
    for name, function in jsondecode(file("${path.module}/../functions.json")) :
    name => local.export.resource.aws_lambda_function[function.handler == "app.app" ? "api_handler" : name]
  }
}
