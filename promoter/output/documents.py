"""What programs read: the JSON of every verb that answers."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promoter.gate import CheckStanding, Decision, ItemStanding, SignOffStanding
from promoter.messages import Language, Message, Parameter, message_to_json, parameter_to_json
from promoter.model.consent import Ask
from promoter.model.entry import EvidenceItem, Recorded, Unreadable
from promoter.model.outcome import Evidence, Outcome
from promoter.model.release import Release
from promoter.promotion import Promotion, RunsIn
from promoter.trail.entry import entry_bytes
from promoter.trail.trail import TrailPosition
from promoter.usecases.language import remedy_of
from promoter.usecases.standing import Board, Standing

if TYPE_CHECKING:
    from promoter.trail.sync import SyncReport
    from promoter.usecases.reporting import RenderedReport
    from promoter.usecases.running import RunReport


def status_document(standing: Standing, language: Language) -> dict[str, Any]:
    """`promoter/status/1`."""
    decision = standing.decision
    return {
        "promotion": promotion_document(standing.promotion),
        "gate": gate_document(decision, language),
        "items": [_item(each, language) for each in decision.items],
        "runs_in": {name: _runs_in(each) for name, each in standing.runs_in.items()},
        "claimed": decision.claimed,
        "warnings": [said(each, language) for each in (*standing.warnings, *decision.warnings)],
        "demo": standing.demo,
        "at": standing.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "trail": trail_document(standing.trail),
    }


def board_document(board: Board) -> dict[str, Any]:
    """`promoter/board/1`: no promotion is meant, so what runs where."""
    return {
        "pipeline": board.pipeline.name,
        "runs_in": {name: _runs_in(each) for name, each in board.runs_in.items()},
        "promotions": [promotion_document(each) for each in board.promotions],
        "demo": board.demo,
        "trail": trail_document(board.trail),
    }


def promotion_document(promotion: Promotion) -> dict[str, Any]:
    """A promotion: which release goes where, since when, opened by whom."""
    return {
        "id": promotion.id,
        "transition": promotion.transition,
        "from": promotion.from_environment,
        "to": promotion.to_environment,
        "release": release_document(promotion.release),
        "stage": str(promotion.stage),
        "opened_at": promotion.opened.entry.at,
        "opened_by": promotion.opener.name,
    }


def release_document(release: Release) -> dict[str, Any]:
    """A release; commit and tree are null when it is unbound."""
    return {"name": release.name, "commit": release.commit, "tree": release.tree}


def gate_document(decision: Decision, language: Language) -> dict[str, Any]:
    """The gate's answer with its reasons."""
    return {
        "answer": str(decision.answer),
        "exit_code": int(decision.exit_code),
        "reasons": [
            {"item": each.item, "hold": str(each.hold), **said(each.message, language)}
            for each in decision.reasons
        ],
        "waivers": decision.waivers,
    }


def said(what: Message, language: Language) -> dict[str, Any]:
    """A message as code, parameters and words."""
    return {**message_to_json(what), "text": language.say(what)}


def outcome_document(outcome: Outcome, kind: str, language: Language) -> dict[str, Any]:
    """One outcome: `reason` is the stable code within its kind."""
    remedy = remedy_of(outcome.reason)
    return {
        "kind": kind,
        "verdict": str(outcome.verdict),
        "reason": outcome.reason.code.removeprefix(f"{kind}."),
        "parameters": {name: parameter_to_json(value) for name, value in outcome.reason.parameters.items()},
        "summary": language.say(outcome.reason),
        "evidence": [_evidence(each, language) for each in outcome.evidence],
        "remedy": language.say(remedy) if remedy else None,
        "docs": docs_of(outcome.reason),
        "overrides": list(outcome.overrides),
        "took_s": round(outcome.took_s, 3),
    }


def docs_of(reason: Message) -> str:
    """Where the documents speak of a reason: an anchor of the page of the kinds."""
    return f"docs/checks.md#{reason.code.replace('.', '-')}"


