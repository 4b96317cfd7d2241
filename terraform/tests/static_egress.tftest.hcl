# Deliveries and polls from fixed addresses: a way of their own, which leads to the public internet and to AWS alone.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_eip.nat["eu-central-1a"]
  values = {
    public_ip = "198.51.100.20"
  }
}

override_resource {
  target = aws_eip.nat["eu-central-1b"]
  values = {
    public_ip = "198.51.100.10"
  }
}

run "none_by_default" {
  command = plan

  assert {
    condition     = length(aws_subnet.outbound) + length(aws_nat_gateway.main) + length(aws_eip.nat) + length(aws_network_acl.outbound) + length(aws_security_group.outbound) == 0
    error_message = "Nothing that is billed is made unasked."
  }
  assert {
    condition     = alltrue([for name in ["deliver", "deliver_due", "poll"] : length(aws_lambda_function.this[name].vpc_config) == 0])
    error_message = "What calls strangers' addresses is outside the VPC."
  }
  assert {
    condition     = length(output.delivery_sources) == 0
    error_message = "Without fixed addresses none are told."
  }
}

run "one_gateway_in_dev" {
  variables {
    static_egress  = true
    delivery_allow = ["10.1.0.0/16", "fd12::/48"]
  }

  assert {
    condition     = keys(aws_nat_gateway.main) == ["eu-central-1a"] && length(aws_subnet.outbound) == 2 && alltrue([for route in aws_route.outbound : route.destination_cidr_block == "0.0.0.0/0" && route.nat_gateway_id == aws_nat_gateway.main["eu-central-1a"].id])
    error_message = "Both zones leave by the one gateway."
  }
  assert {
    condition     = length(aws_route.private) == 0 && length(aws_vpc_security_group_egress_rule.functions_to_internet) == 0
    error_message = "The functions beside the database get no way to the internet by it."
  }
  assert {
    condition = alltrue([for name, function in jsondecode(file("../functions.json")) :
      contains(["deliver", "deliver_due", "poll"], name)
      ? (toset(aws_lambda_function.this[name].vpc_config[0].subnet_ids) == toset(values(aws_subnet.outbound)[*].id) && aws_lambda_function.this[name].vpc_config[0].security_group_ids == toset([aws_security_group.outbound[0].id]))
      : (length(aws_lambda_function.this[name].vpc_config) == (function.vpc ? 1 : 0) && !anytrue([for vpc in aws_lambda_function.this[name].vpc_config : contains(vpc.security_group_ids, aws_security_group.outbound[0].id)]))
    ])
    error_message = "What delivers and polls moves, and nothing else."
  }
  assert {
    condition = alltrue([for name in ["deliver", "deliver_due", "poll"] : alltrue([for effect in ["Allow", "Deny"] : anytrue([
      for statement in jsondecode(aws_iam_role_policy.function[name].policy).Statement : statement.Effect == effect && contains(flatten([statement.Action]), "ec2:CreateNetworkInterface")
    ])])])
    error_message = "Lambda may make their network interfaces, their code may not."
  }
  assert {
    condition     = output.delivery_sources == tolist(["198.51.100.20"]) && aws_lambda_function.this["api"].environment[0].variables.TRIGGERIQ_DELIVERY_SOURCES == "198.51.100.20" && !can(aws_lambda_function.this["deliver"].environment[0].variables.TRIGGERIQ_DELIVERY_SOURCES)
    error_message = "The address is told to whoever asks the API."
  }
  assert {
    condition     = length(setintersection([for subnet in concat(values(aws_subnet.private), values(aws_subnet.public)) : subnet.cidr_block], [for subnet in aws_subnet.outbound : subnet.cidr_block])) == 0 && alltrue([for subnet in aws_subnet.outbound : subnet.ipv6_cidr_block == null])
    error_message = "Their subnets overlap with no other, and know no IPv6, which would leave by another address."
  }

  # the second wall

  assert {
    condition = alltrue([for network in ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"] : anytrue([
      for rule in aws_network_acl.outbound[0].egress : rule.action == "deny" && rule.cidr_block == network && rule.from_port == 0 && rule.to_port == 65535 && rule.protocol == "tcp"
    ])])
    error_message = "No delivery goes to a network that is nobody's or not public."
  }
  assert {
    condition = max([for rule in aws_network_acl.outbound[0].egress : rule.rule_no if rule.action == "deny"]...) < min([
      for rule in aws_network_acl.outbound[0].egress : rule.rule_no if rule.cidr_block == "0.0.0.0/0"
    ]...)
    error_message = "What is refused is refused before all else is let out."
  }
  assert {
    condition = toset([for rule in aws_network_acl.outbound[0].egress : "${rule.cidr_block} ${rule.from_port} ${rule.to_port}" if rule.action == "allow"]) == toset([
      "0.0.0.0/0 443 443", "0.0.0.0/0 8443 8443", "10.1.0.0/16 0 65535", "${aws_subnet.private["eu-central-1a"].cidr_block} 443 443",
    ])
    error_message = "HTTPS to the public internet, what delivery_allow opens, and the interface endpoints."
  }
  assert {
    condition     = length(aws_network_acl.outbound[0].egress) <= 20 && aws_network_acl.outbound[0].subnet_ids == toset(values(aws_subnet.outbound)[*].id)
    error_message = "A network ACL takes 20 rules, and this one is on their subnets."
  }
  assert {
    condition     = alltrue([for rule in aws_network_acl.outbound[0].ingress : rule.from_port == 1024 && rule.protocol == "tcp"])
    error_message = "In come answers only."
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_egress_rule.outbound : "${rule.cidr_ipv4} ${rule.ip_protocol} ${rule.from_port} ${rule.to_port}"]) == toset(["0.0.0.0/0 tcp 443 443", "0.0.0.0/0 tcp 8443 8443"])
    error_message = "The security group lets out HTTPS, and nothing in."
  }
  assert {
    condition     = aws_lambda_function.this["deliver"].environment[0].variables.TRIGGERIQ_DELIVERY_ALLOW == "10.1.0.0/16,fd12::/48"
    error_message = "The first wall knows the same networks."
  }

  # beside interface endpoints

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints_from_outbound[0].referenced_security_group_id == aws_security_group.outbound[0].id && aws_vpc_security_group_ingress_rule.endpoints_from_outbound[0].security_group_id == aws_security_group.endpoints[0].id
    error_message = "Private DNS leads them to the endpoints, so these hear them."
  }
  assert {
    condition = alltrue([for kind, service in { tables = "dynamodb", buckets = "s3", queues = "sqs", keys = "kms" } :
      alltrue(flatten([for function in ["deliver", "deliver_due", "poll"] : [
        for actions in values(try(jsondecode(file("../permissions.json"))[function][kind], {})) : [
          for action in actions : contains(jsondecode(contains(["s3", "dynamodb"], service) ? aws_vpc_endpoint.gateway[service].policy : aws_vpc_endpoint.interface[service].policy).Statement[0].Action, "${service}:${action}")
        ]
      ]]))
    ])
    error_message = "The endpoints let through what these functions call."
  }
  assert {
    condition     = anytrue([for resource in flatten([jsondecode(aws_vpc_endpoint.interface["secretsmanager"].policy).Statement[0].Resource]) : endswith(resource, ":secret:triggeriq/dev/*")])
    error_message = "Credentials of polls are read through the endpoint too."
  }
  assert {
    condition     = length(setsubtract(values(aws_route_table.outbound)[*].id, flatten([for endpoint in aws_vpc_endpoint.gateway : endpoint.route_table_ids]))) == 0
    error_message = "S3 and DynamoDB cost no gigabyte at the gateway."
  }
}

