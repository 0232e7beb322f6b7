"""The environment of the children: what the cloud would give them, and nothing of the user's."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from functions.local.choice import Choice
from functions.local.deployment import ACCOUNT, REGION, Deployment
from functions.local.folder import Folder

_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_THIS_MACHINE = "127.0.0.1,localhost"


def scrubbed(folder: Folder, user: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return an environment without keys, profiles, proxies or paths of the user.

    The home does not exist, so that no configuration is found in it; files that a library
    thinks temporary stay in the platform's own folder.
    """
    return {
        **{name: user[name] for name in _KEPT if name in user},
        "HOME": str(folder.path / "home"),
        "TMPDIR": str(folder.temporary),
        "TZ": "UTC",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def to_the_network(choice: Choice, user: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the user's proxies and certificates for a provider that is asked over the network.

    Behind a proxy nothing is reached without them. Nobody else gets them: a provider of files
    asks nobody, and what runs on this machine must not be sought behind a proxy.
    """
    if choice.source().coverage() is not None:
        return {}
    wanted = (*_PROXIES, *(name.lower() for name in _PROXIES), *_CERTIFICATES)
    found = {name: user[name] for name in wanted if user.get(name)}
    excepted = user.get("NO_PROXY") or user.get("no_proxy") or ""
    no_proxy = f"{excepted},{_THIS_MACHINE}" if excepted else _THIS_MACHINE
    return {**found, "NO_PROXY": no_proxy, "no_proxy": no_proxy}


class Places(NamedTuple):
    """Where the functions find AWS's part, the site, and who is connected to it."""

    endpoint: str
    site_url: str
    connections_url: str


def of_functions(deployment: Deployment, places: Places, choice: Choice) -> dict[str, str]:
    """Return what serverless.yml gives every function, with moto in the place of AWS."""
    queues = {
        "ROBOT_QUEUE_URL": "RobotQueue",
        "EXECUTION_QUEUE_URL": "ExecutionQueue",
        "PUBLISH_QUEUE_URL": "PublishQueue",
    }
    urls = {
        variable: f"{places.endpoint}/{ACCOUNT}/{deployment.queues[queue].name}"
        for variable, queue in queues.items()
    }
    return {
        **urls,
        "AWS_ENDPOINT_URL": places.endpoint,
        "SITE_BUCKET": deployment.bucket,
        "SITE_URL": places.site_url,
        "CONNECTIONS_URL": places.connections_url,
        **choice.variables(),
        "POWERTOOLS_SERVICE_NAME": "tradingrobotplug",
    }
