"""What was published, for people and programs."""

from typing import Any

from promoter.messages import N_, NP_, Language, phrase
from promoter.output.console import Console, Style
from promoter.usecases.publishing import Publication


def show_publication(console: Console, done: Publication) -> None:
    """Where the board is, what changed on it, and what could not be put there."""
    language = console.language
    for path in done.overwritten:
        console.warn(
            phrase(N_("{path} was changed by hand on {branch}: overwritten"), path=path, branch=done.branch)
        )
    for promotion, why in done.left_out:
        console.warn(phrase(N_("there is no report of {promotion}: {why}"), promotion=promotion, why=why))
    if done.commit == done.before:
        told = phrase(
            N_("{branch} is up to date with the trail's commit {tip}"), branch=done.branch, tip=done.tip[:7]
        )
    else:
        told = phrase(
            NP_(
                "{branch}: {count} page published, as of {at:time}",
                "{branch}: {count} pages published, as of {at:time}",
            ),
            branch=done.branch,
            count=len(done.changed),
            at=done.as_of.isoformat(),
        )
    console.line(("✓", Style.GOOD), " ", language.say(told), (f"  {done.commit[:7]}", Style.FAINT))
    if done.pushed_to is not None:
        console.line("  ", language.say(phrase(N_("{remote} has it"), remote=done.pushed_to)))
    else:
        hint = phrase(N_("next: promoter publish --push, to show it on a remote"))
        console.line("  ", (language.say(hint), Style.FAINT))


def publication_document(done: Publication, language: Language) -> dict[str, Any]:
    """`promoter/publish/1`."""
    return {
        "branch": done.branch,
        "commit": done.commit,
        "new": done.commit != done.before,
        "tip": done.tip,
        "as_of": done.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "changed": list(done.changed),
        "overwritten": list(done.overwritten),
        "left_out": [{"promotion": each, "why": language.say(why)} for each, why in done.left_out],
        "pushed_to": done.pushed_to,
    }
