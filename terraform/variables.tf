# What may be set. `terraform apply -var environment=dev` needs no other. A variable that is null by
# default follows the environment; what it follows to stands in its description.

variable "environment" {
  description = "Name of this deployment, in the names of all its resources. `prod` turns on what a production system wants."
  type        = string
  default     = "dev"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9]){0,15}$", var.environment)) && length(var.environment) <= 16
    error_message = "environment is 1 to 16 of a-z, 0-9 and -, begins with a letter, does not end with - and has no two - in a row (RDS takes none)."
  }
  validation {
    condition     = var.environment != "local"
    error_message = "environment may not be `local`: on that stage the API key local-dev-key has every scope."
  }
}

variable "region" {
  description = "AWS region, such as eu-central-1. null: the one of the environment (AWS_REGION) or the profile."
  type        = string
  default     = null

  validation {
    condition     = var.region == null || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the name of an AWS region, such as eu-central-1, or null."
  }
}

variable "tags" {
  description = "Tags of your own on every resource, { cost-centre = \"4711\" }. `application`, `environment` and `managed-by` are set already."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.tags), ["application", "environment", "managed-by"])) == 0
    error_message = "tags may not set application, environment or managed-by: those are the deployment's own."
  }
  validation {
    condition = length(var.tags) <= 40 && alltrue([
      for key, value in var.tags :
      can(regex("^[A-Za-z0-9 _.:/=+@-]{1,128}$", key)) && can(regex("^[A-Za-z0-9 _.:/=+@-]{0,256}$", value)) && !startswith(lower(key), "aws:")
    ])
    error_message = "tags are at most 40, keys of 1 to 128 and values of up to 256 of A-Z, a-z, 0-9, space, _, ., :, /, =, +, - and @; a key does not begin with aws:."
  }
}

variable "package_dir" {
  description = "Folder of `make package`'s output, deployment.zip and chalice.tf.json; absolute, or relative to where terraform runs."
  type        = string
  default     = "../build"
  nullable    = false

  validation {
    condition     = fileexists("${var.package_dir}/deployment.zip") && fileexists("${var.package_dir}/chalice.tf.json")
    error_message = "package_dir is the folder that holds deployment.zip and chalice.tf.json; run `make package` first."
  }
}

# --- functions --------------------------------------------------------------------------------------

variable "lambda_memory_mb" {
  description = "Memory of the three routers, receive, pull and api, in MB. null: what functions.json says (512; of pull 256)."
  type        = number
  default     = null

  validation {
    condition = var.lambda_memory_mb == null || try(
      var.lambda_memory_mb >= 128 && var.lambda_memory_mb <= 10240 && floor(var.lambda_memory_mb) == var.lambda_memory_mb, false
    )
    error_message = "lambda_memory_mb is a whole number of MB between 128 and 10240, or null."
  }
}

variable "lambda_timeout_seconds" {
  description = "Time-out of the three routers, in seconds; a reader waits in an inbox for no longer than four seconds less. null: what functions.json says (29). The gateway gives up after 30."
  type        = number
  default     = null

  validation {
    condition = var.lambda_timeout_seconds == null || try(
      var.lambda_timeout_seconds >= 1 && var.lambda_timeout_seconds <= 29 && floor(var.lambda_timeout_seconds) == var.lambda_timeout_seconds, false
    )
    error_message = "lambda_timeout_seconds is a whole number of seconds between 1 and 29, or null; the gateway gives up after 30."
  }
}

variable "snapstart" {
  description = "Start the three routers from a snapshot (Lambda SnapStart; from Python 3.12 on). Billed for each published version that is kept. Turn it on after the first deploy."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.snapstart || !contains(["python3.9", "python3.10", "python3.11"], local.exported.api.runtime)
    error_message = "snapstart needs Python 3.12 or newer; build the package with such an interpreter: make package PYTHON=python3.13."
  }
}

variable "reserved_concurrency" {
  description = "Concurrency reserved for a function, by its name in functions.json. None by default: a new account has only ten in all."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.reserved_concurrency) : contains(keys(local.functions), name)])
    error_message = "reserved_concurrency is by the functions' names: ${join(", ", keys(local.functions))}."
  }
  validation {
    condition     = alltrue([for value in values(var.reserved_concurrency) : value >= 0 && floor(value) == value])
    error_message = "reserved_concurrency is a whole number for each function; 0 stops one that no queue feeds."
  }
  validation {
    condition     = alltrue([for name, value in var.reserved_concurrency : value >= lookup(local.maximum_concurrency, name, 0)])
    error_message = "reserved_concurrency of a queue's function is at least what its queue may run at once (${join(", ", [for name, most in local.maximum_concurrency : "${name} ${most}"])}): Lambda would throttle the rest, and a message that is throttled five times is a dead letter. Lower queue_concurrency first."
  }
}

