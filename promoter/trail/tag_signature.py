"""What a program said of a tag's signature, read into what that is worth and whose it is."""

import re

from promoter.model.commits import TagSignature
from promoter.trail.command import harmless

_STATUS = re.compile(r"^\[GNUPG:\] ([A-Z_]+) ?(.*)$", re.MULTILINE)
_BY_SSH = re.compile(r'^Good "git" signature (?:for (.+) )?with (.+)$', re.MULTILINE)
_LEAST_TRUST = frozenset({"TRUST_MARGINAL", "TRUST_FULLY", "TRUST_ULTIMATE"})


def judged(status: int, said: bytes) -> tuple[TagSignature, str]:
    """What `git verify-tag --raw` ended with and said: what the signature is worth, and by whom it is, or why nobody can
    tell. A GPG key that is only there, and that nobody vouched for, proves no more than a name."""
    text = said.decode("utf-8", "replace")
    found: dict[str, str] = {}
    for code, words in _STATUS.findall(text):
        found.setdefault(code, words)
    if "BADSIG" in found or "incorrect signature" in text:
        return TagSignature.BAD, _words(text)
    if not found:
        by = _BY_SSH.search(text)
        if status == 0 and by is not None:
            return TagSignature.GOOD, _harmless(" ".join(each for each in by.groups() if each))
        return TagSignature.NOT_VERIFIED, _words(text)
    for code, worth in (
        ("REVKEYSIG", TagSignature.REVOKED),
        ("EXPKEYSIG", TagSignature.EXPIRED),
        ("EXPSIG", TagSignature.EXPIRED),
    ):
        if code in found:
            return worth, _signer(found, code)
    if "GOODSIG" not in found:
        missing = found.get("NO_PUBKEY", "").split()
        return TagSignature.NOT_VERIFIED, _harmless(missing[0]) if missing else _words(text)
    trusted = _LEAST_TRUST & found.keys()
    return TagSignature.GOOD if status == 0 and trusted else TagSignature.UNTRUSTED, _signer(found, "GOODSIG")


def _signer(found: dict[str, str], code: str) -> str:
    """The name and the fingerprint of the primary key."""
    name = found[code].partition(" ")[2]
    fingerprint = (found.get("VALIDSIG", "").split() or [found[code].partition(" ")[0]])[-1]
    return _harmless(f"{name}, {fingerprint}")


def _words(text: str) -> str:
    """What was said to people."""
    return _harmless("\n".join(line for line in text.splitlines() if not line.startswith("[GNUPG:]")))


def _harmless(text: str) -> str:
    return harmless(text.encode())
