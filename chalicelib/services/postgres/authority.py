"""Who signs a server's certificate: Amazon RDS has authorities of its own in each region, which no public
store knows. Their files lie in the folder `authorities`; its README says where they are from."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.settings import SettingError

_FOLDER = Path(__file__).with_name("authorities")
# https://docs.aws.amazon.com/general/latest/gr/rds-service.html; China has the words the other way round
_RDS = re.compile(
    r"(?P<name>.+)\.(?:(?P<region>[a-z0-9-]+)\.rds|rds\.(?P<china>[a-z0-9-]+))\.amazonaws\.com(\.cn)?"
)


def region_of(host: str) -> str | None:
    """The AWS region of an RDS server, by its name; None for another's."""
    found = _RDS.fullmatch(host.lower())
    return found["region"] or found["china"] if found else None


def ca_file_of(host: str) -> str | None:
    """The path of the PEM file that verifies the server; None where the public store does: RDS Proxy and
    everybody else. Raises SettingError for a region whose authorities this release does not have."""
    region = region_of(host)
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls
    if region is None or ".proxy-" in host.lower():
        return None
    file = _FOLDER / f"{region}.pem"
    if not file.exists():
        raise SettingError(
            f"TRIGGERIQ_DATABASE is in {region}, whose authorities this release does not have: add "
            f"sslrootcert=/path/of/the/file, from https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem"
        )
    return str(file)
