"""The words of every code the gate makes, and what to do next about each."""

from collections.abc import Mapping

from promoter.messages import N_, NP_, Template

PHRASES: Mapping[str, Template] = {
    "amended-both": N_(
        "{by} moved the release from {was} to {now} and changed the rules, and {second} agreed: {reason}"
    ),
    "amended-release": N_("{by} moved the release from {was} to {now}: {reason}"),
    "amended-rules": N_("{by} changed the rules, and {second} agreed: {reason}"),
    "amendment-waits": N_(
        "an amendment by {by} waits for a second person ({reason}); until then the old rules hold: "
        "'promoter amend --agree {id}' shows it"
    ),
    "approval-by-author": NP_(
        "the approval of {by} does not count: they wrote one of its commits",
        "the approval of {by} does not count: they wrote {count} of its commits",
    ),
    "approval-by-machine": N_("the approval of {by} does not count: machines fill no person's seat"),
    "approval-by-opener": N_(
        "the approval of {by} does not count: they opened this promotion or moved it to its release"
    ),
    "approval-claimed": N_(
        "the approval of {by} is claimed: nobody on the roster signed it, so it does not count"
    ),
    "approval-compromised": N_("the approval of {by} does not count any more: {why}"),
    "approval-evidence-missing": N_("the approval of {by} lacks the evidence this promotion requires"),
    "approval-expired": N_("the approval of {by} has expired: it counts for {allowed:duration}"),
    "approval-evidence-undigested": N_(
        "the evidence of {by} has no digest: a link may lead to something else later"
    ),
    "approval-fields-missing": N_("the approval of {by} leaves empty: {fields}"),
    "approval-missing": NP_(
        "waiting for an approval: {roles}", "waiting for {missing} of {count} approvals: {roles}"
    ),
    "approval-missing-anyone": NP_("waiting for an approval", "waiting for {missing} of {count} approvals"),
    "approval-not-asked": N_("this checklist asks for no approval"),
    "approval-off-roster": N_(
        "the approval of {by} does not count: they were not on the roster where they gave it"
    ),
    "approval-repeated": N_("{by} approved more than once, and is counted once"),
    "approval-revoked": N_("{by} took the approval back: {reason}"),
    "approval-stale-checklist": N_("the approval of {by} is stale: the checklist changed"),
    "approval-stale-facts": N_(
        "the approval of {by} is stale: what the checks look at changed in the pipeline"
    ),
    "approval-stale-release": N_("the approval of {by} is stale: the release moved from {was} to {now}"),
    "approval-undated": N_("nobody can tell how old the approval of {by} is: it is dated {at}"),
    "approval-without-role": N_(
        "the approval of {by} does not count: they had none of the roles {roles} where they gave it"
    ),
    "author-approved": NP_(
        "{by} wrote one of its commits and approved it as well",
        "{by} wrote {count} of its commits and approved it as well",
    ),
    "author-exempted": NP_(
        "{by} wrote one of its commits and let items be as well: {items}",
        "{by} wrote {count} of its commits and let items be as well: {items}",
    ),
    "author-signed": NP_(
        "{by} wrote one of its commits and signed it off as well: {items}",
        "{by} wrote {count} of its commits and signed it off as well: {items}",
    ),
    "authors-not-asked": N_("nobody asked git who wrote the release, and its authors may not sign it off"),
    "authors-unknown": N_("nobody can tell who wrote the release: {why}"),
    "abandoned": N_("abandoned by {by}: {reason}"),
    "check-by-person": N_("{by} ran {check}, and only machines' runs count here"),
    "check-claimed": N_(
        "{check} was recorded by {by} and signed by nobody on the roster, so it does not count"
    ),
    "check-compromised": N_("{check} has no outcome that counts any more: {why}"),
    "check-errored": N_("{check} could not tell: {summary}"),
    "check-expired": N_("{check} is {age:duration} old, {allowed:duration} allowed"),
    "check-failed": N_("{check}: {summary}"),
    "check-missing": N_("{check} has not run yet"),
    "check-over": N_("what {check} observed is good until {at:time} only"),
    "check-overridden": N_("{check} ran with {overrides}, so it does not count"),
    "check-skipped": N_("{check} was skipped: {summary}"),
    "check-stale-facts": N_("{check} is stale: what it looks at changed in the pipeline"),
    "check-stale-item": N_("{check} is stale: the item's text or definition changed"),
    "check-stale-release": N_("{check} is stale: the release moved from {was} to {now}"),
    "check-undated": N_("nobody can tell how old {check} is: it is dated {at}"),
    "checklist-empty": N_("the checklist requires nothing, so it can open nothing"),
    "clock-ahead": N_("nobody can tell how old {check} is: it is dated {at:time}, which has not come yet"),
    "compromised-later": N_(
        "{by} signed this off with a key that was declared compromised afterwards: {items}"
    ),
    "evidence-undigested": N_("the evidence of {by} has no digest: a link may lead to something else later"),
    "evidence-missing": N_("the sign-off of {by} lacks the evidence this item requires"),
    "debt-approvals": N_("it also owes approvals of the whole promotion: {roles}"),
    "debt-approvals-anyone": N_("it also owes an approval of the whole promotion"),
    "debt-elsewhere": N_("{promotion} got there by breaking the glass, and its debt stands"),
    "debt-overdue-unsettled": N_(
        "what breaking the glass left is overdue since {due:time}, and nobody has settled it"
    ),
    "debt-overdue": N_("what breaking the glass left is overdue since {due:time}; still missing: {owed}"),
    "debt-settled": N_("what breaking the glass left was done by others, says {by}"),
    "debt-stands-unsettled": N_(
        "breaking the glass left a debt, due on {due:time}, and nobody has settled it"
    ),
    "debt-stands": N_("breaking the glass left a debt, due on {due:time}; still missing: {owed}"),
    "due-approval": N_("the approval of {by}"),
    "due-glass": N_("the glass that {by} broke opens the gate no longer"),
    "due-debt-unsettled": N_("the debt of breaking the glass, which {by} did, and nobody has settled"),
    "due-debt": N_("the debt of breaking the glass, which {by} did; still missing: {owed}"),
    "due-field": N_("{field} of {item}, as {by} signed it off"),
    "due-field-of-whole": N_("{field}, as {by} approved it"),
    "due-key": N_("the key {key} of {name}"),
    "due-freeze": N_("a freeze begins"),
    "due-thaw": N_("a freeze that is thawed holds again"),
    "freeze-declared": N_("that {by} declared ({reason})"),
    "freeze-passed": N_("{by} lets promotions pass the freeze {freeze} until {until:time}: {reason}"),
    "due-member": N_("{name} leaves the roster"),
    "due-observed": N_("what {check} of {item} observed comes to its end"),
    "due-near-end": N_("what {check} of {item} observed is too near its end, and holds the gate"),
    "due-outcome": N_("the outcome of {check} of {item} grows too old"),
    "due-waiver": N_("the waiver of {item} by {by} ends"),
    "everything-exempt": N_("everything required was waived or said not to apply, so nothing was decided"),
    "exemption-by-author": NP_(
        "{by} wrote one of its commits, and lets no item of it be",
        "{by} wrote {count} of its commits, and lets no item of it be",
    ),
    "exemption-by-machine": N_("{by} is a machine, and lets no item be"),
    "exemption-by-opener": N_(
        "{by} opened this promotion or moved it to its release, and lets no item of it be"
    ),
    "exemption-claimed": N_(
        "what {by} said of it is claimed: nobody on the roster signed it, so it does not count"
    ),
    "exemption-compromised": N_("what {by} said of it does not count any more: {why}"),
    "exemption-revoked": N_("{by} took it back: {reason}"),
    "exclusion-stale-facts": N_(
        "that it does not apply, as {by} said, is stale: what its checks look at changed in the pipeline"
    ),
    "exclusion-stale-item": N_(
        "that it does not apply, as {by} said, is stale: the item's text or definition changed"
    ),
    "exclusion-stale-release": N_(
        "that it does not apply, as {by} said, is stale: the release moved from {was} to {now}"
    ),
    "exemption-without-role": N_(
        "{by} cannot let it be: they had none of the roles {roles} where they said so"
    ),
    "fields-missing": N_("the sign-off of {by} leaves empty: {fields}"),
    "freeze-unreadable": N_(
        "nobody can tell whether {environment} is frozen: a freeze window cannot be read here"
    ),
    "frozen": N_("frozen ({freeze}) until {until:time}"),
    "frozen-by": N_("frozen by {by} until {until:time}: {reason}"),
    "frozen-for-all": N_("frozen ({freeze}) until {until:time}, and nobody may pass it"),
    "frozen-for-long": N_("frozen ({freeze}), and no end is in sight"),
    "frozen-for-long-for-all": N_("frozen ({freeze}): no end is in sight, and nobody may pass it"),
    "glass-broken": NP_(
        "{by} broke the glass ({reason}), over: {first}",
        "{by} broke the glass ({reason}), over {count} reasons, the first: {first}",
    ),
    "glass-broken-too": N_("{by} broke the glass as well ({reason})"),
    "glass-amended": N_("{by} amended the promotion after it"),
    "glass-by-machine": N_("{by} is a machine, and emergencies are for people"),
    "glass-without-role": N_("{by} has none of the roles that may: {roles}"),
    "glass-moved": N_("it was for {was}, and the promotion is of {now} now"),
    "glass-objected": N_("{by} objected after it"),
    "glass-over": N_("it was for {lasts:duration}"),
    "glass-ended": N_("{by} broke the glass ({reason}), which opens the gate no longer: {why}"),
    "glass-unbroken": N_("{by} tried to break the glass, which does not count: {why}"),
    "held": N_("stopped by {by}: {reason}"),
    "item-vacuous": N_("it has neither a check nor a sign-off: nothing can answer it"),
    "must-apply": N_("this item applies to every release, as its checklist says"),
    "mover-approved": N_("{by} moved this promotion to its release and approved it as well"),
    "mover-exempted": N_("{by} moved this promotion to its release and let items be as well: {items}"),
    "mover-signed": N_("{by} moved this promotion to its release and signed it off as well: {items}"),
    "needs": N_("{item} must be done first"),
    "no-glass": N_("{environment} has no rule for emergencies"),
    "not-waivable": N_("this item cannot be waived"),
    "opened-compromised": N_("opened by {by}, which does not count any more: {why}"),
    "opened-twice": N_(
        "opened twice: by {by} ({commit}) and by {other} ({there}), so nobody can tell whose checklist rules"
    ),
    "opener-approved": N_("{by} opened this promotion and approved it as well"),
    "opener-exempted": N_("{by} opened this promotion and let items be as well: {items}"),
    "opener-signed": N_("{by} opened this promotion and signed it off as well: {items}"),
    "other-rules": N_("these are the rules for {source} to {target}, not for this promotion"),
    "previous-claimed": N_(
        "{release} in {environment} is claimed: nobody on the roster signed it, so it does not count"
    ),
    "previous-indebted": N_(
        "{release} got to {environment} by breaking the glass, and the debt of {promotion} is not settled"
    ),
    "previous-returned": N_(
        "{by} rolled {release} back from {environment} before it was declared there again: {reason}"
    ),
    "previous-rolled-back": N_("{by} rolled {release} back from {environment}: {reason}"),
    "previous-blocked": N_("{by} promoted {release} into {environment} while its gate was blocked"),
    "previous-declared": N_("{by} declared that {release} runs in {environment}: declared, not proven"),
    "previous-missing": N_("{environment} runs {there}: {release} has not been promoted there"),
    "previous-unknown": N_("nothing is known of {environment}: {release} has not been promoted there"),
    "promotion-rejected": N_("the promotion is rejected by {by}: {reason}"),
    "promotion-rejected-only": N_("the promotion is rejected by {by}: {reason}"),
    "promoted-while-blocked": NP_(
        "promoted by {by} while the gate was blocked: {first}",
        "promoted by {by} while the gate was blocked by {count} reasons, the first: {first}",
    ),
    "promotion-rejected-by-one-gone": N_(
        "the promotion is rejected by {by}, who is on the roster no more: {reason}"
    ),
    "rejected": N_("rejected by {by}: {reason}"),
    "rejected-only": N_("rejected by {by}: {reason}"),
    "rejected-by-one-gone": N_("rejected by {by}, who is on the roster no more: {reason}"),
    "rejected-elsewhere": N_("{by} rejected {item}, which this checklist does not have: {reason}"),
    "sign-off-by-author": NP_(
        "the sign-off of {by} does not count: they wrote one of its commits",
        "the sign-off of {by} does not count: they wrote {count} of its commits",
    ),
    "sign-off-by-machine": N_("the sign-off of {by} does not count: machines fill no person's seat"),
    "sign-off-by-opener": N_(
        "the sign-off of {by} does not count: they opened this promotion or moved it to its release"
    ),
    "sign-off-claimed": N_(
        "the sign-off of {by} is claimed: nobody on the roster signed it, so it does not count"
    ),
    "sign-off-compromised": N_("the sign-off of {by} does not count any more: {why}"),
    "sign-off-missing": NP_(
        "waiting for a sign-off: {roles}", "waiting for {missing} of {count} sign-offs: {roles}"
    ),
    "sign-off-missing-anyone": NP_("waiting for a sign-off", "waiting for {missing} of {count} sign-offs"),
    "sign-off-not-asked": N_("this item asks for no sign-off"),
    "sign-off-off-roster": N_(
        "the sign-off of {by} does not count: they were not on the roster where they signed"
    ),
    "sign-off-repeated": N_("{by} signed more than once, and is counted once"),
    "sign-off-revoked": N_("{by} took the sign-off back: {reason}"),
    "sign-off-stale-facts": N_(
        "the sign-off of {by} is stale: what the item's checks look at changed in the pipeline"
    ),
    "sign-off-stale-item": N_("the sign-off of {by} is stale: the item's text or definition changed"),
    "sign-off-stale-release": N_("the sign-off of {by} is stale: the release moved from {was} to {now}"),
    "sign-off-without-role": N_(
        "the sign-off of {by} does not count: they had none of the roles {roles} where they signed"
    ),
    "soaking": N_("not long enough in {environment}: {wanted:duration} wanted, so not before {until:time}"),
    "waiver-beyond-end": N_(
        "the waiver of {by} reaches beyond {ends:time}, when what it waives comes to its end"
    ),
    "waiver-expired": N_("the waiver of {by} ended on {until:time}"),
    "waiver-stale-facts": N_(
        "the waiver of {by} is stale: what the item's checks look at changed in the pipeline"
    ),
    "waiver-stale-item": N_("the waiver of {by} is stale: the item's text or definition changed"),
    "waiver-stale-release": N_("the waiver of {by} is stale: the release moved from {was} to {now}"),
    "waiver-too-long": N_("the waiver of {by} is for longer than {longest:duration}"),
    "waiver-undated": N_("nobody can tell when the waiver of {by} ends: {until}"),
}
"""The words of every code this package makes, but for `written-by-newer`, which is the trail's."""
