//! Writing JQL so that no value can break out of its quotes.

/// A value in double quotes, escaped.
///
/// ```
/// assert_eq!(t5g_clients::jira::jql::quote(r#"a "b" \"#), r#""a \"b\" \\""#);
/// ```
pub fn quote(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // JQL knows no other control characters, and no value of ours needs one.
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Values in quotes, for `in (…)`.
pub fn list<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> String {
    let quoted: Vec<String> = values.into_iter().map(|value| quote(value.as_ref())).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_inside_their_quotes() {
        assert_eq!(quote("a\" OR project = \"B"), r#""a\" OR project = \"B""#);
        assert_eq!(quote("a\\"), r#""a\\""#);
        assert_eq!(quote("a\nb\u{0}"), "\"a\\nb \"");
        assert_eq!(list(["A-1", "B\"2"]), r#""A-1", "B\"2""#);
    }
}
