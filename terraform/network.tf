# The VPC: private subnets in which the functions reach the database, and AWS through endpoints.
#
# Nothing in it reaches the internet: what needs that (receive, files, ingest) runs outside. With
# `nat_gateway` there are public subnets and a way out, and no interface endpoints then: the NAT carries
# the same calls, and both together would cost twice.

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:the first two; whoever wants them fixed names them in availability_zones
  state = "available"
  # Lambda has no network interfaces in these
  exclude_zone_ids = ["use1-az3", "usw1-az2", "cac1-az3"]

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones              = var.availability_zones != null ? var.availability_zones : slice(data.aws_availability_zones.available.names, 0, 2)
  zone_numbers       = { for number, zone in local.zones : zone => number }
  private_subnet_ids = [for zone in local.zones : aws_subnet.private[zone].id]

  nat_zones = !var.nat_gateway ? [] : local.production ? local.zones : slice(local.zones, 0, 1)

  # What the functions in the VPC call, by service, as permissions.json says
  endpoint_actions = {
    for service, kind in { s3 = "buckets", dynamodb = "tables", sqs = "queues", kms = "keys" } :
    service => sort(distinct(flatten([
      for name, function in local.functions : [
        for actions in values(try(local.permissions[name][kind], {})) : formatlist("${service}:%s", actions)
      ] if function.vpc
    ])))
  }
  bus_actions = sort(distinct(flatten([
    for name, function in local.functions : formatlist("events:%s", try(local.permissions[name].bus, [])) if function.vpc
  ])))

  arn_in_region = "${local.region}:${local.account_id}"
  interface_endpoints = {
    for service, may in {
      sqs            = { actions = local.endpoint_actions.sqs, resource = "arn:${local.partition}:sqs:${local.arn_in_region}:${local.prefix}-*" }
      events         = { actions = local.bus_actions, resource = "arn:${local.partition}:events:${local.arn_in_region}:event-bus/${local.prefix}" }
      kms            = { actions = local.endpoint_actions.kms, resource = aws_kms_key.secrets.arn }
      secretsmanager = { actions = ["secretsmanager:GetSecretValue"], resource = "arn:${local.partition}:secretsmanager:${local.arn_in_region}:secret:rds!db-*" }
    } : service => may if !var.nat_gateway && (service != "secretsmanager" || var.secrets_endpoint)
  }
  endpoint_zones = local.production ? local.zones : slice(local.zones, 0, 1)
}

resource "aws_vpc" "main" {
  #checkov:skip=CKV2_AWS_11:flow logs are the knob flow_logs
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true # private DNS of the endpoints
  enable_dns_support   = true

  tags = { Name = local.prefix }
}

resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.prefix}-default-closed" }
}

resource "aws_subnet" "private" {
  for_each = local.zone_numbers

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, each.value)

  tags = { Name = "${local.prefix}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  for_each = local.zone_numbers

  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.prefix}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = local.zone_numbers

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

# --- endpoints --------------------------------------------------------------------------------------

# Through the gateway endpoints, which cost nothing, the functions reach our buckets and tables, no others.
resource "aws_vpc_endpoint" "gateway" {
  for_each = {
    s3       = flatten([for bucket in values(aws_s3_bucket.this) : [bucket.arn, "${bucket.arn}/*"]])
    dynamodb = flatten([for table in values(aws_dynamodb_table.this) : [table.arn, "${table.arn}/index/*"]])
  }

  vpc_id            = aws_vpc.main.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${local.region}.${each.key}"
  route_table_ids   = [for zone in local.zones : aws_route_table.private[zone].id]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OurFunctionsOnOurData"
      Effect    = "Allow"
      Principal = "*"
      Action    = local.endpoint_actions[each.key]
      Resource  = each.value
      Condition = { StringEquals = { "aws:PrincipalAccount" = local.account_id } }
    }]
  })

  tags = { Name = "${local.prefix}-${each.key}" }
}

# Each is billed by the hour and zone: in one zone in dev, from where the others reach it too.
resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_endpoints

  vpc_id              = aws_vpc.main.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  subnet_ids          = [for zone in local.endpoint_zones : aws_subnet.private[zone].id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OurFunctionsOnOurs"
      Effect    = "Allow"
      Principal = "*"
      Action    = each.value.actions
      Resource  = each.value.resource
      Condition = { StringEquals = { "aws:PrincipalAccount" = local.account_id } }
    }]
  })

  tags = { Name = "${local.prefix}-${each.key}" }
}

