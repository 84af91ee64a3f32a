"""Addresses as users write them: URLs, and hosts with a port."""

import ipaddress
from functools import lru_cache
from typing import NewType
from urllib.parse import quote, urlsplit

from promoter.frozen import frozen

Url = NewType("Url", str)
"""An absolute `http` or `https` URL without user name or password."""

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 2048


@frozen
class HostPort:
    """A host name or IP address, and a port; written `HOST:PORT`, IPv6 addresses in brackets."""

    host: str
    port: int

    def __lt__(self, other: "HostPort") -> bool:
        return (self.host, self.port) < (other.host, other.port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@frozen
class Endpoint:
    """A URL taken apart. `host` is ASCII and lower case, `path` is what an HTTP request line asks for."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> HostPort:
        """Host and port."""
        return HostPort(self.host, self.port)

    @property
    def host_header(self) -> str:
        """The value of the `Host` header (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_host_port(written: str) -> HostPort:
    """Reads `HOST:PORT` or `[IPV6]:PORT`.

    Raises ValueError when it is neither.
    """
    host, colon, port = written.strip().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = str(ipaddress.IPv6Address(host[1:-1]))
    elif ":" in host:
        raise ValueError("an IPv6 address needs brackets")
    else:
        host = _ascii_host(host)
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("no port")
    return HostPort(host, int(port))


@lru_cache(maxsize=1024)
def split_url(written: str) -> Endpoint:
    """Takes an absolute `http` or `https` URL apart.

    Raises ValueError when it is not one, carries a user name or password, or is longer than 2048 characters.
    """
    if len(written) > _LONGEST_URL or any(char.isspace() or not char.isprintable() for char in written):
        raise ValueError("not a URL")
    parts = urlsplit(written)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("not an http or https URL")
    if "@" in parts.netloc:
        raise ValueError("a URL with a user name or password")
    if parts.port == 0:
        raise ValueError("no port")
    host = str(ipaddress.ip_address(parts.hostname)) if ":" in parts.hostname else _ascii_host(parts.hostname)
    query = f"?{parts.query}" if parts.query else ""
    path = quote((parts.path or "/") + query, safe="%/:?#[]@!$&'()*+,;=~-._")
    return Endpoint(parts.scheme, host, parts.port or _PORTS[parts.scheme], path)


def is_ip_address(host: str) -> bool:
    """Whether the host is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


_IN_A_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")


def _ascii_host(host: str) -> str:
    name = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    labels = name.removesuffix(".").split(".")
    fits = len(name) <= 253 and all(0 < len(each) < 64 and not each.startswith("-") for each in labels)
    if not fits or not set(name) <= _IN_A_NAME:
        raise ValueError("not a host")
    return name
