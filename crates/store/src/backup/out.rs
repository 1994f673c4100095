//! Writing a backup: documents first, as of one moment, then the ledger, as of one moment.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek as _};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use t5g_model::documents::Document;

use super::frames::{FrameWriter, Kind};
use super::{BackupError, Contents, End, FORMAT, Head, VERSION, restore, tables};
use crate::documents::{Copier, Documents};
use crate::ledger::Ledger;
use crate::migrations;

/// Writes both stores into an empty file. `program` and `made` are kept in it. The file is complete, but may not have
/// reached the disk.
pub async fn write(
    file: &File,
    documents: &Documents,
    ledger: &Ledger,
    (program, made): (&str, DateTime<Utc>),
) -> Result<Contents, BackupError> {
    let head = Head {
        format: FORMAT.to_owned(),
        version: VERSION,
        program: program.to_owned(),
        made,
        ledger_schema: migrations::LEDGER.newest(),
    };
    let mut copy = Copy { file, head: &head, begun: None, failed: None };
    if let Err(error) = documents.copy(&mut copy).await {
        // What the store could not hand over because the file did not take it, is the file's failure.
        return Err(copy.failed.map_or(BackupError::Store(error), BackupError::File));
    }
    let Some(mut begun) = copy.begun else {
        return Err(BackupError::File(io::Error::other("the store handed nothing over")));
    };
    let rows = tables::dump(ledger.db().await?, &mut begun.out).await?;
    let end = End { documents: begun.documents, rows, sha256: begun.out.digest() };
    begun.out.frame(Kind::End, &json(&end)?, &[])?;
    begun.out.finish()?;
    let End { documents, rows, .. } = end;
    Ok(Contents { head, documents, unusable: begun.unusable, rows })
}

/// An error if either half is empty: most often these are not the stores of the service, and a file that holds nothing
/// would take the place of one that does.
pub async fn is_something_there(documents: &Documents, ledger: &Ledger) -> Result<(), BackupError> {
    if documents.present().await?.is_empty() {
        return Err(BackupError::Nothing { place: documents.place(), what: "document" });
    }
    // In the documents' own file a ledger is the right one, whatever has happened yet.
    let apart = ledger.place() != documents.place();
    if apart && tables::first_filled(ledger.db().await?).await?.is_none() {
        return Err(BackupError::Nothing { place: ledger.place().to_owned(), what: "row" });
    }
    Ok(())
}

pub(super) fn json(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(io::Error::other)
}

/// Takes the documents into the file, from its beginning as often as need be.
struct Copy<'file, 'head> {
    file: &'file File,
    head: &'head Head,
    begun: Option<Begun<'file>>,
    failed: Option<io::Error>,
}

impl<'file> Copy<'file, '_> {
    /// From the beginning of the file.
    fn anew(&mut self) -> io::Result<Begun<'file>> {
        // A writer that goes away still writes its end: before the file is emptied.
        drop(self.begun.take());
        self.file.set_len(0)?;
        let mut place: &File = self.file;
        place.rewind()?;
        let mut out = FrameWriter::new(self.file);
        out.frame(Kind::Head, &json(self.head)?, &[])?;
        Ok(Begun { out, documents: BTreeMap::new(), unusable: Vec::new() })
    }

    /// Keeps a failure, which would otherwise look like the store's.
    fn kept<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            kind.into()
        })
    }
}

struct Begun<'file> {
    out: FrameWriter<&'file File>,
    documents: BTreeMap<String, u64>,
    unusable: Vec<String>,
}

impl Copier for Copy<'_, '_> {
    fn begin(&mut self) -> io::Result<()> {
        let begun = self.anew();
        self.begun = Some(self.kept(begun)?);
        Ok(())
    }

    fn take(&mut self, document: Document, bytes: &Bytes) -> io::Result<()> {
        let begun = self.begun.as_mut().ok_or_else(|| io::Error::other("it was not begun"))?;
        let written = begun.out.frame(Kind::Document, format!("{document}\0").as_bytes(), bytes);
        begun.documents.insert(document.name().to_owned(), u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if restore::usable(document, bytes).is_none() {
            begun.unusable.push(document.name().to_owned());
        }
        self.kept(written)
    }
}
