"""What programs read: the JSON of every verb that answers."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promoter.gate import Decision
from promoter.messages import Language, message_to_json
from promoter.model.consent import Ask
from promoter.model.entry import Recorded, Unreadable
from promoter.model.release import Release
from promoter.output.item_documents import approvals_document, item_document
from promoter.output.outcome_documents import outcome_document as outcome_document
from promoter.output.outcome_documents import said as said
from promoter.promotion import Amendment, Promotion, RunsIn
from promoter.trail.entry import entry_bytes
from promoter.trail.trail import TrailPosition
from promoter.usecases.board import Board
from promoter.usecases.standing import Standing

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
        "approvals": approvals_document(decision.approvals, language),
        "items": [item_document(each, language) for each in decision.items],
        "runs_in": {name: _runs_in(each) for name, each in standing.runs_in.items()},
        "claimed": decision.claimed,
        "warnings": [said(each, language) for each in (*standing.warnings, *decision.warnings)],
        "demo": standing.demo,
        "at": standing.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "trail": trail_document(standing.trail),
    }


def board_document(board: Board, language: Language) -> dict[str, Any]:
    """`promoter/board/1`: no promotion is meant, so what runs where."""
    return {
        "pipeline": board.pipeline.name,
        "runs_in": {name: _runs_in(each) for name, each in board.runs_in.items()},
        "promotions": [promotion_document(each) for each in board.promotions],
        "warnings": [said(each, language) for each in board.warnings],
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
        "amendments": [_amendment(each) for each in promotion.amendments],
    }


def _amendment(made: Amendment) -> dict[str, Any]:
    entry, moved = made.proposed.entry, made.content.release
    return {
        "id": entry.id,
        "by": entry.actor.name,
        "at": entry.at,
        "reason": made.content.reason,
        "release": {"from": release_document(made.before.release), "to": release_document(moved)}
        if moved
        else None,
        "rules": made.content.rules is not None,
        "state": str(made.state),
        "agreed_by": made.agreed.entry.actor.name if made.agreed else None,
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
        "freeze": _freeze(decision),
        "glass": _glass(decision),
    }


def _freeze(decision: Decision) -> dict[str, Any] | None:
    freeze = decision.freeze
    if freeze is None:
        return None
    return {"begins": freeze.begins.isoformat(), "until": freeze.until.isoformat() if freeze.until else None}


def _glass(decision: Decision) -> dict[str, Any] | None:
    glass = decision.glass
    if glass is None:
        return None
    debt = glass.debt
    return {
        "by": glass.by,
        "at": glass.at,
        "reason": glass.reason,
        "ends": glass.ends.isoformat() if glass.ends else None,
        "passed_over": [message_to_json(each.message) for each in glass.passed],
        "debt": None
        if debt is None
        else {
            "stands": debt.stands,
            "due": debt.due.isoformat() if debt.due else None,
            "owed": [{"item": each.item, "roles": list(each.roles)} for each in debt.owed],
            "approvals": list(debt.approvals),
            "settled_by": debt.settled_by,
        },
    }


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
        "restored": report.restored,
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


def _runs_in(runs: RunsIn) -> dict[str, Any]:
    return {
        "release": release_document(runs.release),
        "since": runs.since,
        "adopted": runs.adopted,
        "how": runs.how,
        "url": runs.url,
    }
