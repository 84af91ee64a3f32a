"""Are an environment's variables there, in one place, and that environment's own?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from promoter.checks.declaration import conclude, kind
from promoter.checks.dotenv_file import Finding, findings_of_file
from promoter.checks.variables import PROCESS_ENVIRONMENT, expected_value, same_value
from promoter.messages import N_, NP_, Parameter, Template, message
from promoter.model.appearance import has_usual_form, is_placeholder, length_class
from promoter.model.context import NO_ENVIRONMENT, Context, VariableValues
from promoter.model.environment import DotenvSource, Environment, VariableRule, VariableSource
from promoter.model.limits import Names
from promoter.model.outcome import Evidence, Outcome, Verdict
from promoter.model.ruling import Ruling
from promoter.net.trouble import fact
from promoter.redaction import Secret

_GIVE_THEM_VALUES = N_("Put the values of {environment} into {source}.")

_RULINGS: Mapping[str, Ruling] = {
    "complete": Ruling(
        Verdict.PASSED,
        NP_(
            "{count} variable of {environment} is set, from {source}",
            "{count} variables of {environment} are set, from {source}",
        ),
    ),
    "environment-unknown": Ruling(
        Verdict.ERRORED,
        N_("there is no environment {environment}"),
        N_("Correct the name of the environment, or add it to the pipeline."),
    ),
    "environment-not-said": Ruling(
        Verdict.ERRORED,
        N_("which environment is meant is not said, and none is being promoted to here"),
        N_("Name one of the pipeline's environments: environment=NAME"),
    ),
    "nothing-to-check": Ruling(
        Verdict.ERRORED,
        N_("no variables of {environment} are named, so there is nothing to check"),
        N_("Name the variables of {environment} in the pipeline."),
    ),
    "variable-unknown": Ruling(
        Verdict.ERRORED,
        N_("{environment} has no variables named {names:list}"),
        N_("Correct the names, or add them to the variables of {environment} in the pipeline."),
    ),
    "no-source": Ruling(
        Verdict.FAILED,
        N_("no source of the variables of {environment} exists here; looked for {sources:list}"),
        N_("Create one of the sources with the values of {environment}."),
    ),
    "unreadable": Ruling(
        Verdict.ERRORED,
        N_("{source} cannot be used: {why}"),
        N_("Make {source} a text file of yours, inside the work tree and readable to you."),
    ),
    "missing": Ruling(Verdict.FAILED, N_("not set in {source}: {names:list}"), _GIVE_THEM_VALUES),
    "empty": Ruling(Verdict.FAILED, N_("empty in {source}: {names:list}"), _GIVE_THEM_VALUES),
    "placeholder": Ruling(
        Verdict.FAILED,
        N_("still a placeholder in {source}: {names:list}"),
        N_("Replace the placeholders by the values obtained for {environment}."),
    ),
    "wrong-environment": Ruling(
        Verdict.FAILED,
        N_("{name} is that of {other}, not of {environment}"),
        N_("Set {name} to the value of {environment}, and check where the others come from."),
    ),
    "not-the-expected-value": Ruling(
        Verdict.FAILED,
        N_("{name} is not what the pipeline says for {environment}"),
        N_("Set {name} to the value that the pipeline says."),
    ),
    "same-as-elsewhere": Ruling(
        Verdict.FAILED,
        N_("the same in {environment} as in {other}: {names:list}"),
        N_("Use credentials issued for {environment}: each environment has its own."),
    ),
    "tracked-by-git": Ruling(
        Verdict.FAILED,
        N_("{source} is tracked by git"),
        N_(
            "Take {source} out of git, ignore it, and have its secrets replaced: they are in the history for good."
        ),
    ),
    "readable-by-others": Ruling(
        Verdict.FAILED,
        N_("{source} is open to other users of this machine (mode {mode})"),
        N_("Close it: chmod 600 {source}"),
    ),
    "git-cannot-tell": Ruling(
        Verdict.ERRORED,
        N_("git cannot tell whether {source} is tracked or ignored"),
        N_("Keep {source} in this work tree itself, not in a submodule nor behind a linked directory."),
    ),
    "not-ignored": Ruling(
        Verdict.WARNED,
        N_("git does not ignore {source}: it could be committed by accident"),
        N_("Add {source} to .gitignore."),
    ),
    "unclear-lines": Ruling(
        Verdict.WARNED,
        N_("{source} is not all understood: {why:list}"),
        N_("Correct those lines of {source}."),
    ),
    "unusual-form": Ruling(
        Verdict.WARNED,
        N_("not of the form Passe Marché issues today: {names:list}"),
        N_("Compare with what was obtained; older credentials may have another form."),
    ),
    "not-compared": Ruling(
        Verdict.WARNED,
        N_("all set, but not compared with {others:list}: those values are not known here"),
        N_("Run the check where the values of {others:list} are known too, to see that they differ."),
    ),
}
_FACTS: Mapping[str, Template] = {
    "source": N_("source"),
    "environments": N_("environments"),
    "variable": N_("{name}"),
    "differs": N_("{name} differs from that of {other}"),
    "equals": N_("{name} is that of {environment}"),
    "form": N_("form of {name}"),
    "file": N_("{source}"),
    "set": N_("set"),
    "set-with-length": N_("set, {length} characters"),
    "missing-value": N_("not set"),
    "empty-value": N_("empty"),
    "placeholder-value": N_("a placeholder"),
    "another": N_("another value"),
    "the-same": N_("the same value"),
    "not-known": N_("not known here"),
    "that-of": N_("that of {environment}"),
    "usual": N_("as issued by Passe Marché"),
    "unusual": N_("another form"),
    "untracked": N_("not tracked by git"),
    "tracked": N_("tracked by git"),
    "ignored": N_("ignored by git"),
    "unignored": N_("not ignored by git"),
    "private": N_("closed to other users"),
    "mode": N_("mode {mode}"),
}


@kind(
    "credentials",
    rulings=_RULINGS,
    facts=_FACTS,
    example={"environment": "preprod", "variables": ["PASSEMARCHE_CLIENT_ID", "PASSEMARCHE_CLIENT_SECRET"]},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The variables of an environment are set, in one source, and they are that environment's.

    Each must be there, non-empty and no placeholder; equal to what the pipeline says where it says so;
    and different from the values of the environments it names, as far as those are known here. A dotenv
    file must not be tracked by git nor open to other users. Values are never shown: only whether they
    are there, and roughly how long they are.
    """

    environment: Annotated[
        str | None, Names.ENVIRONMENT, N_("The environment; the one being promoted to by default")
    ] = None
    variables: Annotated[tuple[str, ...], Names.VARIABLE, N_("Which of its variables; all by default")] = ()

    async def observe(self, context: Context) -> Outcome:
        """Judges each variable, then the file they come from; the gravest finding is the reason."""
        named = self.environment or context.environment.name
        if named == NO_ENVIRONMENT:
            there = [each for each in context.environments if each != NO_ENVIRONMENT]
            return conclude(self, "environment-not-said", [fact("environments", observed=there)])
        target = context.environments.get(named)
        if target is None:
            return conclude(self, "environment-unknown", environment=named)
        unknown = [each for each in self.variables if target.variables.rule(each) is None]
        if unknown:
            return conclude(self, "variable-unknown", environment=named, names=unknown)
        rules = [each for each in target.variables.rules if not self.variables or each.name in self.variables]
        if not rules:
            return conclude(self, "nothing-to-check", environment=named)
        return self._judge(target, rules, context)

    def _judge(self, target: Environment, rules: Sequence[VariableRule], context: Context) -> Outcome:
        found = context.variables.get(target.name, VariableValues(source=None, values={}))
        if found.source is None:
            sources = [_shown(each) for each in target.variables.sources]
            return conclude(self, "no-source", environment=target.name, sources=sources)
        said: dict[str, Parameter] = {"environment": target.name, "source": _said(found.source)}
        if found.unreadable is not None:
            return conclude(self, "unreadable", (), **said, why=found.unreadable)
        findings = [
            *(each for rule in rules for each in _of_variable(rule, target, found, context)),
            *findings_of_file(found, context),
        ]
        evidence = [fact("source", observed=said["source"]), *(each.line for each in findings)]
        for code in _RULINGS:
            called = [each for each in findings if each.code == code]
            if called:
                names = [each.name for each in called if each.name is not None]
                others = sorted({each.other for each in called if each.other is not None})
                about: dict[str, Parameter] = {"names": names} if names else {}
                about |= {"name": names[0]} if names else {}
                about |= {"others": others, "other": others[0]} if others else {}
                return conclude(self, code, evidence, **said, **about, **called[0].parameters)
        return conclude(self, "complete", evidence, count=len(rules), **said)


