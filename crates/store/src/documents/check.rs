//! What must be true of a document before it is written: not too large, and valid JSON.

use bytes::Bytes;
use serde::de::IgnoredAny;
use t5g_model::documents::Document;

use super::{MAX_DOCUMENT_BYTES, Stored};
use crate::StoreError;

/// What is smaller is checked on the spot; more would hold up the other tasks of this thread.
const SMALL: usize = 64 * 1024;

/// Checks every document of a batch.
pub(super) async fn batch(place: &str, batch: &[(Document, Bytes)]) -> Result<(), StoreError> {
    for (document, bytes) in batch {
        size(*document, bytes.len())?;
        let (document, bytes) = (*document, bytes.clone());
        aside(place, bytes.len(), move || json(document, &bytes)).await??;
    }
    Ok(())
}

/// Whether a document of that many bytes may be read or written.
pub(super) fn size(document: Document, bytes: usize) -> Result<(), StoreError> {
    let size = u64::try_from(bytes).unwrap_or(u64::MAX);
    if size > MAX_DOCUMENT_BYTES {
        return Err(StoreError::TooLarge { document, size, limit: MAX_DOCUMENT_BYTES });
    }
    Ok(())
}

/// The bytes with their fingerprint.
pub(super) async fn stored(place: &str, bytes: Bytes) -> Result<Stored, StoreError> {
    aside(place, bytes.len(), move || Stored::new(bytes)).await
}

/// Reads the JSON through without keeping any of it.
fn json(document: Document, bytes: &[u8]) -> Result<(), StoreError> {
    let refused = |reason: String| StoreError::Refused { document, reason };
    let text =
        std::str::from_utf8(bytes).map_err(|error| refused(format!("it is not UTF-8 text: {error}")))?;
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(IgnoredAny) => Ok(()),
        Err(error) => Err(refused(format!("it is not valid JSON: {error}"))),
    }
}

/// Does heavy work where it holds nobody up.
async fn aside<T: Send + 'static>(
    place: &str,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    if bytes < SMALL {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await.map_err(|cause| StoreError::Unavailable {
        place: place.to_owned(),
        doing: "checking a document",
        cause: cause.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_passes() {
        for good in ["{}", "null", " [1, \"a\"]\n", "\"2026-11-23\""] {
            assert!(json(Document::Cards, good.as_bytes()).is_ok(), "{good}");
        }
        for bad in [&b""[..], b"{", b"{}x", b"{\"a\":1,}", b"NaN", b"\"\xff\"", b"'a'"] {
            let error = json(Document::Cards, bad).unwrap_err().to_string();
            assert!(error.starts_with("document cards is not stored: it is not"), "{error}");
        }
    }

    #[test]
    fn absurd_depth_costs_no_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(json(Document::Cards, deep.as_bytes()).is_ok());
        assert!(json(Document::Cards, &deep.as_bytes()[1..]).is_err());
    }
}
