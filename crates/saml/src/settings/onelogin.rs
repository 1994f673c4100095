//! OneLogin's JSON, turned into settings. Reads on after a problem, so that all are told.

use super::description::Described;
use super::json::Document;
use super::{
    Certificate, Endpoint, Logout, Notes, PrivateKey, Provider, Rules, Settings, SigningAlgorithm, Us, known,
};
use crate::names::{PASSWORD_PROTECTED, POST, REDIRECT};

/// `has_description`: there is one, even if it could not be read; then what it would say is not missed here.
pub(super) fn read(
    json: &str,
    has_description: bool,
    described: Option<Described>,
    notes: &mut Notes,
) -> Option<Settings> {
    let document = Document::read(json, notes)?;
    known::check(&document, notes);
    let us = us(&document, notes);
    let rules = rules(&document, notes);
    let provider = match described {
        Some(described) => described_provider(&document, described, notes),
        None if has_description => None,
        None => provider(&document, notes),
    };
    let wants_signed = provider.as_ref().is_some_and(|provider| provider.wants_signed_requests);
    needs_key(&document, wants_signed, notes);
    Some(Settings { us: us?, provider: provider?, rules: rules? })
}

fn us(document: &Document, notes: &mut Notes) -> Option<Us> {
    let entity_id = document.needed("sp.entityId", notes).map(str::to_owned);
    let consumer = needed_endpoint(document, "sp.assertionConsumerService.url", notes);
    binding(document, "sp.assertionConsumerService.binding", &[POST], notes);
    let logout = endpoint(document, "sp.singleLogoutService.url", notes);
    binding(document, "sp.singleLogoutService.binding", &[REDIRECT, POST], notes);
    let key = document.text("sp.privateKey", notes).map(str::to_owned);
    let key = key.and_then(|written| notes.keep("sp.privateKey", PrivateKey::read(&written)));
    let current = certificate(document, "sp.x509cert", notes);
    let next = certificate(document, "sp.x509certNew", notes);
    match (&key, &current) {
        (Some(key), Some(current)) if key.public_key().as_ref() != Some(&current.public_key) => {
            notes.problem("sp.x509cert", "does not belong to sp.privateKey");
        }
        (None, Some(_)) if document.at("sp.privateKey").is_none_or(|key| key == "") => {
            notes.problem(
                "sp.privateKey",
                "is missing, and what is encrypted for sp.x509cert could not be read",
            );
        }
        _ => {}
    }
    Some(Us {
        entity_id: entity_id?,
        consumer: consumer?,
        logout,
        name_id_format: document.text("sp.NameIDFormat", notes).map(str::to_owned),
        key,
        certificates: current.into_iter().chain(next).collect(),
    })
}

fn provider(document: &Document, notes: &mut Notes) -> Option<Provider> {
    let entity_id = document.needed("idp.entityId", notes).map(str::to_owned);
    let login = needed_endpoint(document, "idp.singleSignOnService.url", notes);
    binding(document, "idp.singleSignOnService.binding", &[REDIRECT], notes);
    let requests = endpoint(document, "idp.singleLogoutService.url", notes);
    let answers = endpoint(document, "idp.singleLogoutService.responseUrl", notes);
    binding(document, "idp.singleLogoutService.binding", &[REDIRECT], notes);
    let certificates = signing_certificates(document, notes);
    let logout = requests.map(|requests| Logout { answers: answers.unwrap_or(requests.clone()), requests });
    Some(Provider {
        entity_id: entity_id?,
        login: login?,
        logout,
        certificates: certificates?,
        wants_signed_requests: false,
    })
}

/// Both places united, each certificate once.
fn signing_certificates(document: &Document, notes: &mut Notes) -> Option<Vec<Certificate>> {
    let before = notes.problems.len();
    let mut certificates: Vec<Certificate> =
        certificate(document, "idp.x509cert", notes).into_iter().collect();
    for (position, written) in document.texts("idp.x509certMulti.signing", notes).iter().enumerate() {
        let key = format!("idp.x509certMulti.signing[{position}]");
        if let Some(certificate) = notes.keep(&key, Certificate::read(written))
            && !certificates.contains(&certificate)
        {
            certificates.push(certificate);
        }
    }
    if notes.problems.len() > before {
        return None;
    }
    if certificates.is_empty() {
        notes.problem("idp.x509cert", "is missing; without a certificate no signature can be checked");
        return None;
    }
    Some(certificates)
}

