//! Opens an encrypted assertion. What comes out is as untrusted as what went in: anybody can encrypt for us.
//!
//! All failures look the same, from outside and in the log, so that nobody can learn by trying.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gamlastan::crypto::kryptering::hazmat::aes_cbc;
use gamlastan::crypto::kryptering::{AesKeySize, CipherAlgorithm, cipher};

use crate::error::{Reason, Refusal};
use crate::names::{Cipher, Namespace, OAEP_MGF1P, OaepDigest};
use crate::preflight::{Element, wrapped_key};
use crate::settings::PrivateKey;

/// How `assertion`, an `EncryptedAssertion`, is encrypted.
pub(super) fn method(assertion: &Element) -> Option<Cipher> {
    let data = assertion.child(Namespace::Encryption, "EncryptedData")?;
    Cipher::of(data.child(Namespace::Encryption, "EncryptionMethod")?.attribute("Algorithm")?)
}

/// The text of the assertion inside.
pub(super) fn open(assertion: &Element, key: Option<&PrivateKey>) -> Result<Vec<u8>, Refusal> {
    key.and_then(|key| opened(assertion, key)).ok_or_else(|| {
        Refusal::new(Reason::Decryption, "the assertion cannot be decrypted with sp.privateKey")
    })
}

fn opened(assertion: &Element, key: &PrivateKey) -> Option<Vec<u8>> {
    let wrapped = wrapped_key(assertion)?;
    let (digest, mask) = padding(wrapped.child(Namespace::Encryption, "EncryptionMethod")?)?;
    let content_key = key.open(&contents(wrapped)?, digest, mask)?;
    let data = contents(assertion.child(Namespace::Encryption, "EncryptedData")?)?;
    let plain = |size| cipher::decrypt(CipherAlgorithm::AesGcm(size), &content_key, &data);
    match method(assertion)? {
        Cipher::Aes128Gcm => plain(AesKeySize::Aes128),
        Cipher::Aes256Gcm => plain(AesKeySize::Aes256),
        Cipher::Aes128Cbc => aes_cbc::decrypt(AesKeySize::Aes128, &content_key, &data),
        Cipher::Aes256Cbc => aes_cbc::decrypt(AesKeySize::Aes256, &content_key, &data),
    }
    .ok()
}

/// The older of the two names leaves the mask at SHA-1; both begin with SHA-1 for the digest.
fn padding(method: &Element) -> Option<(OaepDigest, OaepDigest)> {
    let algorithm =
        |namespace, name: &str| method.child(namespace, name).and_then(|one| one.attribute("Algorithm"));
    let digest = match algorithm(Namespace::Signature, "DigestMethod") {
        Some(uri) => OaepDigest::of(uri)?,
        None => OaepDigest::Sha1,
    };
    let mask = match algorithm(Namespace::Encryption11, "MGF") {
        Some(uri) if method.attribute("Algorithm") != Some(OAEP_MGF1P) => OaepDigest::of_mask(uri)?,
        _ => OaepDigest::Sha1,
    };
    Some((digest, mask))
}

fn contents(encrypted: &Element) -> Option<Vec<u8>> {
    let data = encrypted.child(Namespace::Encryption, "CipherData")?;
    let text = &data.child(Namespace::Encryption, "CipherValue")?.text;
    STANDARD
        .decode(text.chars().filter(|character| !character.is_ascii_whitespace()).collect::<String>())
        .ok()
}
