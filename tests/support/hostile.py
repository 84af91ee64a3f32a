"""Texts that other people could write, and a promotion full of one of them."""

from dataclasses import replace

from promoter.messages import message
from promoter.model.entry import Commented, EvidenceItem, ItemBinding, Rejected, SignedOff
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.text import plain
from promoter.usecases.standing import Standing
from tests.support.desks import standing
from tests.support.entries import Story
from tests.support.nouns import ALICE, BOB, digest, item, outcome, release, seats

TERMINAL = "\x1b]0;owned\x07 \x1b[2J \x9b31m \x9d0;x\x9c \u202emirror \u2066 \u200bzero \u2028line \udc80 \x00\x08\x7f\r"
HOSTILE = [
    "[/]",
    "[/",
    "[red]x[/blue]",
    "a [link=http://x] b",
    "[/some/path]",
    "[@click=app.quit]text[/]",
    "[@click=app.approve('prod')]text[/]",
    "[$error]y",
    "[[x]]",
    "\\[x",
    "[0]",
    "[bold]",
    "[b]x",
    "]",
    "[",
    "[link='",
    "{name} {0} %s",
    "$(touch x) `id`",
    ":warning: :rocket:",
    "<script>&#x202e;&lt;",
    TERMINAL,
]
FORBIDDEN = [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *"\u202e\u2066\u200b\u2028\udc80"]


def scene_of(text: str) -> Standing:
    """A promotion in which everything anybody can write is `text`."""
    story = Story(release(text, "c"), opener=replace(ALICE, name=text, email=text))
    bob = replace(BOB, name=text, email=text)
    came_to = outcome("webhook", "https", Verdict.FAILED, reason=message("nobody.knows", why=text))
    evidence = (Evidence(message("nobody.knows", what=text), text, [text, text], Verdict.FAILED),)
    story.checked(
        replace(came_to, outcome=Outcome(Verdict.FAILED, came_to.outcome.reason, evidence, 0.1, (text,))),
        by=bob,
    )
    binding = ItemBinding("webhook", digest("webhook"))
    given = (EvidenceItem(link=text), EvidenceItem(file=text, media_type=text, digest=text))
    story.add(SignedOff(text, {text: text}, given), bob, item=binding)
    story.add(Rejected(text, given), replace(ALICE, name=text), item=binding)
    story.add(Commented(text, given), bob, item=binding)
    named = replace(
        item("webhook", "https", sign_off=seats(text or "role")),
        title=plain(text),
        text=plain(text),
        notes=(plain(text),),
        source=(text,),
    )
    made = standing(items=[named], story=story)
    return replace(
        made, pipeline=replace(made.pipeline, title=plain(text)), warnings=(message("nobody.knows", x=text),)
    )
