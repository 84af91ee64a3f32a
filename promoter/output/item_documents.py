"""What programs read of an item of a promotion."""

from typing import Any

from promoter.gate import Approvals, CheckStanding, ExemptionStanding, ItemStanding, SignOffStanding
from promoter.messages import Language
from promoter.model.entry import EvidenceItem, Waived, evidence_in
from promoter.output.outcome_documents import outcome_document, said
from promoter.promotion import Voice


def item_document(standing: ItemStanding, language: Language) -> dict[str, Any]:
    """One item of a promotion: its state, what its checks came to, and what people said of it."""
    return {
        "id": standing.item.id,
        "title": standing.item.title.in_language(language),
        "state": str(standing.state),
        "required": standing.item.required,
        "holds": standing.holds,
        "source": list(standing.item.source),
        "checks": [_check(each, language) for each in standing.checks],
        "seats": [
            {"role": each.role or None, "needed": each.needed, "filled": each.filled}
            for each in standing.seats
        ],
        "sign_offs": [_sign_off(each, language) for each in standing.sign_offs],
        "rejections": [_rejection(each) for each in standing.rejections],
        "exemptions": [_exemption(each, language) for each in standing.exemptions],
    }


def approvals_document(found: Approvals, language: Language) -> dict[str, Any]:
    """What people said of the promotion as a whole, and the seats that fills."""
    return {
        "seats": [
            {"role": each.role or None, "needed": each.needed, "filled": each.filled} for each in found.seats
        ],
        "given": [_sign_off(each, language) for each in found.given],
        "rejections": [_rejection(each) for each in found.rejections],
    }


def _rejection(voice: Voice) -> dict[str, Any]:
    return {
        "id": voice.recorded.entry.id,
        "by": voice.recorded.entry.actor.name,
        "at": voice.recorded.entry.at,
        "stands": voice.stands,
        "evidence": [_piece(each) for each in evidence_in(voice.recorded.entry.content)],
    }


def _check(standing: CheckStanding, language: Language) -> dict[str, Any]:
    latest = standing.latest
    document: dict[str, Any] = {
        "id": standing.spec.id,
        "kind": standing.spec.kind,
        "validity": str(standing.validity),
        "why": said(standing.why, language) if standing.why else None,
        "verdict": None,
    }
    if latest is not None:
        document |= outcome_document(latest.outcome.outcome, standing.spec.kind, language)
        document["at"] = latest.outcome.at
    return document


def _sign_off(standing: SignOffStanding, language: Language) -> dict[str, Any]:
    entry = standing.voice.recorded.entry
    content: Any = entry.content
    return {
        "id": entry.id,
        "by": entry.actor.name,
        "person": entry.actor.id,
        "as": standing.credited or None,
        "at": entry.at,
        "counts": standing.counts,
        "validity": str(standing.validity),
        "why": said(standing.why, language) if standing.why else None,
        "signature": str(standing.voice.recorded.signature),
        "trust": str(standing.voice.recorded.trust),
        "commit": standing.voice.recorded.commit,
        "comment": content.comment,
        "fields": dict(content.fields),
        "evidence": [_piece(each) for each in content.evidence],
        "revoked": standing.voice.revoked_by is not None,
    }


def _exemption(standing: ExemptionStanding, language: Language) -> dict[str, Any]:
    entry = standing.voice.recorded.entry
    content: Any = entry.content
    return {
        "id": entry.id,
        "type": str(entry.type),
        "by": entry.actor.name,
        "person": entry.actor.id,
        "at": entry.at,
        "reason": content.reason,
        "until": content.until if isinstance(content, Waived) else None,
        "ticket": content.ticket if isinstance(content, Waived) else None,
        "counts": standing.counts,
        "why": said(standing.why, language) if standing.why else None,
        "revoked": standing.voice.revoked_by is not None,
    }


def _piece(item: EvidenceItem) -> dict[str, Any]:
    if item.link is not None:
        return {"link": item.link}
    return {
        "file": item.file,
        "digest": item.digest,
        "size": item.size,
        "media_type": item.media_type,
        "stored": item.stored,
    }
