"""The first line of a report: what it is a report of, and the digest of what follows."""

import hashlib
import re
from urllib.parse import quote, unquote

from promoter.frozen import frozen
from promoter.messages import LANGUAGES

_FIRST_LINE = re.compile(
    r"<!-- promoter report promotion=(\S*) tip=(\S*) as-of=(\S*) language=(\S*) version=(\S*) digest=sha256:([0-9a-f]{64}) -->",
    re.ASCII,
)


@frozen
class Marker:
    """What makes a report what it is: the same five give the same bytes. `as_of` is ISO 8601."""

    promotion: str
    tip: str
    as_of: str
    language: str
    version: str


def digest_of(text: str) -> str:
    """The digest by which a report is named, as `sha256:` and hexadecimal digits of its UTF-8 bytes."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def marked(marker: Marker, body: str) -> str:
    """The report's text: its first line, an HTML comment that no renderer shows, and its body."""
    named = (marker.promotion, marker.tip, marker.as_of, marker.language, marker.version)
    promotion, tip, as_of, language, version = (
        quote(each, safe=":+", errors="backslashreplace") for each in named
    )
    return (
        f"<!-- promoter report promotion={promotion} tip={tip} as-of={as_of} language={language}"
        f" version={version} digest={digest_of(body)} -->\n{body}"
    )


def marker_of(text: str) -> Marker | None:
    """What a text is a report of; None when its first line does not say."""
    match = _FIRST_LINE.fullmatch(text.partition("\n")[0])
    if match is None or match[4] not in LANGUAGES:
        return None
    return Marker(*(unquote(each) for each in match.groups()[:5]))


def written_by_promoter(text: str) -> bool:
    """Whether a text is a report exactly as promoter wrote it, so that replacing it loses nobody's work."""
    first, _, body = text.partition("\n")
    match = _FIRST_LINE.fullmatch(first)
    return match is not None and digest_of(body) == f"sha256:{match[6]}"