run "a_gateway_a_zone_in_prod" {
  variables {
    environment   = "prod"
    static_egress = true
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 2 && alltrue([for zone, route in aws_route.outbound : route.nat_gateway_id == aws_nat_gateway.main[zone].id])
    error_message = "A zone that fails takes no other's way out with it."
  }
  assert {
    condition     = output.delivery_sources == tolist(["198.51.100.10", "198.51.100.20"]) && aws_lambda_function.this["api"].environment[0].variables.TRIGGERIQ_DELIVERY_SOURCES == "198.51.100.10,198.51.100.20"
    error_message = "Subscribers are told every address that a delivery may come from."
  }
}

# --- beside each way of `egress` --------------------------------------------------------------------

run "beside_ipv6" {
  command = plan

  variables {
    static_egress = true
    egress        = "ipv6"
  }

  assert {
    condition     = alltrue([for name in ["deliver", "deliver_due", "poll"] : !aws_lambda_function.this[name].vpc_config[0].ipv6_allowed_for_dual_stack])
    error_message = "What delivers and polls leaves by IPv4, from the fixed addresses."
  }
  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.private) == 0 && length(aws_vpc_security_group_ingress_rule.endpoints_from_outbound) == 0
    error_message = "The others go by IPv6 as before."
  }
}

run "beside_nat" {
  command = plan

  variables {
    static_egress = true
    egress        = "nat"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.private) == 2 && length(aws_route.outbound) == 2
    error_message = "The one gateway serves both."
  }
}

run "not_in_a_given_vpc" {
  command = plan

  variables {
    static_egress      = true
    vpc_id             = "vpc-0123456789abcdef0"
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
  }

  override_data {
    target = data.aws_subnet.given["subnet-0000000000000000b"]
    values = {
      id                = "subnet-0000000000000000b"
      vpc_id            = "vpc-0123456789abcdef0"
      availability_zone = "eu-central-1b"
    }
  }

  expect_failures = [var.static_egress]
}

run "not_with_more_networks_than_a_wall_takes" {
  command = plan

  variables {
    static_egress  = true
    delivery_allow = ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16", "10.6.0.0/16"]
  }

  expect_failures = [var.static_egress]
}