variable "queue_concurrency" {
  description = "The most that each queue's function runs at once, where functions.json gives it more (ingest and process 10, files 5, jobs 2). null: what functions.json says. 2 fits a new account, which may run ten in all."
  type        = number
  default     = null

  validation {
    condition = var.queue_concurrency == null || try(
      var.queue_concurrency >= 2 && var.queue_concurrency <= 1000 && floor(var.queue_concurrency) == var.queue_concurrency, false
    )
    error_message = "queue_concurrency is a whole number between 2 and 1000 (Lambda's rule for a queue), or null."
  }
}

variable "load_plugins" {
  description = "Names of the plugins to load. Empty: all that are in the package."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.load_plugins : can(regex("^[A-Za-z0-9_.-]{1,100}$", name))])
    error_message = "load_plugins is a list of plugins' names, each 1 to 100 of A-Z, a-z, 0-9, _, . and -."
  }
}

variable "disabled_plugins" {
  description = "Names of plugins that are not to be loaded."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.disabled_plugins : can(regex("^[A-Za-z0-9_.-]{1,100}$", name))])
    error_message = "disabled_plugins is a list of plugins' names, each 1 to 100 of A-Z, a-z, 0-9, _, . and -."
  }
}

variable "settings" {
  description = "Caches, time budgets, pauses, limits and the tracing of the functions, by the setting's name without TRIGGERIQ_ and in small letters, { plugin_seconds = 5, park_seconds = \"30,60\" }. What is not named keeps its default."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.settings) : contains(keys(local.setting_forms), name)])
    error_message = "settings are by name, each one of ${join(", ", keys(local.setting_forms))}."
  }
  validation {
    condition = alltrue([
      for name, value in var.settings : can(regex(local.setting_forms[name].form, value)) && try(alltrue([
        for number in split(",", value) : tonumber(number) >= local.setting_forms[name].least && tonumber(number) <= local.setting_forms[name].most
        ]), false) && alltrue([
        for number, pause in split(",", value) : try(tonumber(pause) >= tonumber(split(",", value)[max(0, number - 1)]), false)
      ]) if can(local.setting_forms[name])
    ])
    error_message = "settings are seconds, a count of bytes or messages, or 1 or 0; the pauses are whole seconds, growing, with commas between: ${join(", ", [for name, is in local.setting_forms : "${name} from ${is.least} to ${is.most}"])}."
  }
}

variable "short_ca_bundle" {
  description = "Verify AWS's endpoints by the five authorities that sign them (AWS_CA_BUNDLE). false: by all that botocore knows, which takes longer at each start."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_retention_days" {
  description = "How long log lines are kept, in days; 0 is for ever. null: 365 in prod, 30 elsewhere."
  type        = number
  default     = null

  validation {
    condition = var.log_retention_days == null || try(contains(
      [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days
    ), false)
    error_message = "log_retention_days is one that CloudWatch knows: 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, or null."
  }
}

variable "permissions_boundary" {
  description = "Bound every role by the policy triggeriq-boundary, which terraform/bootstrap makes. GitHub's role makes none without it."
  type        = bool
  default     = false
  nullable    = false
}

# --- HTTP API ---------------------------------------------------------------------------------------

variable "throttle_rate" {
  description = "Requests a second that the API takes in the long run; more are answered 429. API Gateway keeps to it as well as it can."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.throttle_rate >= 1 && var.throttle_rate <= 10000
    error_message = "throttle_rate is requests a second between 1 and 10000."
  }
}

variable "throttle_burst" {
  description = "Requests that the API takes at once."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.throttle_burst >= 1 && var.throttle_burst <= 5000 && floor(var.throttle_burst) == var.throttle_burst
    error_message = "throttle_burst is a whole number of requests between 1 and 5000."
  }
}

variable "cors_origins" {
  description = "Origins from which a browser may call, such as https://desk.example.com. null: any in dev, none elsewhere."
  type        = list(string)
  default     = null

  validation {
    condition = var.cors_origins == null || try(length(var.cors_origins) > 0 && alltrue([
      for origin in var.cors_origins : can(regex("^(\\*|https?://[^\\s/,]+)$", origin))
    ]), false)
    error_message = "cors_origins is null or a list of at least one origin, such as https://desk.example.com (no path, no / at the end), or [\"*\"]."
  }
  validation {
    condition     = var.environment != "prod" || !contains(coalesce(var.cors_origins, []), "*")
    error_message = "cors_origins in prod is a list of origins, not `*`."
  }
}

