import asyncio
import contextlib
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from promoter.checks.certificate import Certificate
from promoter.model.address import HostPort, Url
from promoter.model.context import Context, Journal, Shared
from promoter.model.outcome import Evidence, Outcome
from promoter.model.overrides import Overrides
from promoter.model.reference import Value
from promoter.net.standing import TOLERATED
from promoter.net.trouble import Trouble
from tests.support.authorities import (
    LIST_HOST,
    LIST_URL,
    Publisher,
    answer_for,
    answered_at,
    list_of,
    listed_at,
    publishing,
    stapling,
)
from tests.support.checks import code, context, observe, seen_of, words
from tests.support.matrix_case import ROOT, Case, judge_all
from tests.support.matrix_revocation import CASES
from tests.support.revocable import (
    ANSWERED,
    BELOW_LISTED,
    BOTH,
    LISTED,
    LISTED_AUTHORITY,
    REVOKED,
    STAPLED,
    UNKNOWN,
    leaf,
)
from tests.support.tls_servers import (
    DAY,
    NOW,
    OK,
    Handler,
    Made,
    Wanted,
    answer,
    make,
    server_side,
    serving,
    silence,
)


@dataclass(frozen=True)
class Scene:
    """A server and its authority's publisher; `view` is what a check of the run sees."""

    url: str
    publisher: Publisher
    view: Context

    async def observe(self, seen: Context | None = None, **fields: Value) -> Outcome:
        return await observe("certificate", {"url": self.url, **fields}, seen or self.view)


@contextlib.asynccontextmanager
async def scene(
    tmp_path: Path,
    made: Made,
    crl_page: bytes | Handler | None = None,
    ocsp_page: bytes | Handler | None = None,
    **changes: Any,
) -> AsyncIterator[Scene]:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    async with (
        serving(OK, server_side(made, tmp_path)) as port,
        publishing(crl_page, ocsp_page) as publisher,
    ):
        settings = {"ca_file": tmp_path / "root.pem", "overrides": publisher.overrides(), **changes}
        yield Scene(f"https://localhost:{port}", publisher, context(tmp_path, **settings))


def of_fact(outcome: Outcome, fact: str) -> Evidence:
    (found,) = (each for each in outcome.evidence if each.fact.code == f"certificate.{fact}")
    return found


async def test_where_an_answer_is_required_every_source_that_only_warns_errs(tmp_path: Path) -> None:
    def required(case: Case) -> Case:
        expected = case.expected["certificate"].replace("warned ", "errored ").removesuffix(TOLERATED)
        return replace(
            case, fields={**case.fields, "revocation": "required"}, expected={"certificate": expected}
        )

    tolerated = [each for each in CASES if each.expected.get("certificate", "").endswith(TOLERATED)]
    assert len(tolerated) > 30
    judged = await judge_all([required(each) for each in tolerated], tmp_path)
    assert [wrong for each in judged for wrong in each.wrongs] == []


async def test_a_revoked_certificate_is_named_with_when_and_why(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, list_of(ROOT, LISTED)) as served:
        outcome = await served.observe()
    day = NOW - 2 * DAY
    said = (
        f"the certificate of localhost was revoked on {day.day} {day:%b} {day.year}: its key was compromised"
    )
    assert said == words(outcome.reason)
    assert of_fact(outcome, "revocation").verdict == "failed"


async def test_a_revoked_intermediate_is_named_and_the_leaf_still_stands(tmp_path: Path) -> None:
    made = leaf(answered_at(), issuer=LISTED_AUTHORITY)
    async with scene(
        tmp_path, made, list_of(ROOT, LISTED_AUTHORITY), answer_for(made, LISTED_AUTHORITY)
    ) as served:
        outcome = await served.observe()
    assert code(outcome) == "failed revoked"
    assert outcome.reason.parameters["subject"] == "Listed Intermediate"
    assert seen_of(outcome, "revocation")[0].startswith("not revoked, by the answer of http://ocsp.")