def _of_variable(
    rule: VariableRule, target: Environment, found: VariableValues, context: Context
) -> Iterator[Finding]:
    value = _revealed(found.values.get(rule.name))
    about, wanted = message("variable", name=rule.name), message("set")
    if value is None or not value.strip() or is_placeholder(value):
        code = "missing" if value is None else "empty" if not value.strip() else "placeholder"
        yield Finding(Evidence(about, wanted, message(f"{code}-value"), Verdict.FAILED), code, rule.name)
        return
    observed = message("set-with-length", length=length_class(value))
    yield Finding(Evidence(about, wanted, observed, Verdict.PASSED))
    if rule.equals is not None:
        yield _equals(rule, value, target, context)
    for other in rule.differs_from:
        yield _differs(rule.name, value, other, context)
    usual = has_usual_form(rule.name, value)
    if usual is not None:
        about, wanted = message("form", name=rule.name), message("usual")
        if usual:
            yield Finding(Evidence(about, wanted, wanted, Verdict.PASSED))
        else:
            line = Evidence(about, wanted, message("unusual"), Verdict.WARNED)
            yield Finding(line, "unusual-form", rule.name)


def _equals(rule: VariableRule, value: str, target: Environment, context: Context) -> Finding:
    about = message("equals", name=rule.name, environment=target.name)
    wanted = message("that-of", environment=target.name)
    if _is_that_of(target, rule.name, value, context):
        return Finding(Evidence(about, wanted, wanted, Verdict.PASSED))
    for other in context.environments.values():
        if _is_that_of(other, rule.name, value, context):
            line = Evidence(about, wanted, message("that-of", environment=other.name), Verdict.FAILED)
            return Finding(line, "wrong-environment", rule.name, other.name)
    line = Evidence(about, wanted, message("another"), Verdict.FAILED)
    return Finding(line, "not-the-expected-value", rule.name)


