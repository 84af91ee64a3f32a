"""How grave a finding of `promoter verify` is, and which findings are how grave."""

from collections.abc import Mapping
from enum import StrEnum


class Severity(StrEnum):
    """What a finding means: the trail was altered (exit 4), it cannot be told (6), something on it does not
    count, or it is worth knowing."""

    UNTRUSTED = "untrusted"
    UNSURE = "unsure"
    NOT_COUNTED = "not-counted"
    NOTE = "note"


_OTHER_THAN_NOT_COUNTED: Mapping[Severity, tuple[str, ...]] = {
    Severity.UNTRUSTED: (
        "anchor-not-there",
        "attached-size-differs",
        "changed-by-merge",
        "counted-no-more",
        "crowded",
        "fetched-altered",
        "fetched-differs",
        "fetched-no-trail",
        "fetched-rewritten",
        "file-changed",
        "file-removed",
        "not-a-trail",
        "object-differs",
        "pinned-differs",
        "pinned-missing",
        "removed-by-merge",
        "removed-each-other",
        "several-beginnings",
        "smuggled-by-merge",
        "trail-deleted",
        "trail-replaced",
        "trail-rewound",
        "trail-rewritten",
        "tree-malformed",
    ),
    Severity.UNSURE: (
        "anchor-not-reached",
        "anchor-unreadable",
        "beginning-unsure",
        "entry-missing",
        "no-trail",
        "object-missing",
        "parent-missing",
        "unchecked-signature",
        "written-by-newer",
    ),
    Severity.NOTE: (
        "approved-without-role",
        "attached-type-differs",
        "binding-differs",
        "decided-elsewhere",
        "foreign-file",
        "history-grafted",
        "history-replaced",
        "item-differs",
        "no-roster",
        "not-joined-then",
        "opened-under-other-roster",
        "path-in-the-way",
        "pinned-unreadable",
        "remote-lost-trail",
        "roster-conflict",
        "roster-joined",
        "signed-without-role",
        "dated-ahead",
        "time-before-parent",
    ),
}
_KNOWN = {code: severity for severity, codes in _OTHER_THAN_NOT_COUNTED.items() for code in codes}


def gravest(code: str) -> Severity:
    """The gravest that a finding of this code is: `written-by-newer` of nobody on the roster, and a copy
    that nobody names, are only not counted."""
    return _KNOWN.get(code, Severity.NOT_COUNTED)
