//! Reads what the store holds, tolerantly: a document that cannot be read counts as lost, not as fatal.

use t5g_model::documents::Document;
use t5g_model::documents::read::{ReadError, Reading};
use t5g_store::documents::{Documents, Fingerprint};

/// A document as it was before a refresh.
#[derive(Debug, Default)]
pub(crate) struct Previous<T> {
    /// Its readable part; empty if there is none.
    pub(crate) value: T,
    /// What it looked like; `None` if it was never written.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// Whether every entry was readable: only then may a refresh build on it.
    pub(crate) sound: bool,
}

/// Reads one document with the model's reader, off the async threads.
pub(crate) async fn read<T, R>(
    documents: &Documents,
    document: Document,
    reader: R,
) -> anyhow::Result<Previous<T>>
where
    T: Default + Send + 'static,
    R: Fn(&[u8]) -> Result<Reading<T>, ReadError> + Send + 'static,
{
    let stored = documents.read(document).await?;
    heavy(move || {
        let Some(stored) = stored else { return Previous::default() };
        let fingerprint = Some(stored.fingerprint);
        match reader(&stored.bytes) {
            Ok(reading) => {
                let sound = reading.problems.is_empty();
                Previous { value: told(document, reading), fingerprint, sound }
            }
            Err(error) => {
                tracing::error!(%document, %error, "the stored document cannot be read; it is fetched anew");
                Previous { value: T::default(), fingerprint, sound: false }
            }
        }
    })
    .await
}

/// A document that others are joined with: it must be there and be readable.
pub(crate) async fn required<T, R>(documents: &Documents, document: Document, reader: R) -> anyhow::Result<T>
where
    T: Send + 'static,
    R: Fn(&[u8]) -> Result<Reading<T>, ReadError> + Send + 'static,
{
    let Some(stored) = documents.read(document).await? else {
        anyhow::bail!("document {document} is missing; refresh it first: t5g sync missing");
    };
    Ok(told(document, heavy(move || reader(&stored.bytes)).await??))
}

/// A document that others are joined with, if it is there; one that is there must be readable.
pub(crate) async fn optional<T, R>(documents: &Documents, document: Document, reader: R) -> anyhow::Result<T>
where
    T: Default + Send + 'static,
    R: Fn(&[u8]) -> Result<Reading<T>, ReadError> + Send + 'static,
{
    let Some(stored) = documents.read(document).await? else { return Ok(T::default()) };
    Ok(told(document, heavy(move || reader(&stored.bytes)).await??))
}

/// The readable part; what is left out is told.
fn told<T>(document: Document, reading: Reading<T>) -> T {
    if !reading.problems.is_empty() {
        let count = reading.problems.count();
        tracing::warn!(%document, count, "entries of the stored document cannot be read");
    }
    reading.value
}

/// Does work that takes the processor for long, off the async threads.
pub(crate) async fn heavy<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    Ok(tokio::task::spawn_blocking(work).await?)
}
