import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from promoter.model.outcome import Outcome
from promoter.model.reference import Value
from tests.support.checks import code, context, observe, seen_of, words
from tests.support.tls_servers import (
    DAY,
    NOW,
    OK,
    Made,
    Wanted,
    dripping,
    hanging_up,
    make,
    server_side,
    serving,
    signed_with_sha1,
    silence,
)

ROOT = make(Wanted(name="Trusted Root", authority=True, until=900 * DAY))
MIDDLE = make(Wanted(name="Intermediate", authority=True, until=400 * DAY), ROOT)


@dataclass(frozen=True)
class Observed:
    outcome: Outcome
    port: int


async def certificate_of(
    tmp_path: Path,
    settings: ssl.SSLContext,
    *,
    trusted: Made | None = ROOT,
    **fields: Value,
) -> Outcome:
    ca_file = None
    if trusted is not None:
        ca_file = tmp_path / "root.pem"
        ca_file.write_bytes(trusted.pem)
    async with serving(OK, settings) as port:
        wanted: Mapping[str, Value] = {"url": f"https://localhost:{port}", **fields}
        return await observe("certificate", wanted, context(ca_file=ca_file))


async def test_a_good_certificate_passes_with_its_facts_as_evidence(tmp_path: Path) -> None:
    made = make(Wanted(), MIDDLE)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path))
    assert code(outcome) == "passed valid"
    assert outcome.reason.parameters["count"] == 89 or outcome.reason.parameters["count"] == 90
    assert seen_of(outcome, "names") == [("localhost", "127.0.0.1")]
    assert seen_of(outcome, "issuer") == ["Intermediate"]
    assert seen_of(outcome, "key") == ["EC secp256r1"] * 3
    assert len(seen_of(outcome, "validity")) == 3
    assert seen_of(outcome, "tls")[0].startswith("TLSv1.3, ")
    assert seen_of(outcome, "address")[0].startswith("127.0.0.1:")


async def test_a_private_authority_with_critical_names_is_accepted(tmp_path: Path) -> None:
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(settings)
    authority.cert_pem.write_to_path(str(tmp_path / "trustme.pem"))
    async with serving(OK, settings) as port:
        seen = context(ca_file=tmp_path / "trustme.pem")
        outcome = await observe("certificate", {"url": f"https://localhost:{port}"}, seen)
    assert code(outcome) == "passed valid"


async def test_critical_names_of_a_named_subject_are_accepted(tmp_path: Path) -> None:
    made = make(Wanted(critical_names=True), MIDDLE)
    assert code(await certificate_of(tmp_path, server_side(made, tmp_path))) == "passed valid"


async def test_a_certificate_without_a_subject_is_called_by_its_names(tmp_path: Path) -> None:
    made = make(Wanted(name="", names=("localhost",), critical_names=True, until=20 * DAY), MIDDLE)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path))
    assert code(outcome) == "warned expires-soon"
    assert outcome.reason.parameters["subject"] == "localhost"


async def test_an_intermediate_may_be_the_root_of_trust(tmp_path: Path) -> None:
    made = make(Wanted(), MIDDLE)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path, send=()), trusted=MIDDLE)
    assert code(outcome) == "passed valid"


BAD = {
    "expired": (Wanted(since=-90 * DAY, until=-3 * DAY), "failed expired"),
    "not yet valid": (Wanted(since=2 * DAY), "failed not-yet-valid"),
    "for another host": (Wanted(names=("other.example", "127.0.0.9")), "failed wrong-host"),
    "common name only": (Wanted(names=()), "failed common-name-only"),
    "for a client": (Wanted(usage=ExtendedKeyUsageOID.CLIENT_AUTH), "failed wrong-purpose"),
    "RSA of 1024 bits": (
        Wanted(key=rsa.generate_private_key(public_exponent=65537, key_size=1024)),  # noqa: S505 - weak on purpose
        "failed weak-key",
    ),
}


@pytest.mark.parametrize(("wanted", "expected"), BAD.values(), ids=BAD.keys())
async def test_a_bad_certificate_fails_for_the_reason_with_its_facts(
    tmp_path: Path, wanted: Wanted, expected: str
) -> None:
    outcome = await certificate_of(tmp_path, server_side(make(wanted, MIDDLE), tmp_path))
    assert expected == code(outcome)
    assert len(seen_of(outcome, "validity")) == 2
    assert len(seen_of(outcome, "fingerprint")) == 1
    assert len(seen_of(outcome, "address")) == 1


