"""The verbs, in the order of a release manager's day: what each does, and where it is, so that help imports none."""

from collections.abc import Mapping
from typing import NamedTuple

from promoter.messages import N_


class VerbEntry(NamedTuple):
    """A verb of the command line: the module that declares it, and its line in the help."""

    module: str
    summary: str


VERBS: Mapping[str, VerbEntry] = {
    "demo": VerbEntry(
        "demo", N_("Play the whole story on an embedded Passe Marché and a throw-away repository.")
    ),
    "init": VerbEntry("files", N_("Copy the shipped checklists into this repository; set nothing else up.")),
    "lint": VerbEntry("files", N_("Say everything that is wrong with the checklists.")),
    "schema": VerbEntry("files", N_("Print the JSON Schema of a format, for editors and programs.")),
    "kinds": VerbEntry("checking", N_("Show the kinds of checks there are, or one of them.")),
    "adopt": VerbEntry("moving", N_("Declare what runs in an environment today: declared, not proven.")),
    "open": VerbEntry("moving", N_("Open a promotion: pin the checklist, the release and the roster.")),
    "status": VerbEntry("reading", N_("Say where the promotion stands, what holds it and what to do next.")),
    "next": VerbEntry(
        "planning",
        N_("Say what to do, by whom, in which order, and when the gate could open at the earliest."),
    ),
    "explain": VerbEntry(
        "explaining",
        N_("Explain the rules of an item, or of the whole gate, in sentences, and how it stands."),
    ),
    "diff": VerbEntry(
        "differing", N_("Show what changes in an environment: commits, checklist, variables, URLs.")
    ),
    "due": VerbEntry(
        "looking",
        N_("Say what runs out soon: certificates, outcomes, waivers, debts, memberships, keys, secrets."),
    ),
    "amend": VerbEntry(
        "amending",
        N_("Move an open promotion to another release or other rules: what changes is shown first."),
    ),
    "run": VerbEntry(
        "checking", N_("Run the checks of the promotion, or of some items, and record what they came to.")
    ),
    "refresh": VerbEntry("refreshing", N_("List what went stale or expired, and run the checks that did.")),
    "trust": VerbEntry(
        "trusting", N_("Agree to the commands and strange hosts of a checklist, on this machine.")
    ),
    "try": VerbEntry("checking", N_("Run one check without a checklist or a repository.")),
    "sign": VerbEntry("saying", N_("Sign an item off, as yourself, for this release.")),
    "approve": VerbEntry("saying", N_("Approve the promotion as a whole, where its checklist asks for it.")),
    "reject": VerbEntry(
        "saying",
        N_("Say no to an item, or to the promotion: it holds the gate until you agree or take it back."),
    ),
    "revoke": VerbEntry("saying", N_("Take back what you said of an item, or of the promotion.")),
    "comment": VerbEntry("commenting", N_("Remark on the promotion or an item: it changes no answer.")),
    "waive": VerbEntry("exempting", N_("Let an item be until a moment, for a reason.")),
    "exclude": VerbEntry("exempting", N_("Say that an item does not concern this release.")),
    "hold": VerbEntry(
        "stopping", N_("Stop the line: nothing goes into an environment, or nothing of a release.")
    ),
    "lift": VerbEntry("stopping", N_("Let the line go on: take a hold away.")),
    "freeze": VerbEntry("stopping", N_("Let nothing go into an environment until a moment.")),
    "thaw": VerbEntry("stopping", N_("Let promotions pass the freezes of an environment until a moment.")),
    "emergency": VerbEntry(
        "emergency", N_("Open the gate at once in an emergency: loud, and it leaves a debt.")
    ),
    "settle": VerbEntry("emergency", N_("Say that the debt of a broken glass is settled.")),
    "promote": VerbEntry(
        "moving", N_("Authorise the promotion: the gate is asked again, with fresh checks.")
    ),
    "deployed": VerbEntry("deploying", N_("Say that what was promoted runs in its environment.")),
    "rollback": VerbEntry("deploying", N_("Say that an earlier release runs in an environment again.")),
    "reconcile": VerbEntry(
        "deploying", N_("Compare a deployment log with the trail: deployed or promoted, and not both.")
    ),
    "abandon": VerbEntry("moving", N_("Give a promotion up.")),
    "report": VerbEntry(
        "reading", N_("Print the migration report, or write it to a file and record that it was handed over.")
    ),
    "log": VerbEntry("log", N_("List who recorded what, oldest first, and follow what comes.")),
    "evidence": VerbEntry("evidence", N_("List the files and links given as evidence, or read a file back.")),
    "verify": VerbEntry(
        "verifying", N_("Check that the trail was not tampered with, and that a report is true.")
    ),
    "sync": VerbEntry("sharing", N_("Fetch, merge and push the trail.")),
    "publish": VerbEntry(
        "publishing", N_("Put the board and the reports on a branch of their own, for readers on a forge.")
    ),
    "doctor": VerbEntry("doctor", N_("Say what stands in the way of the trail in this clone, and mend it.")),
    "roster": VerbEntry("people", N_("Show who may sign, or apply the roster that the pipeline proposes.")),
    "key": VerbEntry("people", N_("Add a key you sign with, retire one, or declare one compromised.")),
}
