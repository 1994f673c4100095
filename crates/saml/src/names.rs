//! Names that the standards give: namespaces, bindings, statuses, and the algorithms we accept. Each list exists
//! once; preflight, verification and what we send all read these.

/// Where an element's name comes from. `Other` is everything that this room has no use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Namespace {
    Protocol,
    Assertion,
    Metadata,
    Signature,
    Signature11,
    Encryption,
    Encryption11,
    ExclusiveC14n,
    Other,
}

impl Namespace {
    const KNOWN: &[(Self, &str)] = &[
        (Self::Protocol, PROTOCOL),
        (Self::Assertion, ASSERTION),
        (Self::Metadata, METADATA),
        (Self::Signature, SIGNATURE),
        (Self::Signature11, "http://www.w3.org/2009/xmldsig11#"),
        (Self::Encryption, "http://www.w3.org/2001/04/xmlenc#"),
        (Self::Encryption11, "http://www.w3.org/2009/xmlenc11#"),
        (Self::ExclusiveC14n, EXCLUSIVE_C14N),
    ];

    pub(crate) fn of(uri: Option<&str>) -> Self {
        Self::KNOWN.iter().find(|(_, known)| Some(*known) == uri).map_or(Self::Other, |(space, _)| *space)
    }
}

pub(crate) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(crate) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(crate) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(crate) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

pub(crate) const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
pub(crate) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
pub(crate) const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

pub(crate) const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
pub(crate) const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
pub(crate) const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
pub(crate) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
pub(crate) const PASSWORD_PROTECTED: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const INCLUSIVE_C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Ways of writing XML the same each time, for what is signed. Comments make no difference: there are none.
pub(crate) const EXCLUSIVE: &[&str] =
    &[EXCLUSIVE_C14N, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"];
/// The older way is still seen for the signature itself. For contents SAML does not allow it, and it is slow.
pub(crate) const C14N: &[&str] =
    &[EXCLUSIVE_C14N, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", INCLUSIVE_C14N];

pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(crate) const RSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
pub(crate) const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
const SIGNATURES: &[&str] = &[
    RSA_SHA256,
    RSA_SHA384,
    RSA_SHA512,
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
];
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";
const DIGESTS: &[&str] = &[SHA256, SHA384, SHA512];
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SIGNATURES_SHA1: &[&str] =
    &["http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"];

/// What may sign and digest, with or without SHA-1.
#[derive(Debug, Clone)]
pub(crate) struct Algorithms {
    pub(crate) signatures: Vec<&'static str>,
    pub(crate) digests: Vec<&'static str>,
}

impl Algorithms {
    pub(crate) fn new(allow_sha1: bool) -> Self {
        let old: (&[&str], &[&str]) = if allow_sha1 { (SIGNATURES_SHA1, &[SHA1]) } else { (&[], &[]) };
        Self { signatures: [SIGNATURES, old.0].concat(), digests: [DIGESTS, old.1].concat() }
    }
}

/// How an assertion is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes128Gcm,
    Aes256Gcm,
    /// Without a seal of its own: only inside a response whose signature was verified.
    Aes128Cbc,
    /// As above.
    Aes256Cbc,
}

impl Cipher {
    const ALL: &[(&str, Self)] = &[
        ("http://www.w3.org/2009/xmlenc11#aes128-gcm", Self::Aes128Gcm),
        ("http://www.w3.org/2009/xmlenc11#aes256-gcm", Self::Aes256Gcm),
        ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", Self::Aes128Cbc),
        ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", Self::Aes256Cbc),
    ];

    pub(crate) fn of(uri: &str) -> Option<Self> {
        find(Self::ALL, uri)
    }

    pub(crate) fn sealed(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }
}

/// A digest inside RSA-OAEP, where SHA-1 is as good as any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OaepDigest {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl OaepDigest {
    const ALL: &[(&str, Self)] =
        &[(SHA1, Self::Sha1), (SHA256, Self::Sha256), (SHA384, Self::Sha384), (SHA512, Self::Sha512)];
    const MASKS: &[(&str, Self)] = &[
        ("http://www.w3.org/2009/xmlenc11#mgf1sha1", Self::Sha1),
        ("http://www.w3.org/2009/xmlenc11#mgf1sha256", Self::Sha256),
        ("http://www.w3.org/2009/xmlenc11#mgf1sha384", Self::Sha384),
        ("http://www.w3.org/2009/xmlenc11#mgf1sha512", Self::Sha512),
    ];

    pub(crate) fn of(uri: &str) -> Option<Self> {
        find(Self::ALL, uri)
    }

    pub(crate) fn of_mask(uri: &str) -> Option<Self> {
        find(Self::MASKS, uri)
    }
}

pub(crate) const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
pub(crate) const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";

fn find<T: Copy>(list: &[(&str, T)], uri: &str) -> Option<T> {
    list.iter().find(|(known, _)| *known == uri).map(|(_, value)| *value)
}
