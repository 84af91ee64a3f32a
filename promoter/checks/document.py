"""Is something written down, whole and lately looked at?"""

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from promoter.checks import document_rulings
from promoter.checks.declaration import conclude, kind
from promoter.checks.document_source import LARGEST, Source, from_repository, from_server
from promoter.checks.document_text import (
    Reading,
    read_html,
    read_markdown,
    same_title,
)
from promoter.checks.document_words import lines_with, unfinished_in
from promoter.checks.withheld import is_withheld
from promoter.messages import N_, Message, message
from promoter.model.address import Url
from promoter.model.context import Context
from promoter.model.duration import Duration
from promoter.model.limits import InsideTree, OnlyHttps, Within
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.net.route import Reach
from promoter.net.trouble import Trouble, fact

_MOST_LINES = 10
_MOST_HEADINGS = 40
_AHEAD = timedelta(days=1)


def _presences(written: Collection[str]) -> Iterator[tuple[str, Message]]:
    if len({"path", "url"} & set(written)) != 1:
        yield "path", message("path-or-url")
    elif "path" in written:
        for each in dataclasses.fields(Reach):
            if each.name in written and each.name != "timeout":
                yield each.name, message("needs-url")


@kind(
    "document",
    rulings=document_rulings.RULINGS,
    facts=document_rulings.FACTS,
    example={
        "path": "docs/rollback.md",
        "changed_within": "365d",
        "headings": ["Procédure de rollback", "Qui décide", "Contacts"],
    },
    presences=_presences,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Reach):
    """Something is written down: a file of the repository, or a page at a URL, that is whole.

    The file is judged as it is in the commit of the release, whatever the work tree has; a release that
    is bound to no commit, and a check tried by itself, are judged by the work tree, where git must track the
    file. A URL is asked over verified TLS and must answer 200 to 299; at most five redirects are followed.

    It must say something besides its headings, and hold nothing that says it is unfinished: TODO, FIXME, TBD,
    TBC, XXX, WIP, “to be completed”, “lorem ipsum”, “à compléter”, “à écrire”, “à définir” and the like, a
    task that is not ticked (`- [ ]`), “to do” as a mark and not in a sentence, a merge conflict, or metadata that
    call it a draft (`status: draft`, `draft: true`, `statut: brouillon`). `lacks` names other words instead of
    all these. `headings` are those of Markdown, or of HTML, and something must stand under each,
    which a mere “…”, “?”, “N/A” or “néant” does not; case, accents, markup and numbering do not matter. With
    `changed_within`, the last commit that changed the file, or the server's Last-Modified, must not be older.

    A URL that leads to another page, and a page that asks for a password, are warned of, unless the page has
    the `headings`; the evidence says where it was read. What is no text, such as PDF, is warned of as well:
    nothing can be looked for in it.
    """

    path: Annotated[str | None, InsideTree(), N_("The file, from the root of the work tree")] = None
    url: Annotated[Url | None, OnlyHttps(), N_("The https URL of the page")] = None
    changed_within: Annotated[Duration | None, N_("How long ago it may have been changed at most")] = None
    headings: Annotated[tuple[str, ...], N_("Headings that it must have, each with something under it")] = ()
    lacks: Annotated[
        tuple[str, ...], N_("Words that it must not hold; by default such as say that it is unfinished")
    ] = ()
    min_length: Annotated[
        int | None, Within(1, LARGEST), N_("How many characters it must have at least, without blanks")
    ] = None

    async def observe(self, context: Context) -> Outcome:
        """Gets the document, and holds it against each thing that is asked of it."""
        import asyncio

        seen: list[Evidence] = []
        try:
            if self.url is not None:
                found = await from_server(self.url, self, context, seen)
            else:
                dated = self.changed_within is not None
                found = await from_repository(self.path or "", context, seen, dated=dated)
            text = self._text(found)
            doubt = None
            if text is not None:
                doubt = await asyncio.to_thread(self._hold_to_content, text, found, context, seen)
            at = self._hold_to_age(found, context, seen)
        except Trouble as trouble:
            said = {"document": self._name, **trouble.parameters}
            return conclude(self, trouble.code, (*seen, *trouble.evidence), **said)
        if text is None:
            return conclude(self, "not-searched", seen, document=self._name)
        if doubt is not None:
            return conclude(self, doubt, seen, document=self._name, url=found.url)
        if at is not None:
            return conclude(self, "in-order-and-fresh", seen, document=self._name, at=at.isoformat())
        return conclude(self, "in-order", seen, document=self._name)

    @property
    def _name(self) -> str:
        return self.path or self.url or ""

    def _text(self, found: Source) -> str | None:
        """The document as text; None when it is none and need not be."""
        if not found.raw.strip():
            raise Trouble("empty")
        if found.text is None and (self.headings or self.lacks or self.min_length is not None):
            raise Trouble("not-text")
        return found.text

    def _hold_to_content(
        self, text: str, found: Source, context: Context, seen: list[Evidence]
    ) -> str | None:
        """What is missing, then what is left to do; the code of what makes it doubtful that it is the page."""
        reading = read_html(text) if found.is_html else read_markdown(text)
        if not reading.length:
            raise Trouble("empty")
        wrong = [
            *self._too_short(reading.length, seen),
            *self._headings(reading, self.url is not None and is_withheld(context), seen),
            *self._unfinished(reading, seen),
            *(() if reading.written else [Trouble("says-nothing")]),
        ]
        if wrong:
            raise wrong[0]
        return self._doubt(reading, found, seen)

    def _doubt(self, reading: Reading, found: Source, seen: list[Evidence]) -> str | None:
        """Whoever asked for headings and has them has the page."""
        if reading.asks_password:
            seen.append(
                fact(
                    "password-field",
                    message("absent"),
                    message("present"),
                    None if self.headings else Verdict.WARNED,
                )
            )
        if self.headings or not (reading.asks_password or found.moved):
            return None
        seen[:] = (
            replace(each, verdict=Verdict.WARNED) if each.fact.code == "read-at" else each for each in seen
        )
        return "login-page" if reading.asks_password or found.is_login else "elsewhere"

    def _too_short(self, length: int, seen: list[Evidence]) -> Iterator[Trouble]:
        if self.min_length is None:
            seen.append(fact("length", None, length))
            return
        right = length >= self.min_length
        verdict = Verdict.PASSED if right else Verdict.FAILED
        seen.append(fact("length", message("at-least", least=self.min_length), length, verdict))
        if not right:
            yield Trouble("too-short", count=length, least=self.min_length)

    def _headings(self, reading: Reading, withheld: bool, seen: list[Evidence]) -> Iterator[Trouble]:
        missing: list[str] = []
        empty: list[str] = []
        for wanted in self.headings:
            there = [each for each in reading.headings if same_title(wanted, each.title)]
            filled = any(each.filled for each in there)
            observed = "filled" if filled else "nothing-under-it" if there else "absent"
            verdict = Verdict.PASSED if filled else Verdict.FAILED
            about = message("heading", title=wanted)
            seen.append(Evidence(about, message("filled"), message(observed), verdict))
            if not filled:
                (empty if there else missing).append(wanted)
        if missing and not withheld:
            seen.append(fact("headings", None, [each.title for each in reading.headings[:_MOST_HEADINGS]]))
        if missing:
            yield Trouble("headings-missing", names=missing)
        if empty:
            yield Trouble("sections-empty", names=empty)

    def _unfinished(self, reading: Reading, seen: list[Evidence]) -> Iterator[Trouble]:
        found = {each: lines for each in self.lacks if (lines := lines_with(each, reading.text))}
        if not self.lacks:
            found = dict(unfinished_in(reading.text, reading.open_tasks))
        for each in self.lacks or found:
            lines = found.get(each, [])
            observed = message("on-lines", lines=lines[:_MOST_LINES]) if lines else message("absent")
            verdict = Verdict.FAILED if lines else Verdict.PASSED
            seen.append(Evidence(message("word", text=each), message("absent"), observed, verdict))
        if found:
            yield Trouble("unfinished", texts=list(found))

    def _hold_to_age(self, found: Source, context: Context, seen: list[Evidence]) -> datetime | None:
        if self.changed_within is None:
            return None
        bound = context.now - timedelta(seconds=self.changed_within)
        expected = message("not-before", at=bound.isoformat())
        old = found.changed is None or found.changed < bound
        verdict = Verdict.ERRORED if found.changed is None else Verdict.FAILED if old else Verdict.PASSED
        seen.append(fact("changed", expected, found.by or message("not-said"), verdict))
        if found.changed is None:
            raise Trouble("age-unknown")
        if found.changed > context.now + _AHEAD:
            raise Trouble("from-the-future", at=found.changed.isoformat())
        if old:
            raise Trouble("too-old", at=found.changed.isoformat(), limit=self.changed_within)
        if found.cut_off:
            raise Trouble("shallow")
        return found.changed
