# The database's schema and users, brought up to date on each deploy. The order:
#
#   1. every function's new version is published; nothing calls it yet
#   2. this invokes the new version of `migrate`
#   3. the aliases move to the new versions (functions.tf)
#
# So for a moment, and after a way back for longer, the old code runs on the new schema: a migration may add
# what the old code does not see, and what is to go may go one release later. Where 2 fails the apply stops
# with the function's error, no alias has moved, and the old code serves on; the next apply tries it again.

resource "aws_lambda_invocation" "migrate" {
  function_name = aws_lambda_function.this["migrate"].function_name
  qualifier     = aws_lambda_function.this["migrate"].version
  input         = jsonencode({})

  # The migrations are in the zip, so new ones are a new version. Another database has none yet.
  triggers = {
    version  = aws_lambda_function.this["migrate"].version
    database = aws_db_instance.main.resource_id
  }

  # The way to the database, and the first time to the master's secret.
  depends_on = [
    aws_route.ipv6,
    aws_route.private,
    aws_route_table_association.private,
    aws_vpc_endpoint.interface,
    aws_vpc_security_group_egress_rule.functions_to_database,
    aws_vpc_security_group_egress_rule.functions_to_endpoints,
    aws_vpc_security_group_egress_rule.functions_to_given_endpoints,
    aws_vpc_security_group_egress_rule.functions_to_internet,
    aws_vpc_security_group_ingress_rule.database_from_functions,
    aws_vpc_security_group_ingress_rule.endpoints_from_functions,
  ]
}
