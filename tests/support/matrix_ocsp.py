"""Cases of the matrix that are about OCSP answers, fetched and stapled."""

import shutil
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes
from OpenSSL import SSL

from tests.support.authorities import HOUR, answer_for, answered_at, list_of
from tests.support.matrix_case import ROOT, Case, bad, good
from tests.support.revocable import (
    ANOTHER,
    ANSWERED,
    BELOW_RSA,
    BOTH,
    DECLINED,
    DELEGATE,
    KINDS,
    LATE_DELEGATE,
    NAMESAKE,
    NO_DELEGATE,
    OWN,
    REVOKED,
    RSA_AUTHORITY,
    STAPLED,
    STAPLED_AND_LISTED,
    STRANGER,
    STRANGERS_DELEGATE,
    UNKNOWN,
    leaf,
    published,
    stapled,
    stapled_behind_proxy,
    stapled_blindly,
    stapled_once,
    trusting,
    unbelieved,
)
from tests.support.tls_servers import DAY, answer, silence

ANSWERS: Sequence[Case] = (
    good(
        "good by OCSP", "good revocation", published(ANSWERED, None, answer_for(ANSWERED, ROOT)), kinds=KINDS
    ),
    good(
        "good by OCSP, names in SHA-256, signer by name",
        "good revocation",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, names=hashes.SHA256(), by_name=True)),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "good by whom the issuer appoints",
        "good revocation",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, signed_by=DELEGATE, send=[DELEGATE])),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "good by OCSP of RSA",
        "good revocation",
        published(BELOW_RSA, None, answer_for(BELOW_RSA, RSA_AUTHORITY)),
        kinds=KINDS,
    ),
    good(
        "good by OCSP without an end",
        "good revocation",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, until=None)),
        kinds=KINDS,
    ),
    good(
        "good by OCSP, the list being gone",
        "good revocation",
        published(BOTH, None, answer_for(BOTH, ROOT)),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "good by the list, whatever OCSP says",
        "good revocation",
        published(BOTH, list_of(ROOT), answer_for(BOTH, ROOT, UNKNOWN)),
        kinds=KINDS,
    ),
    bad(
        "revoked by OCSP",
        "revoked by OCSP",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, REVOKED)),
        certificate="failed revoked",
    ),
    bad(
        "revoked by whom the issuer appoints",
        "revoked by OCSP",
        published(
            ANSWERED,
            None,
            answer_for(ANSWERED, ROOT, REVOKED, signed_by=DELEGATE, send=[DELEGATE], reason=None),
        ),
        certificate="failed revoked",
    ),
    bad(
        "revoked by OCSP, the list being out of date",
        "revoked by OCSP",
        published(BOTH, list_of(ROOT, until=-HOUR, since=-DAY), answer_for(BOTH, ROOT, REVOKED)),
        certificate="failed revoked",
    ),
    unbelieved(
        "unknown to OCSP", published(ANSWERED, None, answer_for(ANSWERED, ROOT, UNKNOWN)), "ocsp-unknown"
    ),
    unbelieved(
        "an OCSP answer out of date",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, since=-2 * DAY, until=-DAY)),
        "ocsp-outdated",
    ),
    unbelieved(
        "an old OCSP answer without an end",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, since=-3 * DAY, until=None)),
        "ocsp-outdated",
    ),
    unbelieved(
        "an OCSP answer of tomorrow",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, since=DAY, until=2 * DAY)),
        "ocsp-premature",
    ),
    unbelieved(
        "an OCSP answer about another certificate",
        published(ANSWERED, None, answer_for(ANOTHER, ROOT)),
        "ocsp-of-another",
    ),
    unbelieved(
        "an OCSP answer about another issuer's certificate",
        published(ANSWERED, None, answer_for(ANSWERED, STRANGER, signed_by=ROOT)),
        "ocsp-of-another",
    ),
    unbelieved(
        "an OCSP answer signed by a stranger",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, signed_by=STRANGER)),
        "ocsp-untrusted",
    ),
    unbelieved(
        "an OCSP answer signed by a namesake",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, signed_by=NAMESAKE, by_name=True)),
        "ocsp-untrusted",
    ),
    unbelieved(
        "an OCSP answer of a stranger's delegate",
        published(
            ANSWERED,
            None,
            answer_for(ANSWERED, ROOT, signed_by=STRANGERS_DELEGATE, send=[STRANGERS_DELEGATE]),
        ),
        "ocsp-untrusted",
    ),
    unbelieved(
        "an OCSP answer of who is not appointed",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, signed_by=NO_DELEGATE, send=[NO_DELEGATE])),
        "ocsp-untrusted",
    ),
    unbelieved(
        "an OCSP answer of who was appointed once",
        published(ANSWERED, None, answer_for(ANSWERED, ROOT, signed_by=LATE_DELEGATE, send=[LATE_DELEGATE])),
        "ocsp-untrusted",
    ),
    unbelieved(
        "a responder that is busy",
        published(
            ANSWERED,
            None,
            DECLINED,
        ),
        "ocsp-refused",
    ),
    unbelieved(
        "a page instead of an OCSP answer", published(ANSWERED, None, b"<html></html>"), "ocsp-unreadable"
    ),
    unbelieved("a responder that is gone", published(ANSWERED, None, answer(503)), "ocsp-unreachable"),
    unbelieved(
        "a responder at an address that is none",
        published(leaf(answered_at("ldap:///CN=Responder"))),
        "ocsp-unreachable",
    ),
    unbelieved(
        "a responder that never answers", published(ANSWERED, None, silence), "ocsp-unreachable", timeout="4s"
    ),
)

