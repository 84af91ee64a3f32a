"""What the verbs that write answer: what was recorded, by whom, in which commit, and what the gate says now."""

from promoter.cli.request import Request
from promoter.messages import N_, Message, Template, phrase
from promoter.model.attachment import described
from promoter.model.entry import Recorded, evidence_in
from promoter.output.console import Style
from promoter.usecases.standing import Standing


def show_recorded(
    request: Request,
    recorded: Recorded,
    template: Template,
    *,
    standing: Standing | None = None,
    warnings: tuple[Message, ...] = (),
    **parameters: str,
) -> None:
    """Says what was written. `template` takes `name` and the parameters; `standing` is the promotion's since."""
    from promoter.output.documents import gate_document, recorded_document, said
    from promoter.output.standing import show_answer

    console = request.console
    language = console.language
    if console.as_json:
        document = recorded_document(recorded)
        if standing is not None:
            document["gate"] = gate_document(standing.decision, language)
            document["warnings"] = [said(each, language) for each in warnings]
        console.document("promoter/recorded/1", document)
        return
    done = phrase(template, name=recorded.entry.actor.name, **parameters)
    signed = N_("signed") if recorded.key else N_("not signed")
    where = f"  {recorded.commit[:7]}, {language.gettext(signed)}"
    console.line(("✓", Style.GOOD), " ", language.say(done), (where, Style.FAINT))
    for piece in evidence_in(recorded.entry.content):
        if piece.file is not None:
            console.line("  + ", described(piece, language))
    if standing is not None:
        show_answer(console, standing, alone=True)
