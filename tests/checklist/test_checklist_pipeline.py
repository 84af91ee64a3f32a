from datetime import UTC, datetime

import pytest

from promoter.checklist.loading import load_pipeline
from promoter.model.environment import (
    Access,
    AccessLevel,
    Data,
    Demand,
    DotenvSource,
    Network,
    ProcessSource,
    Rule,
    Separation,
    VariableRule,
)
from promoter.model.reference import Fact, Variable
from promoter.model.roster import PersonClass
from promoter.model.text import Text, plain
from tests.support.checklist_texts import PIPELINE, pipeline, pipeline_problems

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrBJYQzzYpbMJ5oPvRrlqOVAZ8ov6hYqMGIRSEsCm4z"


def changed(old: str, new: str) -> str:
    assert old in PIPELINE
    return PIPELINE.replace(old, new, 1)


def with_roster(*lines: str) -> str:
    return PIPELINE + "roster:\n" + "".join(f"  {each}\n" for each in lines)


def test_a_small_pipeline_needs_little_and_gets_safe_defaults() -> None:
    loaded = pipeline()

    preprod = loaded.environment("preprod")
    assert tuple(each.name for each in loaded.environments) == ("staging", "preprod")
    assert plain("preprod") == preprod.title
    assert {"app": "https://preprod.shop.example", "webhook": Variable("HOOK_URL")} == preprod.urls
    assert Data.REAL is preprod.data
    assert Access(AccessLevel.RESTRICTED, Text({})) == preprod.access
    assert Separation(Rule.WARN, Rule.WARN) == preprod.separation
    assert Demand.OPTIONAL is preprod.signatures
    assert (DotenvSource(".env.preprod"),) == preprod.variables.sources
    assert VariableRule("SHOP_URL", equals=Fact("urls.app")) == preprod.variables.rule("SHOP_URL")
    assert VariableRule("SHOP_SECRET", secret=True, differs_from=("staging",)) == preprod.variables.rule(
        "SHOP_SECRET"
    )
    assert (
        loaded.branch,
        loaded.time_zone,
        loaded.transitions,
    ) == ("promoter/trail", "UTC", ("staging-to-preprod",))
    assert (preprod.place.line, preprod.place.column) == (7, 3)


def test_an_environment_may_say_everything() -> None:
    loaded = pipeline(
        changed(
            "    data: real\n",
            "    data: real\n"
            "    title: {fr: Recette, en: Acceptance}\n"
            "    access: {level: internal, text: nobody}\n"
            "    unstable: true\n"
            "    signatures: required\n"
            "    shared: required\n"
            "    separation: {opener: on, authors: off}\n"
            "    network: {connect_to: {'shop.example:443': '127.0.0.1:8443'}, ca_file: ca.pem}\n"
            "    notes: [{text: mind this, source: somewhere}]\n",
        ).replace(
            "[{dotenv: .env.preprod}]",
            "[{dotenv: .env.preprod}, {environment: {prefix: PREPROD_}}, {environment: {}}]",
        )
    ).environment("preprod")

    assert loaded.title.forms == {"fr": "Recette", "en": "Acceptance"}
    assert (loaded.access.level, loaded.unstable) == (AccessLevel.INTERNAL, True)
    assert (loaded.signatures, loaded.shared) == (Demand.REQUIRED, Demand.REQUIRED)
    assert Separation(Rule.ON, Rule.OFF) == loaded.separation
    assert Network({"shop.example:443": "127.0.0.1:8443"}, "ca.pem") == loaded.network
    assert (
        DotenvSource(".env.preprod"),
        ProcessSource("PREPROD_"),
        ProcessSource(),
    ) == loaded.variables.sources


