# The network: closed, and with the one way to AWS that `egress` names. Nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_network_is_closed" {
  assert {
    condition     = length(aws_subnet.private) == 2 && length(distinct([for subnet in aws_subnet.private : subnet.cidr_block])) == 2 && length(distinct([for subnet in aws_subnet.private : subnet.ipv6_cidr_block])) == 2
    error_message = "Two zones, each with addresses of its own."
  }
  assert {
    condition     = length(aws_internet_gateway.main) + length(aws_egress_only_internet_gateway.main) + length(aws_subnet.public) + length(aws_nat_gateway.main) + length(aws_route.private) + length(aws_route.ipv6) == 0
    error_message = "With endpoints nothing leads to the internet."
  }
  assert {
    condition     = toset(keys(aws_vpc_endpoint.gateway)) == toset(["s3", "dynamodb"]) && toset(keys(aws_vpc_endpoint.interface)) == toset(["sqs", "events", "kms", "secretsmanager"])
    error_message = "The functions in the VPC reach the services that they call."
  }
  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : length(endpoint.subnet_ids) == 1 && endpoint.private_dns_enabled]) && alltrue([for endpoint in aws_vpc_endpoint.gateway : endpoint.ip_address_type == "ipv4"])
    error_message = "In dev an endpoint stands in one zone, under the service's own name."
  }
  assert {
    condition = alltrue(flatten([for endpoint in concat(values(aws_vpc_endpoint.gateway), values(aws_vpc_endpoint.interface)) : [
      for statement in jsondecode(endpoint.policy).Statement :
      statement.Condition.StringEquals["aws:PrincipalAccount"] == "123456789012" && length(statement.Action) > 0 &&
      alltrue([for action in statement.Action : !strcontains(action, "*")]) && !contains(flatten([statement.Resource]), "*")
    ]]))
    error_message = "An endpoint lets our principals call what they call, on what is ours."
  }
  assert {
    condition = alltrue([for name, service in { buckets = "s3", tables = "dynamodb", queues = "sqs", keys = "kms" } :
      alltrue(flatten([for function, may in jsondecode(file("../permissions.json")) : [
        for actions in values(try(may[name], {})) : [
          for action in actions : contains(jsondecode(service == "s3" || service == "dynamodb" ? aws_vpc_endpoint.gateway[service].policy : aws_vpc_endpoint.interface[service].policy).Statement[0].Action, "${service}:${action}")
        ]
      ] if jsondecode(file("../functions.json"))[function].vpc]))
    ])
    error_message = "What permissions.json gives a function in the VPC, the endpoint lets through."
  }
  assert {
    condition = alltrue([for rule in [
      aws_vpc_security_group_ingress_rule.database_from_functions, aws_vpc_security_group_ingress_rule.endpoints_from_functions[0]
    ] : rule.cidr_ipv4 == null && rule.cidr_ipv6 == null && rule.referenced_security_group_id == aws_security_group.functions.id])
    error_message = "Database and endpoints hear the functions, nobody else."
  }
  assert {
    condition = alltrue([for rule in concat(
      [aws_vpc_security_group_ingress_rule.database_from_functions, aws_vpc_security_group_egress_rule.functions_to_database],
      ) : rule.from_port == 5432 && rule.to_port == 5432]) && alltrue([for rule in concat(
      aws_vpc_security_group_ingress_rule.endpoints_from_functions, aws_vpc_security_group_egress_rule.functions_to_endpoints, values(aws_vpc_security_group_egress_rule.functions_to_gateway)
    ) : rule.from_port == 443 && rule.to_port == 443])
    error_message = "The database is reached at its port only, AWS by HTTPS only."
  }
  assert {
    condition = aws_vpc_security_group_egress_rule.functions_to_database.referenced_security_group_id == aws_security_group.database.id && (
      aws_vpc_security_group_egress_rule.functions_to_endpoints[0].referenced_security_group_id == aws_security_group.endpoints[0].id) && alltrue([
        for service, rule in aws_vpc_security_group_egress_rule.functions_to_gateway : rule.prefix_list_id == aws_vpc_endpoint.gateway[service].prefix_list_id
    ]) && length(aws_vpc_security_group_egress_rule.functions_to_internet) + length(aws_vpc_security_group_egress_rule.functions_to_given_endpoints) == 0
    error_message = "The functions reach database and endpoints, and no address beside."
  }
  assert {
    condition     = alltrue([for function in aws_lambda_function.this : alltrue([for vpc in function.vpc_config : !vpc.ipv6_allowed_for_dual_stack]) && !can(function.environment[0].variables.AWS_USE_DUALSTACK_ENDPOINT)])
    error_message = "By endpoints no function speaks IPv6."
  }
  assert {
    condition     = !can(aws_lambda_function.this["api"].environment[0].variables.TRIGGERIQ_DELIVERY_SOURCES)
    error_message = "Without fixed addresses none are told."
  }
}

