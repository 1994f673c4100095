//! Mends JSON text whose escapes hold halves of surrogate pairs.

/// `json` with every lone `\ud800` to `\udfff` replaced by `\ufffd`; `None` if there is none.
pub(super) fn without_lone_surrogates(json: &str) -> Option<String> {
    let mut mended = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = json.get(at..)?.find('\\') {
        at += found;
        match unit(json, at) {
            // A pair.
            Some(0xD800..=0xDBFF) if matches!(unit(json, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                mended.push_str(json.get(kept..at)?);
                mended.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
            // Another escape: the character after the backslash may be a backslash.
            _ => at += 1 + json.get(at + 1..)?.chars().next().map_or(0, char::len_utf8),
        }
    }
    mended.push_str(json.get(kept..)?);
    (kept > 0).then_some(mended)
}

/// The code unit of the escape `\uxxxx` at `at`, if there is one.
fn unit(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::without_lone_surrogates as mend;

    #[test]
    fn only_halves_are_replaced() {
        assert_eq!(mend(r#""a \ud83d\ude00 \u00e9 \\ud83d""#), None);
        assert_eq!(mend(r#""a \ud83d""#).as_deref(), Some(r#""a \ufffd""#));
        assert_eq!(
            mend(r#""\uDE00\ud83d\ud83d\ude00é\n\udfffx""#).as_deref(),
            Some(r#""\ufffd\ufffd\ud83d\ude00é\n\ufffdx""#)
        );
        assert_eq!(mend(r#""\"#), None);
        assert_eq!(mend("\\é\\ud8é"), None);
        assert_eq!(mend(""), None);
    }
}
