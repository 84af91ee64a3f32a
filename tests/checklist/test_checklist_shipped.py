from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from promoter.checklist.loading import load_checklist, load_pipeline
from promoter.model.checklist import Checklist
from promoter.model.environment import AccessLevel, Data, Demand, Pipeline, Rule
from promoter.model.reference import Variable
from promoter.model.roster import Roster
from promoter.model.text import Text
from promoter.shipped import shipped

# From « Environnements Passe Marché », word for word.
MIGRATION = """
#### De Staging vers Preprod

- [ ] Tous les tests d'intégration passent sur staging
- [ ] Credentials preprod obtenus auprès de l'équipe Passe Marché
- [ ] Endpoint webhook HTTPS configuré et testé
- [ ] Configuration des variables d'environnement preprod

#### De Preprod vers Production

- [ ] Tests de recette validés avec données réelles
- [ ] Credentials production obtenus et sécurisés
- [ ] Monitoring et alerting en place
- [ ] Procédure de rollback documentée
- [ ] Support technique identifié
"""
URLS = """
https://sandbox.passemarche.data.gouv.fr
https://sandbox.editeur.passemarche.data.gouv.fr
https://sandbox.passemarche.data.gouv.fr/oauth/token
https://sandbox.passemarche.data.gouv.fr/api/v1
https://staging.passemarche.data.gouv.fr
https://staging.editeur.passemarche.data.gouv.fr
https://staging.passemarche.data.gouv.fr/oauth/token
https://staging.passemarche.data.gouv.fr/api/v1
https://preprod.passemarche.data.gouv.fr
https://preprod.editeur.passemarche.data.gouv.fr
https://preprod.passemarche.data.gouv.fr/oauth/token
https://preprod.passemarche.data.gouv.fr/api/v1
https://passemarche.data.gouv.fr
https://editeur.passemarche.data.gouv.fr
https://passemarche.data.gouv.fr/oauth/token
https://passemarche.data.gouv.fr/api/v1
"""
SAYINGS = {
    "sandbox": """
Tests d'intégration internes de l'équipe Passe Marché
Toutes les données provenant des APIs externes sont simulées
Réservé à l'équipe Passe Marché
Tests d'intégration internes, développement de nouvelles features
Environnement instable - peut être réinitialisé ou modifié sans préavis
Les éditeurs externes ne doivent pas utiliser cet environnement.
Environnements publics, credentials de test disponibles
""",
    "staging": """
Intégration des éditeurs partenaires
Toutes les données provenant des APIs externes sont simulées
Public, destiné aux éditeurs pour leurs tests d'intégration
Tests d'intégration éditeurs, validation des flux OAuth
Plus stable que sandbox, versionné avec les releases
Utilisez cet environnement pour développer votre intégration
Testez tous les flux (création marché, candidature, webhooks)
Validez la signature HMAC des webhooks
Testez les cas d'erreur et les timeouts
Environnements publics, credentials de test disponibles
""",
    "preprod": """
Tests de recette avec données réelles
Données réelles provenant des APIs gouvernementales
Sécurisé - accès restreint aux éditeurs autorisés
Tests de recette finaux avant mise en production
Environnement iso-production
Les données récupérées sont des données réelles d'entreprises
Les credentials OAuth sont spécifiques à cet environnement
La configuration webhook doit pointer vers un endpoint sécurisé
Environnement utilisé pour la formation des éditeurs
Contactez l'équipe Passe Marché pour obtenir un accès
""",
    "production": """
Environnement de production pour les utilisateurs finaux
Données réelles provenant des APIs gouvernementales
Sécurisé - réservé aux éditeurs validés en production
Utilisation réelle par les acheteurs publics et candidats
Haute disponibilité, SLA garanti
Validation complète sur l'environnement preprod
Credentials OAuth de production obtenus auprès de l'équipe Passe Marché
Endpoint webhook en HTTPS avec certificat valide
Monitoring et alerting configurés côté éditeur
Validation requise avant mise en production
""",
}
DOCUMENTED_VARIABLES = {
    "PASSEMARCHE_URL",
    "PASSEMARCHE_CLIENT_ID",
    "PASSEMARCHE_CLIENT_SECRET",
    "PASSEMARCHE_WEBHOOK_SECRET",
}


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    path = shipped("checklists") / "pipeline.yaml"
    loaded, problems = load_pipeline(path.read_bytes(), path.name)
    assert problems == ()
    assert loaded is not None
    return loaded


@pytest.fixture(scope="module")
def checklists(pipeline: Pipeline) -> list[Checklist]:
    return [shipped_checklist(name, pipeline) for name in pipeline.transitions]


def shipped_checklist(name: str, pipeline: Pipeline) -> Checklist:
    path = shipped("checklists") / f"{name}.yaml"
    loaded, problems = load_checklist(path.read_bytes(), path.name, pipeline)
    assert problems == ()
    assert loaded is not None
    return loaded


