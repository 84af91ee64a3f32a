import time
from pathlib import Path

import pytest

from promoter.messages import Language
from promoter.place import ProblemsFound
from promoter.report import render
from promoter.report.sandbox import LONGEST_TEMPLATE
from tests.support.material import Scene, language


def rendered(template: bytes | str) -> str:
    return render(Scene().material(), language("en"), template).partition("\n")[2]


def refusal(template: bytes | str) -> tuple[int, str]:
    with pytest.raises(ProblemsFound) as caught:
        rendered(template)
    (problem,) = caught.value.problems
    assert problem.place.path == "templates/report.md.j2"
    return problem.place.line, Language("en").say(problem.wrong)


@pytest.mark.parametrize(
    "template",
    [
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% from 'x' import y %}",
        "{% macro f() %}{{ f() }}{% endmacro %}",
        "{% call f() %}{% endcall %}",
        "{% filter quote %}x{% endfilter %}",
        "{% set x %}text{% endset %}",
        "{{ title * 1000000000 }}",
        "{{ 9 ** 99999999 }}",
        "{{ title ~ title }}",
        "{{ title + title }}",
        "{{ title % title }}",
        "{{ [title, title] }}",
        "{% set x = (title, title) %}",
        "{{ {'a': 1} }}",
        "{{ title[0] }}",
        "{{ range(1000000000) }}",
        "{{ title.format(1) }}",
        "{{ title.center(1000000000) }}",
        "{{ cycler(1) }}",
        "{{ title.__class__ }}",
        "{{ title._x }}",
        "{{ title|attr('__class__') }}",
        "{{ title|center(1000000000) }}",
        "{{ items|join }}",
        "{{ title|quote(1000000000) }}",
        "{{ _(title) }}",
        "{{ _('x', *items) }}",
        "{{ _('x', **title) }}",
        "{{ ngettext(title, title, 2) }}",
        "{% set _ = title %}",
        "{% for _ in items %}{% endfor %}",
        "{% for x in items recursive %}{% endfor %}",
        "{% for x in items if x %}{% endfor %}",
        "{% for a, b in items %}{% endfor %}",
        "{% if title < 3 %}{% endif %}",
        "{% if title in items %}{% endif %}",
        "{% if title is defined %}{% endif %}",
        "{% block x %}{% endblock %}",
    ],
)
def test_what_a_template_may_not_have_is_refused_with_its_place(template: str) -> None:
    line, wrong = refusal("\n\n" + template)
    assert line == 3
    assert wrong


def test_escaping_cannot_be_switched_off() -> None:
    assert "not for report templates" in refusal("{% autoescape false %}{{ title }}{% endautoescape %}")[1]


@pytest.mark.parametrize(
    "template",
    [
        "{{ absent }}",
        "{{ release.absent }}",
        "{{ release.markdown }}",
        "{{ title.upper }}",
        "{{ items }}",
        "{{ release }}",
        "{{ claimed }}",
        "{{ _ }}",
        "{{ _('{absent}') }}",
        "{{ _('{title.__class__}', title=title) }}",
        "{{ _('{0}', title=title) }}",
        "{{ ngettext('{count} x', '{count} x', title) }}",
        "{% for x in title %}{% endfor %}",
        "{% for x in items %}{{ loop.cycle }}{% endfor %}",
        "{% for x in items %}{{ x.__class__ }}{% endfor %}",
    ],
)
def test_what_goes_wrong_while_rendering_is_a_problem_with_its_place(template: str) -> None:
    line, wrong = refusal("\n" + template)
    assert line == 2
    assert wrong


def test_a_template_that_does_not_parse_is_a_problem_with_its_place() -> None:
    assert refusal("one\n{{ title\nthree")[0] in (2, 3)
    assert refusal("{% for x in %}")[0] == 1


def test_a_template_that_is_not_text_or_far_too_large_is_refused() -> None:
    assert refusal(b"\xff\xfe") == (0, "the template is not UTF-8")
    assert refusal("x" * (LONGEST_TEMPLATE + 1))[0] == 0


@pytest.mark.parametrize(
    "template",
    [
        "{{ " + "(" * 3000 + "title" + ")" * 3000 + " }}",
        "{% if claimed %}" * 300 + "{% endif %}" * 300,
        "{% for x in items %}" * 60 + "{% endfor %}" * 60,
        "{{ " + "not " * 5000 + "title }}",
    ],
)
def test_a_template_nested_too_deeply_is_refused(template: str) -> None:
    assert "nested" in refusal(template)[1]


@pytest.mark.parametrize(
    "template",
    [
        "".join(f"{{% for a{n} in timeline %}}" for n in range(12)) + "x" + "{% endfor %}" * 12,
        "".join(f"{{% for a{n} in timeline %}}" for n in range(12))
        + "{% if title == title %}{% endif %}" * 200
        + "{% endfor %}" * 12,
        "".join(f"{{% for a{n} in timeline %}}" for n in range(12))
        + "{% if title|code == title|quote %}{% endif %}"
        + "{% endfor %}" * 12,
        "{% for a in timeline %}" * 8 + "x" * 100_000 + "{% endfor %}" * 8,
        "{% raw %}" * 28_000,
        "{{" * 130_000,
        "{#" * 130_000,
    ],
)
def test_a_template_that_would_run_for_ever_is_stopped(template: str) -> None:
    began = time.monotonic()
    refusal(template)
    assert time.monotonic() - began < 20


def test_values_are_escaped_and_only_the_template_is_not() -> None:
    material = Scene(lambda said: f"<b>{said}").material()
    template = "<i>mine</i> {{ promotion }} {{ _('<i>ours</i> {value}', value=promotion) }}"
    body = render(material, language("en"), template).partition("\n")[2]
    said = "`<b>01JDABCDEFGHJKMNPQRSTVWXYZ`"
    assert f"<i>mine</i> {said} <i>ours</i> {said}" == body


def test_a_text_of_the_template_is_translated_with_its_values_escaped() -> None:
    assert rendered("{{ _('by {name}', name='a|b') }}") == r"by a\|b"


def test_numbers_choose_their_form() -> None:
    template = "{{ ngettext('{count} entry', '{count} entries', trail.entries) }}"
    assert rendered(template) == "12 entries"


def test_loops_know_their_first_and_last() -> None:
    template = "{% for item in items %}{{ item.id }}{% if not loop.last %}, {% endif %}{% endfor %}"
    assert rendered(template) == "webhook, credentials, rehearsal"


def test_the_template_of_the_first_version_still_renders() -> None:
    first = Path(__file__).with_name("golden") / "report.v1.md.j2"
    assert rendered(first.read_bytes()).startswith("# Migration report: ")
