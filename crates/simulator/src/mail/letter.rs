//! A letter as people read it: headers without their folding and coding, the text, the HTML. Reads what well-behaved
//! programs send; what it cannot read it shows as it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;

/// How deep parts may lie in parts.
const DEPTH: usize = 8;

/// What a letter holds.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Letter {
    /// Name and value, in order.
    headers: Vec<(String, String)>,
    /// The header `Subject`, decoded.
    subject: String,
    text: Option<String>,
    html: Option<String>,
    /// All of it, as it came.
    raw: String,
}

impl Letter {
    pub(crate) fn read(data: &[u8]) -> Self {
        let raw = String::from_utf8_lossy(data).replace("\r\n", "\n");
        let (headers, body) = split(&raw);
        let mut letter =
            Self { subject: words(header(&headers, "Subject").unwrap_or_default()), ..Self::default() };
        letter.collect(&headers, body, 0);
        Self { headers, raw, ..letter }
    }

    pub(crate) fn message_id(&self) -> Option<&str> {
        header(&self.headers, "Message-ID")
    }

    pub(crate) fn raw(&self) -> &str {
        &self.raw
    }

    pub(crate) fn size(&self) -> usize {
        self.raw.len() * 2
    }

    fn collect(&mut self, headers: &[(String, String)], body: &str, depth: usize) {
        let kind = header(headers, "Content-Type").unwrap_or("text/plain");
        if let Some(boundary) = boundary(kind).filter(|_| depth < DEPTH) {
            let mark = format!("--{boundary}");
            for part in body.split(&mark).skip(1).take_while(|part| !part.starts_with("--")) {
                let (headers, body) = split(part.trim_start_matches('\n'));
                self.collect(&headers, body, depth + 1);
            }
            return;
        }
        let text = decoded(body, header(headers, "Content-Transfer-Encoding").unwrap_or_default());
        let place =
            if kind.to_ascii_lowercase().starts_with("text/html") { &mut self.html } else { &mut self.text };
        place.get_or_insert(text);
    }
}

fn split(text: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        match (line.starts_with([' ', '\t']), headers.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (false, _, Some((name, value))) => {
                headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            _ => {}
        }
    }
    (headers, body)
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn boundary(kind: &str) -> Option<String> {
    let (_, after) = kind.split_once("boundary=")?;
    let after = after.trim();
    let quoted = after.strip_prefix('"').and_then(|text| text.split_once('"'));
    let text = quoted.map_or_else(|| after.split(';').next().unwrap_or_default().trim(), |(text, _)| text);
    (!text.is_empty()).then(|| text.to_owned())
}

fn decoded(body: &str, coding: &str) -> String {
    match coding.trim().to_ascii_lowercase().as_str() {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            BASE64
                .decode(packed)
                .map_or_else(|_| body.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
        }
        "quoted-printable" => quoted(body.as_bytes(), false),
        _ => body.to_owned(),
    }
}

/// Undoes `=C3=BC`, and `=` at a line's end; in headers `_` is a blank.
fn quoted(text: &[u8], in_header: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'=', [b'\n', after @ ..]) => rest = after,
            (b'=', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit =
                    |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
                bytes.push(digit(*high).unwrap_or(0) * 16 + digit(*low).unwrap_or(0));
                rest = after;
            }
            (b'_', _) if in_header => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Undoes `=?utf-8?b?…?=` and `=?utf-8?q?…?=`. Blanks between two coded words are not part of the text.
fn words(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, found)) = rest.split_once("=?") {
        let mut parts = found.splitn(4, '?');
        let (Some(_), Some(coding), Some(coded), Some(tail)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            break;
        };
        let Some(tail) = tail.strip_prefix('=') else { break };
        if !(after_word && before.trim().is_empty()) {
            text.push_str(before);
        }
        match coding.to_ascii_lowercase().as_str() {
            "b" => text.push_str(
                &BASE64
                    .decode(coded)
                    .map_or_else(|_| coded.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned()),
            ),
            _ => text.push_str(&quoted(coded.as_bytes(), true)),
        }
        rest = tail;
        after_word = true;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_letter_are_read() {
        let letter = Letter::read(
            b"Subject: Neuer Fall: =?utf-8?b?5b+F?=\r\n =?utf-8?q?=C3=BC_x?=\r\nMessage-ID: <1@x>\r\n\
              Content-Type: multipart/alternative;\r\n boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\
              Content-Transfer-Encoding: quoted-printable\r\n\r\nZeile =C3=BC=\r\nber\r\n--b\r\n\
              Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+PC9wPg==\r\n--b--\r\n",
        );
        assert_eq!(letter.subject, "Neuer Fall: \u{5fc5}\u{fc} x");
        assert_eq!(letter.message_id(), Some("<1@x>"));
        assert_eq!(letter.text.as_deref().map(str::trim_end), Some("Zeile \u{fc}ber"));
        assert_eq!(letter.html.as_deref(), Some("<p></p>"));
    }

    #[test]
    fn nonsense_is_shown_as_it_is() {
        for bad in ["", "\n\n", "x", "Subject: =?utf-8?b?", "Content-Type: multipart/x; boundary=\n\n--"] {
            let letter = Letter::read(bad.as_bytes());
            assert_eq!(letter.raw, bad);
        }
        assert_eq!(Letter::read(b"A: b\r\n\r\nhello").text.as_deref(), Some("hello"));
    }
}
