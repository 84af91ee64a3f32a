"""From the bytes of a file to the model, or to every problem with it, in file order."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TypeVar

from promoter.checklist.checks import Kinds
from promoter.checklist.composing import compose
from promoter.checklist.dead_ends import judge_openings, judge_roles
from promoter.checklist.environments import pipeline_form
from promoter.checklist.extending import KEY, Reader, Whole, unread, whole
from promoter.checklist.forms import attempt
from promoter.checklist.items import checklist_form
from promoter.checklist.nodes import Node, Scalar, Table
from promoter.checklist.reporting import Report
from promoter.checklist.seats import judge_seats
from promoter.messages import N_, phrase
from promoter.model.checklist import Checklist
from promoter.model.environment import Environment, Pipeline
from promoter.place import Problem

T = TypeVar("T")


def load_pipeline(
    content: bytes, path: str, *, pinned: bool = False, read: Reader = unread
) -> tuple[Pipeline | None, tuple[Problem, ...]]:
    """The pipeline of a `pipeline.yaml`; None when any problem is more than a warning.

    `pinned` for a copy from the trail: what machines differ in was judged when it was pinned. `read` finds the
    policies that it extends.
    """
    node, problems = compose(content, path)
    if node is None:
        return None, problems
    report = Report(path, pinned=pinned)
    bases: tuple[tuple[str, Table], ...] = ()
    if isinstance(node, Table) and node.get(KEY) is not None:
        together, unsound = _with_policies(node, path, unread if pinned else read)
        problems = (*problems, *unsound)
        if together.node is None:
            return None, problems
        node, bases = together.node, together.bases
    got = attempt(pipeline_form, node, report)
    if got is not None:
        report.known.pipeline = got[0]
        if not pinned:
            judge_roles(got[0], report)
    if bases and isinstance(node, Table):
        from promoter.checklist.policies import judge_against_policies

        judge_against_policies(bases, node, report)
    report.settle()
    return _loaded(got, problems, report)


def load_unruled(content: bytes, path: str) -> Pipeline | None:
    """A pipeline that extends a policy, as far as it needs none: its environments demand nothing. None where it extends
    none, or something else is wrong with it."""
    from promoter.checklist.policies import less_ruled

    node = _extending(content, path)
    if node is None:
        return None
    report = Report(path, pinned=True)
    got = attempt(pipeline_form, less_ruled(node), report)
    report.settle()
    return None if got is None or report.problems else got[0]


def load_policy(content: bytes, path: str, *, read: Reader = unread) -> tuple[Problem, ...]:
    """Everything wrong with a policy that pipelines extend. `read` finds the policies that it extends itself."""
    from promoter.checklist.policies import judge_against_policies, policy_form

    node, problems = compose(content, path)
    if node is None:
        return problems
    report = Report(path)
    if isinstance(node, Table) and node.get(KEY) is not None:
        together, unsound = _with_policies(node, path, read)
        problems = (*problems, *unsound)
        if together.node is None:
            return problems
        node = together.node
        judge_against_policies(together.bases, node, report)
    attempt(policy_form, node, report)
    return _loaded(None, problems, report)[1]


def is_policy(content: bytes) -> bool:
    """Whether a file is a policy, which is neither pipeline nor checklist."""
    from promoter.checklist.policies import POLICY

    node = compose(content, "")[0] if POLICY.encode() in content else None
    return isinstance(node, Table) and node.get(POLICY) is not None


def load_checklist(
    content: bytes,
    path: str,
    pipeline: Pipeline | None,
    *,
    pinned: bool = False,
    kinds: Kinds | None = None,
    read: Reader = unread,
) -> tuple[Checklist | None, tuple[Problem, ...]]:
    """The checklist of a file; None when any problem is more than a warning.

    Without a pipeline, what refers to it is not judged. `pinned` for a copy from the trail: it loads
    whether or not its kinds are installed, and what was judged when it was pinned is not judged again.
    `kinds` are promoter's own unless given. `read` finds the checklists that it extends.
    """
    node, problems = compose(content, path)
    if node is None:
        return None, problems
    bases: tuple[tuple[str, Table], ...] = ()
    named = node.get(KEY) if isinstance(node, Table) else None
    if isinstance(node, Table) and named is not None:
        together = whole(node, path, unread if pinned else read)
        if together.node is None:
            return None, (*problems, *together.problems)
        node, content, bases = together.node, together.content, together.bases
        problems = (*problems, *together.problems)
    report = Report(path, pinned=pinned)
    report.known.pipeline = pipeline
    report.known.target = _target(node, pipeline)
    form = checklist_form(
        None if pinned else kinds or _installed(),
        follows_another=_follows_another(node, pipeline),
        digest="sha256:" + hashlib.sha256(content).hexdigest(),
    )
    got = attempt(form, node, report)
    report.settle()
    if not pinned:
        if pipeline is not None:
            _judge_name(node, pipeline, report)
        if got is not None:
            _warn(got[0], pipeline, report)
            if named is not None:
                _judge_against(bases, got[0], named, report)
    return _loaded(got, problems, report)


def written_out(content: bytes, path: str, read: Reader) -> bytes:
    """The bytes that stand for a checklist by themselves: the file's own, or where it extends another, the whole."""
    node = _extending(content, path)
    return content if node is None else whole(node, path, read).content or content


