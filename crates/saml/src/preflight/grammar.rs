//! Which element may stand in which, and how often. Everything else is refused.

use super::Element;
use crate::error::{Reason, Refusal, quoted};
use crate::names::Namespace::{
    self, Assertion, Encryption, Encryption11, ExclusiveC14n, Other, Protocol, Signature, Signature11,
};

type Name = (Namespace, &'static str);

/// What may stand in an element of ours.
struct Rule {
    parent: Name,
    /// Each at most once.
    once: &'static [Name],
    /// Each any number of times.
    often: &'static [Name],
}

const fn rule(parent: Name, once: &'static [Name], often: &'static [Name]) -> Rule {
    Rule { parent, once, often }
}

const ISSUER: Name = (Assertion, "Issuer");
const SIGNATURE: Name = (Signature, "Signature");
const EXTENSIONS: Name = (Protocol, "Extensions");
const STATUS: Name = (Protocol, "Status");
const STATUS_CODE: Name = (Protocol, "StatusCode");
const NAME_ID: Name = (Assertion, "NameID");
const KEY_INFO: Name = (Signature, "KeyInfo");
const ENCRYPTED_KEY: Name = (Encryption, "EncryptedKey");
const METHOD: Name = (Encryption, "EncryptionMethod");
const CIPHER_DATA: Name = (Encryption, "CipherData");
const INCLUSIVE: Name = (ExclusiveC14n, "InclusiveNamespaces");
const DIGEST_METHOD: Name = (Signature, "DigestMethod");

/// Elements of ours that are not a parent here have no elements inside.
const RULES: &[Rule] = &[
    rule(
        (Protocol, "Response"),
        &[ISSUER, SIGNATURE, EXTENSIONS, STATUS],
        // Counted separately, to be told by name.
        &[(Assertion, "Assertion"), (Assertion, "EncryptedAssertion")],
    ),
    rule(
        (Protocol, "LogoutRequest"),
        &[ISSUER, SIGNATURE, EXTENSIONS, NAME_ID],
        &[(Protocol, "SessionIndex")],
    ),
    rule((Protocol, "LogoutResponse"), &[ISSUER, SIGNATURE, EXTENSIONS, STATUS], &[]),
    rule(STATUS, &[STATUS_CODE, (Protocol, "StatusMessage"), (Protocol, "StatusDetail")], &[]),
    rule(STATUS_CODE, &[STATUS_CODE], &[]),
    rule(
        (Assertion, "Assertion"),
        &[ISSUER, SIGNATURE, (Assertion, "Subject"), (Assertion, "Conditions"), (Assertion, "Advice")],
        &[(Assertion, "AuthnStatement"), (Assertion, "AttributeStatement")],
    ),
    rule((Assertion, "Subject"), &[NAME_ID], &[(Assertion, "SubjectConfirmation")]),
    rule((Assertion, "SubjectConfirmation"), &[(Assertion, "SubjectConfirmationData")], &[]),
    rule(
        (Assertion, "Conditions"),
        &[(Assertion, "OneTimeUse"), (Assertion, "ProxyRestriction")],
        &[(Assertion, "AudienceRestriction")],
    ),
    rule((Assertion, "AudienceRestriction"), &[], &[(Assertion, "Audience")]),
    rule((Assertion, "ProxyRestriction"), &[], &[(Assertion, "Audience")]),
    rule((Assertion, "AuthnStatement"), &[(Assertion, "SubjectLocality"), (Assertion, "AuthnContext")], &[]),
    rule(
        (Assertion, "AuthnContext"),
        &[
            (Assertion, "AuthnContextClassRef"),
            (Assertion, "AuthnContextDeclRef"),
            (Assertion, "AuthnContextDecl"),
        ],
        &[(Assertion, "AuthenticatingAuthority")],
    ),
    rule((Assertion, "AttributeStatement"), &[], &[(Assertion, "Attribute")]),
    rule((Assertion, "Attribute"), &[], &[(Assertion, "AttributeValue")]),
    rule(SIGNATURE, &[(Signature, "SignedInfo"), (Signature, "SignatureValue"), KEY_INFO], &[]),
    rule(
        (Signature, "SignedInfo"),
        &[(Signature, "CanonicalizationMethod"), (Signature, "SignatureMethod"), (Signature, "Reference")],
        &[],
    ),
    rule((Signature, "CanonicalizationMethod"), &[INCLUSIVE], &[]),
    rule(
        (Signature, "Reference"),
        &[(Signature, "Transforms"), DIGEST_METHOD, (Signature, "DigestValue")],
        &[],
    ),
    rule((Signature, "Transforms"), &[], &[(Signature, "Transform")]),
    rule((Signature, "Transform"), &[INCLUSIVE], &[]),
    rule(
        KEY_INFO,
        &[ENCRYPTED_KEY, (Signature, "RetrievalMethod")],
        &[(Signature, "KeyName"), (Signature, "X509Data"), (Signature, "KeyValue")],
    ),
    rule(
        (Signature, "X509Data"),
        &[],
        &[
            (Signature, "X509Certificate"),
            (Signature, "X509SubjectName"),
            (Signature, "X509IssuerSerial"),
            (Signature, "X509SKI"),
            (Signature11, "X509Digest"),
        ],
    ),
    rule(
        (Signature, "X509IssuerSerial"),
        &[(Signature, "X509IssuerName"), (Signature, "X509SerialNumber")],
        &[],
    ),
    rule((Signature, "KeyValue"), &[(Signature, "RSAKeyValue"), (Signature11, "ECKeyValue")], &[]),
    rule((Signature, "RSAKeyValue"), &[(Signature, "Modulus"), (Signature, "Exponent")], &[]),
    rule((Signature11, "ECKeyValue"), &[(Signature11, "NamedCurve"), (Signature11, "PublicKey")], &[]),
    rule((Assertion, "EncryptedAssertion"), &[(Encryption, "EncryptedData"), ENCRYPTED_KEY], &[]),
    rule((Encryption, "EncryptedData"), &[METHOD, KEY_INFO, CIPHER_DATA], &[]),
    rule(
        ENCRYPTED_KEY,
        &[METHOD, KEY_INFO, CIPHER_DATA, (Encryption, "ReferenceList"), (Encryption, "CarriedKeyName")],
        &[],
    ),
    rule(METHOD, &[(Encryption, "KeySize"), DIGEST_METHOD, (Encryption11, "MGF")], &[]),
    rule(CIPHER_DATA, &[(Encryption, "CipherValue")], &[]),
    rule((Encryption, "ReferenceList"), &[], &[(Encryption, "DataReference")]),
];

/// What others may fill as they like, as long as it is nothing of ours.
const OPEN: &[Name] =
    &[EXTENSIONS, (Protocol, "StatusDetail"), (Assertion, "Advice"), (Assertion, "AuthnContextDecl")];

pub(super) fn check(root: &Element) -> Result<(), Refusal> {
    if root.is(Protocol, "Response") {
        let assertions = root
            .children
            .iter()
            .filter(|child| matches!(child.name.as_str(), "Assertion" | "EncryptedAssertion"));
        let count = assertions.count();
        if count > 1 {
            return Err(Refusal::new(Reason::AssertionCount, format!("{count} assertions in one response")));
        }
    }
    inside(root, false)
}

/// `sealed`: inside something encrypted, where keys may travel.
fn inside(parent: &Element, sealed: bool) -> Result<(), Refusal> {
    if OPEN.iter().any(|(namespace, name)| parent.is(*namespace, name)) {
        return parent.children.iter().try_for_each(|child| foreign(parent, child));
    }
    let rule = RULES.iter().find(|rule| parent.is(rule.parent.0, rule.parent.1));
    let among =
        |list: &[Name], child: &Element| list.iter().any(|(namespace, name)| child.is(*namespace, name));
    for (position, child) in parent.children.iter().enumerate() {
        let once = rule.is_some_and(|rule| among(rule.once, child));
        let allowed = once || rule.is_some_and(|rule| among(rule.often, child));
        let key = matches!(child.name.as_str(), "EncryptedKey" | "RetrievalMethod");
        if !allowed || (key && !sealed && !parent.is(Assertion, "EncryptedAssertion")) {
            return Err(misplaced(parent, child));
        }
        let before = parent.children.iter().take(position);
        if once && before.into_iter().any(|other| other.is(child.namespace, &child.name)) {
            let detail = format!("{} twice in {}", quoted(&child.name), quoted(&parent.name));
            return Err(Refusal::new(Reason::DuplicateElement, detail));
        }
        inside(child, sealed || child.namespace == Encryption)?;
    }
    Ok(())
}

fn foreign(open: &Element, element: &Element) -> Result<(), Refusal> {
    if element.namespace != Other {
        return Err(misplaced(open, element));
    }
    element.children.iter().try_for_each(|child| foreign(open, child))
}

/// Says more exactly what the bare "not here" would hide, for whoever reads the log.
fn misplaced(parent: &Element, child: &Element) -> Refusal {
    let reason = match (child.namespace, child.name.as_str()) {
        (_, "Assertion" | "EncryptedAssertion") => Reason::AssertionPlace,
        (Signature, "Signature") => Reason::SignaturePlace,
        (Encryption | Encryption11, _) => Reason::EncryptionForm,
        _ if parent.namespace == Signature => Reason::SignatureForm,
        (Assertion, "Condition") => Reason::UnknownCondition,
        _ if matches!(parent.name.as_str(), "NameID" | "AttributeValue" | "Issuer" | "Audience") => {
            Reason::NestedValue
        }
        _ => Reason::Structure,
    };
    Refusal::new(reason, format!("{} may not stand in {}", quoted(&child.name), quoted(&parent.name)))
}