STAPLES: Sequence[Case] = (
    good("a good staple", "good staple", stapled(STAPLED, answer_for(STAPLED, ROOT)), kinds=KINDS),
    good(
        "a good staple, asked for",
        "good staple",
        stapled(ANSWERED, answer_for(ANSWERED, ROOT)),
        kinds=KINDS,
        revocation="staple",
    ),
    good(
        "a good staple through a proxy",
        "good staple",
        stapled_behind_proxy(STAPLED, answer_for(STAPLED, ROOT)),
        kinds=KINDS,
    ),
    good(
        "a good staple over TLS 1.2",
        "good staple",
        stapled(STAPLED, answer_for(STAPLED, ROOT), newest=SSL.TLS1_2_VERSION),
        kinds=KINDS,
    ),
    good(
        "a good staple by whom the issuer appoints, on no list",
        "good staple",
        stapled(
            STAPLED_AND_LISTED,
            answer_for(STAPLED_AND_LISTED, ROOT, signed_by=DELEGATE, send=[DELEGATE]),
            list_of(ROOT),
        ),
        kinds=KINDS,
        revocation="required",
    ),
    good("no staple where none must be", "good staple", stapled(leaf()), kinds=KINDS),
    good(
        "no staple where nobody asks",
        "good staple",
        stapled(STAPLED),
        kinds=KINDS,
        revocation="off",
    ),
    bad("no staple where one must be", "must staple", stapled(STAPLED), certificate="failed staple-missing"),
    bad(
        "no staple where one is asked for",
        "must staple",
        stapled(leaf()),
        certificate="failed staple-missing",
        revocation="staple",
    ),
    bad(
        "no staple of who is trusted as it is",
        "must staple",
        trusting(OWN, as_root=OWN),
        certificate="failed staple-missing",
        revocation="staple",
    ),
    bad(
        "revoked by the staple",
        "revoked by staple",
        stapled(STAPLED, answer_for(STAPLED, ROOT, REVOKED)),
        certificate="failed revoked",
    ),
    bad(
        "a good staple, and on the list",
        "revoked by CRL",
        stapled(STAPLED_AND_LISTED, answer_for(STAPLED_AND_LISTED, ROOT), list_of(ROOT, STAPLED_AND_LISTED)),
        certificate="failed revoked",
    ),
    *(
        bad(name, "bad staple", stapled(STAPLED, staple), certificate="failed staple-unusable")
        for name, staple in {
            "a staple out of date": answer_for(STAPLED, ROOT, since=-2 * DAY, until=-DAY),
            "a stranger's staple": answer_for(STAPLED, ROOT, signed_by=STRANGER),
            "a staple that knows nothing": answer_for(STAPLED, ROOT, UNKNOWN),
        }.items()
    ),
    *(
        bad(name, "bad staple", stapled_blindly(STAPLED, staple), certificate="failed staple-unusable")
        for name, staple in {
            "another's staple": answer_for(ANOTHER, ROOT),
            "a staple that declines": DECLINED,
        }.items()
        if shutil.which("openssl")
    ),
    bad(
        "silence on a second connection for the staple",
        "staple not to be had",
        stapled_once(STAPLED, answer_for(STAPLED, ROOT)),
        certificate="warned staple-unasked-tolerated",
        timeout="4s",
    ),
    bad(
        "no second connection for the staple",
        "staple not to be had",
        stapled(STAPLED, answer_for(STAPLED, ROOT), most=1),
        certificate="warned staple-unasked-tolerated",
    ),
    bad(
        "no second connection for the staple, and required",
        "staple not to be had",
        stapled(STAPLED, answer_for(STAPLED, ROOT), most=1),
        certificate="errored staple-unasked",
        revocation="staple",
    ),
)


CASES: Sequence[Case] = (*ANSWERS, *STAPLES)
