//! Reading a backup: first all of it to see whether it is whole, then into the stores.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Seek as _;

use bytes::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use t5g_model::documents::Document;

use super::frames::{FrameReader, Kind};
use super::tables::{self, Filling, odd};
use super::{BackupError, Contents, End, FORMAT, Head, Table, VERSION};
use crate::documents::{Documents, Guard};
use crate::ledger::Ledger;
use crate::migrations::LEDGER;

/// Reads all of a file and sees whether it is as it was written. Changes nothing.
pub fn check(file: &File) -> Result<Contents, BackupError> {
    let (mut reader, head) = open(file)?;
    let mut documents = BTreeMap::new();
    let mut unusable = Vec::new();
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let mut table = None;
    loop {
        let frame = reader.next()?;
        match frame.kind {
            Kind::Head => return Err(odd("it begins twice")),
            Kind::Document => {
                let (document, bytes) = document(frame.content)?;
                documents.insert(document.name().to_owned(), u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                if usable(document, &bytes).is_none() {
                    unusable.push(document.name().to_owned());
                }
            }
            Kind::Table => {
                let name = read::<Table>(&frame.content)?.table;
                rows.entry(name.clone()).or_default();
                table = Some(name);
            }
            Kind::Rows => {
                let count = read::<Vec<IgnoredAny>>(&frame.content)?.len();
                let name = table.clone().ok_or_else(|| odd("rows come before their table"))?;
                *rows.entry(name).or_default() += u64::try_from(count).unwrap_or(u64::MAX);
            }
            Kind::End => {
                let end: End = read(&frame.content)?;
                reader.end()?;
                if end != (End { documents: documents.clone(), rows: rows.clone(), sha256: reader.digest() })
                {
                    return Err(odd("its checksum or its counts are not those of its content"));
                }
                return Ok(Contents { head, documents, unusable, rows });
            }
        }
    }
}

/// Puts what the file holds into the stores: the ledger all at once, then each document. Stores that hold something are
/// refused unless `over`; then the ledger's tables are replaced, and so is every document that the file holds. Nobody
/// may use the stores meanwhile.
pub async fn restore(
    file: &File,
    documents: &Documents,
    ledger: &Ledger,
    over: bool,
) -> Result<Contents, BackupError> {
    let contents = check(file)?;
    if !over {
        are_empty(documents, ledger).await?;
    }
    fill_ledger(file, documents, ledger, contents.head.ledger_schema).await?;
    fill_documents(file, documents).await?;
    Ok(contents)
}

/// An error if there is something in them.
async fn are_empty(documents: &Documents, ledger: &Ledger) -> Result<(), BackupError> {
    if let Some(document) = documents.present().await?.first() {
        return Err(BackupError::NotEmpty { place: documents.place(), what: format!("document {document}") });
    }
    if let Some(table) = tables::first_filled(ledger.db().await?).await? {
        let place = ledger.place().to_owned();
        return Err(BackupError::NotEmpty { place, what: format!("rows in {table}") });
    }
    Ok(())
}

async fn fill_ledger(
    file: &File,
    documents: &Documents,
    ledger: &Ledger,
    schema: usize,
) -> Result<(), BackupError> {
    let (mut reader, _) = open(file)?;
    // Documents take their time, and come first: nothing is begun before them.
    let mut frame = reader.next()?;
    while matches!(frame.kind, Kind::Head | Kind::Document) {
        frame = reader.next()?;
    }
    let mut filling = Filling::begin(ledger.db().await?, schema).await?;
    loop {
        match frame.kind {
            Kind::Table => filling.table(&read(&frame.content)?).await?,
            Kind::Rows => filling.rows(&read::<Vec<Vec<Value>>>(&frame.content)?).await?,
            Kind::Head | Kind::Document => {}
            Kind::End => break,
        }
        frame = reader.next()?;
    }
    Ok(filling.finish(documents).await?)
}

async fn fill_documents(file: &File, documents: &Documents) -> Result<(), BackupError> {
    let (mut reader, _) = open(file)?;
    loop {
        let frame = reader.next()?;
        match frame.kind {
            Kind::Document => {
                let (document, bytes) = document(frame.content)?;
                if let Some(bytes) = usable(document, &bytes) {
                    documents.replace(&[(document, bytes)], &Guard::default()).await?;
                }
            }
            // They come before the ledger.
            Kind::Table | Kind::End => return Ok(()),
            Kind::Head | Kind::Rows => {}
        }
    }
}

fn open(file: &File) -> Result<(FrameReader<&File>, Head), BackupError> {
    let mut place = file;
    place.rewind()?;
    let mut reader = FrameReader::new(file);
    let first = reader.next()?;
    if first.kind != Kind::Head {
        return Err(odd("it does not begin as a backup of t5g"));
    }
    let stranger: Value = read(&first.content)?;
    if stranger.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(odd("it does not begin as a backup of t5g"));
    }
    let version = stranger.get("version").and_then(Value::as_u64).unwrap_or(0);
    if version > u64::from(VERSION) {
        return Err(newer("file format", version, VERSION));
    }
    let head: Head = read(&first.content)?;
    if head.ledger_schema > LEDGER.newest() {
        return Err(newer("schema", head.ledger_schema, LEDGER.newest()));
    }
    Ok((reader, head))
}

fn newer(what: &str, found: impl std::fmt::Display, known: impl std::fmt::Display) -> BackupError {
    BackupError::Newer { found: format!("{what} {found}"), known: known.to_string() }
}

fn read<T: DeserializeOwned>(content: &[u8]) -> Result<T, BackupError> {
    serde_json::from_slice(content).map_err(|error| odd(&format!("a part of it cannot be read: {error}")))
}

fn document(mut content: Vec<u8>) -> Result<(Document, Bytes), BackupError> {
    let nul = content.iter().position(|byte| *byte == 0).ok_or_else(|| odd("a document has no name"))?;
    let bytes = content.split_off(nul + 1);
    let name = content.get(..nul).and_then(|name| std::str::from_utf8(name).ok());
    let document = name.and_then(Document::by_name).ok_or_else(|| odd("it holds an unknown document"))?;
    Ok((document, Bytes::from(bytes)))
}

/// The document as the store takes it: valid JSON. A bare text, which other writers leave in place of a string, is
/// quoted; of anything else that is no JSON there is nothing to restore.
pub(super) fn usable(document: Document, bytes: &Bytes) -> Option<Bytes> {
    let text = std::str::from_utf8(bytes).ok()?;
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        return Some(bytes.clone());
    }
    match document {
        Document::Timestamp | Document::RefreshId => serde_json::to_vec(text.trim()).map(Bytes::from).ok(),
        _ => None,
    }
}