def run_document(report: "RunReport", language: Language) -> dict[str, Any]:
    """`promoter/run/1`."""
    return {
        "outcomes": [
            {
                "item": each.item,
                "id": each.check,
                "at": each.at,
                **outcome_document(each.outcome, each.kind, language),
            }
            for each in report.outcomes
        ],
        "recorded": report.recorded.commit if report.recorded else None,
        "warnings": [said(each, language) for each in report.warnings],
        "asks": [ask_document(each, language) for each in report.withheld],
    }


def ask_document(ask: Ask, language: Language) -> dict[str, Any]:
    """One thing to agree to, with the checks that ask for it."""
    return {
        "id": ask.id,
        "about": said(ask.about, language),
        "lasting": ask.lasting,
        "askers": [
            {"item": each.item, "statement": each.statement.in_language(language), "check": each.check}
            for each in ask.askers
        ],
    }


def recorded_document(recorded: Recorded | Unreadable) -> dict[str, Any]:
    """An entry of the trail with the commit that added it and whether it counts."""
    if isinstance(recorded, Unreadable):
        return {
            "path": recorded.path,
            "commit": recorded.commit,
            "promotion": recorded.promotion,
            "trust": "unreadable",
            "why": message_to_json(recorded.why),
        }
    return {
        "entry": json.loads(entry_bytes(recorded.entry)),
        "path": recorded.path,
        "commit": recorded.commit,
        "signature": str(recorded.signature),
        "key": recorded.key,
        "trust": str(recorded.trust),
        "why": message_to_json(recorded.why) if recorded.why else None,
    }


def report_document(
    rendered: "RenderedReport", file: Path | None, recorded: Recorded | None
) -> dict[str, Any]:
    """`promoter/report/1`: the report, what it is a function of, and where it was written and recorded."""
    return {
        "promotion": rendered.promotion.id,
        "tip": rendered.tip,
        "as_of": rendered.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "language": rendered.language,
        "digest": rendered.digest,
        "file": str(file) if file else None,
        "recorded": recorded.commit if recorded else None,
        "markdown": rendered.markdown,
    }


def sync_document(report: "SyncReport") -> dict[str, Any]:
    """`promoter/sync/1`."""
    return {
        "remote": report.remote,
        "fetched": report.fetched,
        "pushed": report.pushed,
        "merged": report.merged,
        "tip": report.tip,
    }


def trail_document(position: TrailPosition) -> dict[str, Any]:
    """Where the trail is; ahead and behind are null without a known remote."""
    return {
        "branch": position.branch,
        "tip": position.tip,
        "entries": position.entries,
        "ahead": position.ahead,
        "behind": position.behind,
    }


def _item(standing: ItemStanding, language: Language) -> dict[str, Any]:
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
        "rejections": [
            {
                "id": voice.recorded.entry.id,
                "by": voice.recorded.entry.actor.name,
                "at": voice.recorded.entry.at,
                "stands": voice.stands,
            }
            for voice in standing.rejections
        ],
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


def _piece(item: EvidenceItem) -> dict[str, Any]:
    if item.link is not None:
        return {"link": item.link}
    return {"file": item.file, "digest": item.digest, "size": item.size, "stored": item.stored}


def _evidence(evidence: Evidence, language: Language) -> dict[str, Any]:
    return {
        "fact": language.say(evidence.fact),
        "code": evidence.fact.code,
        "expected": _value(evidence.expected, language),
        "observed": _value(evidence.observed, language),
        "verdict": str(evidence.verdict) if evidence.verdict else None,
    }


def _value(value: Parameter, language: Language) -> Any:
    return language.say(value) if isinstance(value, Message) else parameter_to_json(value)


def _runs_in(runs: RunsIn) -> dict[str, Any]:
    return {"release": release_document(runs.release), "since": runs.since, "adopted": runs.adopted}