run "an_endpoint_a_zone_in_prod" {
  command = plan

  variables {
    environment = "prod"
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : length(endpoint.subnet_ids) == 2])
    error_message = "In prod an endpoint stands in every zone."
  }
}

run "without_the_secrets_endpoint" {
  command = plan

  variables {
    secrets_endpoint = false
  }

  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["sqs", "events", "kms"])
    error_message = "After the first deploy the endpoint of Secrets Manager may go."
  }
}

# --- out by IPv6 ------------------------------------------------------------------------------------

run "out_by_ipv6" {
  variables {
    egress = "ipv6"
  }

  assert {
    condition     = length(aws_egress_only_internet_gateway.main) == 1 && length(aws_route.ipv6) == 2 && alltrue([for route in aws_route.ipv6 : route.destination_ipv6_cidr_block == "::/0" && route.egress_only_gateway_id == aws_egress_only_internet_gateway.main[0].id])
    error_message = "Every zone has its way out, and nothing its way in."
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) + length(aws_security_group.endpoints) + length(aws_internet_gateway.main) + length(aws_nat_gateway.main) + length(aws_subnet.public) + length(aws_eip.nat) == 0
    error_message = "Nothing is left that is billed by the hour."
  }
  assert {
    condition     = aws_vpc_endpoint.gateway["s3"].ip_address_type == "dualstack" && aws_vpc_endpoint.gateway["dynamodb"].ip_address_type == "ipv4"
    error_message = "S3 keeps its endpoint's policy for IPv6 too; DynamoDB's endpoint knows IPv4 only."
  }
  assert {
    condition = (
      aws_vpc_security_group_egress_rule.functions_to_internet["ipv6"].cidr_ipv6 == "::/0" && aws_vpc_security_group_egress_rule.functions_to_internet["ipv6"].cidr_ipv4 == null &&
      aws_vpc_security_group_egress_rule.functions_to_internet["ipv6"].from_port == 443 && aws_vpc_security_group_egress_rule.functions_to_internet["ipv6"].to_port == 443 &&
      length(aws_vpc_security_group_egress_rule.functions_to_gateway) == 2 && length(aws_vpc_security_group_egress_rule.functions_to_endpoints) + length(aws_vpc_security_group_ingress_rule.endpoints_from_functions) == 0
    )
    error_message = "The functions reach HTTPS by IPv6, S3 and DynamoDB by IPv4 too, and the database."
  }
  assert {
    condition = alltrue([for name, function in jsondecode(file("../functions.json")) :
      (try(aws_lambda_function.this[name].environment[0].variables.AWS_USE_DUALSTACK_ENDPOINT, "false") == "true") == function.vpc &&
      alltrue([for vpc in aws_lambda_function.this[name].vpc_config : vpc.ipv6_allowed_for_dual_stack])
    ])
    error_message = "The functions in the VPC call the dual-stack addresses, and may speak IPv6; the others go as ever."
  }
}

# --- out by NAT -------------------------------------------------------------------------------------

run "one_nat_gateway_in_dev" {
  command = plan

  variables {
    egress = "nat"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.private) == 2 && length(aws_internet_gateway.main) == 1 && length(aws_egress_only_internet_gateway.main) == 0
    error_message = "One NAT gateway serves both zones."
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) + length(aws_security_group.endpoints) + length(aws_vpc_security_group_egress_rule.functions_to_endpoints) == 0 && length(aws_vpc_endpoint.gateway) == 2
    error_message = "With a NAT gateway only the endpoints that cost nothing are left."
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.functions_to_internet["nat"].cidr_ipv4 == "0.0.0.0/0" && aws_vpc_security_group_egress_rule.functions_to_internet["nat"].cidr_ipv6 == null && aws_vpc_security_group_egress_rule.functions_to_internet["nat"].to_port == 443
    error_message = "By NAT the functions reach HTTPS by IPv4 alone."
  }
  assert {
    condition     = !anytrue([for subnet in aws_subnet.public : coalesce(subnet.map_public_ip_on_launch, false)]) && length(setintersection([for subnet in aws_subnet.public : subnet.cidr_block], [for subnet in aws_subnet.private : subnet.cidr_block])) == 0
    error_message = "Public subnets overlap with no other, and give no public address by themselves."
  }
}

run "a_nat_gateway_a_zone_in_prod" {
  command = plan

  variables {
    environment        = "prod"
    egress             = "nat"
    availability_zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  }

  assert {
    condition     = toset(keys(aws_nat_gateway.main)) == toset(["eu-central-1a", "eu-central-1b", "eu-central-1c"]) && length(aws_route.private) == 3
    error_message = "In prod a zone that fails takes no other's way out with it."
  }
}

# --- a VPC that is there ----------------------------------------------------------------------------

