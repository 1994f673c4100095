//! Certificates and keys as people paste them: PEM or bare base64, with line breaks, without, or with `\n` spelt out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The bytes of what is written, whatever stands around the base64.
pub(super) fn decoded(written: &str) -> Option<Vec<u8>> {
    let broken = written.replace("\\n", "\n").replace("\\r", "\n");
    let bare: String = match broken.split_once("-----BEGIN ") {
        None => broken,
        Some((_, block)) => {
            let (_, block) = block.split_once("-----")?;
            let (body, _) = block.split_once("-----END")?;
            body.to_owned()
        }
    };
    let bare: String = bare.chars().filter(|character| !character.is_whitespace()).collect();
    if bare.is_empty() { None } else { STANDARD.decode(bare).ok() }
}

pub(super) fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