def lines(text: str) -> list[str]:
    return [each for each in text.splitlines() if each]


def texts(value: object) -> Iterator[Text]:
    """Every text in a model, however deep."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif is_dataclass(value) and not isinstance(value, Path):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


def test_each_line_of_the_document_is_one_item_word_for_word(checklists: list[Checklist]) -> None:
    for checklist, section in zip(checklists, MIGRATION.split("#### ")[1:], strict=True):
        wanted = [each.removeprefix("- [ ] ") for each in lines(section) if each.startswith("- [ ] ")]
        titles = [item.title.forms.get("fr") for item in checklist.items]

        assert section.splitlines()[0] == checklist.title.forms["fr"]
        assert wanted == titles[: len(wanted)]
        assert all("Checklist de migration" in item.source for item in checklist.items[: len(wanted)])
        assert not any("Checklist de migration" in item.source for item in checklist.items[len(wanted) :])


def test_every_url_of_the_document_is_there(pipeline: Pipeline) -> None:
    given = [each.urls[name] for each in pipeline.environments for name in ("app", "editor", "token", "api")]

    assert lines(URLS) == given
    assert all(Variable("PASSEMARCHE_WEBHOOK_URL") == each.urls["webhook"] for each in pipeline.environments)


@pytest.mark.parametrize("name", SAYINGS)
def test_everything_the_document_says_of_an_environment_is_there(name: str, pipeline: Pipeline) -> None:
    french = "\n".join(each.forms.get("fr", "") for each in texts(pipeline.environment(name)))

    assert [each for each in lines(SAYINGS[name]) if each not in french] == []


def test_data_access_and_policy_are_as_the_document_says(pipeline: Pipeline) -> None:
    def by_environment(what: str) -> list[object]:
        return [getattr(each, what) for each in pipeline.environments]

    assert by_environment("name") == ["sandbox", "staging", "preprod", "production"]
    assert by_environment("data") == [Data.SIMULATED, Data.SIMULATED, Data.REAL, Data.REAL]
    assert by_environment("unstable") == [True, False, False, False]
    assert [each.access.level for each in pipeline.environments] == [
        AccessLevel.INTERNAL,
        AccessLevel.PUBLIC,
        AccessLevel.RESTRICTED,
        AccessLevel.RESTRICTED,
    ]
    assert by_environment("signatures") == [Demand.OPTIONAL] * 3 + [Demand.REQUIRED]
    assert [each.separation.opener for each in pipeline.environments] == [Rule.WARN] * 3 + [Rule.ON]


def test_every_variable_of_the_document_is_there_and_its_secrets_are_secret(pipeline: Pipeline) -> None:
    for environment in pipeline.environments:
        rules = environment.variables.rules
        assert {each.name for each in rules} >= DOCUMENTED_VARIABLES
        assert {"PASSEMARCHE_CLIENT_SECRET", "PASSEMARCHE_WEBHOOK_SECRET"} == {
            each.name for each in rules if each.secret
        }
        assert len(environment.variables.sources) == 2


def test_everything_is_said_in_both_languages(pipeline: Pipeline, checklists: list[Checklist]) -> None:
    said = [each for each in texts((pipeline, tuple(checklists))) if each]

    names = {"Sandbox", "Staging", "Preprod", "Production"}
    alike = [each.forms[""] for each in said if "" in each.forms]
    assert [each for each in alike if each not in names and not each.startswith("https://")] == []
    assert all({"fr", "en"} == set(each.forms) for each in said if "" not in each.forms)
    assert len(said) > 100


def test_no_item_needs_two_people_so_that_one_opens_and_one_other_signs(checklists: list[Checklist]) -> None:
    rules = [item.sign_off for checklist in checklists for item in checklist.items if item.sign_off]

    assert {(1, 1)} == {(len(each.roles), each.count) for each in rules}
    roles = {role for each in rules for role in each.roles}
    assert {"integrator", "security", "operations", "release-manager"} == roles


def test_what_an_item_needs_stands_before_it(checklists: list[Checklist]) -> None:
    for checklist in checklists:
        order = [each.id for each in checklist.items]
        assert all(
            order.index(need) < order.index(item.id) for item in checklist.items for need in item.needs
        )


def test_production_asks_for_the_release_to_have_been_in_preprod(checklists: list[Checklist]) -> None:
    assert [each.requires_previous for each in checklists] == [False, True]


def test_the_shipped_roster_is_empty_and_the_last_line_so_that_init_can_add_to_it(pipeline: Pipeline) -> None:
    assert Roster() == pipeline.roster
    written = (shipped("checklists") / "pipeline.yaml").read_text(encoding="utf-8")
    assert written.endswith("\nroster: []\n")
