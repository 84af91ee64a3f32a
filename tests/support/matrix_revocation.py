"""Cases of the matrix that are about revocation, and about chains of which a link ends early."""

import datetime
from collections.abc import Sequence

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support import matrix_lists, matrix_ocsp
from tests.support.matrix_case import ROOT, Case, bad, good, tls
from tests.support.revocable import STRANGER, authority, leaf
from tests.support.tls_servers import DAY, Made, Wanted, make


def ending(name: str, left: datetime.timedelta, issuer: Made = ROOT) -> Made:
    """An intermediate that has so much time left."""
    return make(Wanted(name=name, authority=True, until=left), issuer)


def crossed(of: Made, by: Made, since: datetime.timedelta, until: datetime.timedelta) -> x509.Certificate:
    """The certificate of an authority as another authority signs it."""
    name = of.certificate.subject.rfc4514_string().removeprefix("CN=")
    return make(Wanted(name=name, authority=True, key=of.key, since=since, until=until), by).certificate


LASTING = ending("Lasting Intermediate", 400 * DAY)
ENDING = ending("Ending Intermediate", 20 * DAY)
ENDED = ending("Ended Intermediate", 3 * DAY)
BELOW_LASTING, BELOW_ENDING, BELOW_ENDED = (make(Wanted(), each) for each in (LASTING, ENDING, ENDED))
OLD_CROSS = crossed(ROOT, STRANGER, -90 * DAY, -DAY)
ENDING_CROSS = crossed(ROOT, STRANGER, -90 * DAY, 2 * DAY)
OLD_TWIN = crossed(LASTING, ROOT, -90 * DAY, -DAY)
LINKS: Sequence[Case] = (
    good(
        "an expired cross-sign that is not on the chain",
        "expired cross-sign",
        tls(BELOW_LASTING, send=(LASTING.certificate, OLD_CROSS)),
    ),
    good(
        "an expiring cross-sign that is not on the chain",
        "expired cross-sign",
        tls(BELOW_LASTING, send=(LASTING.certificate, ENDING_CROSS)),
    ),
    good(
        "an expired twin of the intermediate beside it",
        "expired cross-sign",
        tls(BELOW_LASTING, send=(OLD_TWIN, LASTING.certificate)),
    ),
    bad(
        "an expired twin of the intermediate instead of it",
        "expired cross-sign",
        tls(BELOW_LASTING, send=(OLD_TWIN,)),
        "failed expired",
    ),
    bad(
        "an intermediate with twenty days left",
        "expiring intermediate",
        tls(BELOW_ENDING),
        certificate="warned authority-expires-soon",
    ),
    bad(
        "an intermediate with three days left",
        "expiring intermediate",
        tls(BELOW_ENDED),
        certificate="failed authority-expires-too-soon",
    ),
    bad(
        "the root has fewer days than are wanted",
        "expiring root",
        tls(make(Wanted(until=400 * DAY), ROOT)),
        certificate="warned root-expires-soon",
        warn_days=200,
    ),
    bad(
        "below an intermediate that is for clients",
        "wrong purpose",
        tls(
            leaf(
                issuer=authority(
                    ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),), name="For Clients"
                )
            )
        ),
        "failed wrong-purpose",
    ),
)

CASES: Sequence[Case] = (*LINKS, *matrix_lists.CASES, *matrix_ocsp.CASES)
