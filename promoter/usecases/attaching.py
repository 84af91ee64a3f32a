"""Evidence that people give with what they say: links, and files read with care."""

import hashlib
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from promoter.errors import CannotAct, Refused, UsageError
from promoter.messages import N_, phrase
from promoter.model.attachment import media_type, safe_name
from promoter.model.entry import EvidenceItem
from promoter.model.environment import Data, Environment
from promoter.os_words import why_of
from promoter.redaction import Redactor, Secret, holds_private_key
from promoter.usecases.secrets import secret_values
from promoter.usecases.workspace import Workspace

LARGEST_EVIDENCE = 1024 * 1024
"""Bytes of an attached file: the trail keeps it for ever, in every clone."""

_HOST = re.compile(r"[/?#\\]")
_RUN = re.compile(rb"[\t\n\r\x20-\x7e]{4,}")
_TAKE_IT_OUT = N_("what is on the trail stays there for ever: take the secret out, then give it again")


def evidence_given(
    workspace: Workspace, into: Environment, links: Sequence[str], files: Sequence[Path]
) -> tuple[tuple[EvidenceItem, ...], dict[str, bytes]]:
    """The evidence as an entry names it, and the bytes of its files by digest; none where the data of the
    environment it is for is real.

    Raises UsageError for what is no link or no plain file, empty or too large, Refused for what holds a secret,
    CannotAct when a file cannot be read or changes meanwhile.
    """
    if not links and not files:
        return (), {}
    blobs: dict[str, bytes] = {}
    secrets = secrets_of(workspace)
    given = [EvidenceItem(link=_link(each, secrets)) for each in links]
    store = into.data is not Data.REAL
    for path in files:
        content = read_evidence(path)
        _require_no_secret(path, content if store else b"", secrets)
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        if store:
            blobs[digest] = content
        item = EvidenceItem(
            file=safe_name(path.name),
            digest=digest,
            size=len(content),
            stored=store,
            media_type=media_type(content),
        )
        if item not in given:
            given.append(item)
    return tuple(given), blobs


def read_evidence(path: Path) -> bytes:
    """The bytes of a plain file, as they are; never through a link, and never from a device or a pipe."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            before = os.fstat(opened)
            if not stat.S_ISREG(before.st_mode):
                raise UsageError(phrase(N_("{path} is not a file"), path=str(path)))
            with os.fdopen(opened, "rb", closefd=False) as stream:
                content = stream.read(LARGEST_EVIDENCE + 1)
            after = os.fstat(opened)
        finally:
            os.close(opened)
    except OSError as error:
        if path.is_symlink():
            raise UsageError(
                phrase(N_("{path} is a link to something else"), path=str(path)),
                phrase(N_("give the file itself")),
            ) from error
        raise CannotAct(
            phrase(N_("{path} cannot be read: {why}"), path=str(path), why=why_of(error))
        ) from error
    if not content and not after.st_size:
        raise UsageError(phrase(N_("{path} is empty: it shows nothing"), path=str(path)))
    if len(content) > LARGEST_EVIDENCE:
        raise UsageError(
            phrase(
                N_("{path} has {size} bytes, and an attached file at most {most}"),
                path=str(path),
                size=max(after.st_size, len(content)),
                most=LARGEST_EVIDENCE,
            ),
            phrase(N_("put it where it is kept and give --link URL")),
        )
    if _marks(before) != _marks(after) or after.st_size != len(content):
        raise CannotAct(
            phrase(N_("{path} changed while it was read"), path=str(path)),
            phrase(N_("wait until it is written, then give it again")),
        )
    return content


def secrets_of(workspace: Workspace) -> Redactor:
    """A redactor for what the process environment names as secret, and for the secret variables of every
    environment of the pipeline, as far as their values are here."""
    from promoter.checks.variables import find

    environ = workspace.settings.environ
    environments = {each.name: each for each in workspace.pipeline_unruled.environments}
    known = list(secret_values(environ))
    for each in environments.values():
        values = find(each, workspace.root, environ, environments).values.values()
        known += (value for value in values if isinstance(value, Secret))
    return Redactor(known)


def link_given(workspace: Workspace, link: str | None) -> str | None:
    """What somebody gave as a link, if they did. Raises UsageError for what is none, Refused for what gives a secret away."""
    return None if link is None else _link(link, secrets_of(workspace))


def _link(link: str, secrets: Redactor) -> str:
    if not link.startswith(("https://", "http://")) or not link.isprintable() or " " in link:
        raise UsageError(phrase(N_("{link} is not a link: it starts with https:// or http://"), link=link))
    if "@" in _HOST.split(link)[2] or secrets.scrub(link) != link:
        raise Refused(
            phrase(
                N_("a link holds a secret, or a name and password: whoever reads the trail could use them")
            ),
            phrase(N_("what is on the trail stays there for ever: give the link without it")),
        )
    return link


def _require_no_secret(path: Path, content: bytes, secrets: Redactor) -> None:
    """Refuses a file whose name or bytes hold what nobody else may know."""
    if holds_private_key(content):
        raise Refused(phrase(N_("{path} holds a private key"), path=str(path)), phrase(_TAKE_IT_OUT))
    for text in (path.name, _readable(content)):
        if secrets.scrub(text) != text:
            told = secrets.scrub(str(path))
            raise Refused(
                phrase(N_("{path} contains the value of a secret of this environment"), path=told),
                phrase(_TAKE_IT_OUT),
            )


def _readable(content: bytes) -> str:
    """What somebody could read in a file: the text it is, else whatever is in it of ASCII, also as UTF-16 has it."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return b"\n".join(_RUN.findall(content.replace(b"\0", b""))).decode("ascii")


def _marks(found: os.stat_result) -> tuple[int, ...]:
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
