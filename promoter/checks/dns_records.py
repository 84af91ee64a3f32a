"""Records of the DNS as they are written in a checklist and as a server gives them, in one form."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping

_CAA = re.compile(r'(?:(\d{1,3})\s+)?([A-Za-z0-9]{1,15})\s+"?([^"]*)"?', re.ASCII)


def in_one_form(record_type: str | None, written: str) -> str:
    """A record in the form in which records of its type are compared: addresses in their shortest form,
    names in lower case without the final dot, an MX with or without its preference, a CAA with its flags
    (0 when left out). Without a type, it is an address.

    Raises ValueError when it is no record of the type.
    """
    return _FORMS[record_type](written.strip())


def is_there(expected: str, found: Iterable[str]) -> bool:
    """Whether a record is among those found; of an MX without its preference any will do."""
    return any(each == expected or _MX.sub("", each) == expected for each in found)


def leads_nowhere(found: str) -> bool:
    """Whether a record says that there is nothing to reach: an address of no host (RFC 1122, 3.2.1.3), or an MX
    that takes no mail (RFC 7505)."""
    return found in _NOWHERE


_NOWHERE = frozenset({"0.0.0.0", "::", "0 ."})  # noqa: S104 - addresses of no host, not to listen on
_MX = re.compile(r"^\d{1,5} (?=\S+$)", re.ASCII)


def _any_address(written: str) -> str:
    return str(ipaddress.ip_address(written.partition("%")[0]))


def _name(written: str) -> str:
    name = written.lower().removesuffix(".")
    if not name or len(name) > 1000 or any(char.isspace() for char in name):
        raise ValueError("not a name")
    return name


def _mx(written: str) -> str:
    preference, blank, host = written.rpartition(" ")
    name = host if host == "." else _name(host)
    return f"{int(preference)} {name}" if blank else name


def _caa(written: str) -> str:
    parts = _CAA.fullmatch(written)
    if parts is None:
        raise ValueError("not a CAA")
    return f'{int(parts[1] or 0)} {parts[2].lower()} "{parts[3].strip()}"'


_FORMS: Mapping[str | None, Callable[[str], str]] = {
    None: _any_address,
    "A": lambda written: str(ipaddress.IPv4Address(written)),
    "AAAA": lambda written: str(ipaddress.IPv6Address(written)),
    "CNAME": _name,
    "NS": _name,
    "MX": _mx,
    "CAA": _caa,
    "TXT": lambda written: written,
}