async def test_the_reason_says_since_when_a_certificate_has_expired(tmp_path: Path) -> None:
    made = make(Wanted(since=-90 * DAY, until=-3 * DAY), MIDDLE)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path))
    day = NOW - 3 * DAY
    said = f"the certificate of localhost expired on {day.day} {day:%b} {day.year}"
    assert said == words(outcome.reason)


async def test_an_expired_intermediate_is_named(tmp_path: Path) -> None:
    late = make(Wanted(name="Late", authority=True, since=-90 * DAY, until=-2 * DAY), ROOT)
    outcome = await certificate_of(tmp_path, server_side(make(Wanted(), late), tmp_path))
    assert code(outcome) == "failed expired"
    assert outcome.reason.parameters["subject"] == "Late"


async def test_an_intermediate_for_other_purposes_is_named(tmp_path: Path) -> None:
    usage = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)
    issuer = make(Wanted(name="For Clients", authority=True, extensions=(usage,)), ROOT)
    outcome = await certificate_of(tmp_path, server_side(make(Wanted(), issuer), tmp_path))
    assert code(outcome) == "failed wrong-purpose"
    assert outcome.reason.parameters["subject"] == "For Clients"


async def test_the_reason_says_which_names_the_certificate_has(tmp_path: Path) -> None:
    made = make(Wanted(names=("other.example", "www.other.example")), MIDDLE)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path))
    said = "the certificate is issued for other.example, www.other.example, not for localhost"
    assert said == words(outcome.reason)


async def test_a_self_signed_certificate_is_named_as_such(tmp_path: Path) -> None:
    outcome = await certificate_of(tmp_path, server_side(make(Wanted()), tmp_path))
    assert code(outcome) == "failed self-signed"
    assert len(seen_of(outcome, "validity")) == 1


async def test_a_missing_intermediate_is_an_incomplete_chain(tmp_path: Path) -> None:
    made = make(Wanted(), MIDDLE)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path, send=()))
    assert code(outcome) == "failed incomplete-chain"
    assert outcome.reason.parameters["issuer"] == "Intermediate"


async def test_a_lone_certificate_of_a_public_authority_is_an_incomplete_chain(tmp_path: Path) -> None:
    made = make(Wanted(issuer_url="http://ca.example/intermediate.der"), MIDDLE)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path, send=()), trusted=None)
    assert code(outcome) == "failed incomplete-chain"


@pytest.mark.parametrize("root_is_sent", [False, True])
async def test_an_issuer_nobody_trusts_is_named(tmp_path: Path, root_is_sent: bool) -> None:
    made = make(Wanted(), MIDDLE)
    send = (MIDDLE.certificate, ROOT.certificate) if root_is_sent else (MIDDLE.certificate,)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path, send=send), trusted=None)
    assert code(outcome) == "failed unknown-issuer"
    assert outcome.reason.parameters["issuer"] == "Trusted Root"


async def test_a_private_root_that_issued_directly_is_an_unknown_issuer(tmp_path: Path) -> None:
    outcome = await certificate_of(tmp_path, server_side(make(Wanted(), ROOT), tmp_path), trusted=None)
    assert code(outcome) == "failed unknown-issuer"


async def test_a_sha1_signature_is_weak(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issuer = make(Wanted(name="RSA", authority=True, key=key), ROOT)
    made = signed_with_sha1(make(Wanted(), issuer), issuer)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path))
    assert code(outcome) == "failed weak-signature"


DAYS = {
    "leaf, plenty": (40, 400, "passed valid"),
    "leaf, soon": (20, 400, "warned expires-soon"),
    "leaf, too soon": (5, 400, "failed expires-too-soon"),
    "intermediate, soon": (90, 20, "warned authority-expires-soon"),
    "intermediate, too soon": (90, 5, "failed authority-expires-too-soon"),
}


@pytest.mark.parametrize(("leaf", "above", "expected"), DAYS.values(), ids=DAYS.keys())
async def test_every_link_must_have_enough_days_left(
    tmp_path: Path, leaf: int, above: int, expected: str
) -> None:
    issuer = make(Wanted(name="Above", authority=True, until=above * DAY), ROOT)
    made = make(Wanted(until=leaf * DAY), issuer)
    outcome = await certificate_of(tmp_path, server_side(made, tmp_path))
    assert expected == code(outcome)
    if above < 90 and "valid" not in expected:
        assert ("Above" if above < leaf else "localhost") == outcome.reason.parameters["subject"]


