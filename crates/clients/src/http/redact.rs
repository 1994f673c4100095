//! Text from outside on its way into errors and logs: our secrets out, control characters out, length bounded.

use crate::Secret;

const LONGEST: usize = 300;
/// Shorter secrets would blank out ordinary words; nobody issues them.
const SHORTEST_SECRET: usize = 6;

/// `text` on one line, at most 300 characters, with each of the secrets replaced by `***`.
pub(crate) fn outside_text(text: &str, secrets: &[&Secret]) -> String {
    // Cut before the work, but so that no secret is cut in half at the end.
    let longest_secret = secrets.iter().map(|secret| secret.expose().len()).max().unwrap_or(0);
    let mut clean: String = text.chars().take(LONGEST * 4 + longest_secret).collect();
    for secret in
        secrets.iter().map(|secret| secret.expose()).filter(|secret| secret.len() >= SHORTEST_SECRET)
    {
        clean = clean.replace(secret, "***");
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        if encoded != secret {
            clean = clean.replace(&encoded, "***");
        }
    }
    let words: Vec<&str> =
        clean.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => line.get(..end).map(|start| format!("{start}…")).unwrap_or_default(),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_blanked_plain_and_encoded() {
        let secret = Secret::new("k3y/with+signs");
        let shown = outside_text("bad key k3y/with+signs in ?api_key=k3y%2Fwith%2Bsigns", &[&secret]);
        assert_eq!(shown, "bad key *** in ?api_key=***");
    }

    #[test]
    fn text_is_one_bounded_line() {
        assert_eq!(outside_text(" a\r\n\u{1b}[31mb\0c ", &[]), "a [31mb c");
        let long = outside_text(&"ä".repeat(5000), &[]);
        assert_eq!(long.chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_secret_across_the_cut_does_not_leak() {
        let secret = Secret::new("s".repeat(400));
        let text = format!("{}{}", "x".repeat(LONGEST * 4 - 10), "s".repeat(400));
        assert!(!outside_text(&text, &[&secret]).contains("ss"));
    }
}
