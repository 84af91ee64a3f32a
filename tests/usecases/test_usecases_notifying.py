"""Decisions are told by signed webhooks and by commands, once this machine's user agreed, and failing nothing."""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest

from promoter.model.entry_type import EntryType
from promoter.model.notice import Occasion
from promoter.usecases.notification import notification_schema
from tests.support.command_line import Said, promoter
from tests.support.git_repositories import Signer, git
from tests.support.small_shop import CHECKLIST, PIPELINE, make_shop, open_v1
from tests.support.tls_servers import Handler, Wanted, answer, answering, make, server_side, serving, silence
from tests.support.webhook_receivers import SECRET, STANDARD_SECRET, Receiver, right, standard

ROOT = make(Wanted(name="Root of the shop", authority=True))
SERVER = make(Wanted(names=("localhost",)), ROOT)


@contextmanager
def listening(handler: Handler, folder: Path) -> Iterator[int]:
    """A server over https on a thread of its own; its port."""
    loop, ready, ports = asyncio.new_event_loop(), threading.Event(), list[int]()
    stop = asyncio.Event()

    async def serve() -> None:
        async with serving(handler, server_side(SERVER, folder)) as port:
            ports.append(port)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(20)
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    monkeypatch.setenv("PROMOTER_CA_FILE", str(tmp_path / "root.pem"))
    monkeypatch.setenv("NOTIFY_SECRET", SECRET)
    return make_shop(tmp_path / "shop")


def notify(shop: Path, *notices: str) -> None:
    text = PIPELINE + "notify:\n" + "".join(f"  - {each}\n" for each in notices)
    (shop / "checklists" / "pipeline.yaml").write_text(text, encoding="utf-8")


def hook(port: int, on: str, more: str = "") -> str:
    return f"{{on: [{on}], webhook: {{url: https://localhost:{port}/told?x=1, secret: {{env: NOTIFY_SECRET}}{more}}}}}"


def trust_all(shop: Path) -> None:
    for each in promoter("-C", shop, "trust", "--json").document["asks"]:
        promoter("-C", shop, "trust", each["id"])


def told(said: Said) -> str:
    return " ".join(said.err.split())


def test_a_decision_is_told_by_a_signed_webhook(shop: Path, tmp_path: Path) -> None:
    receiver = Receiver(right)
    with listening(receiver, tmp_path) as port:
        notify(shop, hook(port, "opened, rejected"))
        trust_all(shop)
        opened = open_v1(shop)
        rejected = promoter("-C", shop, "reject", "rollback", "-m", f"not like this, {SECRET}")

    assert (opened.code, rejected.code) == (0, 0)
    assert "not notified" not in told(opened) + told(rejected)
    assert [right(each) for each in receiver.deliveries] == [204, 204]
    assert receiver.deliveries[0].headers[":request"] == "POST /told?x=1 HTTP/1.1"
    first, second = (json.loads(each.body) for each in receiver.deliveries)
    for each in (first, second):
        jsonschema.validate(each, notification_schema())
    assert (first["on"], second["on"], second["item"]) == ("opened", "rejected", "rollback")
    assert (second["answer"], second["promotion"]["to"], second["by"]) == (
        "blocked",
        "preprod",
        "Nobody Signs",
    )
    assert second["trail"]["tip"] == git(shop, "rev-parse", "promoter/trail").strip()
    assert b"not like this" not in receiver.deliveries[1].body


def test_nothing_is_sent_or_run_before_the_user_agreed(shop: Path, tmp_path: Path) -> None:
    receiver, mark = Receiver(right), tmp_path / "ran"
    with listening(receiver, tmp_path) as port:
        notify(shop, hook(port, "opened"), f"{{on: [opened], command: [touch, {mark}]}}")
        opened = open_v1(shop)

    assert opened.code == 0
    assert (receiver.deliveries, mark.exists()) == ([], False)
    assert (
        told(opened).count("was not notified: nobody agreed to it on this machine: promoter trust sha256:")
        == 2
    )


