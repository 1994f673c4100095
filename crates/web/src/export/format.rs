//! The formats, and what an answer in one of them says of itself.

use axum::http::HeaderValue;

/// A format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Format {
    /// Comma-separated, for spreadsheets.
    Csv,
    /// Tab-separated, for the clipboard.
    Tsv,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// A table for wikis and chats.
    Markdown,
}

impl Format {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Csv, Self::Tsv, Self::Json, Self::Ndjson, Self::Markdown];

    /// The ending of file names and addresses, without the dot.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Markdown => "md",
        }
    }

    /// What it is called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Json => "JSON",
            Self::Ndjson => "NDJSON",
            Self::Markdown => "Markdown",
        }
    }

    /// The media type.
    pub(crate) const fn media_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Tsv => "text/tab-separated-values; charset=utf-8",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
        })
    }

    /// What makes browsers keep it as a file of that name; anything but letters, digits and dashes is left out of
    /// the name.
    pub(crate) fn disposition(self, name: &str) -> Option<HeaderValue> {
        let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        HeaderValue::try_from(format!("attachment; filename=\"{plain}.{}\"", self.ending())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain() {
        let name = Format::Csv.disposition("t5g-\"all\"\r\n/../2026-11-23").unwrap();
        assert_eq!(name, "attachment; filename=\"t5g-all2026-11-23.csv\"");
    }
}
