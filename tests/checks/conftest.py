"""What several tests of kinds share."""

from collections.abc import Iterator

import pytest

from tests.support.tls_servers import Wanted, make


@pytest.fixture(scope="module")
def few_roots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The system's roots are one, and not one of ours: loading the real ones takes longer than a check."""
    path = tmp_path_factory.mktemp("roots") / "system.pem"
    path.write_bytes(make(Wanted(name="System Root", authority=True)).pem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(path))
        patch.setenv("SSL_CERT_DIR", str(path.parent / "none"))
        yield