async def test_whoever_is_contacted_is_named_with_host_and_address(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, list_of(ROOT)) as served:
        outcome = await served.observe()
        assert seen_of(outcome, "contacted") == [f"{LIST_URL}, at 127.0.0.1:{served.publisher.port}"]


async def test_whoever_is_contacted_through_a_proxy_is_named_with_it(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, list_of(ROOT)) as served:
        environ = {"http_proxy": f"http://127.0.0.1:{served.publisher.port}"}
        outcome = await served.observe(
            replace(served.view, overrides=Overrides(), process_environment=environ)
        )
        assert seen_of(outcome, "contacted") == [f"{LIST_URL}, through 127.0.0.1:{served.publisher.port}"]


async def test_whoever_was_contacted_in_vain_is_named_as_well(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, answer(503)) as served:
        outcome = await served.observe()
    assert len(seen_of(outcome, "contacted")) == 1
    assert words(outcome.reason).endswith(f"no revocation list from {LIST_URL}: it answered 503")


async def test_a_certificate_without_a_source_says_so_and_passes(tmp_path: Path) -> None:
    async with scene(tmp_path, leaf()) as served:
        outcome = await served.observe()
    assert code(outcome) == "passed valid"
    line = of_fact(outcome, "revocation")
    assert (line.observed.code, line.verdict) == ("certificate.no-revocation-source", None)  # type: ignore[union-attr]


@pytest.mark.parametrize("asked", ["off", "staple"])
async def test_nobody_is_contacted_who_is_not_to_be_asked(tmp_path: Path, asked: str) -> None:
    async with scene(tmp_path, LISTED, list_of(ROOT, LISTED)) as served:
        outcome = await served.observe(revocation=asked)
        assert served.publisher.asked == []
    assert seen_of(outcome, "contacted") == []


async def test_a_list_is_fetched_once_a_run_whoever_asks_when(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, list_of(ROOT)) as served:
        together = [await each for each in [asyncio.ensure_future(served.observe()) for _ in range(5)]]
        outcomes = [*together, await served.observe()]
        assert len(served.publisher.asked) == 1
        fresh = replace(served.view, shared=Shared())
        await served.observe(fresh)
        assert len(served.publisher.asked) == 2
    assert {code(each) for each in outcomes} == {"passed valid"}
    assert {len(seen_of(each, "contacted")) for each in outcomes} == {1}


