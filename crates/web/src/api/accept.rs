//! What form of an answer a client wants: `Accept`, as RFC 9110 has it.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

use crate::error::AppError;

/// A form in which rows are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// One JSON text.
    Json,
    /// One JSON text a line.
    Lines,
    /// A table for spreadsheets.
    Csv,
}

impl Format {
    /// What lists can be had in; of equally good ones the first is taken.
    pub(crate) const OF_LISTS: &[Self] = &[Self::Json, Self::Lines, Self::Csv];
    /// What single things can be had in.
    pub(crate) const OF_ONE: &[Self] = &[Self::Json];

    /// The media type that is asked for and answered.
    pub(crate) const fn media(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Lines => "application/x-ndjson",
            Self::Csv => "text/csv",
        }
    }

    /// With what a reader has to know beyond the type.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            other => other.media(),
        }
    }

    /// The names of the forms of lists, for who can only give an address; in the order of [`Self::OF_LISTS`].
    pub(crate) const NAMES: &'static [&'static str] = &["json", "ndjson", "csv"];

    /// The form of that name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        let named = Self::NAMES.iter().zip(Self::OF_LISTS).find(|(known, _)| **known == name);
        named.map(|(_, format)| *format)
    }

    /// The best of these for the client.
    pub(crate) fn wanted(headers: &HeaderMap, offered: &[Self]) -> Result<Self, AppError> {
        let lines: Vec<&str> =
            headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let text = lines.join(",");
        if text.trim().is_empty() {
            return Ok(Self::Json);
        }
        let mut best = None;
        for format in offered {
            let weight = weight(&text, format.media());
            if weight > best.map_or(0, |(weight, _)| weight) {
                best = Some((weight, *format));
            }
        }
        best.map(|(_, format)| format).ok_or_else(|| {
            let all: Vec<_> = offered.iter().map(|format| format.media()).collect();
            AppError::NotAcceptable(format!(
                "This address cannot answer in any form that you accept. It offers: {}.",
                all.join(", ")
            ))
        })
    }
}

/// How much the client likes the type, in thousandths: the most precise range that covers it counts.
fn weight(accept: &str, media: &str) -> u16 {
    let (kind, _) = media.split_once('/').unwrap_or((media, ""));
    let mut found = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let Some(name) = parts.next() else { continue };
        let precision = match name {
            "*/*" => 1,
            _ if name.eq_ignore_ascii_case(media) => 3,
            _ if name.strip_suffix("/*").is_some_and(|of| of.eq_ignore_ascii_case(kind)) => 2,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let weight = weight.map_or(Some(1000), thousandths).unwrap_or(0);
        if precision > found.0 {
            found = (precision, weight);
        }
    }
    found.1
}

/// `0.25` as 250; `None` if it is no weight.
fn thousandths(text: &str) -> Option<u16> {
    let weight: f32 = text.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1,000")]
    (0.0..=1.0).contains(&weight).then_some((weight * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: &str) -> Option<Format> {
        let headers = [(ACCEPT, accept.parse().unwrap())].into_iter().collect();
        Format::wanted(&headers, Format::OF_LISTS).ok()
    }

    #[test]
    fn the_best_form_is_taken() {
        assert_eq!(Format::wanted(&HeaderMap::new(), Format::OF_LISTS).unwrap(), Format::Json);
        for json in ["", "*/*", "application/json", "text/html,*/*;q=0.8", "text/csv;q=0.1, application/*"] {
            assert_eq!(wanted(json), Some(Format::Json), "{json}");
        }
        for csv in [
            "text/csv",
            "TEXT/CSV",
            "text/*",
            "application/json;q=0.5, text/csv;q=0.9",
            "*/*;q=0.1, text/csv",
        ] {
            assert_eq!(wanted(csv), Some(Format::Csv), "{csv}");
        }
        assert_eq!(wanted("application/x-ndjson"), Some(Format::Lines));
        assert_eq!(wanted("application/json;q=0, */*"), Some(Format::Lines));
    }

    #[test]
    fn what_cannot_be_had_is_an_error() {
        for none in ["text/html", "image/*", "application/json;q=0", "application/json;q=2", "nonsense"] {
            assert_eq!(wanted(none), None, "{none}");
        }
    }
}
