"""Which entries belong to a promotion, and why the others do not."""

from collections.abc import Container
from dataclasses import replace

from promoter.messages import Message, message
from promoter.model.entry import Opened, Promoted, Recorded, Reserved, Trust
from promoter.model.release import Release


def counts(recorded: Recorded) -> bool:
    """Whether the trail lets it speak: as a member's entry, or as a claim where there is no roster."""
    return recorded.trust is not Trust.QUARANTINED


def heard(recorded: Recorded) -> bool:
    """Whether it has its place in a promotion: it counts, or did until its key was declared compromised."""
    return counts(recorded) or recorded.disowned_by is not None


def as_known(recorded: Recorded, declared: Container[str] | None) -> Recorded:
    """An entry as it stood for those who knew only these declarations of compromised keys (None: all)."""
    if declared is None or recorded.disowned_by is None or recorded.disowned_by in declared:
        return recorded
    return replace(recorded, trust=Trust.COUNTED, why=None)


def opens(recorded: Recorded) -> bool:
    """Whether it opens a promotion."""
    return (
        heard(recorded) and isinstance(recorded.entry.content, Opened) and recorded.entry.subject is not None
    )


def misplaced(opened: Recorded, recorded: Recorded, release: Release | None = None) -> Message | None:
    """Why an entry that comes after `opened` has no say in the promotion it opens; None when it has.

    `release` is the one it is of by then, where that was amended. It is compared for `promoted` only: sign-offs and outcomes of another release are the
    gate's to call stale. The checklist's digest is recorded and never compared.
    """
    entry, first = recorded.entry, opened.entry
    if entry.trail != first.trail or entry.pipeline != first.pipeline:
        return message("not-this-trail")
    subject, expected = entry.subject, first.subject
    if subject is None or expected is None or subject.promotion != expected.promotion:
        return message("not-this-promotion")
    if (subject.from_environment, subject.to_environment) != (
        expected.from_environment,
        expected.to_environment,
    ):
        return message(
            "not-these-environments", source=subject.from_environment, target=subject.to_environment
        )
    if isinstance(entry.content, Promoted) and subject.release != (release or expected.release):
        return message("not-this-release", release=subject.release.name)
    return None


def is_newer(recorded: Recorded) -> bool:
    """Whether this version knows its type by name only, so that it must block and not be skipped."""
    return counts(recorded) and isinstance(recorded.entry.content, Reserved)
