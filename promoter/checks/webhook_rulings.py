"""The words for what a receiver of webhooks may do with signed and forged events."""

from collections.abc import Mapping

from promoter.checks import withheld
from promoter.messages import N_, NP_, Template
from promoter.model.outcome import Verdict
from promoter.model.ruling import Ruling

FOUND: Mapping[str, Ruling] = {
    "accepts-forgeries": Ruling(
        Verdict.FAILED,
        N_("accepts forgeries: it answered {statuses:list} to {deliveries:list}"),
        N_(
            "Verify {header} over the raw body before anything else, and answer 401 when it is missing or wrong: anybody can send events there now."
        ),
    ),
    "accepts-empty-signature": Ruling(
        Verdict.FAILED,
        N_("accepts an event whose signature is empty: it answered {statuses:list}"),
        N_(
            "Answer 401 when {header} is there but empty: an empty text must not count as a signature, nor as none to be verified."
        ),
    ),
    "accepts-other-body": Ruling(
        Verdict.FAILED,
        N_("accepts another body under the signature of an event it knows: it answered {statuses:list}"),
        N_(
            "Compute the signature over the body of this very request, and compare: whoever overhears one event could send any other. Look for signatures that are only looked up, or cached."
        ),
    ),
    "discloses-signature": Ruling(
        Verdict.FAILED,
        N_("tells the right signature to whoever sends a wrong one"),
        N_("Answer 401 without the signature that was expected: whoever reads it can forge events."),
    ),
    "accepts-stale": Ruling(
        Verdict.FAILED,
        N_(
            "accepts an event that was signed at another time: it answered {statuses:list} to {deliveries:list}"
        ),
        N_(
            "Refuse a webhook-timestamp that is more than five minutes off: whoever overhears an event could send it again."
        ),
    ),
    "verifies-other-bytes": Ruling(
        Verdict.FAILED,
        N_(
            "verifies other bytes than were sent: it takes the event only when its JSON is written in another way"
        ),
        N_(
            "Verify the signature over the raw bytes of the request, before they are decoded or parsed, not over what the receiver writes anew."
        ),
    ),
    "refuses-good-signature": Ruling(
        Verdict.FAILED,
        N_("refuses the rightly signed event: it answered {statuses:list}"),
        N_(
            "Check that the receiver has the secret that is named here, and verifies {header} over the body as it was received."
        ),
    ),
    "no-receiver": Ruling(
        Verdict.FAILED,
        N_("no receiver takes events at this URL: it answered {statuses:list}"),
        N_("Correct the path of the URL, or deploy the receiver there; it must take POST."),
    ),
    "redirects": Ruling(
        Verdict.FAILED,
        N_("answers with a redirect ({statuses:list}), which no sender of events follows"),
        N_("Name the receiver's final URL to the letter: scheme, host, and whether it ends in a slash."),
    ),
    "fails-on-event": Ruling(
        Verdict.FAILED,
        N_("fails on {deliveries:list}: it answered {statuses:list}"),
        N_(
            "Look into the receiver's log. An event about something it does not know is to be ignored, with 2xx: the sender would deliver it again and again."
        ),
    ),
    "refuses-event": Ruling(
        Verdict.FAILED,
        N_("does not take {deliveries:list}: it answered {statuses:list}"),
        N_(
            "Answer 2xx to whatever is rightly signed, also about something the receiver does not know: the sender gives up on anything else."
        ),
    ),
    "not-idempotent": Ruling(
        Verdict.FAILED,
        N_("does not take the same event a second time: it answered {statuses:list}"),
        N_("Answer 2xx to an event that was taken before, and do nothing: senders may deliver one twice."),
    ),
    "too-slow": Ruling(
        Verdict.FAILED,
        N_("no answer to {deliveries:list} within the {limit:duration} that the sender waits"),
        N_("Make the receiver keep the event, answer at once, and do the work afterwards."),
    ),
    "would-be-retried": Ruling(
        Verdict.FAILED,
        N_(
            "answers {statuses:list} to {deliveries:list}: the sender takes that for a fault and delivers again"
        ),
        N_(
            "Answer 401 to every signature that is not right. Usually a comparison breaks on a signature of another length or with strange characters: catch that."
        ),
    ),
    "redirects-forgeries": Ruling(
        Verdict.FAILED,
        N_("answers {deliveries:list} with a redirect ({statuses:list})"),
        N_(
            "Answer 401 to a signature that is missing or wrong, not with the way to a login page or elsewhere."
        ),
    ),
    "unanswered": Ruling(
        Verdict.ERRORED,
        NP_(
            "no answer to {deliveries:list} within {limit:duration}, which is all the time there was",
            "no answer to {deliveries:list}, to none of them within {limit:duration}; there was no more time for all",
        ),
        N_("Find out why the receiver is slow, or raise the check's `timeout`."),
    ),
    "rate-limited": Ruling(
        Verdict.ERRORED,
        N_("the receiver takes no more requests for now (429), so {deliveries:list} could not be judged"),
        N_("Wait, then run the check again; have the receiver take some twenty requests in a row."),
    ),
    "refuses-otherwise": Ruling(
        Verdict.WARNED,
        N_("refuses {deliveries:list}, but with {statuses:list} instead of 401"),
        N_(
            "Answer 401 to a signature that is missing or wrong: another status hides why, in everybody's logs."
        ),
    ),
    "refuses-rotation": Ruling(
        Verdict.WARNED,
        N_("refuses {deliveries:list}: it answered {statuses:list}"),
        N_(
            "Take an event when one of the signatures in {header} is right, whichever (they are separated by blanks): when the secret is exchanged, the sender signs with the old one and the new one."
        ),
    ),
    "slow": Ruling(
        Verdict.WARNED,
        NP_(
            "takes {took:duration} to answer {deliveries:list}; more than {limit:duration} is slow",
            "takes up to {took:duration} to answer {deliveries:list}; more than {limit:duration} is slow",
        ),
        N_(
            "Make the receiver answer at once and work afterwards: a sender that waits in vain delivers again."
        ),
    ),
}
"""What may be wrong with a receiver, of one verdict the gravest first."""