def test_what_was_pinned_on_the_trail_tells_nobody(shop: Path, tmp_path: Path) -> None:
    receiver = Receiver(right)
    with listening(receiver, tmp_path) as port:
        notify(shop, hook(port, "rejected"))
        trust_all(shop)
        open_v1(shop)
        (shop / "checklists" / "pipeline.yaml").write_text(PIPELINE, encoding="utf-8")
        promoter("-C", shop, "reject", "rollback", "-m", "no")

    assert receiver.deliveries == []


def test_another_url_is_asked_about_anew(shop: Path, tmp_path: Path) -> None:
    receiver = Receiver(right)
    with listening(receiver, tmp_path) as port:
        notify(shop, hook(port, "opened"))
        trust_all(shop)
        notify(shop, hook(port, "opened").replace("/told", "/stolen"))
        opened = open_v1(shop)

    assert receiver.deliveries == []
    assert "nobody agreed to it" in told(opened)


def test_standard_webhooks_sign_an_id_and_a_time(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SECRET", STANDARD_SECRET)
    receiver = Receiver(standard())
    with listening(receiver, tmp_path) as port:
        notify(shop, hook(port, "opened", ", scheme: standard-webhooks"))
        trust_all(shop)
        opened = open_v1(shop)

    assert "not notified" not in told(opened)
    assert [standard()(each) for each in receiver.deliveries] == [204]


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (answering(answer(302, Location="https://elsewhere.example/")), "it answered 302"),
        (answering(answer(500)), "it answered 500"),
        (answering(b"what?\r\n\r\n"), "does not answer in HTTP"),
        (silence, "it took longer than 5"),
    ],
)
def test_a_receiver_that_fails_fails_no_decision(
    shop: Path, tmp_path: Path, handler: Handler, why: str
) -> None:
    with listening(handler, tmp_path) as port:
        notify(shop, hook(port, "opened"))
        trust_all(shop)
        opened = open_v1(shop)

    assert opened.code == 0
    assert f"https://localhost:{port}/told was not notified: " in told(opened)
    assert why in told(opened)
    assert "x=1" not in told(opened)


