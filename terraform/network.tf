# The network in which the functions reach the database: a VPC of its own with private subnets, or one that is
# there already (vpc_id), of which only its owner decides.
#
# Nothing in it is reached from outside, and what needs the internet (receive, files, ingest) runs elsewhere. How
# the functions reach AWS from here: egress.tf. Who may speak to whom: security_groups.tf.

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
  own_network        = var.vpc_id == null
  vpc_id             = local.own_network ? aws_vpc.main[0].id : data.aws_vpc.given[0].id
  private_subnet_ids = local.own_network ? [for zone in local.zones : aws_subnet.private[zone].id] : [for subnet in data.aws_subnet.given : subnet.id]

  zones        = !local.own_network ? [] : var.availability_zones != null ? var.availability_zones : slice(data.aws_availability_zones.available.names, 0, 2)
  zone_numbers = { for number, zone in local.zones : zone => number }
}

# --- a network of its own ---------------------------------------------------------------------------

# It has IPv6 addresses whatever `egress` is: they cost nothing, lead nowhere without a route, and AWS takes none
# back from a subnet in use, so that `egress` could not be turned back.
resource "aws_vpc" "main" {
  #checkov:skip=CKV2_AWS_11:flow logs follow the environment, knob flow_logs
  count = local.own_network ? 1 : 0

  cidr_block                       = var.vpc_cidr
  assign_generated_ipv6_cidr_block = true
  enable_dns_hostnames             = true # private DNS of the endpoints
  enable_dns_support               = true

  tags = { Name = local.prefix }
}

resource "aws_default_security_group" "closed" {
  count = local.own_network ? 1 : 0

  vpc_id = aws_vpc.main[0].id

  tags = { Name = "${local.prefix}-default-closed" }
}

resource "aws_subnet" "private" {
  for_each = local.zone_numbers

  vpc_id            = local.vpc_id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, each.value)
  ipv6_cidr_block   = cidrsubnet(aws_vpc.main[0].ipv6_cidr_block, 8, each.value)

  tags = { Name = "${local.prefix}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  for_each = local.zone_numbers

  vpc_id = local.vpc_id

  tags = { Name = "${local.prefix}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = local.zone_numbers

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

# --- a network that is there ------------------------------------------------------------------------

data "aws_vpc" "given" {
  count = local.own_network ? 0 : 1

  id = var.vpc_id
}

data "aws_subnet" "given" {
  for_each = toset(var.private_subnet_ids)

  id = each.key

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "private_subnet_ids are subnets of vpc_id: ${each.key} is in ${self.vpc_id}, not in ${coalesce(var.vpc_id, "a VPC that is named")}."
    }
    postcondition {
      condition     = !local.by_ipv6 || self.ipv6_cidr_block != ""
      error_message = "With egress = \"ipv6\" every one of private_subnet_ids has IPv6 addresses: ${each.key} has none."
    }
  }
}