def test_all_problems_are_found_at_once_in_file_order() -> None:
    text = (
        changed("pipeline: shop", "pipeline: My Shop")
        .replace("data: simulated", "data: simulatd")
        .replace("[staging]", "[stagign]")
        .replace("transitions:", "transition:")
    )

    assert pipeline_problems(text) == [
        "1:1: transitions is missing here",
        "1:11: pipeline: must be of lower-case letters, digits, '.', '_' and '-', 64 at most, not starting with a sign",
        "5:11: data: must be one of simulated, real; did you mean simulated?",
        "16:50: there is no environment stagign; did you mean staging?",
        "17:1: there is no field transition here; did you mean transitions?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("data: real", "data: yes", "data: must be one of simulated, real"),
        ("data: real", "data:", "data: says nothing; leave the field out or fill it in"),
        ("data: real", "data: [real]", "data: must be one value, not a list or a mapping"),
        ("data: real", "dta: real", "there is no field dta here; did you mean data?"),
        ("pipeline: shop", "pipeline: 012", "pipeline: 012 is not text to YAML; write it in quotes"),
        ("pipeline: shop", "pipeline: 1.10", "pipeline: 1.10 is not text to YAML; write it in quotes"),
        ("pipeline: shop", "pipeline: true", "pipeline: true is not text to YAML; write it in quotes"),
        ("pipeline: shop", "pipeline: shop\non: push", "there is no field on here"),
        ("pipeline: shop", "pipeline: shop\ntitle: {de: Laden}", "de is none of the languages of promoter: en, fr"),
        ("pipeline: shop", "pipeline: shop\ntime_zone: Europe/Pariss", "there is no time zone Europe/Pariss; did you mean Europe/Paris?"),
        ("pipeline: shop", "pipeline: shop\ntime_zone: Europe", "there is no time zone Europe; did you mean Europe/Rome?"),
        ("pipeline: shop", "pipeline: shop\ntrail: {branch: ../x}", "branch: must be a name git takes for a branch, such as promoter/trail"),
        ("pipeline: shop", "pipeline: shop\ntrail: {branch: a..b}", "branch: must be a name git takes for a branch, such as promoter/trail"),
        ("{secret: true,", "{secret: yes,", "secret: must be true or false; did you mean true?"),
        ("{secret: true,", "{secret: true, equals: hunter2,", "a secret's value is written here; take it out, and change it wherever it is used"),
        ("{fact: urls.app}", "{fact: urls.ap}", "there is no fact urls.ap of preprod; did you mean urls.app?"),
        ("{fact: urls.app}", "{fact: stagging.urls.app}", "there is no fact stagging.urls.app of preprod; did you mean staging.urls.app?"),
        ("{variable: HOOK_URL}", "{variable: HOK_URL}", "preprod has no variable HOK_URL; did you mean HOOK_URL?"),
        ("{variable: HOOK_URL}", "{variable: SHOP_SECRET}", "SHOP_SECRET is a secret and cannot be an address"),
        ("https://preprod.shop.example", "http://preprod.shop.example", "app: must be an https URL, without user name or password"),
        ("https://preprod.shop.example", "https://a:b@shop.example", "app: must be an https URL, without user name or password"),
        ("https://preprod.shop.example", "https://", "app: must be an https URL, without user name or password"),
        (".env.preprod", "/etc/passwd", "dotenv: must be the path of a file inside the repository, without '..'"),
        (".env.preprod", "../.env", "dotenv: must be the path of a file inside the repository, without '..'"),
        ("HOOK_URL: {}", "HOOK-URL: {}", "HOOK-URL: must be the name of a variable: letters, digits and '_', 128 at most"),
        ("[staging-to-preprod]", "[]", "transitions: must not be an empty list"),
        ("[staging-to-preprod]", "[a, b, a]", "a is taken already, at line 17"),
        ("[staging-to-preprod]", "a", "transitions: must be a list"),
        ("data: simulated", "data: simulated\n    network: {connect_to: {here: there}}", "here: must be HOST:PORT, with brackets around an IPv6 address"),
    ],
)  # fmt: skip
def test_a_mistake_is_a_problem_that_says_what_to_write(old: str, new: str, said: str) -> None:
    assert said in [each.split(": ", 1)[1] for each in pipeline_problems(changed(old, new))]


def test_words_that_only_some_readers_of_yaml_see_more_in_are_text() -> None:
    loaded = pipeline(
        changed("pipeline: shop", "pipeline: shop\ntitle: yes").replace(
            "data: real", "data: real\n    use: 12:30"
        )
    )

    assert loaded.title.in_language("en") == "yes"
    assert loaded.environment("preprod").use.in_language("fr") == "12:30"


