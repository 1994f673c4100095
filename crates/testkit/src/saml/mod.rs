//! What an identity provider says, for tests of whoever listens: keys, responses, signatures, encryption, and the
//! ways in which all that is forged.
//!
//! Signed and encrypted by OpenSSL over XML that is written in canonical form, so that nothing here shares code
//! with what it tests.

mod encrypt;
mod keys;
mod openssl;
mod response;
mod sign;
mod wrap;

pub use encrypt::{Content, Encryption};
pub use keys::{Algorithm, KeyPair};
pub use openssl::hmac_sha256;
pub use response::{Assertion, Confirmation, Response, at, escaped};
pub use sign::{Hash, Signing, ValueOf};
pub use wrap::{Wrapping, wrapped};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What stands in the form field for `xml`.
pub fn field(xml: &str) -> String {
    STANDARD.encode(xml)
}
