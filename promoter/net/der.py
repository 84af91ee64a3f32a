"""What DER that is not what it should be comes down to."""

import contextlib
import warnings
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises for it, when it loads it or when a part of it is asked for: bytes decide which."""


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keeps `cryptography` from warning on the terminal of a stranger's oddities, such as a serial number of
    zero or a country that is no code; also a decorator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
