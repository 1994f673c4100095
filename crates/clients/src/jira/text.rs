//! Plain texts in the two forms in which Jira takes long texts, so that nothing in them is taken for markup: documents
//! (Cloud) and escaped wiki text (Data Center); and both read back as plain text.

use serde_json::{Value, json};

use super::Flavour;

/// The most characters that Jira takes in a description or comment: UTF-16 units, as it counts them.
const LONGEST: usize = 32_767;
/// Deeper documents are not read.
const DEPTH: usize = 64;
/// The wiki's pictures: what stands in brackets.
const PICTURES: [&str; 17] =
    ["y", "n", "i", "/", "x", "!", "+", "-", "?", "on", "off", "*", "*r", "*g", "*b", "*y", "flag"];

/// The text in the form that this Jira takes it, cut so that it fits.
pub(super) fn carried(flavour: Flavour, text: &str) -> Value {
    let text = fitting(flavour, text);
    match flavour {
        Flavour::Cloud => document(&text),
        Flavour::DataCenter => json!(wiki(&text)),
    }
}

/// As much of a text as this Jira takes, never half a character; an ellipsis says that something was cut. Data Center
/// counts the markup by which nothing in it is taken for markup, so that it takes less of some texts than Cloud does.
pub fn fitting(flavour: Flavour, text: &str) -> String {
    let units = |text: &str| match flavour {
        Flavour::Cloud => text.encode_utf16().count(),
        Flavour::DataCenter => wiki(text).encode_utf16().count(),
    };
    if units(text) <= LONGEST {
        return text.to_owned();
    }
    let short = |most: usize| text.chars().take(most).chain(['…']).collect::<String>();
    let (mut good, mut bad) = (0, LONGEST);
    while bad - good > 1 {
        let middle = good.midpoint(bad);
        if units(&short(middle)) <= LONGEST {
            good = middle;
        } else {
            bad = middle;
        }
    }
    short(good)
}

