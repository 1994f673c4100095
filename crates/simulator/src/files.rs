//! The files of cases: which there are, and their bytes, which follow from their names and are made while they are
//! sent. None is ever whole in memory, however large it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use futures_util::{Stream, stream};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::dice::Dice;

/// How much is made at once.
const PIECE: usize = 64 << 10;
/// The largest file, in bytes, and the most files set by hand.
pub(crate) const LARGEST: u64 = 16 << 30;
const MOST: usize = 10_000;

/// A file of a case.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) size: u64,
    /// What the list says, if it is not the truth.
    pub(crate) told_checksum: Option<String>,
    /// Where the list says that it lies, if not where it does.
    pub(crate) told_link: Option<String>,
}

/// A file as somebody wants it to be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    pub(crate) name: String,
    pub(crate) size: u64,
    #[serde(default)]
    pub(crate) checksum: Option<String>,
    #[serde(default)]
    pub(crate) link: Option<String>,
}

/// Files set by hand, by case, and checksums that were costly to find.
#[derive(Debug, Default)]
pub(crate) struct FileDesk {
    wished: BTreeMap<String, Vec<File>>,
    sums: Arc<Mutex<BTreeMap<(String, u64), String>>>,
}

impl FileDesk {
    /// Gives a case these files in place of its own.
    pub(crate) fn set(&mut self, case: &str, wishes: Vec<Wish>) -> Result<(), String> {
        let count: usize = self.wished.values().map(Vec::len).sum();
        if count + wishes.len() > MOST || wishes.iter().any(|wish| wish.size > LARGEST) {
            return Err(format!("at most {MOST} files of at most {LARGEST} bytes each"));
        }
        let files = wishes.into_iter().enumerate().map(|(place, wish)| File {
            uuid: format!("{case}-{place}"),
            name: wish.name,
            size: wish.size,
            told_checksum: wish.checksum,
            told_link: wish.link,
        });
        self.wished.insert(case.to_owned(), files.collect());
        Ok(())
    }

    /// The files set by hand, if any were.
    pub(crate) fn of(&self, case: &str) -> Option<&[File]> {
        self.wished.get(case).map(Vec::as_slice)
    }

    /// The checksum of a file: SHA-256, in hexadecimal digits.
    pub(crate) fn checksum(&self, uuid: &str, size: u64) -> String {
        let place = (uuid.to_owned(), size);
        let known = self.sums.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        known.unwrap_or_else(|| {
            let mut sum = Sha256::new();
            let mut at = 0;
            while at < size {
                let bytes = piece(uuid, at, size);
                at += bytes.len() as u64;
                sum.update(&bytes);
            }
            let sum = format!("{:x}", sum.finalize());
            self.sums.lock().unwrap_or_else(PoisonError::into_inner).insert(place, sum.clone());
            sum
        })
    }
}

/// The file's bytes from one on, piece by piece.
pub(crate) fn bytes(uuid: String, from: u64, size: u64) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::unfold(from, move |at| {
        let piece = (at < size).then(|| piece(&uuid, at, size));
        std::future::ready(piece.map(|bytes| {
            let next = at + bytes.len() as u64;
            (Ok(Bytes::from(bytes)), next)
        }))
    })
}

/// The bytes from `at` on, up to the next border of pieces. Each block of them follows from the name and its place, so
/// that any part can be made without the others.
fn piece(uuid: &str, at: u64, size: u64) -> Vec<u8> {
    let width = PIECE as u64;
    let block = at / width;
    let mut dice = Dice::of(0, uuid, block);
    let mut bytes = Vec::with_capacity(PIECE);
    while bytes.len() < PIECE {
        bytes.extend_from_slice(&dice.next().to_le_bytes());
    }
    let begin = usize::try_from(at % width).unwrap_or(0);
    let end = usize::try_from((size - block * width).min(width)).unwrap_or(PIECE);
    bytes.truncate(end);
    bytes.drain(..begin.min(end));
    bytes
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn any_part_of_a_file_is_the_same_as_in_the_whole() {
        let read = async |from| {
            let pieces: Vec<_> = bytes("x".into(), from, 200_000).collect().await;
            pieces.into_iter().flat_map(|piece| piece.unwrap()).collect::<Vec<u8>>()
        };
        let whole = read(0).await;
        assert_eq!(whole.len(), 200_000);
        for from in [1, 65_535, 65_536, 65_537, 199_999, 200_000] {
            assert_eq!(read(from).await, whole[usize::try_from(from).unwrap()..], "{from}");
        }
        let sum = format!("{:x}", Sha256::digest(&whole));
        let desk = FileDesk::default();
        assert_eq!(desk.checksum("x", 200_000), sum);
        assert_eq!(desk.checksum("x", 200_000), sum, "remembered");
    }
}
