"""What a promotion pins when it is opened, and when it is amended."""

from promoter.frozen import frozen
from promoter.model.release import Release


@frozen
class Pinned:
    """A file copied into the trail: its path, `sha256:…` digest, and where it came from."""

    path: str
    digest: str
    source_commit: str | None = None
    source_blob: str | None = None


@frozen
class Opened:
    """Opens a promotion: pins pipeline, checklist, report template (and a CA file) by digest, and
    names the entry that holds the roster in force."""

    transition: str
    pipeline: Pinned
    checklist: Pinned
    template: Pinned
    roster: str
    ca_file: Pinned | None = None
    comment: str = ""


@frozen
class PinnedRules:
    """Rules that a promotion is to be judged by: pipeline, checklist and CA file as copied into the trail.
    `replaces` is the digest of the pipeline that was pinned before."""

    pipeline: Pinned
    checklist: Pinned
    replaces: str
    ca_file: Pinned | None = None


@frozen
class Amended:
    """Makes a promotion one of another release, or judged by other rules; what is None stays as it is.

    An entry that refers to another of these agrees to it, in the same terms. Of a release alone it is in force at
    once; other rules wait for somebody else to agree.
    """

    reason: str
    release: Release | None = None
    rules: PinnedRules | None = None