/// A document: a paragraph for every run of lines between empty ones.
fn document(text: &str) -> Value {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut paragraphs: Vec<Vec<Value>> = vec![Vec::new()];
    for line in text.split('\n') {
        let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        let Some(paragraph) = paragraphs.last_mut() else { continue };
        if line.is_empty() {
            if !paragraph.is_empty() {
                paragraphs.push(Vec::new());
            }
            continue;
        }
        if !paragraph.is_empty() {
            paragraph.push(json!({"type": "hardBreak"}));
        }
        paragraph.push(json!({"type": "text", "text": line}));
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let content: Vec<Value> =
        paragraphs.into_iter().map(|paragraph| json!({"type": "paragraph", "content": paragraph})).collect();
    json!({"type": "doc", "version": 1, "content": content})
}

/// Wiki text that shows the text as it is.
fn wiki(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(wiki_line).collect::<Vec<_>>().join("\n")
}

fn wiki_line(line: &str) -> String {
    let chars: Vec<char> = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
    let mut out = String::with_capacity(line.len() + 16);
    for (at, &c) in chars.iter().enumerate() {
        let near = |place: Option<usize>| place.and_then(|place| chars.get(place)).copied().unwrap_or(' ');
        let (before, after) = (near(at.checked_sub(1)), near(Some(at + 1)));
        let first = chars.get(..at).unwrap_or_default().iter().all(|c| c.is_whitespace());
        match c {
            // Two of them break a line, so one cannot escape itself.
            '\\' => out.push_str("&#92;"),
            '{' | '}' | '[' | ']' | '*' | '^' | '~' | '!' | '|' | '&' => out.extend(['\\', c]),
            // Within words they are nothing but themselves.
            '_' | '-' | '+' if !(before.is_alphanumeric() && after.is_alphanumeric()) => {
                out.extend(['\\', c]);
            }
            '?' if before == '?' || after == '?' => out.extend(['\\', c]),
            '#' if first => out.extend(['\\', c]),
            '(' if begins_picture(chars.get(at + 1..).unwrap_or_default()) => out.extend(['\\', c]),
            ':' | ';' if matches!(after, ')' | '(' | 'P' | 'D' | 'p' | 'd') => out.extend(['\\', c]),
            '.' if begins_block(chars.get(..at).unwrap_or_default()) => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

fn begins_picture(rest: &[char]) -> bool {
    let inner: String = rest.iter().take(6).take_while(|c| **c != ')').collect();
    rest.get(inner.chars().count()) == Some(&')')
        && PICTURES.iter().any(|picture| inner.eq_ignore_ascii_case(picture))
}

/// Whether these characters of a line and a dot begin a heading or a quotation.
fn begins_block(start: &[char]) -> bool {
    let word: String = start.iter().skip_while(|c| c.is_whitespace()).collect();
    matches!(word.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "bq")
}

/// The plain text of a document or of wiki text that we wrote, for comparing it with what we would write. Blanks and
/// line ends at the ends are not part of it, and empty lines come singly.
pub(super) fn plain(value: &Value) -> String {
    let text = match value {
        Value::String(wiki) => unescaped(wiki),
        document => {
            let mut text = String::new();
            collect(document, &mut text, 0);
            text
        }
    };
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned()
}

fn unescaped(wiki: &str) -> String {
    let mut text = String::with_capacity(wiki.len());
    let mut chars = wiki
        .replace("&#92;", "\u{0}")
        .replace("\r\n", "\n")
        .chars()
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => text.extend(chars.next()),
            '\u{0}' => text.push('\\'),
            c => text.push(c),
        }
    }
    text
}

fn collect(node: &Value, text: &mut String, depth: usize) {
    if depth > DEPTH {
        return;
    }
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    text.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default());
    for inner in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        collect(inner, text, depth + 1);
    }
    match kind {
        "hardBreak" => text.push('\n'),
        "paragraph" | "heading" | "codeBlock" => text.push_str("\n\n"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_taken_for_wiki_markup() {
        for (plain, escaped) in [
            ("{code}rm -rf{code} {panel}", "\\{code\\}rm \\-rf\\{code\\} \\{panel\\}"),
            (
                "[~bob] [x|https://e.example] !pic.png!",
                "\\[\\~bob\\] \\[x\\|https://e.example\\] \\!pic.png\\!",
            ),
            ("*bold* _it_ a_b_c well-known -del-", "\\*bold\\* \\_it\\_ a_b_c well-known \\-del\\-"),
            ("h1. head", "h1\\. head"),
            (" bq. quote", " bq\\. quote"),
            ("# one\n- two\n* three", "\\# one\n\\- two\n\\* three"),
            ("----", "\\-\\-\\-\\-"),
            ("(y) (see) (/) :) :-)", "\\(y) (see) \\(/) \\:) :\\-)"),
            ("C:\\dir\\\\x", "C:&#92;dir&#92;&#92;x"),
            ("a ?? b? c", "a \\?\\? b? c"),
            ("&lt;b&gt; &#123;", "\\&lt;b\\&gt; \\&#123;"),
            ("1 Urgent, 50% (of 3) #7", "1 Urgent, 50% (of 3) #7"),
        ] {
            assert_eq!(wiki(plain), escaped);
            assert_eq!(unescaped(escaped), plain, "read back");
        }
    }

    #[test]
    fn documents_hold_lines_and_paragraphs_and_no_empty_text() {
        let document = document("a *b*\r\nc\u{1}\n\n\nd\n");
        let expected = json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "a *b*"}, {"type": "hardBreak"}, {"type": "text", "text": "c"}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "d"}]}]});
        assert_eq!(document, expected);
        assert_eq!(plain(&document), "a *b*\nc\n\nd");
        assert_eq!(super::document("")["content"], json!([]));
    }

    #[test]
    fn long_texts_fit_after_escaping_and_are_cut_between_characters() {
        let units = |text: &str| text.encode_utf16().count();
        for text in ["*".repeat(40_000), "ä".repeat(40_000), "😀{".repeat(40_000), "\\".repeat(9_000)] {
            let Value::String(wiki) = carried(Flavour::DataCenter, &text) else { panic!("no text") };
            assert!(units(&wiki) <= LONGEST && units(&wiki) > LONGEST - 8, "{}", units(&wiki));
            assert!(wiki.ends_with('…'), "it says that it was cut");
            let document = plain(&carried(Flavour::Cloud, &text));
            let whole = units(&text);
            assert!(units(&document) <= LONGEST && units(&document) > LONGEST.min(whole) - 2);
            assert_eq!(document.ends_with('…'), whole > LONGEST);
        }
    }

    #[test]
    fn what_fits_is_sent_as_it_is() {
        for flavour in [Flavour::Cloud, Flavour::DataCenter] {
            for text in ["*".repeat(40_000), "😀{".repeat(40_000), "short".to_owned()] {
                let shown = fitting(flavour, &text);
                assert_eq!(fitting(flavour, &shown), shown, "nothing is cut twice");
                assert_eq!(plain(&carried(flavour, &text)), shown, "what is shown is what is sent");
            }
        }
    }

    #[test]
    fn both_forms_read_back_alike() {
        let text = "Severity: 1 (Urgent)\nAccount: {Acme} & Co\n\nC:\\temp *now*";
        for flavour in [Flavour::Cloud, Flavour::DataCenter] {
            assert_eq!(plain(&carried(flavour, text)), text);
        }
    }
}