def test_a_person_has_ids_names_and_times() -> None:
    text = with_roster(
        "- id: alice",
        "  name: Alice Martin",
        "  emails: [alice@shop.example]",
        "  roles: [security]",
        f"  keys: ['{KEY} alice@laptop']",
        "  from: 2026-01-01",
        "  until: 2026-12-31",
        "- {id: ci, name: CI, emails: [ci@shop.example], class: machine, until: '2026-12-31T12:00:00+01:00'}",
    )

    alice, ci = pipeline(text).roster.people

    assert tuple((each.type, each.public) for each in alice.keys) == (("ssh-ed25519", KEY),)
    assert (alice.person_class, ci.person_class) == (PersonClass.PERSON, PersonClass.MACHINE)
    assert datetime(2026, 1, 1, tzinfo=UTC) == alice.valid_from
    assert datetime(2027, 1, 1, tzinfo=UTC) == alice.valid_until
    assert datetime(2026, 12, 31, 11, tzinfo=UTC) == ci.valid_until


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("{id: bob, name: Bob, emails: []}", "emails: must not be an empty list"),
        ("{id: bob, name: Bob, emails: [nobody]}", "emails: must be an e-mail address"),
        ("{id: bob, name: Bob, emails: [b@b.example], keys: [ssh-dss AAAA]}", "keys: must be a public SSH key that can sign (ssh-ed25519 AAAA…), or {gpg: …} with an armoured public GPG key, or {x509: …} with a certificate in PEM"),
        ("{id: bob, name: Bob, emails: [b@b.example], keys: ['-----BEGIN OPENSSH PRIVATE KEY-----']}", "keys: this is a private key: take it out of this file and of git's history, and make a new one"),
        ("{id: bob, name: Bob, emails: [b@b.example], class: robot}", "class: must be one of person, machine"),
        ("{id: bob, name: Bob, emails: [b@b.example], from: 2026-02-30}", "from: must be a day (2026-11-28), or a time with its zone (2026-11-28T18:00:00+01:00)"),
        ("{id: bob, name: Bob, emails: [b@b.example], until: 9999-12-31}", "until: must be a day (2026-11-28), or a time with its zone (2026-11-28T18:00:00+01:00)"),
        ("{id: bob, name: Bob, emails: [b@b.example], from: 2026-02-02, until: 2026-02-01}", "'until' is not after 'from'"),
        ("{id: alice, name: Bob, emails: [b@b.example]}", "alice is taken already, at line 19"),
        ("{id: bob, name: Bob, emails: [a@a.example]}", "a@a.example is taken already, at line 19"),
        ("{id: bob, name: Bob, emails: [A@a.example]}", "a@a.example is taken already, at line 19"),
    ],
)  # fmt: skip
def test_a_roster_that_could_not_tell_who_signs_is_a_problem(person: str, said: str) -> None:
    text = with_roster("- {id: alice, name: Alice, emails: [a@a.example]}", f"- {person}")

    assert said in [each.split(": ", 1)[1] for each in pipeline_problems(text)]


def test_one_key_belongs_to_one_person() -> None:
    text = with_roster(
        f"- {{id: alice, name: Alice, emails: [a@a.example], keys: [{KEY}]}}",
        f"- {{id: bob, name: Bob, emails: [b@b.example], keys: [{KEY} again]}}",
    )

    (said,) = pipeline_problems(text)
    assert said.startswith("20:56: SHA256:")
    assert said.endswith("is taken already, at line 19")


def test_a_private_key_is_never_repeated_in_the_problem() -> None:
    said = pipeline_problems(
        with_roster(
            "- {id: a, name: A, emails: [a@a.example], keys: ['-----BEGIN OPENSSH PRIVATE KEY----- hunter2']}"
        )
    )

    assert len(said) == 1
    assert "hunter2" not in said[0]


def test_a_pinned_pipeline_loads_where_its_time_zone_is_not_known() -> None:
    text = changed("pipeline: shop", "pipeline: shop\ntime_zone: Europe/Atlantis").encode()

    assert load_pipeline(text, "pipeline.yaml")[0] is None
    assert load_pipeline(text, "pipeline.yaml", pinned=True)[0] is not None


def test_endless_problems_are_counted_after_two_hundred() -> None:
    said = pipeline_problems(PIPELINE + "".join(f"field{n}: 1\n" for n in range(300)))

    assert len(said) == 201
    assert said[-1] == "and 100 more problems"
