"""The migration report: what a release manager hands to an auditor and to their management.

A function of the trail's commit, the moment it is judged at, the language and promoter's version:
the same four give the same bytes. Every observed string is escaped where it is written.
"""

from datetime import UTC

from promoter.messages import N_, NP_, Language, phrase
from promoter.report import words
from promoter.report.composing import compose
from promoter.report.escaping import code
from promoter.report.marker import Marker, digest_of, marked, marker_of, written_by_promoter
from promoter.report.material import Material
from promoter.report.sandbox import fill
from promoter.report.time_zones import zone_named

__all__ = ["Marker", "Material", "digest_of", "marker_of", "render", "written_by_promoter"]


def render(material: Material, language: Language, template: bytes | str) -> str:
    """The report as Markdown, in the language and the pipeline's time zone, whatever the language's was.

    The template is the promotion's own, as pinned. Raises ProblemsFound with the place in it when it
    is not acceptable.
    """
    local = language.in_time_zone(zone_named(material.pipeline.time_zone))
    path = material.promotion.pinned.template.path
    body = _by_whose_template(material, local) + fill(template, path, compose(material, local), local)
    marker = Marker(
        promotion=material.promotion.id,
        tip=material.tip,
        as_of=material.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        language=language.code,
        version=material.version,
    )
    return marked(marker, body)


def _by_whose_template(material: Material, language: Language) -> str:
    """What is said before a report that another template than promoter's lays out: whoever can push may have written it, and
    nothing in it can take this back."""
    if not material.own_template:
        return ""
    pinned, decision = material.promotion.pinned.template, material.decision
    title = language.gettext(N_("NOT BY PROMOTER'S OWN TEMPLATE"))
    said = phrase(
        NP_(
            "What follows was laid out by {path} of this repository, {digest}, and not by the template of promoter {version}: "
            "read that file before you believe it. The gate itself answers: {answer}; {count} reason holds it.",
            "What follows was laid out by {path} of this repository, {digest}, and not by the template of promoter {version}: "
            "read that file before you believe it. The gate itself answers: {answer}; {count} reasons hold it.",
        ),
        path=code(pinned.path).markdown,
        digest=code(pinned.digest).markdown,
        version=material.version,
        answer=language.gettext(words.ANSWERS[decision.answer]),
        count=len(decision.reasons),
    )
    return f"> **{title}** — {language.say(said)}\n\n"
