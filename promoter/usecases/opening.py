"""Opening, adopting, promoting and abandoning: the verbs that move a release."""

import contextlib
import re
import secrets
from collections.abc import Iterator, Mapping

from promoter.errors import CannotAct, Refused, UsageError
from promoter.frozen import frozen
from promoter.gate import possible_signers
from promoter.messages import N_, NP_, Message, Template, message, phrase
from promoter.model.authors import Authors
from promoter.model.checklist import Checklist, SignOffRule
from promoter.model.entry import Abandoned, Adopted, EntryType, Opened, Recorded, Subject
from promoter.model.environment import Environment, Rule
from promoter.model.release import Release
from promoter.model.roster import Actor, Roster
from promoter.promotion import Stage
from promoter.shipped import shipped
from promoter.trail.last_change import last_change
from promoter.usecases.authorship import authors_of
from promoter.usecases.debts import require_no_debt
from promoter.usecases.deciding import promotion_of
from promoter.usecases.drafting import ensure_genesis, write
from promoter.usecases.foreclosed import foreclosed
from promoter.usecases.identity import identity
from promoter.usecases.pinning import files_pinned, pinned_ca, pinner
from promoter.usecases.provenance import said_of
from promoter.usecases.standing import Standing, chosen_promotion, standing_of
from promoter.usecases.workspace import Workspace

TEMPLATE_FILE = "report.md.j2"
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+/-]*")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")

PHRASES: Mapping[str, Template] = {
    "seat-unfillable": NP_(
        "{count} person could sign as {role}, and {needed} are needed for: {items}",
        "{count} people could sign as {role}, and {needed} are needed for: {items}",
    ),
    "approval-unfillable": NP_(
        "{count} person could approve as {role}, and the promotion as a whole needs {needed}",
        "{count} people could approve as {role}, and the promotion as a whole needs {needed}",
    ),
    "approval-unfillable-anyone": NP_(
        "{count} person could approve, and the promotion as a whole needs {needed}",
        "{count} people could approve, and the promotion as a whole needs {needed}",
    ),
    "opener-holds-role": N_("{name} opened it, so what they sign or approve as {role} does not count here"),
    "author-holds-role": NP_(
        "{name} wrote one of its commits, so what they sign or approve as {role} does not count here",
        "{name} wrote {count} of its commits, so what they sign or approve as {role} does not count here",
    ),
    "authors-undecided": N_("nobody can tell who wrote it, and its authors may not sign it off here: {why}"),
    "own-template": N_(
        "reports will be laid out by {path}, and not by promoter's own template: each says so"
    ),
    "tag-elsewhere": N_(
        "the release is what the tag {release} is on, {commit}; the rules are those of the work tree, which is at another commit"
    ),
    "unbound-release": N_("the release is unbound: no commit of this repository stands behind it"),
    "already-open": N_(
        "another promotion into {environment} is open: {id}; 'promoter amend -p {id}' moves that one to another release"
    ),
    "work-tree-dirty": N_("the work tree has changes that the release's commit does not"),
}


@frozen
class Opening:
    """A promotion just opened, and what should be known at once."""

    standing: Standing
    warnings: tuple[Message, ...]


def open_promotion(
    workspace: Workspace, transition: str, release: str, commit: str | None = None, comment: str = ""
) -> Opening:
    """Opens a promotion: pins the checklist, the pipeline, the report template, the release and the roster.

    `commit` is any revision; by default HEAD; without any commit the release is unbound.
    Raises UsageError, ProblemsFound, Refused, CannotAct.
    """
    checklist = workspace.checklist(transition)
    bound = release_named(workspace, release, commit)
    ensure_genesis(workspace)
    into = workspace.pipeline.environment(checklist.to_environment)
    require_no_debt(workspace, into.name)
    warnings = [
        *short_seats(workspace, checklist, into, bound, identity(workspace).actor),
        *foreclosed(checklist, into, workspace.state.roster, identity(workspace).actor),
        *_clashes(workspace, into),
        *_own_template(workspace),
        *([] if bound.bound else [message("unbound-release")]),
        *(
            [message("tag-elsewhere", release=release, commit=bound.commit[:7])]
            if bound.commit and commit is None and bound.commit != workspace.repository.commit_of("HEAD")
            else []
        ),
        *(
            [message("work-tree-dirty")]
            if bound.bound and commit is None and not workspace.repository.is_clean()
            else []
        ),
    ]
    opened, blobs = _pinned(workspace, transition, comment)
    promotion_id = f"{_slug(release)}-{_slug(checklist.to_environment)}-{secrets.token_hex(3)}"
    subject = Subject(
        promotion_id, checklist.from_environment, checklist.to_environment, bound, checklist.digest
    )
    write(workspace, EntryType.OPENED, opened, subject=subject, blobs=blobs)
    promotion = promotion_of(workspace, promotion_id)
    if promotion is None:
        raise Refused(phrase(N_("the promotion was written and does not count")))
    standing = standing_of(workspace, promotion, workspace.now())
    beside = standing.beside
    return Opening(standing, (*standing.warnings, *beside.otherwise, *beside.origins, *warnings))


