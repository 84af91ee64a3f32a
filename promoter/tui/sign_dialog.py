"""The dialogs in which someone signs an item off, or approves the promotion as a whole."""

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from promoter.messages import N_, phrase
from promoter.model.environment import Demand
from promoter.redaction import visible
from promoter.tui.bars import in_production, release_words
from promoter.tui.desk import SignOffForm
from promoter.tui.dialog import Line
from promoter.tui.evidence_lines import LINK, EvidenceDialog
from promoter.tui.foreign import foreign, lines_of
from promoter.tui.session import Session
from promoter.tui.styles import DIM, WARN
from promoter.usecases.identity import Identity
from promoter.usecases.voices import Declaration, Statement

_FIELD = "field-"


class FormDialog(EvidenceDialog):
    """Asks for what a rule asks for of whoever answers: a form, a comment, evidence."""

    def __init__(self, session: Session, declared: Declaration) -> None:
        super().__init__(session, typed_word=declared.typed_word)
        self._declared = declared

    def bare(self) -> str:
        """That evidence is missing."""
        raise NotImplementedError

    def stated(self, title: str, template: str) -> Content:
        """What is stated, for what, by whom, and what it will not achieve."""
        declared, language = self._declared, self.language
        promotion = declared.standing.promotion
        into = (
            promotion.to_environment.upper() if in_production(declared.standing) else promotion.to_environment
        )
        words = phrase(template, release=release_words(promotion.release, language), environment=into)
        return lines_of(
            [
                foreign(language.say(words)),
                foreign(title, "bold"),
                *identity_lines(declared.identity, self.session),
                *(foreign(f"! {language.say(each)}", WARN) for each in declared.remarks),
            ]
        )

    def fields(self) -> Iterator[Widget]:
        """The form, a comment, and evidence."""
        language = self.language
        for index, each in enumerate(self._declared.rule.fields):
            title = each.title.in_language(language)
            example = each.example.in_language(language) if each.example else ""
            yield self.labelled(
                title if each.required else f"({title})", Line(f"{_FIELD}{index}", placeholder=example)
            )
        yield self.labelled(language.gettext(N_("Comment")), Line("comment"))
        yield from self.evidence_lines(required=self._declared.rule.evidence is Demand.REQUIRED)

    def missing(self) -> str | None:
        """The first required field that is empty; then the evidence, where it is required."""
        for index, each in enumerate(self._declared.rule.fields):
            if each.required and not self.value(f"{_FIELD}{index}").strip():
                self.query_one(f"#{_FIELD}{index}").focus()
                field = each.title.in_language(self.language)
                return self.language.say(phrase(N_("Fill in: {field}"), field=field))
        form = self.form()
        if self._declared.rule.evidence is Demand.REQUIRED and not (form.links or form.files):
            self.query_one(f"#{LINK}").focus()
            return self.bare()
        return None

    def form(self) -> SignOffForm:
        """What was filled in."""
        values = {
            each.id: self.value(f"{_FIELD}{index}").strip()
            for index, each in enumerate(self._declared.rule.fields)
        }
        given = self.given
        return SignOffForm(
            comment=self.value("comment").strip(),
            fields={name: value for name, value in values.items() if value},
            links=given.links,
            files=given.files,
        )


class SignDialog(FormDialog):
    """Shows the statement, who makes it and with which key, and what the sign-off will not achieve."""

    def __init__(self, session: Session, statement: Statement) -> None:
        super().__init__(session, statement)
        self._item = statement.item

    def heading(self) -> str:
        """Names the item."""
        return self.language.say(phrase(N_("Sign off · {item}"), item=self._item.id))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("sign"))

    def statement(self) -> Content:
        """What is stated of the item."""
        template = N_("I state, for release {release} into {environment}:")
        return self.stated(self._item.title.in_language(self.language), template)

    def bare(self) -> str:
        """That the item asks for evidence."""
        return self.language.gettext(N_("This item asks for evidence: give a link or a file."))

    async def perform(self) -> str:
        """Signs."""
        item, promotion, form = self._item.id, self._declared.standing.promotion.id, self.form()
        await self.session.write(self.app, lambda: self.session.desk.sign(promotion, item, form))
        return self.language.say(phrase(N_("{item} is signed off"), item=item))


class ApproveDialog(FormDialog):
    """Shows what is approved, by whom and with which key, and what the approval will not achieve."""

    def heading(self) -> str:
        """That it is of the promotion as a whole."""
        return self.language.gettext(N_("Approve the promotion"))

    def accept_word(self) -> str:
        """What confirming does."""
        return self.language.gettext(N_("approve"))

    def statement(self) -> Content:
        """What is approved."""
        template = N_("I approve of release {release} going into {environment}:")
        return self.stated(self._declared.standing.checklist.title.in_language(self.language), template)

    def bare(self) -> str:
        """That evidence is asked for."""
        return self.language.gettext(N_("The approval asks for evidence: give a link or a file."))

    async def perform(self) -> str:
        """Approves."""
        promotion, form = self._declared.standing.promotion.id, self.form()
        await self.session.write(self.app, lambda: self.session.desk.approve(promotion, form))
        return self.language.gettext(N_("the promotion is approved"))


def identity_lines(identity: Identity, session: Session) -> list[Content]:
    """Who acts, in which roles, with which key."""
    language = session.language
    who = phrase(N_("as {name} <{email}>"), name=identity.actor.name, email=identity.actor.email)
    roles = f", {', '.join(identity.roles)}" if identity.roles else ""
    key = phrase(N_("signed with {key}"), key=visible(identity.key_description or ""))
    unsigned = language.gettext(N_("not signed: git has no signing key"))
    return [
        foreign(language.say(who) + roles, DIM),
        foreign(language.say(key), DIM) if identity.signing else foreign(unsigned, WARN),
    ]
