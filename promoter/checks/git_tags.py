"""The tags of a release: which lead to its commit, and what their signatures are worth."""

from collections.abc import Sequence

from promoter.checks import git_rulings
from promoter.checks.release_commit import asked, short
from promoter.messages import Message, message
from promoter.model.commits import CommitRecord, TagRecord, TagSignature
from promoter.model.context import Context
from promoter.model.outcome import Evidence, Verdict
from promoter.net.trouble import Trouble, fact

_MOST_NAMED = 10
_REASONS = {
    TagSignature.BAD: "bad-signature",
    TagSignature.ABSENT: "not-signed",
    TagSignature.NOT_VERIFIED: "signature-not-verified",
    TagSignature.UNTRUSTED: "signer-untrusted",
    TagSignature.REVOKED: "signer-revoked",
    TagSignature.EXPIRED: "signer-expired",
}
_BY_SOMEBODY = frozenset(
    {TagSignature.GOOD, TagSignature.UNTRUSTED, TagSignature.REVOKED, TagSignature.EXPIRED}
)
_TELLING_FIRST = (
    TagSignature.BAD,
    TagSignature.GOOD,
    TagSignature.UNTRUSTED,
    TagSignature.EXPIRED,
    TagSignature.NOT_VERIFIED,
    TagSignature.REVOKED,
    TagSignature.ABSENT,
)
"""Of several tags: something changed is never passed over; then a good one is enough; then what may yet be good."""


async def tagged(
    commit: CommitRecord, context: Context, seen: list[Evidence], *, signed: bool
) -> list[Message]:
    """That a tag of the release leads to its commit, and with `signed` that one of those is signed.

    Without a release it may be any tag. Raises Trouble.
    """
    release = context.release
    there = await asked(context, lambda history: history.tags(commit.id))
    names = _names(release.name) if release is not None else there
    found = await asked(context, lambda history: [history.tag(each) for each in names])
    tags = [each for each in found if each is not None]
    leading = [each for each in tags if each.commit == commit.id]
    astray = [each for each in tags if each.commit != commit.id]
    expected = message("one-of", names=names) if release is not None else message("any-tag")
    shown = [message("leads-to", tag=each.name, commit=_target(each)) for each in tags[:_MOST_NAMED]]
    verdict = Verdict.FAILED if not leading else Verdict.WARNED if astray else Verdict.PASSED
    seen.append(fact("tag", expected, shown or list(there[:_MOST_NAMED]) or message("missing"), verdict))
    if leading:
        tag, parts = await _signed(leading, context, seen) if signed else (leading[0], [])
        if astray:
            other = _target(astray[0])
            raise Trouble(
                "tags-disagree", tag=tag.name, commit=short(commit.id), stray=astray[0].name, other=other
            )
        return [message("tagged-part", tag=tag.name), *parts]
    if astray:
        other = _target(astray[0])
        raise Trouble("tagged-elsewhere", tag=astray[0].name, other=other, commit=short(commit.id))
    if not names:
        raise Trouble("untagged", commit=short(commit.id))
    raise Trouble("not-tagged", names=list(names), commit=short(commit.id))


async def _signed(
    tags: Sequence[TagRecord], context: Context, seen: list[Evidence]
) -> tuple[TagRecord, list[Message]]:
    """The tag that tells most, when its signature is good."""
    verified = await asked(context, lambda history: [(each, *history.signature(each)) for each in tags])
    verified.sort(key=lambda each: (_TELLING_FIRST.index(each[1]), each[0].named != each[0].name))
    for tag, worth, said in verified[:_MOST_NAMED]:
        by = {"said": said} if worth in _BY_SOMEBODY else {}
        verdict = _verdict(worth) if tag is verified[0][0] else None
        observed = message(f"{worth.value}-one", **by)
        seen.append(Evidence(message("signature", tag=tag.name), message("verified"), observed, verdict))
    tag, worth, said = verified[0]
    if worth is not TagSignature.GOOD:
        raise Trouble(_REASONS[worth], tag=tag.name, said=said)
    if tag.named != tag.name:
        raise Trouble("tag-renamed", tag=tag.name, named=tag.named)
    return tag, [message("signed-part")]


def _verdict(worth: TagSignature) -> Verdict:
    return Verdict.PASSED if worth is TagSignature.GOOD else git_rulings.RULINGS[_REASONS[worth]].verdict


def _names(release: str) -> tuple[str, ...]:
    """The tags that a release may have: its name, with and without a `v` before it."""
    other = release[1:] if release[:1] in ("v", "V") else f"v{release}"
    return (release, other) if other else (release,)


def _target(tag: TagRecord) -> str | Message:
    return short(tag.commit) or message("no-commit")
