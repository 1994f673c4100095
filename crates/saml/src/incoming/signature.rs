//! Whether a message is signed by the identity provider, and which elements of it.
//!
//! The keys are those of the settings; what a message says about its key is not looked at. One verifier knows one
//! key, so that none can be chosen by the message.

use gamlastan::crypto::{SamlVerifier, VerifyResult};

use super::query::QuerySignature;
use crate::error::{Reason, Refusal, quoted};
use crate::names::{Algorithms, Namespace};
use crate::preflight::Checked;
use crate::settings::Certificate;

/// One for each certificate of the identity provider.
pub(crate) struct Verifiers(Vec<SamlVerifier>);

impl Verifiers {
    /// The problems name the certificate by its subject.
    pub(crate) fn new(certificates: &[Certificate], algorithms: &Algorithms) -> Result<Self, Vec<String>> {
        let (mut verifiers, mut problems) = (Vec::new(), Vec::new());
        for certificate in certificates {
            match certificate.verifier(algorithms) {
                Ok(verifier) => verifiers.push(verifier),
                Err(reason) => problems.push(format!("{} {reason}", quoted(&certificate.subject))),
            }
        }
        if problems.is_empty() { Ok(Self(verifiers)) } else { Err(problems) }
    }

    /// Checks all signatures of `message`, and tells what they are over. A single bad one spoils the message.
    pub(super) fn verify(&self, message: &Checked<'_>) -> Result<Covered, Refusal> {
        if signatures(message) == 0 {
            return Ok(Covered::default());
        }
        let mut last = "there is no key".to_owned();
        for verifier in &self.0 {
            match verified(verifier, message) {
                Ok(covered) => return Ok(covered),
                Err(reason) => last = reason,
            }
        }
        Err(Refusal::new(Reason::Signature, format!("not signed by the identity provider: {last}")))
    }

    /// Checks the signature of a message in a URL.
    pub(super) fn verify_query(&self, signature: &QuerySignature) -> Result<(), Refusal> {
        let mut last = "the signature is of another key, or over something else".to_owned();
        for verifier in &self.0 {
            let (signed, value) = (signature.signed.as_bytes(), signature.value.as_slice());
            match verifier.verify_redirect_query(signed, value, &signature.algorithm) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => last = error.to_string(),
            }
        }
        Err(Refusal::new(Reason::Signature, format!("not signed by the identity provider: {last}")))
    }
}

/// The names of the elements that a good signature is over.
#[derive(Debug, Default)]
pub(super) struct Covered(Vec<String>);

impl Covered {
    pub(super) fn has(&self, id: Option<&str>) -> bool {
        id.is_some_and(|id| self.0.iter().any(|covered| covered == id))
    }
}

/// How many signatures the preflight saw: at the message, and at the assertion in it.
fn signatures(message: &Checked<'_>) -> usize {
    let signed = |element: &crate::preflight::Element| element.all(Namespace::Signature, "Signature").count();
    signed(&message.root) + message.root.all(Namespace::Assertion, "Assertion").map(signed).sum::<usize>()
}

fn verified(verifier: &SamlVerifier, message: &Checked<'_>) -> Result<Covered, String> {
    let results = verifier.verify_all_enveloped(message.text).map_err(|error| error.to_string())?;
    if results.len() != signatures(message) {
        return Err("there are other signatures than those expected".to_owned());
    }
    let mut covered = Vec::new();
    for result in results {
        let references = match result {
            VerifyResult::Valid { references, .. } => references,
            VerifyResult::Invalid { reason } => return Err(reason),
        };
        let [reference] = references.as_slice() else {
            return Err("a signature is not over exactly one element".to_owned());
        };
        let id = reference.uri.strip_prefix('#').filter(|_| reference.digest_verified);
        covered.push(id.ok_or("a signature is over something outside the message")?.to_owned());
    }
    Ok(Covered(covered))
}

/// The second line of defence: what the preflight would have refused at once.
#[cfg(test)]
mod tests {
    use t5g_testkit::saml::{Algorithm, Assertion, KeyPair, Response, Signing, Wrapping, wrapped};

    use super::*;
    use crate::preflight::{self, Limits};

    fn read(xml: &str) -> Checked<'_> {
        let (text, root) = preflight::read(xml.as_bytes(), &Limits::MESSAGE).expect("XML");
        Checked { text, root }
    }

    fn verifiers(key: &KeyPair) -> Verifiers {
        let certificate = Certificate::read(key.certificate()).expect("a certificate");
        Verifiers::new(&[certificate], &Algorithms::new(false)).expect("a key")
    }

    #[test]
    fn wrapped_messages_are_not_believed_without_the_preflight_either() {
        let key = KeyPair::generate(Algorithm::Rsa, "idp").expect("a key");
        let verifiers = verifiers(&key);
        let now = "2026-03-04T05:06:07Z".parse().expect("a time");
        let response = Response::new("idp", "acs", "_request", now);
        let assertion = Assertion::new("idp", "sp", "acs", "_request", now).attribute("rhatUUID", &["8f0c"]);
        let signing = Signing::with(&key);
        let by_assertion = response.xml(&signing.sign(&assertion.xml(), &assertion.id).expect("signed"));
        let by_response = signing.sign(&response.xml(&assertion.xml()), &response.id).expect("signed");
        for good in [&by_assertion, &by_response] {
            let message = read(good);
            assert_eq!(believed(&verifiers.verify(&message), &message), Some("8f0c"), "{good}");
        }
        for wrapping in Wrapping::ALL {
            let signed = if wrapping.of_response() { &by_response } else { &by_assertion };
            let forged = wrapped(signed, *wrapping, &|xml| xml.replace("8f0c", "admin")).expect("wrapped");
            assert!(forged.contains("admin"), "{wrapping:?}");
            let message = read(&forged);
            assert_ne!(believed(&verifiers.verify(&message), &message), Some("admin"), "{wrapping:?}");
        }
    }

    #[test]
    fn a_good_signature_in_an_odd_place_spoils_the_message() {
        let key = KeyPair::generate(Algorithm::Rsa, "idp").expect("a key");
        let now = "2026-03-04T05:06:07Z".parse().expect("a time");
        let mut response = Response::new("idp", "acs", "_request", now);
        let mut assertion = Assertion::new("idp", "sp", "acs", "_request", now);
        let mut signed = || {
            assertion.id.push('x');
            Signing::with(&key).sign(&assertion.xml(), &assertion.id).expect("signed")
        };
        response.extra = format!("<samlp:Extensions>{}</samlp:Extensions>", signed());
        let xml = response.xml(&signed());
        let refusal = verifiers(&key).verify(&read(&xml)).expect_err("refused");
        assert!(refusal.to_string().contains("other signatures than those expected"), "{refusal}");
    }

    /// The value that would be read, if what it is read from is signed.
    fn believed<'a>(covered: &Result<Covered, Refusal>, message: &'a Checked<'_>) -> Option<&'a str> {
        let covered = covered.as_ref().ok()?;
        let assertion = message.root.child(Namespace::Assertion, "Assertion")?;
        let signed = covered.has(message.root.attribute("ID")) || covered.has(assertion.attribute("ID"));
        let statement = assertion.child(Namespace::Assertion, "AttributeStatement").filter(|_| signed)?;
        let attribute = statement.child(Namespace::Assertion, "Attribute")?;
        attribute.child(Namespace::Assertion, "AttributeValue").map(|value| value.text.as_str())
    }
}
