"""Roots of trust besides the system's: read once a run, and what evidence says of them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from promoter.frozen import frozen
from promoter.messages import message
from promoter.model.context import Context
from promoter.model.outcome import Evidence
from promoter.net.regular_file import NotUsable, read_usable_file
from promoter.net.trouble import Trouble, fact

_LARGEST = 4 * 1024 * 1024
_OF_OPENSSL = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@frozen
class Roots:
    """The PEM certificates of a file; `of_check` when a check names it, so that nothing else pins it."""

    path: str
    pem: bytes = field(repr=False)
    of_check: bool = False


def roots_of(files: Sequence[Path], of_check: str | None, context: Context) -> tuple[Roots, ...]:
    """The roots of the files, and of the one in the work tree that the check names.

    Raises Trouble when one cannot be read, or is not inside the work tree.
    """
    named = [(each, str(each) if each != context.ca_file else context.ca_name or str(each)) for each in files]
    found = [Roots(name, _read(name, each, None, context)) for each, name in named]
    if of_check is not None:
        found.append(Roots(of_check, _read(of_check, Path(of_check), context.root, context), of_check=True))
    return tuple(found)


def evidence_of(roots: Sequence[Roots], environ: Mapping[str, str]) -> Iterator[Evidence]:
    """Whom a connection trusts that the trail does not otherwise tell: the file the check names, with its
    digest, and what replaces the system's roots (`SSL_CERT_FILE` and `SSL_CERT_DIR`, which OpenSSL obeys)."""
    for name in _OF_OPENSSL:
        if name in environ:
            yield fact("trusted-roots", observed=f"{name}={environ[name]}")
    for each in roots:
        if each.of_check:
            digest = f"sha256:{hashlib.sha256(each.pem).hexdigest()}"
            yield fact("trusted-roots", observed=message("file-with-digest", path=each.path, digest=digest))


def _read(named: str, path: Path, inside: Path | None, context: Context) -> bytes:
    def read() -> bytes:
        try:
            return read_usable_file(path, _LARGEST, inside=inside)
        except NotUsable as wrong:
            raise Trouble("ca-file-unreadable", path=named, detail=wrong.why) from wrong

    return context.shared.once(("roots", path, inside), read)
