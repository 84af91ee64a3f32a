"""The pipeline's form: the service, its environments, their variables, the transitions and the roster."""

from dataclasses import replace
from typing import Any

from promoter.checklist import people
from promoter.checklist.extending import KEY, extends_form
from promoter.checklist.forms import (
    Form,
    Member,
    judged,
    list_of,
    map_of,
    mapped,
    optional,
    place_of,
    record,
    required,
)
from promoter.checklist.freezes import freeze, time_zone
from promoter.checklist.leaves import (
    choice,
    converted,
    declaring,
    duration,
    flag,
    https_url,
    line,
    matching,
    relative_path,
    slug,
    text,
)
from promoter.checklist.nodes import Node, Scalar
from promoter.checklist.notices import notice
from promoter.checklist.references import either, environment_here, variable
from promoter.checklist.reporting import Known, Report
from promoter.checklist.variables import variables
from promoter.messages import N_, phrase
from promoter.model.address import parse_host_port
from promoter.model.environment import (
    Access,
    AccessLevel,
    BreakGlass,
    Data,
    Demand,
    Environment,
    Network,
    Note,
    OutcomesBy,
    Pipeline,
    Rule,
    Separation,
    Variables,
)
from promoter.model.reference import Value, Variable
from promoter.model.roster import Roster
from promoter.model.text import Text

BRANCH = "promoter/trail"
_BRANCH = r"(?!.*(\.\.|//|\.lock(/|$)|/\.))[A-Za-z0-9][A-Za-z0-9._/-]{0,198}[A-Za-z0-9_-]"
_NOT_A_BRANCH = phrase(N_("must be a name git takes for a branch, such as promoter/trail"))
_NOT_AN_ADDRESS = phrase(N_("must be HOST:PORT, with brackets around an IPv6 address"))
_NOTHING = Text({})

_address = converted(line, lambda word: str(parse_host_port(word)), "not-an-address", _NOT_AN_ADDRESS)


_note = record(
    Note,
    required("text", text, "A point of attention, a recommendation or a requirement"),
    optional("source", line, "The section of the source document it stands in", ""),
)
_access = record(
    Access,
    required("level", choice(AccessLevel), "Who is let in; anything against an internal environment warns"),
    optional("text", text, "The document's words for it", _NOTHING),
)
_separation = record(
    Separation,
    optional("opener", choice(Rule), "Whether the sign-offs of who opened a promotion count", Rule.WARN),
    optional("authors", choice(Rule), "Whether the sign-offs of a release's authors count", Rule.WARN),
)
_break_glass = mapped(
    record(
        BreakGlass,
        required("roles", list_of(slug, unique=str), "Who may: people with one of these roles; none: nobody"),
        optional(
            "settle_within",
            duration,
            "How soon afterwards others must have given what was missing",
            BreakGlass(()).settle_within,
        ),
        optional("lasts", duration, "For how long a broken glass opens the gate", BreakGlass(()).lasts),
    ),
    lambda glass: glass if glass.roles else None,
)
_network = record(
    Network,
    optional(
        "connect_to",
        map_of(_address, _address, lambda _, address: address),
        "HOST:PORT to ADDRESS:PORT, as curl's --connect-to",
        {},
    ),
    optional("ca_file", relative_path, "A CA certificate beside this file, trusted in addition"),
)


def _environment(**written: Any) -> Environment:
    return Environment(name="", **written)


def _judge_url(url: Value, node: Node, report: Report) -> None:
    scope = report.scope

    def is_no_secret(known: Known) -> None:
        environment = environment_here(known, scope)
        rule = environment.variables.rule(url.name) if environment else None
        if rule is not None and rule.secret:
            words = phrase(N_("{name} is a secret and cannot be an address"), name=rule.name)
            report.wrong(node.place, "secret-in-the-open", words)

    if isinstance(url, Variable):
        report.later(is_no_secret)