def pipeline_written_out(content: bytes, path: str, read: Reader) -> bytes:
    """The same for a pipeline: with the rules of the policy that it extends."""
    node = _extending(content, path)
    if node is None:
        return content
    return _with_policies(node, path, read)[0].content or content


def _extending(content: bytes, path: str) -> Table | None:
    node = compose(content, path)[0] if KEY.encode() in content else None
    return node if isinstance(node, Table) and node.get(KEY) is not None else None


def _with_policies(node: Table, path: str, read: Reader) -> tuple[Whole, tuple[Problem, ...]]:
    """A pipeline or a policy with the policies it extends, or none where one of them is not sound."""
    from promoter.checklist.policies import joined_rules, judge_policies

    together = whole(node, path, read, joined_rules)
    report = Report(path)
    judge_policies(together.bases, node, node.get(KEY) or node, report)
    problems = (*together.problems, *report.problems)
    return (replace(together, node=None, content=b"") if report.problems else together), problems


def _judge_against(
    bases: Sequence[tuple[str, Table]], checklist: Checklist, named: Node, report: Report
) -> None:
    """An extension asks for everything that what it extends asks for."""
    from promoter.gate.loosening import altered, looser_checklist

    for file, node in bases:
        silent = Report(file, pinned=True)
        base = attempt(checklist_form(None), node, silent)
        if base is None:
            for each in silent.problems:
                report.wrong(each.place, each.code, each.wrong)
            continue
        looser = [*looser_checklist(base[0], checklist)]
        if looser:
            words = phrase(
                N_("asks for less than {file}, which it extends: {rules}"), file=file, rules=looser
            )
            report.wrong(named.place, "looser-than-base", words)
        changed = [*altered(base[0], checklist)]
        if changed:
            words = phrase(
                N_("is otherwise than {file}, which it extends: {rules}"), file=file, rules=changed
            )
            report.wrong(named.place, "other-than-base", words)


def _loaded(
    got: tuple[T] | None, earlier: tuple[Problem, ...], report: Report
) -> tuple[T | None, tuple[Problem, ...]]:
    problems = tuple(sorted((*earlier, *report.problems), key=_order))
    fit = all(each.warning for each in problems)
    return (got[0] if got is not None and fit else None), problems


def _order(problem: Problem) -> tuple[bool, int, int]:
    return problem.code == "more-problems", problem.place.line, problem.place.column


def _installed() -> Kinds:
    from promoter.checks import registry

    return registry


def _word(node: Node, key: str) -> Scalar | None:
    found = node.get(key) if isinstance(node, Table) else None
    return found if isinstance(found, Scalar) else None


def _target(node: Node, pipeline: Pipeline | None) -> Environment | None:
    name = _word(node, "to")
    if pipeline is None or name is None:
        return None
    return next((each for each in pipeline.environments if each.name == name.text), None)


def _follows_another(node: Node, pipeline: Pipeline | None) -> bool:
    name = _word(node, "checklist")
    return pipeline is not None and name is not None and name.text in pipeline.transitions[1:]


def _judge_name(node: Node, pipeline: Pipeline, report: Report) -> None:
    name = _word(node, "checklist")
    if name is None:
        return
    if name.text not in pipeline.transitions:
        words = phrase(N_("the pipeline has no transition {name}"), name=name.text)
        report.wrong(name.place, "unknown-transition", words, (name.text, pipeline.transitions))
    elif PurePath(report.path).stem != name.text:
        words = phrase(
            N_("the checklist {name} must be in a file named {file}"),
            name=name.text,
            file=f"{name.text}.yaml",
        )
        report.wrong(name.place, "misplaced-checklist", words)


def _warn(checklist: Checklist, pipeline: Pipeline | None, report: Report) -> None:
    for item in checklist.items:
        if not item.source:
            words = phrase(N_("{item} names no source: nobody can tell what asks for it"), item=item.id)
            report.warn(item.place, "no-source", words)
    if pipeline is not None:
        judge_seats(checklist, pipeline, report)
    judge_openings(checklist, pipeline, report)
