"""Cases of the matrix that are about certificates and handshakes."""

from collections.abc import Sequence

from tests.support.matrix_case import ROOT, Case, bad, good, tls
from tests.support.tls_servers import DAY, Wanted, make

LEAF = make(Wanted(), ROOT)

CASES: Sequence[Case] = (
    good("a plain good one", "good", tls(LEAF)),
    bad(
        "expired yesterday", "expired", tls(make(Wanted(since=-30 * DAY, until=-DAY), ROOT)), "failed expired"
    ),
)
