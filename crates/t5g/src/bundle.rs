//! All documents in one JSON file: an object with a member for each, its value exactly as stored.

use std::fmt;

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use t5g_model::documents::{Document, read};

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Bundle {
    /// Documents of the contract.
    pub(crate) documents: Vec<(Document, Bytes)>,
    /// Members that are no document of the contract.
    pub(crate) unknown: Vec<String>,
}

/// A document's report: what it is, how large, how many of its entries cannot be read.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Line {
    pub(crate) document: &'static str,
    pub(crate) bytes: usize,
    pub(crate) unreadable_entries: u64,
}

impl Bundle {
    /// Reads a file's text. Values are kept byte for byte.
    pub(crate) fn parse(text: &[u8]) -> Result<Self> {
        let mut reader = serde_json::Deserializer::from_slice(text);
        let bundle = reader.deserialize_map(Members).context("the file is not a JSON object of documents")?;
        reader.end().context("the file goes on after the JSON object")?;
        Ok(bundle)
    }

    /// Reads every document as the dashboard would. Those that it could not read at all are all named.
    pub(crate) fn check(&self) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        let mut broken = Vec::new();
        for (document, bytes) in &self.documents {
            match read::check(*document, bytes) {
                Ok(problems) => lines.push(Line {
                    document: document.name(),
                    bytes: bytes.len(),
                    unreadable_entries: problems.count(),
                }),
                Err(error) => broken.push(error.to_string()),
            }
        }
        if !broken.is_empty() {
            bail!("nothing was imported:\n  {}", broken.join("\n  "));
        }
        Ok(lines)
    }

    /// The file's text; the same documents give the same text.
    pub(crate) fn text(&self) -> Result<Vec<u8>> {
        let mut text = b"{".to_vec();
        for (document, bytes) in &self.documents {
            if text.len() > 1 {
                text.push(b',');
            }
            text.extend(format!("\n{}: ", serde_json::to_string(document.name())?).bytes());
            text.extend(value(*document, bytes)?);
        }
        text.extend(b"\n}\n");
        Ok(text)
    }
}

/// The document as a JSON value: as it is; a bare text (which other writers leave in place of a string) quoted.
fn value(document: Document, bytes: &[u8]) -> Result<Vec<u8>> {
    let why = match serde_json::from_slice::<&RawValue>(bytes) {
        Ok(value) => return Ok(value.get().as_bytes().to_vec()),
        Err(error) => error,
    };
    match (document, std::str::from_utf8(bytes)) {
        (Document::Timestamp | Document::RefreshId, Ok(bare)) => Ok(serde_json::to_vec(bare.trim())?),
        _ => {
            bail!("document {document} is not valid JSON in the store ({why}); refresh it, or mend it there")
        }
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Bundle;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object whose members are documents")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Bundle, A::Error> {
        let mut bundle = Bundle::default();
        while let Some(name) = members.next_key::<String>()? {
            let value: Box<RawValue> = members.next_value()?;
            let Some(document) = Document::by_name(&name) else {
                bundle.unknown.push(name);
                continue;
            };
            if bundle.documents.iter().any(|(known, _)| *known == document) {
                return Err(serde::de::Error::custom(format!("{document} occurs twice")));
            }
            bundle.documents.push((document, Bytes::from(Box::<str>::from(value).into_string())));
        }
        Ok(bundle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_byte_for_byte() {
        let text =
            b"{ \"cases\" : { \"1\" : {\"a\": 1.0e3} } , \"escalations\": null, \"mine\": 1, \"stats\":{} }";
        let bundle = Bundle::parse(text).unwrap();
        assert_eq!(bundle.unknown, ["mine"]);
        let out = bundle.text().unwrap();
        let again = Bundle::parse(&out).unwrap();
        assert_eq!(again.documents, bundle.documents);
        assert_eq!(bundle.documents[0], (Document::Cases, Bytes::from_static(b"{ \"1\" : {\"a\": 1.0e3} }")));
    }

    #[test]
    fn what_is_no_bundle_is_refused() {
        for bad in ["", "[]", "{\"cases\": ", "{} {}", "{\"cases\":{},\"cases\":{}}", "null"] {
            assert!(Bundle::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Bundle::parse(&"[".repeat(100_000).into_bytes()).is_err());
    }

    #[test]
    fn documents_that_cannot_be_read_are_all_named() {
        let bundle = Bundle::parse(b"{\"cases\": [], \"cards\": 1, \"stats\": {}}").unwrap();
        let error = bundle.check().unwrap_err().to_string();
        assert!(error.contains("cases") && error.contains("cards"), "{error}");
    }

    #[test]
    fn a_bare_text_is_quoted_and_other_broken_documents_are_named() {
        let bare = Bundle { documents: vec![(Document::RefreshId, Bytes::from("a-b"))], unknown: Vec::new() };
        assert_eq!(bare.text().unwrap(), b"{\n\"refresh_id\": \"a-b\"\n}\n");
        let torn = Bundle { documents: vec![(Document::Cards, Bytes::from("{\"a"))], unknown: Vec::new() };
        assert!(torn.text().unwrap_err().to_string().contains("cards"));
    }
}
