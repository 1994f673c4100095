//! Files as another version, or a bad disk, would leave them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A file of these frames, with a right end.
pub(crate) fn of_frames(frames: &[(u8, Value)], counts: &Value) -> std::fs::File {
    let mut plain = Vec::new();
    for (kind, value) in frames {
        frame(&mut plain, *kind, value.to_string().as_bytes());
    }
    let digits = Sha256::digest(&plain).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digest: String = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect();
    let end = json!({ "documents": {}, "rows": counts, "sha256": digest });
    frame(&mut plain, b'E', end.to_string().as_bytes());
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(&plain).unwrap();
    of_bytes(&gz.finish().unwrap())
}

fn frame(out: &mut Vec<u8>, kind: u8, content: &[u8]) {
    out.push(kind);
    out.extend(u64::try_from(content.len()).unwrap().to_be_bytes());
    out.extend(content);
}

/// The first frame.
pub(crate) fn head(version: u32, schema: usize) -> (u8, Value) {
    let head = json!({
        "format": "t5g-backup", "version": version, "program": "0.0.1",
        "made": "2026-11-23T14:05:00Z", "ledger_schema": schema,
    });
    (b'H', head)
}

/// A file with these bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}
