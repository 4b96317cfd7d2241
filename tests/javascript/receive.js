// Receives deliveries as a subscriber would who uses the common libraries.
// In: a JSON list of {library, secret, headers, body} on standard input.
// Out: a JSON list with what each library made of it, or null where it refused it.
const { HTTP } = require("cloudevents");
const standardwebhooks = require("standardwebhooks");
const svix = require("svix");

function received({ library, secret, headers, body }) {
  if (library === "cloudevents") {
    return HTTP.toEvent({ headers, body });
  }
  const { Webhook } = library === "svix" ? svix : standardwebhooks;
  try {
    return new Webhook(secret).verify(body, headers) ?? JSON.parse(body);
  } catch (error) {
    if (error.constructor.name === "WebhookVerificationError") return null;
    throw error;
  }
}

const deliveries = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(deliveries.map(received)));
