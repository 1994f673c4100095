//! A message out of a form field.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Reason, Refusal};
use crate::preflight::Limits;

/// Base64 of the greatest message, with a line break after every 64 letters and some room.
const LONGEST: usize = Limits::MESSAGE.bytes / 3 * 4 / 64 * 66 + 1024;

/// The bytes of the message. Line breaks are part of the form and not of the message.
pub(super) fn decoded(field: &str) -> Result<Vec<u8>, Refusal> {
    if field.len() > LONGEST {
        return Err(Refusal::new(Reason::TooLarge, format!("the field has {} letters", field.len())));
    }
    let bare = field.split_ascii_whitespace().collect::<String>();
    STANDARD.decode(bare).map_err(|error| Refusal::new(Reason::Base64, format!("not base64: {error}")))
}