def release_named(workspace: Workspace, name: str, commit: str | None) -> Release:
    """A release by its name and revision: by default the tag of that name, or HEAD where there is none; unbound in a
    repository without commits.

    Raises UsageError for a name or revision that cannot be.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(phrase(N_("a release name is 1 to 100 characters, on one line")))
    if commit is None and workspace.repository.commit_of("HEAD") is None:
        return Release(name)
    return Release(name, *workspace.repository.resolve(commit or _tag(workspace, name) or "HEAD"))


def _tag(workspace: Workspace, name: str) -> str | None:
    """The commit of the tag that is named as a release is."""
    if not _TAG.fullmatch(name):
        return None
    return workspace.repository.commit_of(f"refs/tags/{name}^{{commit}}")


def adopt(workspace: Workspace, environment: str, release: str, commit: str | None, reason: str) -> Recorded:
    """Declares what runs in an environment today: declared, not proven.

    Raises UsageError for an unknown environment or an empty reason, Refused, CannotAct.
    """
    environment_named(workspace, environment)
    content = Adopted(environment, release_named(workspace, release, commit), required_reason(reason))
    return write(workspace, EntryType.ADOPTED, content)


def environment_named(workspace: Workspace, name: str) -> Environment:
    """The pipeline's environment of that name; raises UsageError listing the ones there are."""
    found = next((each for each in workspace.pipeline.environments if each.name == name), None)
    if found is None:
        names = [each.name for each in workspace.pipeline.environments]
        raise UsageError(
            phrase(N_("there is no environment named {name}"), name=name),
            phrase(N_("the ones there are: {names}"), names=names),
        )
    return found


def abandon(workspace: Workspace, promotion: str | None, reason: str) -> Recorded:
    """Gives a promotion up; raises UsageError without a reason."""
    chosen = chosen_promotion(workspace, promotion)
    return write(workspace, EntryType.ABANDONED, Abandoned(required_reason(reason)), promotion=chosen)


def required_reason(reason: str) -> str:
    """The reason, less outer white space; raises UsageError when there is none."""
    if not reason.strip():
        raise UsageError(phrase(N_("a reason is required")), phrase(N_("give one with --reason")))
    return reason.strip()


def _pinned(workspace: Workspace, transition: str, comment: str) -> tuple[Opened, dict[str, bytes]]:
    blobs: dict[str, bytes] = {}
    pin = pinner(workspace, blobs)
    pipeline, checklist = files_pinned(workspace, transition, pin)
    own_template = workspace.root / "templates" / TEMPLATE_FILE
    template = own_template if own_template.is_file() else shipped("templates") / TEMPLATE_FILE
    opened = Opened(
        transition=transition,
        pipeline=pipeline,
        checklist=checklist,
        template=pin(f"templates/{TEMPLATE_FILE}", workspace.read(template)),
        roster=workspace.state.roster_entry or "",
        ca_file=pinned_ca(workspace, transition, pin),
        comment=comment,
    )
    return opened, blobs


def short_seats(
    workspace: Workspace, checklist: Checklist, into: Environment, release: Release, opener: Actor
) -> list[Message]:
    """The roles that too few people could sign or approve in where `opener` asks for the release, each with what
    needs it and who may not."""
    roster = workspace.state.roster
    barred = into.separation.authors is Rule.ON
    as_now = workspace.state.as_now(checklist.from_environment, into.name)
    authors = authors_of(workspace, release, into, as_now) if barred else None

    def too_few(rule: SignOffRule) -> Iterator[tuple[str, int]]:
        possible = possible_signers(rule, roster, opener, into, at=workspace.now(), authors=authors)
        return ((role, count) for role, count in possible.items() if count < rule.count)

    short: dict[tuple[str, int, int], list[str]] = {}
    for item in checklist.items:
        if item.sign_off is not None and item.required:
            for role, count in too_few(item.sign_off):
                short.setdefault((role, count, item.sign_off.count), []).append(item.id)
    roles = dict.fromkeys(role for role, *_ in short)
    warnings = []
    if authors is not None and authors.unknown is not None:
        warnings.append(message("authors-undecided", why=authors.unknown))
    for (role, count, needed), items in short.items():
        warnings.append(message("seat-unfillable", count=count, role=role, needed=needed, items=items))
    if checklist.approvals is not None:
        needed = checklist.approvals.seats.count
        for role, count in too_few(checklist.approvals.seats):
            roles[role] = None
            code = "approval-unfillable" if role else "approval-unfillable-anyone"
            warnings.append(message(code, count=count, role=role, needed=needed))
    person = roster.person(opener.id)
    for role in roles:
        if person is not None and role in person.roles and into.separation.opener is Rule.ON:
            warnings.append(message("opener-holds-role", name=opener.name, role=role))
        if authors is not None:
            warnings += _authors_with(role, roster, authors)
    return warnings


def _authors_with(role: str, roster: Roster, authors: Authors) -> Iterator[Message]:
    for each in roster.with_role(role):
        if wrote := authors.written_by(each.emails):
            yield message("author-holds-role", name=each.name, count=wrote, role=role)


def _clashes(workspace: Workspace, into: Environment) -> list[Message]:
    opened = (promotion_of(workspace, each) for each in workspace.state.open_promotions)
    return [
        message("already-open", environment=into.name, id=each.id)
        for each in opened
        if each is not None and each.stage is Stage.OPEN and each.to_environment == into.name
    ]


def _own_template(workspace: Workspace) -> Iterator[Message]:
    """A warning that reports will be laid out by the repository's own template, and who changed it last."""
    path = f"templates/{TEMPLATE_FILE}"
    own = workspace.root / path
    if not own.is_file() or workspace.read(own) == (shipped("templates") / TEMPLATE_FILE).read_bytes():
        return
    yield message("own-template", path=path)
    with contextlib.suppress(CannotAct):
        yield said_of(path, last_change(workspace.repository, path, workspace.state.roster))


def _slug(words: str) -> str:
    slug = re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-.")
    return re.sub(r"\.{2,}", ".", slug)[:40] or "release"
