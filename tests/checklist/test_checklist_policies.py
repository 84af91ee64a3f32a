"""A pipeline that extends a shared policy: its rules obeyed, made stricter, and never loosened."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checklist.bases import reading_from
from promoter.checklist.extending import Source, unread
from promoter.checklist.loading import load_pipeline, load_policy, pipeline_written_out
from promoter.gate.loosening import PHRASES
from promoter.messages import Language
from promoter.model.environment import Data, Demand, Environment, Pipeline, Rule
from promoter.place import Problem

POLICY = """\
policy: company
time_zone: Europe/Paris
environments:
  production:
    data: real
    signatures: required
    shared: required
    separation: {opener: 'on'}
    freezes:
      - {id: christmas, from: 2026-12-18 18:00, until: 2027-01-04 08:00, passed_by: [director]}
    break_glass: {roles: [director, on-call], settle_within: 48h, lasts: 4h}
    outcomes: machines
    digests: required
"""
OWN = """\
pipeline: shop
extends: {file: shared/policy.yaml, digest: 'DIGEST'}
environments:
  staging:
    urls: {app: https://staging.shop.example}
    data: simulated
  production:
    urls: {app: https://shop.example}
    data: real
transitions: [staging-to-production]
"""


def digest_of(content: str) -> str:
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


def files(directory: Path, own: str = OWN, policy: str = POLICY) -> Path:
    """A pipeline beside a shared policy; the path of the first."""
    (directory / "shared").mkdir(parents=True)
    (directory / "shared" / "policy.yaml").write_text(policy)
    path = directory / "pipeline.yaml"
    path.write_text(own.replace("DIGEST", digest_of(policy)))
    return path


def with_rules(*rules: str, own: str = OWN) -> str:
    """The pipeline with more rules of its own for production, from line 10 on."""
    return own.replace("transitions:", "".join(f"    {each}\n" for each in rules) + "transitions:")


def loaded(path: Path) -> tuple[Pipeline | None, tuple[Problem, ...]]:
    directory = path.parent
    read = reading_from(directory, directory, lambda each: str(each.relative_to(directory)))
    return load_pipeline(path.read_bytes(), path.name, read=read)


def production(path: Path) -> Environment:
    pipeline, problems = loaded(path)
    assert pipeline is not None, said(problems)
    return pipeline.environment("production")


def said(problems: tuple[Problem, ...]) -> list[str]:
    language = Language(phrasebook=PHRASES.get)
    return [each.text(language) for each in problems if not each.warning]


def test_what_a_pipeline_leaves_out_the_policy_gives(tmp_path: Path) -> None:
    into = production(files(tmp_path))
    assert (into.signatures, into.shared, into.separation.opener) == (
        Demand.REQUIRED,
        Demand.REQUIRED,
        Rule.ON,
    )
    assert into.separation.authors is Rule.WARN
    assert [(each.id, each.time_zone, each.passed_by) for each in into.freezes] == [
        ("christmas", "Europe/Paris", ("director",))
    ]
    assert into.break_glass is not None
    assert into.break_glass.roles == ("director", "on-call")
    assert into.break_glass.lasts.total_seconds() == 4 * 3600


def test_environments_of_which_the_policy_says_nothing_are_the_pipeline_s_own(tmp_path: Path) -> None:
    pipeline, _ = loaded(files(tmp_path))
    assert pipeline is not None
    assert [each.name for each in pipeline.environments] == ["staging", "production"]
    assert pipeline.environment("staging") == replaced_alone(OWN, "staging")


def replaced_alone(own: str, name: str) -> Environment:
    alone = "".join(line for line in own.splitlines(True) if not line.startswith("extends")).replace(
        "pipeline: shop\n", "pipeline: shop\n\n"
    )
    pipeline, _ = load_pipeline(alone.encode(), "pipeline.yaml")
    assert pipeline is not None
    return pipeline.environment(name)


@pytest.mark.parametrize(
    "rule",
    [
        "separation: {opener: 'on', authors: 'on'}",
        "separation: {authors: 'off'}",
        "freezes: [{id: weekend, from: 2026-11-27 18:00, until: 2026-11-30 08:00, repeat: FREQ=WEEKLY}]",
        "freezes: [{id: days, from: 2026-11-23 08:00, until: 2026-11-23 18:00, repeat: FREQ=DAILY, mode: allow}]",
        "break_glass: {roles: [director], settle_within: 24h, lasts: 1h}",
        "break_glass: {roles: []}",
        "signatures: required",
    ],
)
def test_a_pipeline_may_demand_more_and_rule_what_the_policy_does_not(rule: str, tmp_path: Path) -> None:
    into = production(files(tmp_path, with_rules(rule)))
    assert into.separation.opener is Rule.ON
    assert "christmas" in [each.id for each in into.freezes]
    if "roles: []" in rule:
        assert into.break_glass is None


@pytest.mark.parametrize(
    ("rule", "at", "told", "ruled"),
    [
        ("signatures: optional", "10:17", "production takes entries that are not signed", "6:17"),
        ("shared: optional", "10:13", "production takes entries that were not shared", "7:13"),
        ("outcomes: anyone", "10:15", "production counts checks that people ran", "12:15"),
        ("digests: optional", "10:14", "production takes links alone for evidence", "13:14"),
        ("separation: {opener: warn}", "10:26", "production lets the opener sign", "8:26"),
        ("separation: {authors: 'on', opener: 'off'}", "10:41", "production lets the opener sign", "8:26"),
        (
            "freezes: [{id: christmas, from: 2026-12-24 18:00, until: 2027-01-04 08:00}]",
            "10:15",
            "production has changed the freeze christmas",
            "10:9",
        ),
        (
            "break_glass: {roles: [director, trainee], lasts: 4h, settle_within: 48h}",
            "10:26",
            "trainee may break the glass of production",
            "11:26",
        ),
        (
            "break_glass: {roles: [director], lasts: 5h, settle_within: 48h}",
            "10:45",
            "a broken glass opens production for longer",
            "11:74",
        ),
        (
            "break_glass: {roles: [director], lasts: 4h, settle_within: 49h}",
            "10:64",
            "production lets broken glass be settled later",
            "11:62",
        ),
    ],
)
def test_nothing_of_the_policy_may_be_loosened(
    rule: str, at: str, told: str, ruled: str, tmp_path: Path
) -> None:
    path = files(tmp_path, with_rules(rule))
    pipeline, problems = loaded(path)
    assert pipeline is None
    assert said(problems) == [
        f"pipeline.yaml:{at}: {told}, which shared/policy.yaml:{ruled} does not allow: "
        "take this out, or demand as much as it does"
    ]
    assert [each.code for each in problems] == ["looser-than-base"]


def test_data_that_the_policy_counts_as_real_are_real(tmp_path: Path) -> None:
    path = files(tmp_path, OWN.replace("data: real", "data: simulated"))
    assert said(loaded(path)[1]) == [
        "pipeline.yaml:9:11: production no longer counts its data as real, which shared/policy.yaml:5:11 "
        "does not allow: take this out, or demand as much as it does"
    ]


def test_each_pipeline_says_itself_whether_its_data_are_real(tmp_path: Path) -> None:
    path = files(tmp_path, OWN.replace("    data: real\n", ""))
    assert said(loaded(path)[1]) == ["pipeline.yaml:8:5: data is missing here"]


def test_defaults_that_the_policy_leaves_to_be_understood_hold_too(tmp_path: Path) -> None:
    policy = "policy: p\nenvironments: {production: {break_glass: {roles: [director]}}}\n"
    path = files(tmp_path, with_rules("break_glass: {roles: [director], lasts: 25h}"), policy)
    assert [each.code for each in loaded(path)[1]] == ["looser-than-base"]


def test_where_nobody_may_break_the_glass_no_pipeline_lets_anybody(tmp_path: Path) -> None:
    policy = "policy: p\nenvironments: {production: {break_glass: {roles: []}}}\n"
    assert production(files(tmp_path / "silent", OWN, policy)).break_glass is None
    path = files(tmp_path / "open", with_rules("break_glass: {roles: [director]}"), policy)
    assert [each.code for each in loaded(path)[1]] == ["looser-than-base"]


def test_where_the_policy_allows_only_some_times_no_other_is_allowed(tmp_path: Path) -> None:
    allow = "{{id: {}, from: 2026-11-2{} 09:00, until: 2026-11-2{} 17:00, repeat: FREQ=WEEKLY, mode: allow}}"
    policy = f"policy: p\nenvironments: {{production: {{freezes: [{allow.format('monday', 3, 3)}]}}}}\n"
    path = files(tmp_path, with_rules(f"freezes: [{allow.format('tuesday', 4, 4)}]"), policy)
    assert said(loaded(path)[1]) == [
        "pipeline.yaml:10:15: production may be promoted into in tuesday too, which shared/policy.yaml:2:38 "
        "does not allow: take this out, or demand as much as it does"
    ]


def test_a_freeze_is_on_the_clock_of_the_policy_wherever_the_pipeline_is(tmp_path: Path) -> None:
    own = OWN.replace("pipeline: shop\n", "pipeline: shop\ntime_zone: America/New_York\n")
    rule = "freezes: [{id: ours, from: 2026-12-01 18:00, until: 2026-12-02 08:00}]"
    windows = production(files(tmp_path / "more", with_rules(rule, own=own))).freezes
    assert {each.id: each.time_zone for each in windows} == {
        "christmas": "Europe/Paris",
        "ours": "America/New_York",
    }
    again = (
        "freezes: [{id: christmas, from: 2026-12-18 18:00, until: 2027-01-04 08:00, passed_by: [director]}]"
    )
    path = files(tmp_path / "again", with_rules(again, own=own))
    assert [each.code for each in loaded(path)[1]] == ["looser-than-base"]
    same = with_rules(again, own=own.replace("America/New_York", "Europe/Paris"))
    assert len(production(files(tmp_path / "same", same)).freezes) == 1


def test_an_environment_of_the_policy_under_another_name_does_not_escape(tmp_path: Path) -> None:
    own = OWN.replace("  production:", "  productions:")
    path = files(tmp_path, own)
    pipeline, problems = loaded(path)
    assert pipeline is None
    assert said(problems) == [
        "pipeline.yaml:2:10: shared/policy.yaml has rules for the environment production, which is not in this "
        "pipeline; did you mean productions?"
    ]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("    urls: {app: https://shop.example}\n", "there is no field urls here"),
        ("    network: {ca_file: ca.pem}\n", "there is no field network here"),
        ("    variables: {SECRET: {equals: x}}\n", "there is no field variables here"),
        ("roster: []\n", "there is no field roster here"),
        ("notify: []\n", "there is no field notify here"),
        ("trail: {branch: other/trail}\n", "there is no field trail here"),
        ("transitions: [staging-to-production]\n", "there is no field transitions here"),
        ("    freezes: never\n", "freezes: must be a list"),
    ],
)
def test_a_policy_holds_rules_and_nothing_else(key: str, told: str, tmp_path: Path) -> None:
    policy = f"policy: p\nenvironments:\n  production:\n    data: real\n{key}"
    _, [problem] = loaded(files(tmp_path, policy=policy))
    assert (problem.place.path, problem.place.line) == ("shared/policy.yaml", 5)
    assert problem.text(Language()).endswith(told)


def test_another_content_of_the_policy_is_told_with_the_command_that_prints_its_digest(
    tmp_path: Path,
) -> None:
    path = files(tmp_path)
    (tmp_path / "shared" / "policy.yaml").write_text(POLICY + "# changed\n")
    pipeline, problems = loaded(path)
    assert pipeline is None
    assert said(problems) == [
        "pipeline.yaml:2:45: shared/policy.yaml is not what is named here: its digest is "
        f"{digest_of(POLICY + '# changed' + chr(10))}. See what changed in it, then write that; "
        "'sha256sum shared/policy.yaml' prints it"
    ]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("shared/none.yaml", "no-base"),
        ("shared", "no-base"),
        ("../outside.yaml", "no-base"),
        ("shared/link.yaml", "no-base"),
        ("/etc/hostname", "not-a-path"),
        ("pipeline.yaml", "other-digest"),
    ],
)
def test_a_policy_that_cannot_be_had_is_named_at_its_place(file: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(POLICY)
    path = files(tmp_path / "repository", OWN.replace("shared/policy.yaml", file))
    (tmp_path / "repository" / "shared" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    _, [problem] = loaded(path)
    assert (problem.code, problem.place.line) == (code, 2)


def over(file: str, content: str, rules: str) -> str:
    """A policy that extends another."""
    return (
        f"policy: team\nextends: {{file: {file}, digest: '{digest_of(content)}'}}\n"
        f"environments:\n  production:\n    {rules}\n"
    )


def test_a_policy_may_extend_another_and_both_hold(tmp_path: Path) -> None:
    team = over("company.yaml", POLICY, "separation: {authors: 'on'}")
    path = files(tmp_path, policy=team)
    (tmp_path / "shared" / "company.yaml").write_text(POLICY)
    into = production(path)
    assert (into.separation.opener, into.separation.authors) == (Rule.ON, Rule.ON)
    assert into.data is Data.REAL
    assert [each.time_zone for each in into.freezes] == ["Europe/Paris"]
    path.write_text(
        with_rules("signatures: optional", "separation: {authors: warn}").replace("DIGEST", digest_of(team))
    )
    assert [each.code for each in loaded(path)[1]] == ["looser-than-base", "looser-than-base"]


def test_a_policy_that_loosens_the_one_it_extends_is_refused_where_it_does(tmp_path: Path) -> None:
    team = over("company.yaml", POLICY, "signatures: optional")
    path = files(tmp_path, policy=team)
    shared = tmp_path / "shared"
    (shared / "company.yaml").write_text(POLICY)
    pipeline, problems = loaded(path)
    assert pipeline is None
    alone = load_policy(team.encode(), "shared/policy.yaml", read=reading_from(shared, tmp_path))
    for found in (problems, alone):
        [problem] = found
        assert problem.code == "looser-than-base"
        assert str(problem.place) == "shared/policy.yaml:5:17"


def test_policies_extend_each_other_to_a_depth(tmp_path: Path) -> None:
    path = files(tmp_path)
    shared, below = tmp_path / "shared", POLICY
    for number in range(4):
        (shared / f"{number}.yaml").write_text(below)
        below = over(f"{number}.yaml", below, "shared: required")
        (shared / "policy.yaml").write_text(below)
        path.write_text(OWN.replace("DIGEST", digest_of(below)))
        problems = loaded(path)[1]
        wrong = [] if number < 2 else ["extends-too-deep"]
        assert wrong == [each.code for each in problems], said(problems)


def test_what_is_pinned_of_a_pipeline_needs_no_other_file(tmp_path: Path) -> None:
    path = files(tmp_path)
    alone = pipeline_written_out(path.read_bytes(), path.name, reading_from(tmp_path, tmp_path))
    pinned, problems = load_pipeline(alone, "pinned.yaml", pinned=True)
    assert pinned is not None, said(problems)
    assert digest_of(POLICY) in alone.decode()
    was, now = loaded(path)[0], pinned
    assert was is not None
    for name in ("staging", "production"):
        one, other = was.environment(name), now.environment(name)
        assert (one.freezes, one.break_glass, one.separation) == (
            other.freezes,
            other.break_glass,
            other.separation,
        )
        assert (one.signatures, one.shared, one.data, one.urls) == (
            other.signatures,
            other.shared,
            other.data,
            other.urls,
        )


def test_a_pinned_copy_of_a_pipeline_never_reads_a_file(tmp_path: Path) -> None:
    path = files(tmp_path)
    read = reading_from(tmp_path, tmp_path)
    assert load_pipeline(path.read_bytes(), path.name, pinned=True, read=read)[0] is None


def test_a_pipeline_that_extends_nothing_is_pinned_as_it_is() -> None:
    alone = b"pipeline: shop # as it is\n"
    assert pipeline_written_out(alone, "pipeline.yaml", unread) == alone


@pytest.mark.parametrize("name", ["freezes", "break_glass", "separation", "data", "environments"])
def test_an_environment_may_be_called_as_a_rule_is(name: str, tmp_path: Path) -> None:
    own, policy = OWN.replace("  production:", f"  {name}:"), POLICY.replace("  production:", f"  {name}:")
    pipeline, problems = loaded(files(tmp_path / "obeyed", own, policy))
    assert pipeline is not None, said(problems)
    assert pipeline.environment(name).signatures is Demand.REQUIRED
    assert [each.id for each in pipeline.environment(name).freezes] == ["christmas"]
    looser = with_rules("signatures: optional", own=own)
    assert loaded(files(tmp_path / "loosened", looser, policy))[0] is None


rules = st.fixed_dictionaries(
    {},
    optional={
        "signatures": st.sampled_from(["optional", "required"]),
        "shared": st.sampled_from(["optional", "required"]),
        "separation": st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(("opener", "authors"), st.sampled_from(["'on'", "warn", "'off'"])),
        ),
        "break_glass": st.fixed_dictionaries(
            {"roles": st.lists(st.sampled_from("abc"), unique=True, max_size=3)},
            optional={
                "lasts": st.sampled_from(["1h", "30h"]),
                "settle_within": st.sampled_from(["1h", "90h"]),
            },
        ),
    },
)


def flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, list) else str(value)


@given(rules, rules)
def test_whatever_loads_demands_at_least_what_the_policy_does(
    policy: dict[str, object], own: dict[str, object]
) -> None:
    written = f"policy: p\nenvironments: {{production: {flow(policy)}}}\n"
    text = with_rules(*(f"{key}: {flow(value)}" for key, value in own.items()))
    source = Source("p.yaml", written.encode(), unread)
    content = text.replace("DIGEST", digest_of(written)).encode()
    pipeline, problems = load_pipeline(content, "pipeline.yaml", read=lambda _: source)
    bare = f"pipeline: p\nenvironments: {{a: {{urls: {{}}, data: real}}, b: {flow({'urls': {}, 'data': 'real', **policy})}}}\ntransitions: [t]\n"
    demanded = load_pipeline(bare.encode(), "pipeline.yaml")[0]
    assert demanded is not None
    if pipeline is None:
        assert {each.code for each in problems} == {"looser-than-base"}
        return
    least, got = demanded.environment("b"), pipeline.environment("production")
    strict = [Rule.OFF, Rule.WARN, Rule.ON]
    assert (least.signatures, got.signatures) != (Demand.REQUIRED, Demand.OPTIONAL)
    assert (least.shared, got.shared) != (Demand.REQUIRED, Demand.OPTIONAL)
    separation = policy.get("separation")
    for name in separation if isinstance(separation, dict) else ():
        assert strict.index(getattr(got.separation, name)) >= strict.index(getattr(least.separation, name))
    if "break_glass" in policy and got.break_glass is not None:
        assert least.break_glass is not None
        assert set(got.break_glass.roles) <= set(least.break_glass.roles)
        assert got.break_glass.lasts <= least.break_glass.lasts
        assert got.break_glass.settle_within <= least.break_glass.settle_within


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_no_bytes_of_pipeline_or_policy_raise(own: bytes, policy: bytes) -> None:
    digest = hashlib.sha256(policy).hexdigest()
    named = f"extends: {{file: p.yaml, digest: 'sha256:{digest}'}}\n".encode()
    source = Source("p.yaml", policy, unread)
    for content in (own, named + own):
        load_pipeline(content, "pipeline.yaml", read=lambda _: source)
        load_policy(content, "policy.yaml", read=lambda _: source)
        pipeline_written_out(content, "pipeline.yaml", lambda _: source)


values = st.recursive(
    st.sampled_from(["x", "real", "required", "1h", "[]", "{}", "null"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["production", "freezes", "id", "time_zone", "separation", "break_glass", "roles"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(values, values)
def test_no_shape_of_environments_raises(own: object, policy: object) -> None:
    written = f"policy: p\nenvironments: {flow(policy)}\n"
    source = Source("p.yaml", written.encode(), unread)
    text = (
        f"pipeline: p\nextends: {{file: p.yaml, digest: '{digest_of(written)}'}}\n"
        f"environments: {flow(own)}\ntransitions: [t]\n"
    )
    assert load_pipeline(text.encode(), "pipeline.yaml", read=lambda _: source)[0] is None
    pipeline_written_out(text.encode(), "pipeline.yaml", lambda _: source)
