"""What went each way, what adopting a trail would trust, and what to protect on the remote."""

from typing import Any

from promoter.messages import N_, NP_, Language, phrase
from promoter.output.console import Console, Style
from promoter.output.people import people_document, show_people
from promoter.trail.headline import headline
from promoter.trail.sync import SyncReport
from promoter.usecases.adopting import Adoption, Offer
from promoter.usecases.sharing import AUTOMATIC, SetUp

_ON_GITHUB = N_(
    "On GitHub: Settings, Rules, Rulesets, a branch ruleset for {branch}: restrict deletions, block force pushes. "
    "No pull request, no linear history and no status checks: those who sign push to it, and two who sign at "
    "once make a merge."
)
_ON_GITLAB = N_(
    "On GitLab: Settings, Repository, Protected branches, {branch}: allowed to push and merge: those who sign; "
    "allowed to force push: off."
)
_ON_YOUR_OWN = N_(
    "In a bare repository of your own: git config receive.denyNonFastForwards true; "
    "git config receive.denyDeletes true"
)


def show_sync(console: Console, report: SyncReport) -> None:
    """How many entries went each way."""
    if report.tip is None:
        words = phrase(N_("{remote}: neither side has a trail yet"), remote=report.remote)
    else:
        words = phrase(
            N_("{remote}: {fetched} fetched, {pushed} pushed"),
            remote=report.remote,
            fetched=report.fetched,
            pushed=report.pushed,
        )
    console.line(console.language.say(words))
    if report.restored:
        lost = phrase(
            N_(
                "{remote} had lost the trail, and has it again from here: find out who deleted it, and forbid deletion there "
                "('promoter sync --setup' says where that is set)"
            ),
            remote=report.remote,
        )
        console.line((console.language.say(lost), Style.WAITING))


def show_offer(console: Console, offer: Offer) -> None:
    """Whom adopting the shared trail means to trust, and what would become of one's own entries."""
    language = console.language
    begun = phrase(
        N_(
            "The trail on {remote} is {trail}, of the pipeline {pipeline}, begun {at:date} by {name} <{email}>."
        ),
        remote=offer.shared.remote,
        trail=offer.trail,
        pipeline=offer.genesis.pipeline,
        at=offer.genesis.at,
        name=offer.genesis.actor.name,
        email=offer.genesis.actor.email,
    )
    if offer.elsewhere is not None:
        console.line((language.say(offer.elsewhere.said), Style.WAITING))
    console.line(language.say(begun))
    if offer.shared.replaces is not None:
        replaced = N_(
            "Until now {remote} had another trail, which this clone followed (commit {had}), and somebody put this one in its "
            "place. Unless everyone agreed to that, adopt nothing: find out who did, and have the branch on {remote} set back; "
            "this clone keeps what it had."
        )
        warned = language.say(phrase(replaced, remote=offer.shared.remote, had=offer.shared.replaces[:12]))
        for line in console.wrapped(warned, 0):
            console.line((line, Style.BAD))
    console.line((language.gettext(N_("This clone would trust its roster:")), Style.STRONG))
    show_people(console, offer.roster)
    if offer.again:
        told = phrase(
            NP_(
                "{count} entry of yours would be recorded again on it, in a new commit that you sign:",
                "{count} entries of yours would be recorded again on it, in new commits that you sign:",
            ),
            count=len(offer.again),
        )
        console.line((language.say(told), Style.STRONG))
        for entry, _ in offer.again:
            console.line(f"  {entry.id}  ", language.say(headline(entry)))
    if offer.left:
        left = N_("What stays behind, set aside under refs/promoter/apart:")
        console.line((language.gettext(left), Style.STRONG))
        for entry, why in offer.left:
            console.line(f"  {entry.id}  ", language.say(headline(entry)))
            console.line("    ", (language.say(why), Style.FAINT))


def show_adoption(console: Console, adoption: Adoption) -> None:
    """That the trail was taken over, and what was recorded again."""
    told = phrase(
        NP_(
            "adopted {trail}: {count} entry recorded again",
            "adopted {trail}: {count} entries recorded again",
        ),
        trail=adoption.offer.trail,
        count=len(adoption.recorded),
    )
    console.line(("✓", Style.GOOD), " ", console.language.say(told))


def show_setup(console: Console, done: SetUp) -> None:
    """What was written to git's configuration, what to protect where, and how to sync by itself."""
    language = console.language
    for key, value in done.written:
        console.line(("✓", Style.GOOD), f" git config {key} '{value}'")
    if not done.written:
        console.line(language.say(phrase(N_("git is set up for {remote} already"), remote=done.remote)))
    for template in _advice(done.url):
        for line in console.wrapped(language.say(phrase(template, branch=done.branch)), 0):
            console.line(line)
    if not done.automatic:
        told = phrase(N_("To share each decision at once: {command}"), command=f"git config {AUTOMATIC} auto")
        console.line((language.say(told), Style.FAINT))


def setup_document(done: SetUp, language: Language) -> dict[str, Any]:
    """`promoter/sync-setup/1`."""
    return {
        "remote": done.remote,
        "branch": done.branch,
        "written": [{"key": key, "value": value} for key, value in done.written],
        "protect": [language.say(phrase(each, branch=done.branch)) for each in _advice(done.url)],
        "automatic": done.automatic,
    }


def offer_document(offer: Offer, language: Language) -> dict[str, Any]:
    """The shared trail, in `promoter/sync/1` after adopting it and in the error before that was agreed to."""
    return {
        "remote": offer.shared.remote,
        "trail": offer.trail,
        "pipeline": offer.genesis.pipeline,
        "begun": {
            "at": offer.genesis.at,
            "by": offer.genesis.actor.id,
            "email": offer.genesis.actor.email,
            "key": offer.genesis.actor.key,
        },
        "entries": offer.shared.entries,
        "roster": people_document(offer.roster),
        "again": [entry.id for entry, _ in offer.again],
        "left": [{"entry": entry.id, "why": language.say(why)} for entry, why in offer.left],
        "instead_of": None if offer.elsewhere is None else offer.elsewhere.parameters,
        "replaces": offer.shared.replaces,
    }


def _advice(url: str) -> tuple[str, ...]:
    known = {"github": _ON_GITHUB, "gitlab": _ON_GITLAB}
    found = tuple(words for name, words in known.items() if name in url.lower())
    return found or (_ON_GITHUB, _ON_GITLAB, _ON_YOUR_OWN)
