"""One line for each entry."""

from promoter.messages import Language
from promoter.model.entry import Checked, EntryType, Reserved
from promoter.trail.headline import PHRASES, headline
from tests.support.git_repositories import Signer
from tests.support.trail_entries import genesis, of_promotion, opened, sign_off


def test_every_type_has_a_headline_in_words(alice: Signer) -> None:
    language = Language("en", phrasebook=PHRASES.get)
    assert language.say(headline(sign_off(alice))) == "sign-off: webhook — Alice Martin"
    assert language.say(headline(opened(alice))) == "opened: v1 from staging to preprod — Alice Martin"
    assert language.say(headline(genesis(alice))) == "trail started — Alice Martin"
    reserved = of_promotion(alice, EntryType.DELEGATED, Reserved({}))
    assert language.say(headline(reserved)) == "delegated — Alice Martin"
    assert (
        language.say(headline(of_promotion(alice, EntryType.CHECKED, Checked((), "1"))))
        == "checked: 0 of 0 passed — Alice Martin"
    )