RULINGS: Mapping[str, Ruling] = {
    **FOUND,
    "verifies": Ruling(
        Verdict.PASSED, N_("takes the signed event, also a second time, and refuses every forgery")
    ),
    "not-usable": Ruling(
        Verdict.ERRORED, N_("the field {field} {why}"), N_("Correct the field, or what it refers to.")
    ),
}
FACTS: Mapping[str, Template] = {
    **withheld.FACTS,
    "signed": N_("the signed event"),
    "signed-of": N_("the signed event {name}"),
    "signed-again": N_("the same event a second time"),
    "signed-rewritten": N_("the signed event, its JSON written in another way"),
    "forged": N_("a wrong signature"),
    "short": N_("a signature cut short"),
    "garbled": N_("a garbled signature"),
    "signature-empty": N_("an empty signature"),
    "unsigned": N_("no signature"),
    "other-body": N_("another body with the signature of the signed event"),
    "altered-end": N_("a signature with another last character"),
    "altered-middle": N_("a signature with another character in the middle"),
    "empty-key": N_("a signature made with an empty secret"),
    "keyless": N_("a hash made without any secret"),
    "prefix-alone": N_("nothing after the prefix of a signature"),
    "forged-of": N_("{name} with a wrong signature"),
    "unsigned-of": N_("{name} without a signature"),
    "signed-in-rotation": N_(
        "the signed event with a second signature, by another secret, before the right one"
    ),
    "stale": N_("a signature ten minutes old"),
    "ahead": N_("a signature of in an hour"),
    "success": N_("200 to 299"),
    "answered": N_("{status} in {took:duration}"),
    "begins": N_("beginning of the answer to the signed event"),
    "redirect": N_("redirect"),
    "also": N_("also"),
    "remedy": N_("what to do about that"),
    "needs-plain": N_("is a plain http URL: use https, or write plain: true"),
    "warns-never": N_("must be less than fail_after, which is {limit:duration}: it would never warn"),
    "fixed-by-scheme": N_("cannot be said: Standard Webhooks leaves no choice"),
    "of-passe-marche": N_("are those of Passe Marché: another scheme needs a `payload`, or its usual event"),
    "payload-or-events": N_("cannot stand beside events: the payload is the event"),
    "empty": N_("is empty"),
    "not-base64": N_("is not Base64, as Standard Webhooks wants it after whsec_"),
}
