"""Where a document comes from: a commit, the work tree, or a server."""

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from promoter.checks.release_commit import asked, commit_of
from promoter.frozen import frozen
from promoter.messages import Message, message
from promoter.model.commits import CommitRecord
from promoter.model.context import Context
from promoter.model.limits import OnlyHttps
from promoter.model.outcome import Evidence, Verdict
from promoter.net.regular_file import NotUsable, read_usable_file
from promoter.net.route import Reach
from promoter.net.trouble import Trouble, fact

LARGEST = 1024 * 1024
_MOST_REDIRECTS = 5
_CHARSETS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NOT_TEXT = ("application/pdf", "application/octet-stream", "application/zip", "image/")
_HTML = ("text/html", "application/xhtml+xml")
_LOGIN = frozenset({"login", "logon", "signin", "sso", "auth", "oauth", "oauth2", "saml", "connexion", "idp"})
_NO_WORD = re.compile(r"[^a-z0-9]+")
_INDEX = re.compile(r"(?:/|/index\.html?)$")
_LFS = b"version https://git-lfs.github.com/spec/"


@frozen
class Source:
    """A document's bytes, and what the server calls them. `changed` is when, `by` how that is known.
    `cut_off` when history ends there, so that it may have been before. `url` is where it was read in the end,
    without its query; `moved` when that is another page than was asked for."""

    raw: bytes
    charset: str = ""
    media_type: str = ""
    changed: datetime | None = None
    by: Message | None = None
    cut_off: bool = False
    url: str = ""
    moved: bool = False

    @property
    def is_html(self) -> bool:
        """Whether it is a page."""
        return self.media_type in _HTML

    @property
    def is_login(self) -> bool:
        """Whether it was read where one logs in, by its address."""
        return bool(_LOGIN & set(_NO_WORD.split(self.url.lower().replace("-", "").replace("_", ""))))

    @property
    def text(self) -> str | None:
        """It as text; None when it is none."""
        wide = next((code for mark, code in _WIDE.items() if self.raw.startswith(mark)), None)
        binary = b"\0" in self.raw or self.raw.startswith(b"%PDF-")
        if wide is None and (binary or self.media_type.startswith(_NOT_TEXT)):
            return None
        for each in (wide, "utf-8-sig", self.charset if self.charset in _CHARSETS else None):
            try:
                if each is not None:
                    return self.raw.decode(each)
            except UnicodeDecodeError:
                continue
        return self.raw.decode("windows-1252", "replace")


async def from_repository(path: str, context: Context, seen: list[Evidence], *, dated: bool) -> Source:
    """The file in the commit of the release, or in the work tree where there is none; when it was last
    changed where that is wanted.

    Raises Trouble.
    """
    there = context.root / path
    bound = context.release is not None and context.release.bound
    if bound:
        raw = await _in_commit(await commit_of(context, seen), there, context)
        seen.append(fact("document", None, message("in-commit", size=len(raw), digest=_digest(raw))))
    else:
        raw = await _in_work_tree(path, context)
        seen.append(fact("document", None, message("in-work-tree", size=len(raw), digest=_digest(raw))))
        await _hold_to_tracking(there, context, seen)
    if raw.startswith(_LFS):
        raise Trouble("stored-elsewhere")
    media_type = _HTML[0] if path.lower().endswith((".html", ".htm")) else ""
    if not dated:
        return Source(raw, media_type=media_type)
    named = (context.release.commit if context.release is not None else None) or "HEAD"
    start = await asked(context, lambda history: history.commit(named))
    last = await asked(context, lambda history: history.last_change(start.id, there) if start else None)
    if last is None:
        return Source(raw, media_type=media_type)
    by = message("changed-by", at=last.at.isoformat(), commit=last.id[:12])
    return Source(raw, media_type=media_type, changed=last.at, by=by, cut_off=last.cut_off)


