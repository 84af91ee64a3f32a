"""What may be shown of what a server said where the data is real: nothing that came with it."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from promoter.messages import N_, Parameter, Template, message
from promoter.model.context import NO_ENVIRONMENT, Context
from promoter.model.environment import Data

PHRASES: Mapping[str, Template] = {
    "bytes-withheld": N_("withheld, because the data is real: {size} bytes, {digest}"),
    "path-withheld": N_(
        "{origin}/… (the rest is withheld, because the data is real: {size} bytes, {digest})"
    ),
}

_LONGEST = 200
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)


def is_withheld(context: Context) -> bool:
    """Whether nothing of a body may be shown. Outside of any environment nothing is recorded, and who
    tries a check sees what they asked for."""
    return context.environment.data is Data.REAL and context.environment.name != NO_ENVIRONMENT


def shown_bytes(raw: bytes, context: Context) -> Parameter:
    """Bytes that a server sent, as text; their number and SHA-256 digest where they may not be shown."""
    if is_withheld(context):
        return message("bytes-withheld", size=len(raw), digest=_digest(raw))
    return raw[:_LONGEST].decode("utf-8", "replace")


def shown_url(url: str, context: Context) -> Parameter:
    """A URL that a server sent, without what may hold a secret (user, query and fragment), and where the data
    is real without its path, which may name a person. Raises ValueError when it is no URL."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""
    if not is_withheld(context) or parts.path in ("", "/"):
        netloc = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=netloc, query="", fragment="").geturl()
    rest = parts.path.encode("utf-8", "surrogatepass")
    return message("path-withheld", origin=origin, size=len(rest), digest=_digest(rest))


def shown_location(location: str | None, context: Context) -> Parameter:
    """A Location header, as `shown_url`; None when it is no URL."""
    try:
        return shown_url(location or "", context) or None
    except ValueError:
        return None


def shown_media_type(content_type: str, context: Context) -> Parameter:
    """A Content-Type header; without its parameters where the data is real."""
    if not is_withheld(context):
        return content_type
    named = content_type.partition(";")[0].strip()
    return named if _MEDIA_TYPE.fullmatch(named) else shown_bytes(content_type.encode(), context)


def _digest(raw: bytes) -> str:
    import hashlib

    return f"sha256:{hashlib.sha256(raw).hexdigest()}"
