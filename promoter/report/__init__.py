"""The migration report: what a release manager hands to an auditor and to their management.

A function of the trail's commit, the moment it is judged at, the language and promoter's version:
the same four give the same bytes. Every observed string is escaped where it is written.
"""

from datetime import UTC

from promoter.messages import Language
from promoter.report.composing import compose
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
    body = fill(template, path, compose(material, local), local)
    marker = Marker(
        promotion=material.promotion.id,
        tip=material.tip,
        as_of=material.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        language=language.code,
        version=material.version,
    )
    return marked(marker, body)
