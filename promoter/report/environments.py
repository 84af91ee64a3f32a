"""The environments as a report shows them: their facts, and what is not the same in both."""

from promoter.messages import N_, Language, phrase
from promoter.model.environment import AccessLevel, Environment
from promoter.model.reference import Fact, FileContent, ProcessVariable, Value, Variable
from promoter.promotion import RunsIn
from promoter.report import words
from promoter.report.events import ABBREVIATED, moment
from promoter.report.page import Address, Difference, EnvironmentLines, Remark, VariableLine


def environment_lines(environment: Environment, runs: RunsIn | None, language: Language) -> EnvironmentLines:
    """Everything the pipeline says of an environment, and what runs there."""
    return EnvironmentLines(
        name=environment.name,
        title=environment.title.in_language(language) or environment.name,
        use=environment.use.in_language(language),
        pins=_pins(environment),
        urls=tuple(_address(name, value, language) for name, value in environment.urls.items()),
        data=language.gettext(words.DATA[environment.data]),
        access=_access(environment, language),
        stability=environment.stability.in_language(language),
        support=environment.support.in_language(language),
        notes=tuple(Remark(each.text.in_language(language), each.source) for each in environment.notes),
        internal=environment.access.level is AccessLevel.INTERNAL,
        unstable=environment.unstable,
        runs=_running(runs, language),
        since=moment(runs.since, language) if runs else "",
        adopted=runs.adopted if runs else False,
    )


def _pins(environment: Environment) -> tuple[Address, ...]:
    network = environment.network
    pins = [Address(each, address, "") for each, address in network.connect_to.items()]
    return (*pins, *([Address("ca_file", network.ca_file, "")] if network.ca_file else ()))


def differences(
    source: Environment, target: Environment, language: Language
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """The facts that differ between two environments, and those that are the same.

    Values that are kept in variables are left out: the variables are compared by name.
    """
    facts: list[tuple[str, Value, Value]] = [
        *(
            (f"URL {name}", source.urls.get(name), target.urls.get(name))
            for name in _names(source.urls, target.urls)
        ),
        *((language.gettext(name), each, other) for name, each, other in _facts(source, target, language)),
    ]
    known = [(name, each, other) for name, each, other in facts if not _kept_elsewhere(each, other)]
    compared = [
        Difference(name, _shown(each, language), _shown(other, language)) for name, each, other in known
    ]
    return (
        tuple(each for each in compared if each.source != each.target),
        tuple(each for each in compared if each.source == each.target),
    )


def variable_lines(source: Environment, target: Environment) -> tuple[VariableLine, ...]:
    """The variables of either environment, by name and rule, never by value."""
    before, after = source.variables, target.variables
    names = _names({each.name: each for each in before.rules}, {each.name: each for each in after.rules})
    rules = ((name, before.rule(name), after.rule(name)) for name in names)
    return tuple(
        VariableLine(
            name=name,
            secret=bool((old and old.secret) or (new and new.secret)),
            in_source=old is not None,
            in_target=new is not None,
            differs=new is not None and source.name in new.differs_from,
        )
        for name, old, new in rules
    )


def _facts(source: Environment, target: Environment, language: Language) -> list[tuple[str, str, str]]:
    def pair(name: str, each: str, other: str) -> tuple[str, str, str]:
        return name, each, other

    def said(word: str) -> str:
        return language.gettext(word)

    return [
        pair(N_("data"), said(words.DATA[source.data]), said(words.DATA[target.data])),
        pair(N_("access"), _access(source, language), _access(target, language)),
        pair(N_("stability"), source.stability.in_language(language), target.stability.in_language(language)),
        pair(N_("use"), source.use.in_language(language), target.use.in_language(language)),
        pair(
            N_("signatures"), said(words.DEMANDS[source.signatures]), said(words.DEMANDS[target.signatures])
        ),
        pair(
            N_("opener may not sign"),
            said(words.RULES[source.separation.opener]),
            said(words.RULES[target.separation.opener]),
        ),
        pair(
            N_("authors may not sign"),
            said(words.RULES[source.separation.authors]),
            said(words.RULES[target.separation.authors]),
        ),
    ]


def _names(*named: object) -> list[str]:
    return list(dict.fromkeys(name for each in named if isinstance(each, dict) for name in each))


def _access(environment: Environment, language: Language) -> str:
    level = language.gettext(words.ACCESS[environment.access.level])
    text = environment.access.text.in_language(language)
    return language.say(phrase(N_("{level} ({words})"), level=level, words=text)) if text else level


def _running(runs: RunsIn | None, language: Language) -> str:
    if runs is None:
        return ""
    if runs.release.commit is None:
        return language.say(phrase(N_("{release} (unbound)"), release=runs.release.name))
    return f"{runs.release.name} ({runs.release.commit[:ABBREVIATED]})"


def _address(name: str, value: Value, language: Language) -> Address:
    if isinstance(value, Variable):
        return Address(name, "", value.name)
    return Address(name, _shown(value, language), "")


def _kept_elsewhere(*values: Value) -> bool:
    return all(value is None or not isinstance(value, str) for value in values)


def _shown(value: Value, language: Language) -> str:
    match value:
        case None | "":
            return ""
        case Variable(name=name) | ProcessVariable(name=name):
            return language.say(phrase(N_("in the variable {name}"), name=name))
        case Fact(path=path) | FileContent(path=path):
            return path
    return str(value)