run "in_a_given_vpc_by_its_endpoints" {
  variables {
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

  assert {
    condition = (
      length(aws_vpc.main) + length(aws_subnet.private) + length(aws_route_table.private) + length(aws_vpc_endpoint.gateway) + length(aws_vpc_endpoint.interface) +
      length(aws_default_security_group.closed) + length(aws_security_group.endpoints) + length(aws_flow_log.vpc) == 0
    )
    error_message = "Nothing is made in a VPC of somebody else's but security groups."
  }
  assert {
    condition     = toset(aws_db_subnet_group.main.subnet_ids) == toset(var.private_subnet_ids) && toset(aws_lambda_function.this["api"].vpc_config[0].subnet_ids) == toset(var.private_subnet_ids)
    error_message = "Functions and database stand in the subnets that are given."
  }
  assert {
    condition     = alltrue([for group in [aws_security_group.functions, aws_security_group.database] : group.vpc_id == "vpc-0123456789abcdef0"]) && output.functions_security_group_id == aws_security_group.functions.id
    error_message = "The security groups are of that VPC, and its owner is told which one to let in."
  }
  assert {
    condition = (
      keys(aws_vpc_security_group_egress_rule.functions_to_given_endpoints) == ["10.0.0.0/16"] && length(aws_vpc_security_group_egress_rule.functions_to_internet) == 0 &&
      alltrue([for service, rule in aws_vpc_security_group_egress_rule.functions_to_gateway : rule.prefix_list_id == data.aws_ec2_managed_prefix_list.given[service].id && rule.to_port == 443])
    )
    error_message = "The functions reach HTTPS in the VPC, S3 and DynamoDB, and no address beside."
  }
}

run "in_a_given_vpc_by_ipv6" {
  command = plan

  variables {
    vpc_id             = "vpc-0123456789abcdef0"
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
    egress             = "ipv6"
    environment        = "prod"
    flow_logs          = true
  }

  override_data {
    target = data.aws_subnet.given["subnet-0000000000000000b"]
    values = {
      id                = "subnet-0000000000000000b"
      vpc_id            = "vpc-0123456789abcdef0"
      availability_zone = "eu-central-1b"
      ipv6_cidr_block   = "2001:db8:0:1::/64"
    }
  }

  assert {
    condition     = length(aws_egress_only_internet_gateway.main) + length(aws_route.ipv6) + length(aws_vpc_security_group_egress_rule.functions_to_given_endpoints) == 0 && aws_vpc_security_group_egress_rule.functions_to_internet["ipv6"].cidr_ipv6 == "::/0"
    error_message = "The way is there; only the security group has to let it be gone."
  }
  assert {
    condition     = aws_lambda_function.this["process"].environment[0].variables.AWS_USE_DUALSTACK_ENDPOINT == "true" && aws_lambda_function.this["process"].vpc_config[0].ipv6_allowed_for_dual_stack
    error_message = "The functions are told to go by IPv6."
  }
  assert {
    condition     = length(aws_flow_log.vpc) == 1
    error_message = "Who wants a log of a given VPC's connections has it."
  }
}

run "subnets_without_ipv6_are_refused" {
  command = plan

  variables {
    vpc_id             = "vpc-0123456789abcdef0"
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
    egress             = "ipv6"
  }

  override_data {
    target = data.aws_subnet.given["subnet-0000000000000000b"]
    values = {
      id                = "subnet-0000000000000000b"
      vpc_id            = "vpc-0123456789abcdef0"
      availability_zone = "eu-central-1b"
      ipv6_cidr_block   = ""
    }
  }

  expect_failures = [data.aws_subnet.given]
}

run "subnets_of_another_vpc_are_refused" {
  command = plan

  variables {
    vpc_id             = "vpc-00000000000000bad"
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
  }

  expect_failures = [data.aws_subnet.given]
}

run "subnets_of_one_zone_are_refused" {
  command = plan

  variables {
    vpc_id             = "vpc-0123456789abcdef0"
    private_subnet_ids = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
  }

  expect_failures = [aws_db_subnet_group.main]
}

# --- flow logs --------------------------------------------------------------------------------------

run "flow_logs_by_knob" {
  variables {
    flow_logs = true
  }

  assert {
    condition     = aws_flow_log.vpc[0].traffic_type == "ALL" && aws_cloudwatch_log_group.flows[0].retention_in_days == 30
    error_message = "Flow logs have a group that forgets."
  }
  assert {
    condition     = jsondecode(aws_iam_role.flows[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "The role is for our flow logs only."
  }
}

run "flow_logs_in_prod" {
  command = plan

  variables {
    environment = "prod"
  }

  assert {
    condition     = length(aws_flow_log.vpc) == 1 && aws_cloudwatch_log_group.flows[0].retention_in_days == 365
    error_message = "prod keeps a log of the VPC's connections for a year."
  }
}

run "no_flow_logs_where_none_are_wanted" {
  command = plan

  variables {
    environment = "prod"
    flow_logs   = false
  }

  assert {
    condition     = length(aws_flow_log.vpc) + length(aws_cloudwatch_log_group.flows) == 0
    error_message = "What is set goes before what the environment says."
  }
}
