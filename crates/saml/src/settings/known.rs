//! Every key of OneLogin's settings that we have heard of, and what becomes of it. Unknown keys get a warning,
//! for they may be misspelt; keys that would weaken us stop the start, for somebody counts on them.

use serde_json::Value;

use super::Notes;
use super::json::{Document, truth};

enum Fate {
    /// It is read.
    Used,
    /// It makes no difference to anybody.
    Idle,
    /// It has no effect, which somebody might expect it to have.
    Without(&'static str),
    /// It may not be there.
    Forbidden(&'static str),
    /// It may not have this truth; the other one is what happens anyway.
    NotIf(bool, &'static str),
}

use Fate::{Forbidden, Idle, NotIf, Used, Without};

const KEYS: &[(&str, Fate)] = &[
    ("strict", NotIf(false, "has to be true: without it nothing would be checked")),
    ("debug", Idle),
    ("baseurl", Idle),
    ("sp.entityId", Used),
    ("sp.assertionConsumerService.url", Used),
    ("sp.assertionConsumerService.binding", Used),
    ("sp.singleLogoutService.url", Used),
    ("sp.singleLogoutService.binding", Used),
    ("sp.attributeConsumingService", Without("is left out of our metadata")),
    ("sp.NameIDFormat", Used),
    ("sp.x509cert", Used),
    ("sp.x509certNew", Used),
    ("sp.privateKey", Used),
    ("idp.entityId", Used),
    ("idp.singleSignOnService.url", Used),
    ("idp.singleSignOnService.binding", Used),
    ("idp.singleLogoutService.url", Used),
    ("idp.singleLogoutService.responseUrl", Used),
    ("idp.singleLogoutService.binding", Used),
    ("idp.x509cert", Used),
    ("idp.x509certMulti.signing", Used),
    ("idp.x509certMulti.encryption", Idle),
    (
        "idp.certFingerprint",
        Forbidden("is not enough to trust a signature; give the whole certificate in idp.x509cert"),
    ),
    ("idp.certFingerprintAlgorithm", Idle),
    ("security.authnRequestsSigned", Used),
    ("security.logoutRequestSigned", Used),
    ("security.logoutResponseSigned", Used),
    ("security.wantMessagesSigned", Used),
    ("security.wantAssertionsSigned", Used),
    ("security.wantAssertionsEncrypted", Used),
    ("security.signatureAlgorithm", Used),
    ("security.requestedAuthnContext", Used),
    ("security.requestedAuthnContextComparison", Used),
    ("security.failOnAuthnContextMismatch", Used),
    ("security.digestAlgorithm", Idle),
    ("security.allowSingleLabelDomains", Idle),
    ("security.wantNameId", NotIf(false, "cannot be false: logging out needs the name")),
    ("security.wantNameIdEncrypted", NotIf(true, "cannot be true: encrypt the whole assertion instead")),
    ("security.nameIdEncrypted", NotIf(true, "cannot be true: we do not encrypt for the identity provider")),
    ("security.wantAttributeStatement", Without("has no effect; what a user needs is checked at login")),
    ("security.signMetadata", Without("has no effect; our metadata is not signed")),
    ("security.metadataValidUntil", Without("has no effect; our metadata does not expire")),
    ("security.metadataCacheDuration", Without("has no effect; our metadata does not expire")),
    ("security.allowRepeatAttributeName", Without("has no effect; values of one name are joined")),
    ("security.rejectDeprecatedAlgorithm", NotIf(false, "cannot be false: SHA-1 has a switch of its own")),
    (
        "security.relaxDestinationValidation",
        NotIf(true, "cannot be true: each message has to say where it goes"),
    ),
    ("security.destinationStrictlyMatches", NotIf(false, "cannot be false: addresses have to match exactly")),
    ("security.wantXMLValidation", NotIf(false, "cannot be false: each message is checked")),
    (
        "security.rejectUnsolicitedResponsesWithInResponseTo",
        NotIf(false, "cannot be false: only answers to our own requests are taken"),
    ),
    ("security.lowercaseUrlencoding", Without("has no effect; signatures are checked over what was sent")),
    ("contactPerson", Without("is left out of our metadata")),
    ("organization", Without("is left out of our metadata")),
];

pub(super) fn check(document: &Document, notes: &mut Notes) {
    if document.at("strict").is_none() {
        notes.problem("strict", "is missing; it has to be true");
    }
    walk(document.root(), "", notes);
}

fn walk(value: &Value, path: &str, notes: &mut Notes) {
    if let Some((_, fate)) = KEYS.iter().find(|(known, _)| *known == path) {
        return judge(value, path, fate, notes);
    }
    match value {
        Value::Object(fields) if fields.is_empty() || leads_on(path) => {
            for (key, inner) in fields {
                let inner_path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(inner, &inner_path, notes);
            }
        }
        Value::Null | Value::Object(_) | Value::Array(_) if leads_on(path) && empty(value) => {}
        _ if leads_on(path) => notes.problem(path, "has to be an object"),
        _ => notes.warning(path, "is unknown here and has no effect"),
    }
}

fn leads_on(path: &str) -> bool {
    path.is_empty()
        || KEYS.iter().any(|(known, _)| known.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// PHP writes an empty object as an empty list.
fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn judge(value: &Value, path: &str, fate: &Fate, notes: &mut Notes) {
    match fate {
        Used | Idle => {}
        _ if empty(value) => {}
        Without(reason) if truth(value) != Some(false) => notes.warning(path, *reason),
        Without(_) => {}
        Forbidden(reason) => notes.problem(path, *reason),
        NotIf(unwanted, reason) => match truth(value) {
            None => notes.problem(path, "has to be true or false"),
            Some(truth) if truth == *unwanted => notes.problem(path, *reason),
            Some(_) => {}
        },
    }
}