# --- who may reach whom -----------------------------------------------------------------------------

resource "aws_security_group" "functions" {
  #checkov:skip=CKV2_AWS_5:it is on the functions, in functions.tf
  name        = "${local.prefix}-functions"
  description = "Lambda functions in the VPC"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.prefix}-functions" }
}

resource "aws_security_group" "database" {
  name        = "${local.prefix}-database"
  description = "The database"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.prefix}-database" }
}

resource "aws_security_group" "endpoints" {
  name        = "${local.prefix}-endpoints"
  description = "Interface endpoints of AWS services"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.prefix}-endpoints" }
}

resource "aws_vpc_security_group_egress_rule" "functions_to_database" {
  security_group_id            = aws_security_group.functions.id
  referenced_security_group_id = aws_security_group.database.id
  description                  = "PostgreSQL"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database_from_functions" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.functions.id
  description                  = "PostgreSQL from the functions"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "functions_to_endpoints" {
  security_group_id            = aws_security_group.functions.id
  referenced_security_group_id = aws_security_group.endpoints.id
  description                  = "Interface endpoints"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_functions" {
  security_group_id            = aws_security_group.endpoints.id
  referenced_security_group_id = aws_security_group.functions.id
  description                  = "HTTPS from the functions"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "functions_to_gateway" {
  for_each = aws_vpc_endpoint.gateway

  security_group_id = aws_security_group.functions.id
  prefix_list_id    = each.value.prefix_list_id
  description       = "Gateway endpoint of ${each.key}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "functions_to_internet" {
  count = var.nat_gateway ? 1 : 0

  security_group_id = aws_security_group.functions.id
  cidr_ipv4         = "0.0.0.0/0"
  description       = "HTTPS through the NAT gateway"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# --- the way out, by knob ---------------------------------------------------------------------------

resource "aws_internet_gateway" "main" {
  count = var.nat_gateway ? 1 : 0

  vpc_id = aws_vpc.main.id

  tags = { Name = local.prefix }
}

resource "aws_subnet" "public" {
  for_each = toset(local.nat_zones)

  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 8 + local.zone_numbers[each.key])

  tags = { Name = "${local.prefix}-public-${each.key}" }
}

resource "aws_route_table" "public" {
  count = var.nat_gateway ? 1 : 0

  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.prefix}-public" }
}

resource "aws_route" "public" {
  count = var.nat_gateway ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main[0].id
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_eip" "nat" {
  for_each = aws_subnet.public

  domain = "vpc"

  tags = { Name = "${local.prefix}-nat-${each.key}" }
}

resource "aws_nat_gateway" "main" {
  for_each = aws_subnet.public

  subnet_id     = each.value.id
  allocation_id = aws_eip.nat[each.key].id

  tags = { Name = "${local.prefix}-${each.key}" }

  depends_on = [aws_route.public]
}

resource "aws_route" "private" {
  for_each = var.nat_gateway ? local.zone_numbers : {}

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main[contains(local.nat_zones, each.key) ? each.key : local.nat_zones[0]].id
}

# --- flow logs, by knob -----------------------------------------------------------------------------

resource "aws_flow_log" "vpc" {
  count = var.flow_logs ? 1 : 0

  vpc_id               = aws_vpc.main.id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.flows[0].arn
  iam_role_arn         = aws_iam_role.flows[0].arn
}

resource "aws_cloudwatch_log_group" "flows" {
  #checkov:skip=CKV_AWS_338:30 days outside prod, log_retention_days sets it
  count = var.flow_logs ? 1 : 0

  name              = "/aws/vpc/${local.prefix}"
  retention_in_days = local.log_retention_days
  kms_key_id        = aws_kms_key.data.arn
}

resource "aws_iam_role" "flows" {
  count = var.flow_logs ? 1 : 0

  name                 = "${local.prefix}-flow-logs"
  permissions_boundary = local.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "flows" {
  count = var.flow_logs ? 1 : 0

  name = "write-its-log-group"
  role = aws_iam_role.flows[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
      Resource = "${aws_cloudwatch_log_group.flows[0].arn}:*"
    }]
  })
}
