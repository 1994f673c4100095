//! `If-None-Match` and `Accept-Encoding`, as far as this server needs them.

use axum::http::HeaderValue;

/// Whether the client has this version already (weak comparison, as RFC 9110 wants for `If-None-Match`).
pub(crate) fn matches_etag(if_none_match: Option<&HeaderValue>, etag: &HeaderValue) -> bool {
    let Some(theirs) = if_none_match.and_then(|value| value.to_str().ok()) else { return false };
    let Ok(ours) = etag.to_str() else { return false };
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    theirs.trim() == "*" || theirs.split(',').any(|tag| bare(tag) == bare(ours))
}

/// Whether the client takes this content coding; one that says nothing takes none.
pub(crate) fn accepts(accept_encoding: Option<&HeaderValue>, coding: &str) -> bool {
    let text = accept_encoding.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let weight_of = |wanted: &str| {
        text.split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next()?;
            let weight =
                parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
            name.eq_ignore_ascii_case(wanted).then_some(weight?)
        })
    };
    weight_of(coding).or_else(|| weight_of("*")).is_some_and(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> HeaderValue {
        text.parse().unwrap()
    }

    #[test]
    fn codings_are_taken_by_weight() {
        let taken = |header: &str| accepts(Some(&value(header)), "gzip");
        for yes in ["gzip", "br, GZIP;q=0.5", "*", "identity;q=0, *;q=0.1"] {
            assert!(taken(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "gzip;q=0, *", "gzip;q=x"] {
            assert!(!taken(no), "{no}");
        }
        assert!(!accepts(None, "gzip"));
    }

    #[test]
    fn tags_match_weakly_and_in_lists() {
        let has = |header: &str| matches_etag(Some(&value(header)), &value("W/\"a\""));
        for yes in ["\"a\"", "W/\"a\"", "\"b\", W/\"a\"", "*"] {
            assert!(has(yes), "{yes}");
        }
        for no in ["\"b\"", "a", ""] {
            assert!(!has(no), "{no}");
        }
    }
}