async def test_an_expired_cross_sign_that_is_sent_but_not_used_does_not_matter(tmp_path: Path) -> None:
    old_root = make(Wanted(name="Old Root", authority=True))
    cross = make(replace_key(Wanted(name="Trusted Root", authority=True, until=-1 * DAY / 2), ROOT), old_root)
    made = make(Wanted(), MIDDLE)
    settings = server_side(made, tmp_path, send=(MIDDLE.certificate, cross.certificate))
    assert code(await certificate_of(tmp_path, settings)) == "passed valid"


def replace_key(wanted: Wanted, of: Made) -> Wanted:
    return replace(wanted, key=of.key)


async def test_thresholds_are_the_users(tmp_path: Path) -> None:
    settings = server_side(make(Wanted(until=20 * DAY), MIDDLE), tmp_path)
    assert code(await certificate_of(tmp_path, settings, min_days=1, warn_days=2)) == "passed valid"
    assert code(await certificate_of(tmp_path, settings, min_days=60)) == "failed expires-too-soon"


async def test_tls_older_than_asked_for_fails(tmp_path: Path) -> None:
    settings = server_side(make(Wanted(), MIDDLE), tmp_path)
    settings.maximum_version = ssl.TLSVersion.TLSv1_2
    assert code(await certificate_of(tmp_path, settings)) == "passed valid"
    outcome = await certificate_of(tmp_path, settings, min_tls="1.3")
    assert code(outcome) == "failed tls-version"
    assert outcome.reason.parameters["version"] == "TLSv1.2"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
async def test_a_server_stuck_at_tls_1_1_is_named(tmp_path: Path) -> None:
    settings = server_side(make(Wanted(), MIDDLE), tmp_path)
    settings.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    settings.maximum_version = ssl.TLSVersion.TLSv1_1
    assert code(await certificate_of(tmp_path, settings)) == "failed tls-too-old"


async def test_server_name_is_what_the_certificate_must_name(tmp_path: Path) -> None:
    settings = server_side(make(Wanted(names=("inner.example",)), MIDDLE), tmp_path)
    assert code(await certificate_of(tmp_path, settings, server_name="inner.example")) == "passed valid"


async def test_an_address_needs_its_own_name_in_the_certificate(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    for names, expected in (
        (("localhost", "127.0.0.1"), "passed valid"),
        (("localhost",), "failed wrong-host"),
    ):
        settings = server_side(make(Wanted(names=names), MIDDLE), tmp_path)
        async with serving(OK, settings) as port:
            fields = {"url": f"https://127.0.0.1:{port}", "ca_file": "root.pem"}
            outcome = await observe("certificate", fields, context(tmp_path))
        assert expected == code(outcome)


@pytest.mark.parametrize(
    "words_in_clear", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail.example ready\r\n"]
)
async def test_a_port_that_answers_in_clear_does_not_speak_tls(words_in_clear: bytes) -> None:
    async def in_clear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(16)
        writer.write(words_in_clear)
        await silence(reader, writer)

    async with serving(in_clear) as port:
        outcome = await observe("certificate", {"url": f"https://localhost:{port}"}, context())
    assert code(outcome) == "failed not-tls"


async def test_hanging_up_in_the_handshake_is_named() -> None:
    async with serving(hanging_up) as port:
        outcome = await observe("certificate", {"url": f"https://localhost:{port}"}, context())
    assert code(outcome) == "failed closed-in-handshake"


@pytest.mark.parametrize("handler", [silence, dripping(b"\x16\x03\x03\x40\x00" + b"\0" * 1000)])
async def test_a_handshake_that_drips_or_never_comes_ends_at_the_deadline(handler: object) -> None:
    async with serving(handler) as port:  # type: ignore[arg-type]
        seen = context(timeout=0.3)
        with pytest.raises(TimeoutError):
            await observe("certificate", {"url": f"https://localhost:{port}"}, seen)
    assert seen.journal.doing is not None
    assert seen.journal.doing.code == "shaking-hands"


async def test_a_url_that_is_not_https_fails() -> None:
    outcome = await observe("certificate", {"url": "http://localhost:1"}, context())
    assert code(outcome) == "failed not-https"
