# How the functions in the VPC reach AWS, by the variable `egress`:
#
#   endpoints  an interface endpoint a service, billed by the hour and zone; each lets through only what
#              permissions.json gives the functions, on what is ours
#   ipv6       out by an egress-only gateway, which costs nothing, to the services' dual-stack addresses, which
#              all that are called have (tests/promises/test_egress.py)
#   nat        out by a NAT gateway, in prod one a zone; interface endpoints beside it would cost twice
#
# The gateway endpoints of S3 and DynamoDB cost nothing, and are there whatever it is. A given VPC (vpc_id) has
# its ways already: there `egress` says which of them it is, and nothing is made. What calls strangers' addresses
# comes into the VPC by static_egress only, with a way of its own: static_egress.tf.

locals {
  by_endpoints = var.egress == "endpoints"
  by_ipv6      = var.egress == "ipv6"
  by_nat       = var.egress == "nat"

  # The functions that stand in the VPC: those beside the database, and those that leave by fixed addresses
  in_vpc = { for name, function in local.functions : name => function.vpc || contains(local.outbound, name) }

  # What they call, by service, as permissions.json says
  endpoint_actions = {
    for service, kind in { s3 = "buckets", dynamodb = "tables", sqs = "queues", kms = "keys" } :
    service => sort(distinct(flatten([
      for name, function in local.functions : [
        for actions in values(try(local.permissions[name][kind], {})) : formatlist("${service}:%s", actions)
      ] if local.in_vpc[name]
    ])))
  }
  bus_actions = sort(distinct(flatten([
    for name, function in local.functions : formatlist("events:%s", try(local.permissions[name].bus, [])) if local.in_vpc[name]
  ])))

  arn_in_region = "${local.region}:${local.account_id}"
  interface_endpoints = {
    for service, may in {
      sqs    = { actions = local.endpoint_actions.sqs, resource = "arn:${local.partition}:sqs:${local.arn_in_region}:${local.prefix}-*" }
      events = { actions = local.bus_actions, resource = "arn:${local.partition}:events:${local.arn_in_region}:event-bus/${local.prefix}" }
      kms    = { actions = local.endpoint_actions.kms, resource = local.secrets_key_arn }
      secretsmanager = { actions = ["secretsmanager:GetSecretValue"], resource = concat(
        ["arn:${local.partition}:secretsmanager:${local.arn_in_region}:secret:rds!db-*"],
        anytrue([for name in local.outbound : can(local.permissions[name].credentials)]) ? [local.credential_arns.secretsmanager] : [],
      ) }
    } : service => may if local.own_network && local.by_endpoints && (service != "secretsmanager" || var.secrets_endpoint)
  }
  endpoint_zones = local.production ? local.zones : slice(local.zones, 0, min(1, length(local.zones)))

  by_gateway = local.by_nat || local.static_egress
  nat_zones  = !local.by_gateway ? [] : local.production ? local.zones : slice(local.zones, 0, min(1, length(local.zones)))
}

# --- gateway endpoints ------------------------------------------------------------------------------

# Through these, which cost nothing, the functions reach our buckets and tables, no others.
resource "aws_vpc_endpoint" "gateway" {
  for_each = local.own_network ? {
    s3       = flatten([for bucket in values(aws_s3_bucket.this) : [bucket.arn, "${bucket.arn}/*"]])
    dynamodb = flatten([for table in values(aws_dynamodb_table.this) : [table.arn, "${table.arn}/index/*"]])
  } : {}

  vpc_id            = local.vpc_id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${local.region}.${each.key}"
  # The one of DynamoDB takes IPv4 only.
  # https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
  ip_address_type = each.key == "s3" && local.by_ipv6 ? "dualstack" : "ipv4"
  route_table_ids = concat([for zone in local.zones : aws_route_table.private[zone].id], values(aws_route_table.outbound)[*].id)

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

# --- interface endpoints ----------------------------------------------------------------------------

# Each is billed by the hour and zone: in one zone in dev, from where the others reach it too.
resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_endpoints

  vpc_id              = local.vpc_id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  subnet_ids          = [for zone in local.endpoint_zones : aws_subnet.private[zone].id]
  security_group_ids  = [aws_security_group.endpoints[0].id]
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

  # A way that goes, goes once the functions use the other one. So for each below.
  lifecycle {
    create_before_destroy = true
  }
}

# --- out by IPv6 ------------------------------------------------------------------------------------

resource "aws_egress_only_internet_gateway" "main" {
  count = local.own_network && local.by_ipv6 ? 1 : 0

  vpc_id = local.vpc_id

  tags = { Name = local.prefix }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route" "ipv6" {
  for_each = local.by_ipv6 ? local.zone_numbers : {}

  route_table_id              = aws_route_table.private[each.key].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.main[0].id

  lifecycle {
    create_before_destroy = true
  }
}

# --- out by NAT -------------------------------------------------------------------------------------

# For `egress = "nat"` and for static_egress: where both are set, the one gateway serves both.
resource "aws_internet_gateway" "main" {
  count = local.own_network && local.by_gateway ? 1 : 0

  vpc_id = local.vpc_id

  tags = { Name = local.prefix }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_subnet" "public" {
  for_each = toset(local.nat_zones)

  vpc_id            = local.vpc_id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 8 + local.zone_numbers[each.key])

  tags = { Name = "${local.prefix}-public-${each.key}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route_table" "public" {
  count = local.own_network && local.by_gateway ? 1 : 0

  vpc_id = local.vpc_id

  tags = { Name = "${local.prefix}-public" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route" "public" {
  count = local.own_network && local.by_gateway ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main[0].id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public[0].id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_eip" "nat" {
  for_each = aws_subnet.public

  domain = "vpc"

  tags = { Name = "${local.prefix}-nat-${each.key}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_nat_gateway" "main" {
  for_each = aws_subnet.public

  subnet_id     = each.value.id
  allocation_id = aws_eip.nat[each.key].id

  tags = { Name = "${local.prefix}-${each.key}" }

  depends_on = [aws_route.public, aws_route_table_association.public]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route" "private" {
  for_each = local.by_nat ? local.zone_numbers : {}

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main[contains(local.nat_zones, each.key) ? each.key : local.nat_zones[0]].id

  lifecycle {
    create_before_destroy = true
  }
}
