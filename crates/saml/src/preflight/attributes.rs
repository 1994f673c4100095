//! Which attributes may stand where. Whoever verifies looks attributes up by their local names alone, so a prefixed
//! one could be taken for the one that was checked here: in signatures and encryption there are none, and no element
//! has two of one local name.

use super::Element;
use crate::error::{Reason, Refusal, quoted};
use crate::names::Namespace::{
    self, Assertion, Encryption, Encryption11, ExclusiveC14n, Metadata, Other, Protocol, Signature,
    Signature11,
};

/// The attributes that an element of signatures or encryption may have; one that is not listed has none.
const KNOWN: &[(Namespace, &str, &[&str])] = &[
    (Signature, "Signature", &["Id"]),
    (Signature, "SignedInfo", &["Id"]),
    (Signature, "CanonicalizationMethod", &["Algorithm"]),
    (Signature, "SignatureMethod", &["Algorithm"]),
    (Signature, "Reference", &["Id", "URI"]),
    (Signature, "Transform", &["Algorithm"]),
    (Signature, "DigestMethod", &["Algorithm"]),
    (Signature, "SignatureValue", &["Id"]),
    (Signature, "KeyInfo", &["Id"]),
    (Signature, "RetrievalMethod", &["URI", "Type"]),
    (Signature11, "X509Digest", &["Algorithm"]),
    (Signature11, "ECKeyValue", &["Id"]),
    (Signature11, "NamedCurve", &["URI"]),
    (ExclusiveC14n, "InclusiveNamespaces", &["PrefixList"]),
    (Encryption, "EncryptedData", &["Id", "Type", "MimeType", "Encoding"]),
    (Encryption, "EncryptedKey", &["Id", "Type", "MimeType", "Encoding", "Recipient"]),
    (Encryption, "EncryptionMethod", &["Algorithm"]),
    (Encryption, "DataReference", &["URI"]),
    (Encryption11, "MGF", &["Algorithm"]),
];

pub(super) fn check(element: &Element) -> Result<(), Refusal> {
    match element.namespace {
        Protocol | Assertion | Metadata | Other => {}
        Signature | Signature11 | ExclusiveC14n | Encryption | Encryption11 => known_only(element)?,
    }
    let mut names: Vec<&str> = element.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    names.sort_unstable();
    if let Some(twice) = names.array_windows().find_map(|[one, other]| (one == other).then_some(one)) {
        return Err(refused(element, twice, "twice, with and without a prefix,"));
    }
    element.children.iter().try_for_each(check)
}

fn known_only(element: &Element) -> Result<(), Refusal> {
    let known = KNOWN.iter().find(|(namespace, name, _)| element.is(*namespace, name));
    let known = known.map_or(&[][..], |(.., attributes)| *attributes);
    let odd =
        |attribute: &&super::tree::Attribute| attribute.prefixed || !known.contains(&attribute.name.as_str());
    match element.attributes.iter().find(odd) {
        Some(odd) => Err(refused(element, &odd.name, if odd.prefixed { "with a prefix" } else { "" })),
        None => Ok(()),
    }
}

fn refused(element: &Element, attribute: &str, how: &str) -> Refusal {
    let detail = format!("the attribute {} {how} at {}", quoted(attribute), quoted(&element.name));
    Refusal::new(Reason::AttributePlace, detail)
}