variable "domain_name" {
  description = "Domain of the API, such as api.example.com; needs certificate_arn. null: only the address that AWS gives."
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain_name))
    error_message = "domain_name is a domain in small letters, such as api.example.com, or null."
  }
}

variable "certificate_arn" {
  description = "ARN of the ACM certificate for domain_name, issued, and in the API's region."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:[^:]+:acm:[^:]+:[0-9]{12}:certificate/", var.certificate_arn))
    error_message = "certificate_arn is the ARN of a certificate in ACM (arn:aws:acm:region:account:certificate/id), or null."
  }
  validation {
    condition     = (var.certificate_arn == null) == (var.domain_name == null)
    error_message = "certificate_arn and domain_name are set together, or neither."
  }
}

variable "execute_api_endpoint" {
  description = "Whether the address that AWS gives answers too. Turn it off once every sender uses domain_name."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.execute_api_endpoint || var.domain_name != null
    error_message = "execute_api_endpoint may be false only with a domain_name: else nothing would answer."
  }
}

variable "public_url" {
  description = "Address by which the world knows the API, where something of yours stands before it: https://, without / at the end. null: domain_name, else the address that AWS gives."
  type        = string
  default     = null

  validation {
    condition     = var.public_url == null || can(regex("^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$", var.public_url))
    error_message = "public_url is an address such as https://api.example.com, without / at the end, or null."
  }
}

variable "iam_routes" {
  description = "Routes that take a request signed by an AWS identity (SigV4) instead of an API key, such as [\"GET /tickets\"]: API Gateway turns away every other one. Who may do what is in iam_callers."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for route in var.iam_routes : contains(local.route_keys, route)])
    error_message = "iam_routes are routes of the API by method and path as docs/api.md lists them, such as GET /tickets/{id}; there is no ${join(", ", setsubtract(var.iam_routes, local.route_keys))}."
  }
}

variable "iam_callers" {
  description = "Who the AWS identities that call iam_routes are, by the ARN of their IAM role or user: { \"arn:aws:iam::123456789012:role/desk\" = { owner = \"desk\", scopes = [\"read\"] } }; `connections`, as of an API key, restricts one. Any other identity gets a 403."
  type = map(object({
    owner       = string
    scopes      = set(string)
    connections = optional(set(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for arn in keys(var.iam_callers) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "iam_callers is by ARNs of IAM roles and users, such as arn:aws:iam::123456789012:role/desk; a session goes by its role's."
  }
  validation {
    condition = length(distinct([
      for arn in keys(var.iam_callers) : "${split(":", arn)[4]} ${split("/", arn)[0]} ${reverse(split("/", arn))[0]}"
    ])) == length(var.iam_callers)
    error_message = "iam_callers names an identity twice: within an account a name is unique whatever its path is."
  }
  validation {
    condition = alltrue([
      for caller in values(var.iam_callers) : can(regex("^[^[:cntrl:]]{1,100}$", caller.owner)) && trimspace(caller.owner) == caller.owner && caller.owner != "triggeriq" &&
      length(caller.scopes) > 0 && length(setsubtract(caller.scopes, ["ingest", "read", "write", "admin"])) == 0
    ])
    error_message = "Each of iam_callers has an owner of 1 to 100 characters, another than triggeriq, and at least one of the scopes ingest, read, write and admin."
  }
  validation {
    condition = alltrue([
      for caller in values(var.iam_callers) : try(length(caller.connections) > 0 && length(caller.connections) <= 50, true) && alltrue([
        for connection in coalesce(caller.connections, []) : can(regex("^[a-z0-9_-]{1,64}/([a-z0-9_-]{1,64}|\\*)$", connection))
      ])
    ])
    error_message = "The connections of one of iam_callers are 1 to 50 of the form source/connection or source/*; leave them out for one that is not restricted."
  }
  validation {
    condition     = (length(var.iam_callers) == 0) == (length(var.iam_routes) == 0)
    error_message = "iam_callers and iam_routes are set together, or neither."
  }
  validation {
    condition     = length(jsonencode(var.iam_callers)) <= 2500
    error_message = "iam_callers has more than fits into a function's environment: some 20 of them do."
  }
}

variable "delivery_allow" {
  description = "Networks that are not public, and that the functions may nevertheless call where a connection names an address in them, such as [\"10.1.0.0/16\"]. AWS's metadata addresses stay closed."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for network in var.delivery_allow : can(cidrhost(network, 0)) && try(cidrhost(network, 0) == split("/", network)[0], false)])
    error_message = "delivery_allow are networks by their first address, such as 10.1.0.0/16."
  }
}

# --- network ----------------------------------------------------------------------------------------

variable "static_egress" {
  description = "Send deliveries and polls from fixed addresses, by NAT gateways, one a zone in prod; the output delivery_sources has them, and GET /delivery/sources. false: they come from whatever address AWS has."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.static_egress || var.vpc_id == null
    error_message = "static_egress needs a VPC of its own: in a given one (vpc_id) nothing is made, no subnet and no gateway."
  }
  validation {
    condition     = !var.static_egress || length(var.delivery_allow) <= 5
    error_message = "With static_egress delivery_allow has five networks at most: a network ACL takes 20 rules."
  }
}