/// The identity provider's own words win; what the settings say of it is only compared.
fn described_provider(document: &Document, described: Described, notes: &mut Notes) -> Option<Provider> {
    let wanted = document.text("idp.entityId", notes).map(str::to_owned);
    let provider = notes.keep("metadata", described.provider(wanted.as_deref()))?;
    for path in ["idp.singleSignOnService.url", "idp.x509cert", "idp.x509certMulti"] {
        if document.at(path).is_some_and(|value| value != "") {
            notes.warning(path, "has no effect; the identity provider's metadata is used");
        }
    }
    Some(provider)
}

fn rules(document: &Document, notes: &mut Notes) -> Option<Rules> {
    let mut flag = |name: &str| document.flag(&format!("security.{name}"), false, notes);
    let (response_signed, assertion_signed) = (flag("wantMessagesSigned"), flag("wantAssertionsSigned"));
    let (assertion_encrypted, sign_requests) = (flag("wantAssertionsEncrypted"), flag("authnRequestsSigned"));
    let context_must_match = flag("failOnAuthnContextMismatch");
    let (algorithm, comparison) = (algorithm(document, notes), comparison(document, notes));
    Some(Rules {
        sign_requests,
        response_signed,
        assertion_signed,
        assertion_encrypted,
        algorithm: algorithm?,
        contexts: contexts(document, notes),
        comparison: comparison?,
        context_must_match,
    })
}

fn algorithm(document: &Document, notes: &mut Notes) -> Option<SigningAlgorithm> {
    let path = "security.signatureAlgorithm";
    let Some(uri) = document.text(path, notes) else { return Some(SigningAlgorithm::Sha256) };
    let found = SigningAlgorithm::ALL.iter().copied().find(|algorithm| algorithm.uri() == uri);
    if found.is_none() {
        notes.problem(path, "has to be RSA with SHA-256, SHA-384 or SHA-512, as a URI");
    }
    found
}

/// True, which is the default, asks for a password over a safe channel; a list names the ways.
fn contexts(document: &Document, notes: &mut Notes) -> Vec<String> {
    let path = "security.requestedAuthnContext";
    match document.at(path) {
        Some(value) if value.is_array() => document.texts(path, notes),
        _ if document.flag(path, true, notes) => vec![PASSWORD_PROTECTED.to_owned()],
        _ => Vec::new(),
    }
}

fn comparison(document: &Document, notes: &mut Notes) -> Option<String> {
    let path = "security.requestedAuthnContextComparison";
    let word = document.text(path, notes).unwrap_or("exact");
    if ["exact", "minimum", "maximum", "better"].contains(&word) {
        return Some(word.to_owned());
    }
    notes.problem(path, "has to be exact, minimum, maximum or better");
    None
}

fn needs_key(document: &Document, described: bool, notes: &mut Notes) {
    if document.text("sp.privateKey", notes).is_some() {
        return;
    }
    for name in KEY_NEEDED {
        let path = format!("security.{name}");
        if document.flag(&path, false, &mut Notes::default()) {
            notes.problem("sp.privateKey", format!("is missing, and needed because of {path}"));
        }
    }
    if described {
        notes.problem("sp.privateKey", "is missing, and the identity provider wants signed requests");
    }
}

/// Flags that cannot be honoured without a key of ours.
const KEY_NEEDED: &[&str] =
    &["authnRequestsSigned", "logoutRequestSigned", "logoutResponseSigned", "wantAssertionsEncrypted"];

fn endpoint(document: &Document, path: &str, notes: &mut Notes) -> Option<Endpoint> {
    let written = document.text(path, notes)?.to_owned();
    notes.keep(path, Endpoint::read(&written))
}

fn needed_endpoint(document: &Document, path: &str, notes: &mut Notes) -> Option<Endpoint> {
    let written = document.needed(path, notes)?.to_owned();
    notes.keep(path, Endpoint::read(&written))
}

fn binding(document: &Document, path: &str, accepted: &[&str], notes: &mut Notes) {
    if let Some(binding) = document.text(path, notes)
        && !accepted.contains(&binding)
    {
        notes.problem(path, format!("has to be {}", accepted.join(" or ")));
    }
}

fn certificate(document: &Document, path: &str, notes: &mut Notes) -> Option<Certificate> {
    let written = document.text(path, notes)?.to_owned();
    notes.keep(path, Certificate::read(&written))
}
