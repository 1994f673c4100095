//! The file of a backup from near: a compressed row of frames, each with its kind and length, the last one with the
//! SHA-256 of all before it. Knows nothing of what is in them.

use std::io::{self, BufReader, BufWriter, Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::BackupError;
use crate::documents::MAX_DOCUMENT_BYTES;
use crate::hex::hex;

/// No frame holds more: a document of the largest size and its name.
const LARGEST: u64 = MAX_DOCUMENT_BYTES + 4096;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// JSON: what this file is.
    Head,
    /// A document: its name, a NUL, its bytes.
    Document,
    /// JSON: the table that the rows after it belong to.
    Table,
    /// JSON: rows.
    Rows,
    /// JSON: how much there was, and the checksum.
    End,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Head, Self::Document, Self::Table, Self::Rows, Self::End];

    fn byte(self) -> u8 {
        match self {
            Self::Head => b'H',
            Self::Document => b'D',
            Self::Table => b'T',
            Self::Rows => b'R',
            Self::End => b'E',
        }
    }
}

/// Writes frames.
pub(super) struct FrameWriter<W: Write> {
    out: GzEncoder<BufWriter<W>>,
    digest: Sha256,
}

impl<W: Write> FrameWriter<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out: GzEncoder::new(BufWriter::new(out), Compression::fast()), digest: Sha256::new() }
    }

    /// One frame; its content in two parts, so that a large one need not be copied.
    pub(super) fn frame(&mut self, kind: Kind, head: &[u8], body: &[u8]) -> io::Result<()> {
        let length = u64::try_from(head.len() + body.len()).map_err(io::Error::other)?;
        let mut begin = [kind.byte(); 9];
        begin.iter_mut().skip(1).zip(length.to_be_bytes()).for_each(|(to, from)| *to = from);
        for part in [&begin[..], head, body] {
            self.digest.update(part);
            self.out.write_all(part)?;
        }
        Ok(())
    }

    /// The checksum of all so far.
    pub(super) fn digest(&self) -> String {
        hex(&self.digest.clone().finalize())
    }

    /// Ends the file.
    pub(super) fn finish(self) -> io::Result<()> {
        self.out.finish()?.flush()
    }
}

/// One frame as read.
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) content: Vec<u8>,
}

/// Reads frames.
pub(super) struct FrameReader<R: Read> {
    input: BufReader<GzDecoder<R>>,
    digest: Sha256,
}

impl<R: Read> FrameReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(64 * 1024, GzDecoder::new(input)), digest: Sha256::new() }
    }

    /// The next frame.
    pub(super) fn next(&mut self) -> Result<Frame, BackupError> {
        let mut begin = [0; 9];
        self.input.read_exact(&mut begin).map_err(damaged)?;
        let [kind, length @ ..] = begin;
        let known = Kind::ALL.into_iter().find(|known| known.byte() == kind);
        let kind =
            known.ok_or_else(|| BackupError::Damaged("it holds something of no known kind".to_owned()))?;
        let length = u64::from_be_bytes(length);
        if length > LARGEST {
            return Err(BackupError::Damaged(format!("it says that {length} bytes come")));
        }
        let mut content = Vec::new();
        let read = (&mut self.input).take(length).read_to_end(&mut content).map_err(damaged)?;
        if u64::try_from(read).unwrap_or(0) != length {
            return Err(BackupError::Damaged("it ends too early".to_owned()));
        }
        if kind != Kind::End {
            self.digest.update(begin);
            self.digest.update(&content);
        }
        Ok(Frame { kind, content })
    }

    /// The checksum of all before the end.
    pub(super) fn digest(&self) -> String {
        hex(&self.digest.clone().finalize())
    }

    /// Sees that nothing comes any more.
    pub(super) fn end(&mut self) -> Result<(), BackupError> {
        match self.input.read(&mut [0]).map_err(damaged)? {
            0 => Ok(()),
            _ => Err(BackupError::Damaged("it goes on after its end".to_owned())),
        }
    }
}

fn damaged(error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            BackupError::Damaged(format!("it is no backup of t5g, or damaged ({error})"))
        }
        io::ErrorKind::UnexpectedEof => {
            BackupError::Damaged("it ends too early, or is no backup of t5g".to_owned())
        }
        _ => BackupError::File(error),
    }
}