async def test_a_list_that_could_not_be_had_is_asked_for_anew(tmp_path: Path) -> None:
    pages = [answer(503), answer(200, list_of(ROOT))]

    async def better_next_time(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(pages.pop(0))
        writer.close()

    async with scene(tmp_path, LISTED, better_next_time) as served:
        assert code(await served.observe()) == f"warned crl-unreachable{TOLERATED}"
        assert code(await served.observe()) == "passed valid"


async def test_who_gives_up_does_not_take_the_list_from_those_who_wait(tmp_path: Path) -> None:
    asked, released = asyncio.Event(), asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await released.wait()
        writer.write(answer(200, list_of(ROOT)))
        writer.close()

    async with scene(tmp_path, LISTED, late, timeout=30.0) as served:
        first, second = (asyncio.create_task(served.observe()) for _ in range(2))
        await asked.wait()
        await _until(lambda: _waiting(served) == 2)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        released.set()
        assert code(await second) == "passed valid"
        assert len(served.publisher.asked) == 1


def _waiting(served: Scene) -> int:
    flights: Mapping[object, Any] = served.view.shared.once("flights", dict)
    return sum(each.waiting for each in flights.values())


async def _until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - what is waited for has no event
        await asyncio.sleep(0.01)


async def test_the_last_who_gives_up_ends_what_is_under_way(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, silence, timeout=30.0) as served:
        before = asyncio.all_tasks()
        alone = asyncio.create_task(served.observe())
        await _until(lambda: bool(served.publisher.asked))
        alone.cancel()
        await asyncio.gather(alone, return_exceptions=True)
        mine = {each for each in asyncio.all_tasks() - before if "serving" not in repr(each)}
        assert mine == set()
        assert served.view.shared.once("flights", dict) == {}


async def test_a_list_over_https_needs_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    made = leaf(listed_at(LIST_URL.replace("http:", "https:")))
    publishers = make(Wanted(names=(LIST_HOST,)), ROOT), make(Wanted(names=("other.test",)), ROOT)
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    for shown, expected in zip(
        publishers, ("passed valid", f"warned crl-unreachable{TOLERATED}"), strict=True
    ):
        async with (
            serving(OK, server_side(made, tmp_path)) as port,
            publishing(list_of(ROOT), settings=server_side(shown, tmp_path)) as publisher,
        ):
            seen = context(tmp_path, overrides=publisher.overrides())
            fields = {"url": f"https://localhost:{port}", "ca_file": "root.pem"}
            assert expected == code(await observe("certificate", fields, seen))


async def test_a_staple_that_comes_with_another_certificate_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    shown = iter([server_side(STAPLED, tmp_path), server_side(ANSWERED, tmp_path)])
    settings = server_side(STAPLED, tmp_path)

    def another(connection: ssl.SSLObject, name: str | None, own: ssl.SSLContext) -> None:
        connection.context = next(shown)

    settings.sni_callback = another
    async with serving(OK, settings) as port:
        fields = {"url": f"https://localhost:{port}", "revocation": "staple"}
        outcome = await observe("certificate", fields, context(ca_file=tmp_path / "root.pem"))
    assert code(outcome) == "errored staple-unasked"
    assert "another certificate" in words(outcome.reason)


async def test_overrides_that_led_to_a_list_are_noted_by_everyone_who_uses_it(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, list_of(ROOT)) as served:
        unpinned = replace(served.view.overrides, pinned=False)
        views = [replace(served.view, overrides=unpinned, journal=Journal()) for _ in range(2)]
        for view in views:
            await served.observe(view)
        assert len(served.publisher.asked) == 1
    for view in views:
        assert any("crl.authority.test:80" in each for each in view.journal.overrides)


async def test_overrides_that_led_to_no_list_are_noted_as_well(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, answer(503)) as served:
        unpinned = replace(served.view.overrides, pinned=False)
        view = replace(served.view, overrides=unpinned)
        assert code(await served.observe(view)) == f"warned crl-unreachable{TOLERATED}"
    assert any("crl.authority.test:80" in each for each in view.journal.overrides)


async def test_of_several_sources_in_vain_the_first_is_told(tmp_path: Path) -> None:
    async with scene(tmp_path, BOTH, answer(503), answer_for(BOTH, ROOT, UNKNOWN)) as served:
        outcome = await served.observe(revocation="required")
    assert code(outcome) == "errored crl-unreachable"
    assert len(seen_of(outcome, "contacted")) == 2


async def test_overrides_that_a_redirect_took_are_noted_by_everyone_as_well(tmp_path: Path) -> None:
    moved = answer(302, location="http://elsewhere.test/list")
    async with (
        publishing(list=list_of(ROOT)) as elsewhere,
        scene(tmp_path, LISTED, moved) as served,
    ):
        overrides = served.publisher.overrides(**{"elsewhere.test:80": f"127.0.0.1:{elsewhere.port}"})
        for _ in range(2):
            view = replace(served.view, overrides=replace(overrides, pinned=False), journal=Journal())
            outcome = await served.observe(view)
            assert code(outcome) == "passed valid"
            assert any("elsewhere.test:80" in each for each in view.journal.overrides)
            assert len(seen_of(outcome, "contacted")) == 2


async def test_an_expiring_certificate_that_is_revoked_is_revoked(tmp_path: Path) -> None:
    made = make(Wanted(until=2 * DAY, extensions=listed_at(LIST_URL)), ROOT)
    async with scene(tmp_path, made, list_of(ROOT, made)) as served:
        assert code(await served.observe()) == "failed revoked"


async def test_an_expiring_certificate_is_so_whatever_its_list_is(tmp_path: Path) -> None:
    made = make(Wanted(until=2 * DAY, extensions=listed_at(LIST_URL)), ROOT)
    async with scene(tmp_path, made) as served:
        assert code(await served.observe()) == "failed expires-too-soon"
        assert code(await served.observe(revocation="required")) == "failed expires-too-soon"


async def test_every_address_is_asked_for_its_certificate(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    async with (
        publishing(list_of(ROOT, LISTED)) as publisher,
        serving(OK, server_side(leaf(), tmp_path)) as good,
        serving(OK, server_side(LISTED, tmp_path), host="127.0.0.2") as bad,
    ):
        seen = context(ca_file=tmp_path / "root.pem", overrides=publisher.overrides())
        check = Certificate(url=Url(f"https://localhost:{good}"))
        addresses = (HostPort("127.0.0.1", good), HostPort("127.0.0.2", bad))
        with pytest.raises(Trouble) as met:
            await check.observe_each(addresses, seen)
        assert met.value.code == "an-address-fails"
        assert met.value.parameters["address"] == f"127.0.0.2:{bad}"
        assert (await check.observe_each((addresses[0],), seen)).verdict.value == "passed"


async def test_the_line_that_reproduces_a_handshake_does(tmp_path: Path) -> None:
    if shutil.which("openssl") is None or shutil.which("bash") is None:
        pytest.skip("there is no openssl here")
    async with scene(tmp_path, BELOW_LISTED, list_of(ROOT)) as served:
        line = seen_of(await served.observe(), "reproduce")[0]
        shell = await asyncio.create_subprocess_exec(
            "bash", "-c", line, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        said, _ = await asyncio.wait_for(shell.communicate(), 20)
    assert "Verify return code: 0 (ok)" in said.decode()


async def test_the_serial_number_and_subject_are_said(tmp_path: Path) -> None:
    async with scene(tmp_path, LISTED, list_of(ROOT)) as served:
        outcome = await served.observe()
    assert seen_of(outcome, "serial") == [f"{LISTED.certificate.serial_number:x}"]
    assert seen_of(outcome, "subject") == ["localhost"]


async def test_a_staple_is_judged_without_contacting_anybody(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    async with (
        stapling(ANSWERED, tmp_path, answer_for(ANSWERED, ROOT, REVOKED)) as port,
        publishing(None, answer_for(ANSWERED, ROOT)) as publisher,
    ):
        seen = context(ca_file=tmp_path / "root.pem", overrides=publisher.overrides())
        fields = {"url": f"https://localhost:{port}", "revocation": "staple"}
        outcome = await observe("certificate", fields, seen)
        assert publisher.asked == []
    assert code(outcome) == "failed revoked"


async def test_a_good_staple_is_an_answer_where_one_is_required(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    async with stapling(STAPLED, tmp_path, answer_for(STAPLED, ROOT)) as port:
        fields = {"url": f"https://localhost:{port}", "revocation": "required"}
        outcome = await observe("certificate", fields, context(ca_file=tmp_path / "root.pem"))
    assert code(outcome) == "passed valid"
    assert of_fact(outcome, "revocation").verdict == "passed"


async def test_a_staple_is_asked_for_at_the_mapped_address_under_the_servers_name(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    async with stapling(STAPLED, tmp_path, answer_for(STAPLED, ROOT)) as port:
        fields: Mapping[str, Value] = {
            "url": "https://elsewhere.test",
            "connect_to": f"127.0.0.1:{port}",
            "server_name": "localhost",
        }
        outcome = await observe("certificate", fields, context(ca_file=tmp_path / "root.pem"))
    assert code(outcome) == "passed valid"


def test_what_is_heavy_is_imported_only_by_those_who_need_it() -> None:
    script = (
        "import sys, promoter.checks.certificate\n"
        "assert not {'OpenSSL', 'cryptography', 'h11', 'ssl'} & set(sys.modules)\n"
        "import promoter.net.revocation\n"
        "assert 'OpenSSL' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
