"""What to do about each reason that holds a gate."""

from collections.abc import Mapping

from promoter.messages import N_, Template

_RUN = N_("promoter run {item}")
_SIGN = N_("promoter sign {item}")
_RENEW = N_("do what {item} asks for, or promoter waive {item} again")
_APPROVE_AGAIN = N_("look at it again, then promoter approve")
_TAKE_BACK = N_("{by} takes it back with promoter revoke {item} once it is right")
_ABANDON_REJECTED = N_("nobody else can answer it: promoter abandon, then promoter open once it is right")
_REVIEW = N_("read what changed, then promoter sign {item}")

NEXT: Mapping[str, Template] = {
    "approval-by-author": N_("someone who wrote none of it approves, with promoter approve"),
    "approval-by-opener": N_("someone else approves, with promoter approve"),
    "approval-claimed": N_("promoter approve again, with git set up to sign"),
    "approval-compromised": N_("{by} gets another key ('promoter key add'), then promoter approve again"),
    "approval-evidence-missing": N_("promoter approve with --link or --file"),
    "approval-expired": _APPROVE_AGAIN,
    "approval-evidence-undigested": N_("promoter approve with --file"),
    "approval-fields-missing": N_("promoter approve with --field NAME=VALUE for each"),
    "approval-missing": N_("promoter approve (role {roles})"),
    "approval-missing-anyone": N_("promoter approve"),
    "approval-off-roster": N_("someone on the roster approves; promoter roster show lists them"),
    "approval-stale-checklist": _APPROVE_AGAIN,
    "approval-stale-facts": _APPROVE_AGAIN,
    "approval-stale-release": _APPROVE_AGAIN,
    "approval-undated": _APPROVE_AGAIN,
    "promotion-rejected-only": N_("{by} takes it back with promoter revoke once it is right"),
    "promotion-rejected": N_("{by} approves once it is right, or takes it back with promoter revoke"),
    "authors-unknown": N_("fetch all of the history (git fetch --unshallow), then promoter status"),
    "check-claimed": N_("promoter run {item}, with git set up to sign"),
    "check-compromised": _RUN,
    "check-errored": _RUN,
    "check-expired": _RUN,
    "check-failed": N_("put it right, then promoter run {item}"),
    "check-missing": _RUN,
    "check-by-person": N_("let a machine on the roster run it: promoter run {item}"),
    "check-over": N_("put right what comes to its end, then promoter run {item}"),
    "check-overridden": N_("promoter run {item}, without these settings"),
    "check-skipped": _RUN,
    "check-stale-facts": _RUN,
    "check-stale-item": _RUN,
    "check-stale-release": _RUN,
    "check-undated": _RUN,
    "clock-ahead": N_("put the clock right, then promoter run {item}"),
    "checklist-empty": N_("add a required item, then promoter lint"),
    "debt-elsewhere": N_("promoter next -p {promotion}"),
    "evidence-undigested": N_("promoter sign {item} with --file"),
    "evidence-missing": N_("promoter sign {item} with --link or --file"),
    "everything-exempt": N_("take a waiver back, and do what it stood in for"),
    "exemption-claimed": N_("say it again, with git set up to sign"),
    "fields-missing": N_("promoter sign {item} with --field NAME=VALUE for each"),
    "freeze-unreadable": N_("put the pipeline's freezes or this machine's time zones right"),
    "frozen": N_("wait, or promoter thaw {environment}, by a role that may"),
    "frozen-by": N_("wait, or promoter thaw {environment}, by {by} or a role that may"),
    "frozen-for-all": N_("wait"),
    "frozen-for-long": N_("promoter thaw {environment}, by a role that may"),
    "frozen-for-long-for-all": N_("change the freezes in the pipeline, then promoter amend --rules"),
    "held": N_("promoter lift {id}, once it is settled"),
    "item-vacuous": N_("give the item a check or a sign-off, then promoter lint"),
    "opened-compromised": N_("promoter abandon, then open another"),
    "opened-twice": N_("promoter abandon, then open another"),
    "previous-claimed": N_("promoter adopt {environment}, with git set up to sign"),
    "previous-missing": N_(
        "promote it into {environment} first, or declare it with promoter adopt {environment}"
    ),
    "previous-blocked": N_("promote it into {environment} by an open gate first"),
    "previous-indebted": N_("promoter next -p {promotion}"),
    "previous-rolled-back": N_(
        "promote it into {environment} again, or declare it there again with promoter adopt {environment}"
    ),
    "previous-unknown": N_(
        "promote it into {environment} first, or declare it with promoter adopt {environment}"
    ),
    "promoted-while-blocked": N_("do not deploy it; find out with promoter log who promoted it and why"),
    "promotion-rejected-by-one-gone": _ABANDON_REJECTED,
    "rejected": N_("{by} signs {item} once it is right, or takes it back with promoter revoke {item}"),
    "rejected-only": _TAKE_BACK,
    "rejected-elsewhere": _TAKE_BACK,
    "rejected-by-one-gone": _ABANDON_REJECTED,
    "sign-off-by-author": N_("someone who wrote none of it signs {item}"),
    "sign-off-claimed": N_("sign {item} again, with git set up to sign"),
    "sign-off-compromised": N_("{by} gets another key ('promoter key add'), then signs {item} again"),
    "sign-off-missing": N_("promoter sign {item} (role {roles})"),
    "sign-off-missing-anyone": _SIGN,
    "sign-off-off-roster": N_("someone on the roster signs {item}; promoter roster show lists them"),
    "sign-off-stale-facts": _REVIEW,
    "sign-off-stale-item": _REVIEW,
    "sign-off-stale-release": _REVIEW,
    "waiver-beyond-end": _RENEW,
    "waiver-expired": _RENEW,
    "waiver-stale-facts": _RENEW,
    "waiver-stale-item": _RENEW,
    "waiver-stale-release": _RENEW,
    "waiver-too-long": _RENEW,
    "waiver-undated": _RENEW,
    "written-by-newer": N_("install the newer version of promoter"),
}
"""What to do about a reason; takes the reason's own parameters and `item`, the item it is about."""