async def from_server(url: str, reach: Reach, context: Context, seen: list[Evidence]) -> Source:
    """What a server answers, after redirects. Raises Trouble."""
    from promoter.net import redirects
    from promoter.net.http import Request, ask
    from promoter.net.real_data import shown_url
    from promoter.net.reproduce import curl_line, reproduced

    if OnlyHttps().broken_by(url) is not None:
        raise Trouble("not-https", url=url)
    hand = reproduced(curl_line(Request(url=url), reach, context))
    wanted: list[str] = [url]
    try:
        while True:
            own = reach if len(wanted) == 1 else Reach(ca_file=reach.ca_file)
            answer = await ask(Request(url=wanted[-1], largest_body=LARGEST), own, context, seen)
            target = redirects.next_url(answer, wanted, seen, context, final=False)
            if target is None:
                break
            if len(wanted) > _MOST_REDIRECTS:
                raise Trouble("too-many-redirects", count=_MOST_REDIRECTS)
            wanted.append(target)
    finally:
        seen.append(hand)
    shown = urlsplit(wanted[-1])._replace(query="", fragment="").geturl()
    moved = _page(url) != _page(wanted[-1])
    seen.append(fact("read-at", url if moved else None, shown_url(shown, context) if moved else shown))
    right = 200 <= answer.status < 300
    seen.append(
        fact("status", message("success"), answer.status, Verdict.PASSED if right else Verdict.FAILED)
    )
    if not right:
        raise Trouble("wrong-status", status=answer.status)
    if answer.encoding:
        raise Trouble("encoded-body", encoding=answer.encoding)
    if not answer.complete:
        raise Trouble("too-large", limit=LARGEST)
    seen.append(fact("document", None, message("answered", size=answer.size, digest=_digest(answer.body))))
    if answer.body.startswith(_LFS):
        raise Trouble("stored-elsewhere")
    media_type, _, rest = (answer.header("content-type") or "").lower().partition(";")
    charset = rest.partition("charset=")[2].partition(";")[0].strip().strip('"')
    changed = _http_date(answer.header("last-modified"))
    by = message("changed-at", at=changed.isoformat()) if changed is not None else None
    return Source(answer.body, charset, media_type.strip(), changed, by, url=shown, moved=moved)


async def _in_commit(commit: CommitRecord, path: Path, context: Context) -> bytes:
    import asyncio

    found = await asked(context, lambda history: history.file(commit.id, path, LARGEST))
    if found is None:
        only_here = await asyncio.to_thread(path.exists)
        raise Trouble("not-in-release" if only_here else "missing")
    if found.size is None:
        raise Trouble("not-a-file")
    if found.content is None:
        raise Trouble("too-large", limit=LARGEST)
    return found.content


async def _in_work_tree(path: str, context: Context) -> bytes:
    import asyncio

    try:
        return await asyncio.to_thread(read_usable_file, Path(path), LARGEST, inside=context.root)
    except NotUsable as wrong:
        if wrong.why.code == "no-such-file":
            raise Trouble("missing") from None
        if wrong.why.code == "too-large":
            raise Trouble("too-large", limit=LARGEST) from None
        raise Trouble("unreadable", why=wrong.why) from None


async def _hold_to_tracking(path: Path, context: Context, seen: list[Evidence]) -> None:
    import asyncio

    if context.repository is None:
        raise Trouble("no-repository")
    tracked = await asyncio.to_thread(context.repository.is_tracked, path)
    verdict = Verdict.ERRORED if tracked is None else Verdict.PASSED if tracked else Verdict.FAILED
    seen.append(fact("tracked", True, tracked, verdict))
    if not tracked:
        raise Trouble("tracking-unknown" if tracked is None else "untracked")


def _page(url: str) -> tuple[str, str]:
    """What of a URL says which page it is."""
    parts = urlsplit(url)
    return parts.netloc.lower(), _INDEX.sub("", parts.path)


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _http_date(written: str | None) -> datetime | None:
    """A date of a header (RFC 9110, section 5.6.7); None when there is none, or it is no date."""
    try:
        moment = parsedate_to_datetime(written or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
