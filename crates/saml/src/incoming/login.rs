//! A response: what is asked of it before and after the assertion in it is read.
//!
//! The order matters. What costs nothing comes first; the private key is used only for an answer to the request of
//! this very browser, which limits how often anybody can make us use it.

use super::assertion::{self, Expected};
use super::signature::{Covered, Verifiers};
use super::times::Times;
use super::{decrypt, form};
use crate::error::{Reason, Refusal, quoted};
use crate::names::{Algorithms, ENTITY, Namespace, SUCCESS};
use crate::preflight::{self, Checked, Element, Root};
use crate::settings::{Provider, Rules, Settings};
use crate::types::Login;

pub(crate) fn login(
    field: &str,
    request: &str,
    settings: &Settings,
    algorithms: &Algorithms,
    verifiers: &Verifiers,
    times: Times,
) -> Result<Login, Refusal> {
    let bytes = form::decoded(field)?;
    let response = preflight::check(&bytes, Root::Response, algorithms)?;
    addressed(&response.root, request, settings, times)?;
    succeeded(&response.root)?;
    let covered = verifiers.verify(&response)?;
    let expected = Expected { request, settings, times };
    match response.root.child(Namespace::Assertion, "EncryptedAssertion") {
        None => {
            let assertion = response
                .root
                .child(Namespace::Assertion, "Assertion")
                .ok_or_else(|| Refusal::new(Reason::AssertionCount, "the response has no assertion"))?;
            if settings.rules.assertion_encrypted {
                return Err(Refusal::new(Reason::NotEncrypted, "the assertion is not encrypted"));
            }
            trusted(&response, &covered, assertion, &covered, &settings.rules)?;
            assertion::login(assertion, &expected)
        }
        Some(encrypted) => {
            let sealed = decrypt::method(encrypted).is_some_and(crate::names::Cipher::sealed);
            if !sealed && !covered.has(response.root.attribute("ID")) {
                let detail = "the assertion is encrypted with CBC, and the response around it is not signed";
                return Err(Refusal::new(Reason::UnsealedEncryption, detail));
            }
            let plain = decrypt::open(encrypted, settings.us.key.as_ref())?;
            let inner = preflight::check(&plain, Root::Assertion, algorithms)?;
            let inner_covered = verifiers.verify(&inner)?;
            trusted(&response, &covered, &inner.root, &inner_covered, &settings.rules)?;
            assertion::login(&inner.root, &expected)
        }
    }
}

/// Whether the response is from whom it has to be, for us, and the answer to `request`.
fn addressed(response: &Element, request: &str, settings: &Settings, times: Times) -> Result<(), Refusal> {
    issuer(response, &settings.provider)?;
    destination(response, &settings.us.consumer.written)?;
    answers(response, Some(request))?;
    times.issued(response).map(|_| ())
}

/// Whether the element that is going to be read is signed, itself or as a part of the response, and as the
/// settings want it. Encryption alone proves nothing.
fn trusted(
    response: &Checked<'_>,
    covered: &Covered,
    assertion: &Element,
    inner: &Covered,
    rules: &Rules,
) -> Result<(), Refusal> {
    let response_signed = covered.has(response.root.attribute("ID"));
    let assertion_signed = inner.has(assertion.attribute("ID"));
    if !response_signed && !assertion_signed {
        return Err(Refusal::new(Reason::Unsigned, "neither the response nor the assertion is signed"));
    }
    if rules.response_signed && !response_signed {
        let detail = "the response is not signed, and security.wantMessagesSigned is set";
        return Err(Refusal::new(Reason::ResponseUnsigned, detail));
    }
    if rules.assertion_signed && !assertion_signed {
        let detail = "the assertion is not signed, and security.wantAssertionsSigned is set";
        return Err(Refusal::new(Reason::AssertionUnsigned, detail));
    }
    Ok(())
}

/// Whether `element` says that it is of the identity provider.
pub(super) fn issuer(element: &Element, provider: &Provider) -> Result<(), Refusal> {
    let wrong = |found: &str| {
        let detail = format!("{} is of {found}, not of {}", element.name, quoted(&provider.entity_id));
        Err(Refusal::new(Reason::Issuer, detail))
    };
    let Some(issuer) = element.child(Namespace::Assertion, "Issuer") else { return wrong("nobody") };
    if issuer.value() != provider.entity_id {
        return wrong(&quoted(issuer.value()));
    }
    match issuer.attribute("Format") {
        None | Some(ENTITY) => Ok(()),
        Some(format) => wrong(&format!("something else than an entity, {}", quoted(format))),
    }
}

/// Whether `message` says that it goes to `address`.
pub(super) fn destination(message: &Element, address: &str) -> Result<(), Refusal> {
    match message.attribute("Destination") {
        Some(destination) if destination == address => Ok(()),
        other => {
            let detail =
                format!("sent to {}, not to {}", quoted(other.unwrap_or("nowhere")), quoted(address));
            Err(Refusal::new(Reason::Destination, detail))
        }
    }
}

/// Whether `element` says that it is the answer to `request`. Without a request there is nothing to answer.
pub(super) fn answers(element: &Element, request: Option<&str>) -> Result<(), Refusal> {
    let answered = element.attribute("InResponseTo");
    if request.is_some_and(|request| !request.is_empty()) && answered == request {
        return Ok(());
    }
    let detail = format!("{} answers {}", element.name, quoted(answered.unwrap_or("no request")));
    Err(Refusal::new(Reason::InResponseTo, format!("{detail}, which this browser did not ask")))
}

/// Whether `message` says that all went well; if not, all its codes and its message are told.
pub(super) fn succeeded(message: &Element) -> Result<(), Refusal> {
    let status = message
        .child(Namespace::Protocol, "Status")
        .ok_or_else(|| Refusal::new(Reason::Status, "the message has no status"))?;
    let mut code = status.child(Namespace::Protocol, "StatusCode");
    if code.and_then(|code| code.attribute("Value")) == Some(SUCCESS) {
        return Ok(());
    }
    let mut detail = "the identity provider refused:".to_owned();
    while let Some(this) = code {
        let value = this.attribute("Value").unwrap_or_default();
        detail = format!("{detail} {}", quoted(value.rsplit(':').next().unwrap_or_default()));
        code = this.child(Namespace::Protocol, "StatusCode");
    }
    if let Some(said) = status.child(Namespace::Protocol, "StatusMessage") {
        detail = format!("{detail}, saying {}", quoted(said.value()));
    }
    Err(Refusal::new(Reason::Status, detail))
}
