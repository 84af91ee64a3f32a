"""What `https` and `certificate` say of the client's own certificate."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from promoter.model.outcome import Outcome, Verdict
from promoter.net.alerts import PHRASES, is_about_the_client, said_by
from promoter.redaction import Secret
from tests.support.checks import code, context, observe, seen_of, words
from tests.support.matrix_case import ROOT
from tests.support.matrix_fronts import frank
from tests.support.matrix_handshakes import LEAF, STRANGE_CLIENT, V12, V13, client_until, key_of
from tests.support.tls_servers import DAY, Made, server_side

BOTH = pytest.mark.parametrize("kind", ["https", "certificate"])


pytestmark = pytest.mark.usefixtures("few_roots")


async def shown(kind: str, tree: Path, client: Made, newest: ssl.TLSVersion = V13) -> Outcome:
    """What a kind says of a server that wants a client certificate of our root, and is shown this one."""
    settings = server_side(LEAF, tree)
    settings.verify_mode = ssl.CERT_REQUIRED
    settings.maximum_version = newest
    settings.load_verify_locations(cadata=ROOT.pem.decode())
    (tree / "client.pem").write_bytes(client.pem)
    (tree / "root.pem").write_bytes(ROOT.pem)
    async with frank(settings) as port:
        fields = {"client_certificate": "client.pem", "client_key": Secret(key_of(client).decode(), "KEY")}
        seen = context(tree, ca_file=tree / "root.pem")
        return await observe(kind, {"url": f"https://localhost:{port}", **fields}, seen)


@BOTH
@pytest.mark.parametrize(
    ("left", "said", "verdict"),
    [
        (90 * DAY, None, Verdict.PASSED),
        (20 * DAY, "warned client-certificate-expires-soon", Verdict.WARNED),
        (2 * DAY, "failed client-certificate-expires-too-soon", Verdict.FAILED),
    ],
)
async def test_the_days_left_of_a_client_certificate_are_judged_and_shown(
    tmp_path: Path, kind: str, left: timedelta, said: str | None, verdict: Verdict
) -> None:
    outcome = await shown(kind, tmp_path, client_until(left + timedelta(hours=1)))
    assert code(outcome) == (said or {"https": "passed answers", "certificate": "passed valid"}[kind])
    (line,) = (each for each in outcome.evidence if each.fact.code == f"{kind}.client-validity")
    assert line.verdict is verdict
    assert words(line.fact) == "validity of the client certificate client.pem"
    assert seen_of(outcome, "client-validity")[0].endswith(f"{left.days} days left")
    if said is not None:
        assert f"{left.days} days left" in words(outcome.reason)


@BOTH
@pytest.mark.parametrize("newest", [V12, V13])
async def test_an_expired_client_certificate_is_named_with_its_end_however_it_is_refused(
    tmp_path: Path, kind: str, newest: ssl.TLSVersion
) -> None:
    outcome = await shown(kind, tmp_path, client_until(-DAY, since=-9 * DAY), newest)
    assert code(outcome) == "failed client-certificate-expired"
    assert words(outcome.reason).startswith("the client certificate client.pem expired on ")
    assert seen_of(outcome, "client-validity")[0].startswith("expired on ")


@BOTH
@pytest.mark.parametrize("newest", [V12, V13])
async def test_why_a_client_certificate_is_refused_is_said_in_words_of_ours(
    tmp_path: Path, kind: str, newest: ssl.TLSVersion
) -> None:
    outcome = await shown(kind, tmp_path, STRANGE_CLIENT, newest)
    assert code(outcome) == "failed client-certificate-refused"
    assert words(outcome.reason).endswith(
        "refuses the client certificate client.pem: it says that it does not know the certificate's issuer"
    )


@pytest.mark.parametrize(
    ("reason", "said", "about_the_client"),
    [
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "alert-certificate-expired", True),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "alert-certificate-required", True),
        ("TLSV1_ALERT_INTERNAL_ERROR", "alert-internal-error", False),
        ("TLSV1_UNRECOGNIZED_NAME", "alert-unrecognized-name", False),
        ("DH_KEY_TOO_SMALL", "small-key-exchange", False),
        ("UNEXPECTED_MESSAGE", "garbled-handshake", False),
        ("TLSV1_ALERT_OF_TOMORROW", "other-failure", False),
        ("", "other-failure", False),
    ],
)
def test_what_openssl_says_has_words_of_ours(reason: str, said: str, about_the_client: bool) -> None:
    found = said_by(reason, "its own words")
    assert found.code == said
    assert found.code in PHRASES
    assert is_about_the_client(reason) is about_the_client
