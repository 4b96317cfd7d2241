# Who may speak to whom in the VPC: the functions to the database and, by HTTPS, to AWS, nobody else to anybody.
# By what they reach AWS follows from `egress`; how it is narrowed is said at each rule.

locals {
  # AWS-managed lists of the addresses of S3 and DynamoDB, IPv4
  prefix_lists = local.own_network ? {
    for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.prefix_list_id
  } : { for service, list in data.aws_ec2_managed_prefix_list.given : service => list.id }
}

data "aws_ec2_managed_prefix_list" "given" {
  for_each = toset(local.own_network ? [] : ["s3", "dynamodb"])

  name = "com.amazonaws.${local.region}.${each.key}"
}

resource "aws_security_group" "functions" {
  #checkov:skip=CKV2_AWS_5:it is on the functions, in functions.tf
  name        = "${local.prefix}-functions"
  description = "Lambda functions in the VPC"
  vpc_id      = local.vpc_id

  tags = { Name = "${local.prefix}-functions" }
}

resource "aws_security_group" "database" {
  name        = "${local.prefix}-database"
  description = "The database"
  vpc_id      = local.vpc_id

  tags = { Name = "${local.prefix}-database" }
}

resource "aws_security_group" "endpoints" {
  count = length(local.interface_endpoints) > 0 ? 1 : 0

  name        = "${local.prefix}-endpoints"
  description = "Interface endpoints of AWS services"
  vpc_id      = local.vpc_id

  tags = { Name = "${local.prefix}-endpoints" }

  lifecycle {
    create_before_destroy = true
  }
}

# --- the database -----------------------------------------------------------------------------------

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

# --- AWS --------------------------------------------------------------------------------------------

resource "aws_vpc_security_group_egress_rule" "functions_to_endpoints" {
  count = length(aws_security_group.endpoints)

  security_group_id            = aws_security_group.functions.id
  referenced_security_group_id = aws_security_group.endpoints[0].id
  description                  = "Interface endpoints"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_functions" {
  count = length(aws_security_group.endpoints)

  security_group_id            = aws_security_group.endpoints[0].id
  referenced_security_group_id = aws_security_group.functions.id
  description                  = "HTTPS from the functions"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "functions_to_gateway" {
  for_each = local.prefix_lists

  security_group_id = aws_security_group.functions.id
  prefix_list_id    = each.value
  description       = "Gateway endpoint of ${each.key}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# The endpoints of a given VPC stand somewhere in it; which security group they have, its owner knows.
resource "aws_vpc_security_group_egress_rule" "functions_to_given_endpoints" {
  for_each = toset(!local.own_network && local.by_endpoints ? data.aws_vpc.given[0].cidr_block_associations[*].cidr_block : [])

  security_group_id = aws_security_group.functions.id
  cidr_ipv4         = each.value
  description       = "Interface endpoints of the VPC"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  lifecycle {
    create_before_destroy = true
  }
}

# AWS publishes no lists of the other services' addresses, so it is every address of the one kind. A rule for each
# kind, since EC2 changes no rule from one to the other.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html
resource "aws_vpc_security_group_egress_rule" "functions_to_internet" {
  for_each = setintersection([var.egress], ["ipv6", "nat"])

  security_group_id = aws_security_group.functions.id
  cidr_ipv4         = each.key == "nat" ? "0.0.0.0/0" : null
  cidr_ipv6         = each.key == "ipv6" ? "::/0" : null
  description       = each.key == "nat" ? "HTTPS through the NAT gateway" : "HTTPS by IPv6"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  lifecycle {
    create_before_destroy = true
  }
}
