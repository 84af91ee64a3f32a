"""The line above the keys: who is here, what is going on, where the trail is."""

from textual.content import Content

from promoter.messages import N_, Language, phrase
from promoter.tui.bars import trail_words
from promoter.tui.foreign import apart, foreign
from promoter.tui.progress import LiveRun
from promoter.tui.styles import ACCENT, DIM, GOOD, WARN
from promoter.usecases.board import Board
from promoter.usecases.identity import Identity
from promoter.usecases.standing import Standing


def status_line(
    shown: Standing | Board,
    identity: Identity | None,
    live: LiveRun | None,
    language: Language,
    width: int,
    complaint: str = "",
) -> Content:
    """One line; a run that is going on takes the place of the person, and so does a `complaint`."""
    if live is not None:
        left = _run(live, language)
    else:
        left = foreign(f"! {complaint}", WARN) if complaint else _person(identity, language)
    return apart(left, trail_words(shown, language), width)


def _run(live: LiveRun, language: Language) -> Content:
    done, of = live.total()
    if live.asking:
        return foreign(language.gettext(N_("Waiting for your consent: nothing runs yet")), WARN)
    words = (
        N_("Stopping. {done} of {all} checks are done")
        if live.stopping
        else N_("Running: {done} of {all} checks")
    )
    return foreign(language.say(phrase(words, done=done, all=of)), ACCENT)


def _person(identity: Identity | None, language: Language) -> Content:
    if identity is None:
        return Content("")
    signing = identity.signing
    words = N_("signs ✓") if signing else N_("does not sign")
    roles = f" · {', '.join(identity.roles)}" if identity.roles else ""
    return Content.assemble(
        foreign(identity.actor.name, "bold"),
        foreign(roles, DIM),
        foreign(" · ", DIM),
        foreign(language.gettext(words), GOOD if signing else WARN),
    )
