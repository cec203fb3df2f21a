# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The endpoint that calls are sent to, and what would send them astray. Pure."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from .spec import Refused

AWS_HOST = re.compile(r"(^|\.)(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))$")


def check(endpoint_url: str | None, loopback_only: bool) -> None:
    """Refuse an endpoint that would send the calls of one region to another, or a local run to a service.

    :raises Refused: with what to change.
    """
    host = _host(endpoint_url) if endpoint_url is not None else None
    if loopback_only and not _is_loopback(host):
        where = f"endpoint_url {endpoint_url!r}" if endpoint_url else "no endpoint_url"
        raise Refused(
            [
                f"This inventory is only for an emulator on this machine (loopback_only), but has {where}. Set "
                "dynamodb_endpoint_url to a loopback address such as http://127.0.0.1:4566, or use an AWS inventory."
            ]
        )
    if host and AWS_HOST.search(host) and not {"{region}", "{service}"} <= set(re.findall(r"{\w+}", host)):
        raise Refused(
            [
                f"endpoint_url {endpoint_url!r} is the endpoint of one region or service, but a global table needs "
                "every region's, and other services (STS, KMS, Application Auto Scaling) have their own. Leave it "
                "out, or put {region} and {service} where their names stand."
            ]
        )


def _host(endpoint_url: str) -> str:
    """:raises Refused: for what isn't plainly a URL, which the SDK and this check might read in two ways."""
    try:
        parts = urlsplit(endpoint_url)
        plain = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and parts.username is None
    except ValueError:
        plain = False
    if not plain or re.search(r"[\s\\]", endpoint_url):
        raise Refused(
            [f"endpoint_url {endpoint_url!r} is no plain URL: write http://HOST:PORT or https://HOST, nothing else."]
        )
    return _normal(parts.hostname)


def _normal(host: str) -> str:
    """A host as one text, however it is written: 127.1, 2130706433 and ::ffff:127.0.0.1 are 127.0.0.1."""
    host = host.rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except (OSError, ValueError):
            return host
    return str(getattr(address, "ipv4_mapped", None) or address)


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def of(endpoint_url: str | None, service: str, region: str) -> tuple[str | None, bool]:
    """``endpoint_url`` with {region} and {service} filled in, None is AWS's own; and whether it is on this machine.

    A host on this machine is written as it was checked, so that no resolver takes it for another.
    """
    if not endpoint_url:
        return None, False
    url = endpoint_url.replace("{region}", region).replace("{service}", service)
    parts, host = urlsplit(url), _host(url)
    if not _is_loopback(host):
        return url, False
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=(f"[{host}]" if ":" in host else host) + port).geturl(), True
