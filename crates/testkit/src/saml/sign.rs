//! Signs an element of a message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use anyhow::Context as _;

use super::keys::KeyPair;
use super::openssl;

/// A digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// Too weak.
    Sha1,
    /// The usual one.
    Sha256,
    /// A longer one.
    Sha384,
    /// The longest one.
    Sha512,
}

impl Hash {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Its name in XML.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }
}

/// What makes a signature value of what is signed.
pub type ValueOf<'a> = dyn Fn(&[u8]) -> anyhow::Result<Vec<u8>> + 'a;

/// How an element is signed. The element is given in exclusive canonical form.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    /// Whose signature it is.
    pub key: &'a KeyPair,
    /// With which digest, for the contents and for the signature.
    pub hash: Hash,
    /// Prefixes that canonical form keeps although no name uses them; they are declared at the element.
    pub prefixes: &'a str,
    /// Changes `SignedInfo` before it is signed: what comes of it has a good signature over odd contents.
    pub alter: Option<&'a dyn Fn(String) -> String>,
    /// Makes the signature value of `SignedInfo` instead of the key.
    pub value: Option<&'a ValueOf<'a>>,
}

impl std::fmt::Debug for Signing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signing({:?})", self.hash)
    }
}

impl<'a> Signing<'a> {
    /// The usual way.
    pub fn with(key: &'a KeyPair) -> Self {
        Self { key, hash: Hash::Sha256, prefixes: "", alter: None, value: None }
    }

    /// `element`, named `id`, with a signature behind its issuer.
    pub fn sign(&self, element: &str, id: &str) -> anyhow::Result<String> {
        let digest = STANDARD.encode(openssl::digest(self.hash.name(), element.as_bytes())?);
        let info = self.info(id, &digest);
        let info = match self.alter {
            Some(alter) => alter(info),
            None => info,
        };
        let value = match self.value {
            Some(value) => value(info.as_bytes())?,
            None => self.key.sign(self.hash, info.as_bytes())?,
        };
        let signature = format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}\
             <ds:SignatureValue>{}</ds:SignatureValue>\
             <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
             </ds:Signature>",
            // As part of the signature it need not name its namespace again.
            info.replacen(" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"", "", 1),
            STANDARD.encode(value),
            self.key.bare_certificate(),
        );
        let after = place(element).context("an element without contents")?;
        let (before, behind) = element.split_at_checked(after).context("a letter cut in two")?;
        Ok(format!("{before}{signature}{behind}"))
    }

    /// In canonical form, as it is signed.
    fn info(&self, id: &str, digest: &str) -> String {
        let kept = match self.prefixes {
            "" => String::new(),
            prefixes => format!(
                "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" \
                 PrefixList=\"{prefixes}\"></ec:InclusiveNamespaces>"
            ),
        };
        format!(
            "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
             <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod>\
             <ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
             <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">{kept}</ds:Transform>\
             </ds:Transforms><ds:DigestMethod Algorithm=\"{}\"></ds:DigestMethod>\
             <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
            self.key.method(self.hash),
            self.hash.uri(),
        )
    }
}

/// Where a signature goes: behind the issuer, or if there is none, at the beginning.
fn place(element: &str) -> Option<usize> {
    let start = element.find('>')? + 1;
    let inside = element.get(start..)?;
    let first_end = inside.find("</")?;
    let end = first_end + inside.get(first_end..)?.find('>')? + 1;
    Some(if inside.get(..end)?.ends_with("Issuer>") { start + end } else { start })
}