def _is_that_of(environment: Environment, name: str, value: str, context: Context) -> bool:
    rule = environment.variables.rule(name)
    if rule is None or rule.equals is None:
        return False
    expected = expected_value(rule.equals, environment, context.environments)
    return expected is not None and same_value(expected, value)


def _differs(name: str, value: str, other: str, context: Context) -> Finding:
    about, wanted = message("differs", name=name, other=other), message("another")
    elsewhere = context.variables.get(other)
    theirs = _revealed(elsewhere.values.get(name)) if elsewhere is not None else None
    if not theirs or is_placeholder(theirs):
        return Finding(Evidence(about, wanted, message("not-known")), "not-compared", name, other)
    if theirs == value:
        line = Evidence(about, wanted, message("the-same"), Verdict.FAILED)
        return Finding(line, "same-as-elsewhere", name, other)
    return Finding(Evidence(about, wanted, wanted, Verdict.PASSED))


def _revealed(value: str | Secret | None) -> str | None:
    return value.reveal() if isinstance(value, Secret) else value


def _said(source: str) -> Parameter:
    return message("process-environment") if source == PROCESS_ENVIRONMENT else source


def _shown(source: VariableSource) -> Parameter:
    if isinstance(source, DotenvSource):
        return source.path
    return message("process-environment") if not source.prefix else f"{source.prefix}…"
