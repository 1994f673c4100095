//! Encrypts an assertion.

use std::path::Path;

use anyhow::anyhow;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::keys::KeyPair;
use super::openssl::{self, hex};

/// How the assertion itself is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Sealed.
    Aes128Gcm,
    /// Sealed.
    Aes256Gcm,
    /// Not sealed: whoever changes it is not found out.
    Aes256Cbc,
}

/// An encryption; change parts of it to make it odd.
#[derive(Debug, Clone)]
pub struct Encryption {
    /// Of the assertion.
    pub content: Content,
    /// The name of that algorithm in the message.
    pub content_name: String,
    /// The name of the algorithm for the key in the message.
    pub key_name: String,
    /// XML inside the key's method: digest and mask.
    pub parameters: String,
    /// The digest of the padding, as OpenSSL calls it.
    pub digest: String,
    /// The mask of the padding, as OpenSSL calls it.
    pub mask: String,
    /// Whether the key stands beside the data rather than in it.
    pub key_beside: bool,
}

impl Encryption {
    /// In the way that most identity providers take.
    pub fn new(content: Content) -> Self {
        let name = match content {
            Content::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            Content::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            Content::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        };
        Self {
            content,
            content_name: name.to_owned(),
            key_name: "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p".to_owned(),
            parameters: String::new(),
            digest: "sha1".to_owned(),
            mask: "sha1".to_owned(),
            key_beside: false,
        }
    }

    /// The element `EncryptedAssertion` with `assertion` in it, for the owner of `key`.
    pub fn encrypt(&self, assertion: &[u8], key: &KeyPair) -> anyhow::Result<String> {
        // A fixed key and number: nothing is secret here, and a test shall be the same each time.
        let secret = if self.content == Content::Aes128Gcm { vec![7; 16] } else { vec![7; 32] };
        let data = match self.content {
            Content::Aes128Gcm => sealed(&AES_128_GCM, &secret, assertion)?,
            Content::Aes256Gcm => sealed(&AES_256_GCM, &secret, assertion)?,
            Content::Aes256Cbc => unsealed(&secret, assertion)?,
        };
        let wrapped = STANDARD.encode(key.seal(&secret, &self.digest, &self.mask)?);
        // Canonical form names a namespace once, where it is first used.
        let space = if self.key_beside { " xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"" } else { "" };
        let key = format!(
            "<xenc:EncryptedKey{space} Id=\"_key\">\
             <xenc:EncryptionMethod Algorithm=\"{}\">{}</xenc:EncryptionMethod><xenc:CipherData>\
             <xenc:CipherValue>{wrapped}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>",
            self.key_name, self.parameters,
        );
        let (inside, beside) = if self.key_beside {
            let method = "<ds:RetrievalMethod Type=\"http://www.w3.org/2001/04/xmlenc#EncryptedKey\" \
                          URI=\"#_key\"></ds:RetrievalMethod>";
            (method.to_owned(), key)
        } else {
            (key, String::new())
        };
        Ok(format!(
            "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
             <xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
             Type=\"http://www.w3.org/2001/04/xmlenc#Element\">\
             <xenc:EncryptionMethod Algorithm=\"{}\"></xenc:EncryptionMethod>\
             <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{inside}</ds:KeyInfo>\
             <xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>\
             {beside}</saml:EncryptedAssertion>",
            self.content_name,
            STANDARD.encode(data),
        ))
    }
}

fn sealed(algorithm: &'static ring::aead::Algorithm, key: &[u8], text: &[u8]) -> anyhow::Result<Vec<u8>> {
    let key = UnboundKey::new(algorithm, key).map_err(|_| anyhow!("a key of the wrong length"))?;
    let number = [9; 12];
    let mut data = text.to_vec();
    LessSafeKey::new(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(number), Aad::empty(), &mut data)
        .map_err(|_| anyhow!("sealing failed"))?;
    Ok([&number[..], &data].concat())
}

fn unsealed(key: &[u8], text: &[u8]) -> anyhow::Result<Vec<u8>> {
    let first = [9; 16];
    let arguments = ["enc", "-aes-256-cbc", "-K", &hex(key), "-iv", &hex(&first)];
    let data = openssl::run(Path::new("/"), &arguments, text)?;
    Ok([&first[..], &data].concat())
}