def test_a_receiver_that_is_not_there_and_a_secret_that_is_not_set_are_warnings(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify(shop, hook(1, "opened"), hook(1, "opened").replace("NOTIFY_SECRET", "NOT_SET_HERE"))
    trust_all(shop)
    opened = open_v1(shop)

    assert opened.code == 0
    assert "refused the connection" in told(opened)
    assert "its secret cannot be had" in told(opened)


def test_a_command_reads_the_notification(shop: Path, tmp_path: Path) -> None:
    script = shop / "tell.py"
    script.write_text(
        f"import sys, pathlib\npathlib.Path({str(tmp_path / 'told.json')!r}).write_bytes(sys.stdin.buffer.read())\n",
        encoding="utf-8",
    )
    notify(shop, f"{{on: [opened], command: [{sys.executable}, tell.py]}}")
    trust_all(shop)
    opened = open_v1(shop)

    assert "not notified" not in told(opened)
    found = json.loads((tmp_path / "told.json").read_text(encoding="ascii"))
    jsonschema.validate(found, notification_schema())
    script.write_text("import sys; sys.exit(3)", encoding="utf-8")
    notify(shop, f"{{on: [abandoned, rejected], command: [{sys.executable}, tell.py]}}")
    assert "nobody agreed to it" in told(promoter("-C", shop, "reject", "rollback", "-m", "no"))
    trust_all(shop)
    assert "it ended with 3" in told(promoter("-C", shop, "abandon", "-m", "enough"))


@pytest.mark.parametrize(
    ("command", "why"),
    [("[no-such-program-anywhere]", "it cannot be started"), ("[sleep, '60']", "it took longer than 5")],
)
def test_a_command_that_fails_fails_no_decision(shop: Path, command: str, why: str) -> None:
    notify(shop, f"{{on: [opened], command: {command}}}")
    trust_all(shop)
    opened = open_v1(shop)

    assert (opened.code, why in told(opened)) == (0, True)


def test_hostile_names_stay_data(shop: Path, tmp_path: Path) -> None:
    receiver = Receiver(right)
    name = "}\u202e [bold]{0} %s \u2028; rm -rf"
    git(shop, "config", "user.name", name)
    with listening(receiver, tmp_path) as port:
        notify(shop, hook(port, "opened"))
        trust_all(shop)
        promoter("-C", shop, "open", "staging-to-preprod", "--release", "v1 \u202e'$(id)'")

    body = receiver.deliveries[0].body
    assert body.isascii()
    assert (json.loads(body)["by"], json.loads(body)["promotion"]["release"]) == (name, "v1 \u202e'$(id)'")


def test_who_waits_is_told_when_the_waiting_seats_change(
    tmp_path: Path, alice: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    monkeypatch.setenv("PROMOTER_CA_FILE", str(tmp_path / "root.pem"))
    monkeypatch.setenv("NOTIFY_SECRET", SECRET)
    shop = make_shop(tmp_path / "shop")
    receiver = Receiver(right)
    with listening(receiver, tmp_path) as port:
        notify(shop, hook(port, "waiting"))
        trust_all(shop)
        open_v1(shop)
        promoter("-C", shop, "reject", "accounts", "-m", "no")
        promoter("-C", shop, "sign", "rollback")

    waiting = [
        (each["on"], [(seat["item"], seat["role"], seat["missing"]) for seat in each["waiting_for"]])
        for each in (json.loads(one.body) for one in receiver.deliveries)
    ]
    assert waiting == [
        ("waiting", [("rollback", "operations", 1), ("accounts", "security", 1)]),
        ("waiting", [("accounts", "security", 1)]),
    ]


def test_approvals_that_are_missing_are_waited_for_as_well(
    tmp_path: Path, alice: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    monkeypatch.setenv("PROMOTER_CA_FILE", str(tmp_path / "root.pem"))
    monkeypatch.setenv("NOTIFY_SECRET", SECRET)
    checklist = CHECKLIST.replace("items:", "approvals: {roles: [operations]}\nitems:")
    shop = make_shop(tmp_path / "shop", checklist=checklist)
    receiver = Receiver(right)
    with listening(receiver, tmp_path) as port:
        notify(shop, hook(port, "waiting"))
        trust_all(shop)
        open_v1(shop)
        promoter("-C", shop, "approve")

    seats = [json.loads(each.body)["waiting_for"] for each in receiver.deliveries]
    assert [{"item": None, "role": "operations", "missing": 1} in each for each in seats] == [True, False]


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        ("{on: [opened]}", "a notification has either a webhook or a command"),
        ("{on: [], command: [true-ish]}", "must not be an empty list"),
        ("{on: [sneezed], command: [a]}", "must be one of"),
        ("{on: [opened], webhook: {url: http://x.example, secret: {env: A}}}", "must be an https URL"),
        ("{on: [opened], webhook: {url: https://x.example, secret: hunter2}}", "must be a mapping"),
    ],
)
def test_a_notice_that_tells_nobody_is_a_problem(shop: Path, notice: str, said: str) -> None:
    notify(shop, notice)

    found = promoter("-C", shop, "lint", shop / "checklists")

    assert (found.code, said in found.out) == (2, True)


def test_every_decision_can_be_told(shop: Path, tmp_path: Path) -> None:
    told_of = tmp_path / "told"
    (shop / "tell.py").write_text(
        "import json, pathlib, sys\n"
        f"with pathlib.Path({str(told_of)!r}).open('a') as told:\n"
        "    told.write(json.load(sys.stdin)['on'] + '\\n')\n",
        encoding="utf-8",
    )
    assert open_v1(shop).code == 0
    wanted = ["frozen", "thawed", "signed-off", "revoked", "adopted", "emergency"]
    notify(shop, f"{{on: [{', '.join(wanted)}], command: [{sys.executable}, tell.py]}}")
    trust_all(shop)
    for words in (
        ("freeze", "preprod", "--from", "2031-01-01", "--until", "2031-01-02", "-m", "census"),
        ("thaw", "preprod", "--until", "2031-01-02", "-m", "the census is off"),
        ("sign", "rollback"),
        ("revoke", "rollback", "-m", "too early"),
        ("adopt", "staging", "--release", "v1", "-m", "it lives there"),
    ):
        said = promoter("-C", shop, *words)
        assert said.code == 0, said.err
    assert told_of.read_text().split() == wanted[:-1]
    assert {str(each) for each in Occasion} - {"waiting", "emergency"} <= {str(each) for each in EntryType}
