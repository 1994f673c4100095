//! Texts of other people made harmless for any message: no control characters, nothing that turns writing around, and
//! never longer than said. Escaping for one form or another comes on top.

/// What a cut text ends with.
const MORE: char = '…';

/// The text on one line: any white space is one blank, and at most `limit` characters remain.
pub(super) fn line(text: &str, limit: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&readable(&words.join(" ")), limit)
}

/// The text with its lines, at most `limit` characters of it; no more than one empty line follows another.
pub(super) fn block(text: &str, limit: usize) -> String {
    let mut kept = String::new();
    let mut empty = 0;
    for line in text.lines().map(|line| readable(&line.replace('\t', "    "))) {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 1 {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    cut(kept.trim(), limit)
}

/// At most `limit` characters; the last of a cut text says so.
fn cut(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    kept.truncate(kept.trim_end().len());
    kept.push(MORE);
    kept
}

fn readable(text: &str) -> String {
    text.chars().map(|c| if is_unwanted(c) { '\u{fffd}' } else { c }).collect()
}

/// What a reader's program obeys instead of showing it, as in the web's pages and the terminal's tables; here also the
/// separators of lines that are no line ends, and characters without any width in which words can be hidden.
fn is_unwanted(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one() {
        assert_eq!(line(" a\r\nBcc: x\u{85}b\u{2028}c\t d ", 80), "a Bcc: x b c d");
        assert_eq!(line("a\u{202e}b\u{0}c\u{1b}[2J\u{200b}", 80), "a\u{fffd}b\u{fffd}c\u{fffd}[2J\u{fffd}");
        assert_eq!(line("", 80), "");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(line("abcde", 5), "abcde");
        assert_eq!(line("abcdef", 5), "abcd…");
        assert_eq!(line("abc def", 5), "abc…");
        assert_eq!(line(&"😀".repeat(1_000), 3), "😀😀…");
        assert_eq!(line("ab", 1), "…");
        assert_eq!(block(&"ä\n".repeat(1_000), 10).chars().count(), 10);
    }

    #[test]
    fn a_block_keeps_its_lines_and_no_gaps() {
        assert_eq!(block("\n\na  \r\n\n\n\n\tb\u{7}\n", 80), "a\n\n    b\u{fffd}");
    }

    #[test]
    fn other_scripts_and_joined_pictures_stay() {
        let fine = "שלום \u{200f}(a) 한글 👩\u{200d}💻 é";
        assert_eq!(line(fine, 80), fine);
    }
}