variable "egress" {
  description = "How functions in the VPC reach AWS: `endpoints` (an interface endpoint a service), `ipv6` (an egress-only gateway, no hourly price, but no endpoint policies) or `nat` (a NAT gateway, in prod one a zone: a way to the internet, too). With vpc_id: which of these ways that VPC has."
  type        = string
  default     = "endpoints"
  nullable    = false

  validation {
    condition     = contains(["endpoints", "ipv6", "nat"], var.egress)
    error_message = "egress is `endpoints`, `ipv6` or `nat`."
  }
}

variable "vpc_id" {
  description = "An existing VPC for the functions and the database; needs private_subnet_ids. Nothing is made in it but security groups: its owner sees to the way that egress names. null: a VPC of its own."
  type        = string
  default     = null

  validation {
    condition     = var.vpc_id == null || can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "vpc_id is the id of a VPC, such as vpc-0123456789abcdef0, or null."
  }
}

variable "private_subnet_ids" {
  description = "Subnets of vpc_id, two or more in at least two zones, without a route from the internet."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.private_subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "private_subnet_ids are ids of subnets, such as subnet-0123456789abcdef0."
  }
  validation {
    condition     = var.vpc_id == null || length(distinct(var.private_subnet_ids)) == length(var.private_subnet_ids) && length(var.private_subnet_ids) >= 2 && length(var.private_subnet_ids) <= 16
    error_message = "private_subnet_ids are 2 to 16 different subnets: RDS asks for two zones even where it uses one, and Lambda takes 16 at most."
  }
  validation {
    condition     = var.vpc_id != null || length(var.private_subnet_ids) == 0
    error_message = "private_subnet_ids and vpc_id are set together, or neither."
  }
}

variable "vpc_cidr" {
  description = "Addresses of the VPC that is made, /16 to /24. Needs to be unlike others' only where networks are joined."
  type        = string
  default     = "10.64.0.0/20"
  nullable    = false

  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 0)) && try(contains(range(16, 25), tonumber(split("/", var.vpc_cidr)[1])), false)
    error_message = "vpc_cidr is a block of IPv4 addresses between /16 and /24, such as 10.64.0.0/20."
  }
}

variable "availability_zones" {
  description = "Names of two or three availability zones. null: the region's first two."
  type        = list(string)
  default     = null

  validation {
    condition = var.availability_zones == null || try(
      length(distinct(var.availability_zones)) == length(var.availability_zones) &&
      contains([2, 3], length(var.availability_zones)), false
    )
    error_message = "availability_zones is null or two or three different names: RDS asks for two zones even where it uses one."
  }
  validation {
    condition     = var.vpc_id == null || var.availability_zones == null
    error_message = "availability_zones is left out with vpc_id: the zones are those of private_subnet_ids."
  }
}

variable "secrets_endpoint" {
  description = "With egress = `endpoints`: keep the one through which `migrate` reads RDS's master secret. The first deploy needs it, and a new database; without it a zone saves some 7 US$ a month."
  type        = bool
  default     = true
  nullable    = false
}

# --- database ---------------------------------------------------------------------------------------

variable "db_instance_class" {
  description = "Class of the database instance. null: db.t4g.medium in prod, db.t4g.micro elsewhere."
  type        = string
  default     = null

  validation {
    condition     = var.db_instance_class == null || try(contains(keys(local.instance_memory_gib), var.db_instance_class), false)
    error_message = "db_instance_class is null or one of ${join(", ", keys(local.instance_memory_gib))}."
  }
}