ENVIRONMENT: tuple[Member, ...] = (
    optional("title", text, "Its name for people", _NOTHING),
    optional("use", text, "What it is for", _NOTHING),
    required(
        "urls",
        map_of(slug, judged(either(https_url, variable), _judge_url), lambda _, url: url),
        "Its endpoints by name; {variable: NAME} where everyone has their own",
    ),
    required("data", choice(Data), "With real data no response body enters the trail"),
    optional("access", _access, "Who is let in", Access(AccessLevel.RESTRICTED, _NOTHING)),
    optional("stability", text, "How stable it is", _NOTHING),
    optional("unstable", flag, "Whether it may change or be down at any time", False),
    optional("support", text, "Whom to ask, and for what", _NOTHING),
    optional("notes", list_of(_note), "Points of attention, recommendations, requirements", ()),
    optional("variables", variables, "What is set in it, and by which rules", Variables()),
    optional("signatures", choice(Demand), "Whether sign-offs into it must be signed", Demand.OPTIONAL),
    optional(
        "shared", choice(Demand), "Whether entries must be pushed before promoting into it", Demand.OPTIONAL
    ),
    optional("separation", _separation, "Separation of duties: on, warn or off", Separation()),
    optional(
        "freezes",
        list_of(freeze, unique=lambda window: window.id),
        "When nothing is promoted into it, once or again and again",
        (),
    ),
    optional(
        "outcomes",
        choice(OutcomesBy),
        "Whose runs of checks count: anyone's, or only those of machines on the roster",
        OutcomesBy.ANYONE,
    ),
    optional(
        "digests",
        choice(Demand),
        "Whether evidence needs a digest: a file counts then, and a link alone does not",
        Demand.OPTIONAL,
    ),
    optional("break_glass", _break_glass, "Who may open the gate at once in an emergency; none: nobody"),
    optional("network", _network, "Overrides that everyone uses; their outcomes count", Network()),
)
"""What an environment may hold, key by key."""


def _named(key: Scalar, environment: Environment) -> Environment:
    title = environment.title or Text({"": key.text})
    return replace(environment, name=key.text, title=title, place=key.place)


_environments = map_of(
    declaring("environment"),
    record(_environment, *ENVIRONMENT, place_of()),
    _named,
    at_least=2,
)


def _pipeline(
    pipeline: str,
    title: Text,
    environments: dict[str, Environment],
    time_zone: str,
    extends: object,
    **written: Any,
) -> Pipeline:
    return Pipeline(
        name=pipeline,
        title=title or Text({"": pipeline}),
        environments=tuple(_on_its_clock(each, time_zone) for each in environments.values()),
        time_zone=time_zone,
        **written,
    )


def _on_its_clock(environment: Environment, time_zone: str) -> Environment:
    windows = (replace(each, time_zone=each.time_zone or time_zone) for each in environment.freezes)
    return replace(environment, freezes=tuple(windows))


_trail: Form[str] = record(
    lambda branch: branch,
    optional(
        "branch",
        matching(_BRANCH, "not-a-branch", _NOT_A_BRANCH),
        "The branch of its own that entries are written to",
        BRANCH,
    ),
)

pipeline_form: Form[Pipeline] = record(
    _pipeline,
    required("pipeline", slug, "The id of this pipeline"),
    optional("title", text, "Its name for people", _NOTHING),
    optional(
        KEY, extends_form, "A policy: what it demands of environments, of which nothing may be loosened"
    ),
    optional("time_zone", time_zone, "The zone reports show times in, such as Europe/Paris", "UTC"),
    optional("support", text, "Whom to ask", _NOTHING),
    optional("trail", _trail, "Where decisions are recorded", BRANCH, into="branch"),
    required("environments", _environments, "Every environment, in the order a release goes through them"),
    required(
        "transitions",
        list_of(declaring("transition"), at_least=1),
        "The checklists, in order: each is the file of that name, with .yaml",
    ),
    optional(
        "roster",
        people.roster,
        "Who may sign: a proposal, until promoter roster apply writes it to the trail",
        Roster(),
    ),
    optional("notify", list_of(notice), "Who is told of decisions, by a signed webhook or a command", ()),
    place_of(),
)
