//! JQL in its words, quoted texts and signs.

/// A part.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

/// As messages name it.
pub(super) fn shown(token: &Token) -> &str {
    match token {
        Token::Word(text) | Token::Text(text) => text,
        Token::Sign(sign) => sign,
    }
}

/// Whether it is that word, whatever the case.
pub(super) fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(text) if text.eq_ignore_ascii_case(word))
}

const SIGNS: [&str; 12] = ["!=", ">=", "<=", "!~", "=", ">", "<", "~", "(", ")", ",", "!"];

/// The query in its parts.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            found.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else if first == '"' || first == '\'' {
            let (text, used) = quoted(rest, first)?;
            found.push(Token::Text(text));
            rest = rest.get(used..).unwrap_or_default();
        } else {
            let end =
                rest.find(|c: char| c.is_whitespace() || "=!<>~(),\"'".contains(c)).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            found.push(Token::Word(word.to_owned()));
            rest = tail;
        }
        rest = rest.trim_start();
    }
    Ok(found)
}

fn quoted(text: &str, quote: char) -> Result<(String, usize), String> {
    let mut inner = String::new();
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => {
                inner.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            _ if character == quote => return Ok((inner, at + 1)),
            _ => inner.push(character),
        }
    }
    Err("Error in the JQL Query: The quoted string has not been completed.".into())
}