variable "db_storage_gb" {
  description = "Storage that the database is born with, in GB."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.db_storage_gb >= 20 && var.db_storage_gb <= 65536 && floor(var.db_storage_gb) == var.db_storage_gb
    error_message = "db_storage_gb is a whole number of GB between 20 and 65536."
  }
}

variable "db_max_storage_gb" {
  description = "Storage up to which RDS grows by itself, in GB."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.db_max_storage_gb >= 1.26 * var.db_storage_gb && var.db_max_storage_gb <= 65536 && floor(var.db_max_storage_gb) == var.db_max_storage_gb
    error_message = "db_max_storage_gb is a whole number of GB, at least 26 % above db_storage_gb (RDS's rule) and at most 65536."
  }
}

variable "multi_az" {
  description = "A standby of the database in a second zone, that takes over by itself. null: in prod."
  type        = bool
  default     = null
}

variable "backup_days" {
  description = "For how many days the database can be restored to any second. null: 14 in prod, 7 elsewhere."
  type        = number
  default     = null

  validation {
    condition     = var.backup_days == null || try(var.backup_days >= 1 && var.backup_days <= 35 && floor(var.backup_days) == var.backup_days, false)
    error_message = "backup_days is a whole number between 1 and 35, or null."
  }
  validation {
    condition     = var.environment != "prod" || try(var.backup_days >= 7, true)
    error_message = "backup_days in prod is 7 or more."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the database and the tables. null: in prod."
  type        = bool
  default     = null
}

variable "final_snapshot" {
  description = "Take a snapshot of the database when it is deleted. null: in prod."
  type        = bool
  default     = null
}

# --- what is kept, mail -----------------------------------------------------------------------------

variable "data_key_arn" {
  description = "A KMS key of your own for what lies in services (database, its master secret, logs, alarm topic); the output data_key_policy is what its policy has to allow. Set before the first deploy: a database under another key is another database. null: one is made."
  type        = string
  default     = null

  validation {
    condition     = var.data_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.data_key_arn))
    error_message = "data_key_arn is the ARN of a symmetric key (arn:aws:kms:region:account:key/id), no alias, or null."
  }
}

variable "secrets_key_arn" {
  description = "A KMS key of your own that seals what connections keep secret. Set before the first connection: what another key sealed does not open. null: one is made, which opens nothing without its context."
  type        = string
  default     = null

  validation {
    condition     = var.secrets_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.secrets_key_arn))
    error_message = "secrets_key_arn is the ARN of a symmetric key (arn:aws:kms:region:account:key/id), no alias, or null."
  }
}

variable "raw_days" {
  description = "How long the raw bytes of what was received are kept, in days: a quarantined row is replayed from them for 90 days."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.raw_days >= 120 && var.raw_days <= 3650 && floor(var.raw_days) == var.raw_days
    error_message = "raw_days is a whole number between 120 and 3650: rows are replayed for 90 days after up to 28 days in queues and archive."
  }
}

variable "mail_domain" {
  description = "Domain or subdomain whose mail comes in through SES, such as support.example.com; all of its mail goes there. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.mail_domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.mail_domain))
    error_message = "mail_domain is a domain in small letters, such as support.example.com, or null."
  }
}

variable "mail_recipients" {
  description = "Addresses at mail_domain by the connection that takes their mail, { billing = [\"billing@support.example.com\"] }. Empty: the connection `default` takes all."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for connection in keys(var.mail_recipients) : can(regex("^[a-z0-9_-]{1,64}$", connection))])
    error_message = "mail_recipients is by connections' names, each 1 to 64 of a-z, 0-9, _ and -."
  }
  validation {
    condition = alltrue([
      for addresses in values(var.mail_recipients) : length(addresses) > 0 && length(addresses) <= 100 && alltrue([
        for address in addresses : address == coalesce(var.mail_domain, "-") ||
        can(regex("^[^@\\s]+@[^@\\s]+$", address)) && endswith(address, "@${coalesce(var.mail_domain, "-")}")
      ])
    ])
    error_message = "mail_recipients holds 1 to 100 addresses at mail_domain, or mail_domain itself, for each connection."
  }
  validation {
    condition     = length(flatten([for addresses in values(var.mail_recipients) : [for address in addresses : address]])) == length(distinct(flatten([for addresses in values(var.mail_recipients) : [for address in addresses : lower(address)]])))
    error_message = "mail_recipients gives each address, and mail_domain itself, to one connection alone."
  }
}

