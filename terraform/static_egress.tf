# Deliveries and polls from fixed addresses, by the variable `static_egress`: the functions that call strangers'
# addresses move into subnets of their own, whose way out is a NAT gateway with an Elastic IP, one in dev, one a
# zone in prod, so that no zone's failure stops delivery. Subscribers let in all of them: which one a request
# takes follows from the zone that Lambda starts it in.
#
# Whatever `egress` is, they leave by IPv4. AWS they reach by the gateway endpoints of S3 and DynamoDB, by the
# interface endpoints where there are any, since private DNS leads every function of the VPC there, and by the NAT
# gateway else. They share nothing with the functions beside the database: neither subnet nor route nor security
# group.
#
# Beside the public internet they reach nothing: a second wall behind the code's own look at each address
# (chalicelib/services/https/addresses.py). Neither wall stops questions to the VPC's resolver, whose answers the
# code judges: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html

locals {
  static_egress = var.static_egress && local.own_network

  # Functions that call addresses which others name
  callers = ["deliver", "deliver_due", "poll"]

  outbound       = local.static_egress ? local.callers : []
  outbound_zones = { for zone, number in local.zone_numbers : zone => number if local.static_egress }

  sources = local.static_egress ? sort(values(aws_eip.nat)[*].public_ip) : []

  https_ports = [443, 8443] # those that the code takes in an address (chalicelib/services/https/target.py)

  # What no delivery is for. A security group can only allow, so it is the network ACL that refuses these; the
  # code's own list is longer, and a network ACL takes 20 rules.
  refused_networks = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "198.18.0.0/15", "224.0.0.0/3",
  ]
  endpoint_networks = length(local.interface_endpoints) > 0 ? [for zone in local.endpoint_zones : aws_subnet.private[zone].cidr_block] : []

  # The first rule that fits decides, so the order does
  outward_rules = concat(
    [for network in local.endpoint_networks : { action = "allow", network = network, from = 443, to = 443 }],
    [for network in sort(var.delivery_allow) : { action = "allow", network = network, from = 0, to = 65535 } if !strcontains(network, ":")],
    [for network in local.refused_networks : { action = "deny", network = network, from = 0, to = 65535 }],
    [for port in local.https_ports : { action = "allow", network = "0.0.0.0/0", from = port, to = port }],
  )
}

resource "aws_subnet" "outbound" {
  for_each = local.outbound_zones

  vpc_id            = local.vpc_id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 12 + each.value) # the private ones from 0 on, the public ones from 8 on

  tags = { Name = "${local.prefix}-outbound-${each.key}" }
}

resource "aws_route_table" "outbound" {
  for_each = local.outbound_zones

  vpc_id = local.vpc_id

  tags = { Name = "${local.prefix}-outbound-${each.key}" }
}

resource "aws_route_table_association" "outbound" {
  for_each = local.outbound_zones

  subnet_id      = aws_subnet.outbound[each.key].id
  route_table_id = aws_route_table.outbound[each.key].id
}

resource "aws_route" "outbound" {
  for_each = local.outbound_zones

  route_table_id         = aws_route_table.outbound[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main[contains(local.nat_zones, each.key) ? each.key : local.nat_zones[0]].id
}

# --- the second wall --------------------------------------------------------------------------------

resource "aws_network_acl" "outbound" {
  #checkov:skip=CKV_AWS_231:it lets answers in, to the ports that requests went out from; nothing listens there
  count = local.static_egress ? 1 : 0

  vpc_id     = local.vpc_id
  subnet_ids = values(aws_subnet.outbound)[*].id

  dynamic "egress" {
    for_each = local.outward_rules
    content {
      rule_no    = 100 + 10 * egress.key
      action     = egress.value.action
      protocol   = "tcp"
      cidr_block = egress.value.network
      from_port  = egress.value.from
      to_port    = egress.value.to
    }
  }

  # Answers only: it keeps no state, and the security group lets nobody in
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    cidr_block = "0.0.0.0/0"
    from_port  = 1024
    to_port    = 65535
  }

  tags = { Name = "${local.prefix}-outbound" }
}

resource "aws_security_group" "outbound" {
  #checkov:skip=CKV2_AWS_5:it is on the functions that deliver and poll, in functions.tf
  count = local.static_egress ? 1 : 0

  name        = "${local.prefix}-outbound"
  description = "Lambda functions that deliver and poll"
  vpc_id      = local.vpc_id

  tags = { Name = "${local.prefix}-outbound" }
}

resource "aws_vpc_security_group_egress_rule" "outbound" {
  for_each = toset([for port in local.https_ports : tostring(port) if local.static_egress])

  security_group_id = aws_security_group.outbound[0].id
  cidr_ipv4         = "0.0.0.0/0"
  description       = "HTTPS at ${each.key}"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_outbound" {
  count = local.static_egress ? length(aws_security_group.endpoints) : 0

  security_group_id            = aws_security_group.endpoints[0].id
  referenced_security_group_id = aws_security_group.outbound[0].id
  description                  = "HTTPS from the functions that deliver and poll"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
