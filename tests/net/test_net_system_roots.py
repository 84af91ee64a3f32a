from promoter.net.roots import Roots
from promoter.net.system_roots import read_ahead, roots_of_the_system, trusting_the_system
from promoter.net.tls import verifying
from tests.support.checks import context
from tests.support.tls_servers import Wanted, make

OWN = make(Wanted(name="Own Root", authority=True))


async def test_roots_read_ahead_are_for_one_who_asks_and_the_next_has_settings_of_its_own() -> None:
    read_ahead()
    first, second = await trusting_the_system(), await trusting_the_system()
    assert first is not second
    assert frozenset(first.get_ca_certs(binary_form=True)) == roots_of_the_system()
    assert frozenset(second.get_ca_certs(binary_form=True)) == roots_of_the_system()


async def test_what_one_check_trusts_is_not_trusted_by_another_of_the_run() -> None:
    view = context()
    own = await verifying(view, [Roots("own.pem", OWN.pem)])
    plain = await verifying(view, [])
    assert len(own.get_ca_certs()) == len(plain.get_ca_certs()) + 1
    assert await verifying(view, [Roots("own.pem", OWN.pem)]) is own