variable "mail_requires_tls" {
  description = "Refuse mail that comes unencrypted; its sender gets it back. false takes it as it comes."
  type        = bool
  default     = true
  nullable    = false
}

variable "ses_rule_set_name" {
  description = "An existing, active SES rule set to which the rules are added, behind ses_after_rule: an account has one active a region. null: make one, and activate it."
  type        = string
  default     = null

  validation {
    condition     = var.ses_rule_set_name == null || can(regex("^[A-Za-z0-9_-]{1,64}$", var.ses_rule_set_name))
    error_message = "ses_rule_set_name is 1 to 64 of A-Z, a-z, 0-9, _ and -, or null."
  }
}

variable "ses_after_rule" {
  description = "The rule of ses_rule_set_name behind which ours come; what they take no rule behind them sees. \"\": ours come first. Set together with ses_rule_set_name."
  type        = string
  default     = null

  validation {
    condition     = var.ses_after_rule == null || can(regex("^([A-Za-z0-9]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?)?$", var.ses_after_rule))
    error_message = "ses_after_rule is the name of a rule, \"\" for none, or null."
  }
  validation {
    condition     = (var.ses_after_rule == null) == (var.ses_rule_set_name == null)
    error_message = "ses_after_rule and ses_rule_set_name are set together, or neither: `aws ses describe-active-receipt-rule-set` lists the rules in their order; \"\" puts ours first."
  }
}

# --- watching ---------------------------------------------------------------------------------------

variable "alarm_email" {
  description = "Where alarms go by mail; AWS asks it once for consent. null: to the topic only (output alarm_topic_arn)."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_email == null || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alarm_email))
    error_message = "alarm_email is one mail address, or null."
  }
}

variable "alarm_urls" {
  description = "HTTPS addresses to which alarms are posted as SNS does it: PagerDuty, Opsgenie and the like confirm the subscription themselves; one that does not within a minute stops the apply. No plan shows them."
  type        = set(string)
  default     = []
  nullable    = false
  sensitive   = true

  validation {
    condition     = alltrue([for url in var.alarm_urls : can(regex("^https://[^\\s]+$", url))])
    error_message = "alarm_urls are addresses that begin with https://."
  }
}

variable "alarm_slack" {
  description = "A Slack channel that hears alarms, by Amazon Q Developer in chat applications: { team_id = \"T0123ABCD\", channel_id = \"C0123ABCD\" }. The workspace is joined to the account once, in AWS's console. null: none."
  type = object({
    team_id    = string
    channel_id = string
  })
  default = null

  validation {
    condition     = var.alarm_slack == null || try(can(regex("^[0-9A-Z]{1,255}$", var.alarm_slack.team_id)) && can(regex("^[A-Za-z0-9]{1,255}$", var.alarm_slack.channel_id)), false)
    error_message = "alarm_slack has the ids of workspace (team_id) and channel (channel_id), not their names, or is null."
  }
}

variable "alarm_thresholds" {
  description = "From where on an alarm rings: 5xx in percent of requests, latencies in ms, messages waiting in a queue, age of the oldest in seconds, failures in five minutes, seconds that a due delivery waits, endpoints that fail for an hour."
  type = object({
    api_error_percent = optional(number, 2)
    api_p95_ms        = optional(number, 2000)
    api_p99_ms        = optional(number, 6000)
    queue_depth       = optional(number, 1000)
    queue_age_seconds = optional(number, 900)
    quarantined       = optional(number, 10)
    failed            = optional(number, 5)
    delivery_lag      = optional(number, 300)
    endpoints_failing = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for value in values(var.alarm_thresholds) : try(value > 0, false)])
    error_message = "alarm_thresholds are numbers above 0."
  }
}

variable "flow_logs" {
  description = "Keep a log of the VPC's connections. null: in prod, where the VPC is ours."
  type        = bool
  default     = null
}

variable "cloudtrail" {
  description = "Keep a trail of who called which AWS API, in a bucket of its own. null: in prod. false where the account has one: a second is billed."
  type        = bool
  default     = null
}

variable "guardduty" {
  description = "Watch the account with GuardDuty; findings go to the alarm topic. Leave it off where the account has a detector: there is one a region."
  type        = bool
  default     = false
  nullable    = false
}

variable "monthly_budget_usd" {
  description = "What the whole account may cost a month, in US$; the alarm topic hears of 80 % spent and of a forecast above it. 0: no budget."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.monthly_budget_usd >= 0
    error_message = "monthly_budget_usd is an amount of US$, or 0 for none."
  }
}
