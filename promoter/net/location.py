"""Where a redirect leads, fit to be shown."""

from urllib.parse import urlsplit


def shown_location(location: str | None) -> str | None:
    """A Location header without what may hold a secret: user, query and fragment; None when it is no URL."""
    try:
        parts = urlsplit(location or "")
        netloc = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=netloc, query="", fragment="").geturl() or None
    except ValueError:
        return None
