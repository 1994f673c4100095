//! A document's text as the API sends it: kept compressed, so that an answer copies bytes and parses nothing.

use std::io::{self, Read, Write};

use bytes::{Buf, Bytes};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures_util::Stream;
use t5g_store::documents::{Fingerprint, Stored};

/// How much is unpacked at a time, in bytes: well under a millisecond of work.
const CHUNK: usize = 32 * 1024;

/// A document's JSON text, compressed.
#[derive(Debug, Clone)]
pub(crate) struct RawDocument {
    /// The whole text in gzip.
    pub(crate) gzip: Bytes,
    /// Of the text.
    pub(crate) fingerprint: Fingerprint,
}

impl RawDocument {
    /// Compresses a document; takes about a second for 100 MB, so not on an async thread.
    pub(crate) fn pack(stored: &Stored) -> io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::with_capacity(stored.bytes.len() / 6), Compression::fast());
        encoder.write_all(&stored.bytes)?;
        Ok(Self { gzip: encoder.finish()?.into(), fingerprint: stored.fingerprint })
    }

    /// The text as it lay in the store, unpacked piece by piece as fast as the client takes it.
    pub(crate) fn unpacked(&self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let decoder = GzDecoder::new(self.gzip.clone().reader());
        futures_util::stream::try_unfold(decoder, |mut decoder| async move {
            let mut chunk = Vec::with_capacity(CHUNK);
            decoder.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
            Ok((!chunk.is_empty()).then(|| (Bytes::from(chunk), decoder)))
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn what_was_packed_comes_out_whole() {
        let text: Bytes = (0..100_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>().into();
        let raw = RawDocument::pack(&Stored::new(text.clone())).unwrap();
        let chunks: Vec<Bytes> = raw.unpacked().try_collect().await.unwrap();
        assert!(chunks.iter().all(|chunk| chunk.len() <= CHUNK));
        assert_eq!(chunks.concat(), text);
    }
}
