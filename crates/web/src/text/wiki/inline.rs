//! One line of wiki markup as HTML: marks, links, images, code, addresses.

use crate::text::escape;

/// What a bare address begins with.
const BARE: [&str; 3] = ["https://", "http://", "mailto:"];
/// The longest address that is looked for, in bytes.
const ADDRESS: usize = 2_000;
/// Marks, and the elements that they stand for.
const MARKS: [(&str, &str); 7] =
    [("??", "cite"), ("*", "strong"), ("_", "em"), ("-", "del"), ("+", "ins"), ("^", "sup"), ("~", "sub")];

/// Appends the line as HTML.
pub(super) fn inline(line: &str, out: &mut String) {
    let mut writer = Line { out, open: Vec::new(), no_code: false, before: None };
    let mut rest = line;
    while !rest.is_empty() {
        let left = writer.step(rest);
        writer.before = rest.get(..rest.len() - left.len()).and_then(|taken| taken.chars().next_back());
        rest = left;
    }
}

struct Line<'a> {
    out: &'a mut String,
    /// Marks that may still be closed, with the place in `out` where they stand as text. Each at most once.
    open: Vec<(&'static str, usize)>,
    /// No `}}` is left.
    no_code: bool,
    /// The character before the one that is looked at.
    before: Option<char>,
}

impl Line<'_> {
    /// Writes what `rest` begins with and gives what follows; always less than `rest`.
    fn step<'b>(&mut self, rest: &'b str) -> &'b str {
        let taken = match rest.as_bytes().first() {
            Some(b'\\') => self.escaped(rest),
            Some(b'{') => self.code(rest).or_else(|| colour(rest)),
            Some(b'[') => self.link(rest),
            Some(b'!') => self.image(rest),
            Some(b'h' | b'm') => self.bare_address(rest),
            Some(b'?' | b'*' | b'_' | b'-' | b'+' | b'^' | b'~') => self.mark(rest),
            _ => None,
        };
        taken.unwrap_or_else(|| {
            let mut chars = rest.chars();
            chars.next().into_iter().for_each(|c| escape::push_char(self.out, c));
            chars.as_str()
        })
    }

    fn escaped<'b>(&mut self, rest: &'b str) -> Option<&'b str> {
        let after = rest.strip_prefix('\\')?;
        if let Some(after) = after.strip_prefix('\\') {
            self.out.push_str("<br>");
            return Some(after);
        }
        let mut chars = after.chars();
        let literal = chars.next().filter(char::is_ascii_punctuation)?;
        escape::push_char(self.out, literal);
        Some(chars.as_str())
    }

    fn code<'b>(&mut self, rest: &'b str) -> Option<&'b str> {
        let inner = rest.strip_prefix("{{")?;
        if self.no_code {
            return None;
        }
        let Some((code, after)) = inner.split_once("}}") else {
            self.no_code = true;
            return None;
        };
        self.out.push_str("<code>");
        escape::push(self.out, code);
        self.out.push_str("</code>");
        Some(after)
    }

    fn link<'b>(&mut self, rest: &'b str) -> Option<&'b str> {
        let inner = rest.strip_prefix('[')?;
        let (inside, after) = inner.split_at_checked(inner.find(['[', ']'])?)?;
        let after = after.strip_prefix(']').filter(|_| !inside.trim().is_empty())?;
        if let Some(person) = inside.strip_prefix('~') {
            self.out.push('@');
            escape::push(self.out, person.strip_prefix("accountid:").map_or(person, |_| "user"));
        } else if let Some(file) = inside.strip_prefix('^') {
            escape::push(self.out, file);
        } else {
            let mut parts = inside.split('|');
            let words = parts.next()?;
            let address = parts.next().unwrap_or(words);
            crate::text::clean::allowed_address(address)?;
            escape::push_link(self.out, address, words);
        }
        Some(after)
    }

    /// Images are not loaded; their names are shown.
    fn image<'b>(&mut self, rest: &'b str) -> Option<&'b str> {
        let inner = rest.strip_prefix('!')?;
        let (inside, after) = inner.split_once('!')?;
        let name = inside.split('|').next()?;
        let is_file = name.rsplit_once('.').is_some_and(|(_, ending)| (2..=5).contains(&ending.len()));
        if !is_file || inside.starts_with(' ') {
            return None;
        }
        self.out.push('[');
        escape::push(self.out, name);
        self.out.push(']');
        Some(after)
    }

    fn bare_address<'b>(&mut self, rest: &'b str) -> Option<&'b str> {
        let begins = !self.before.is_some_and(char::is_alphanumeric)
            && BARE.iter().any(|scheme| rest.starts_with(scheme));
        if !begins {
            return None;
        }
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '|' | '[' | ']' | '{' | '}');
        let word = rest.split(ends).next()?;
        let address = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*', '_']);
        if address.len() > ADDRESS {
            escape::push(self.out, word);
            return rest.get(word.len()..);
        }
        escape::push_link(self.out, address, address);
        rest.get(address.len()..)
    }

    /// Opens or closes a mark. It opens before a word and closes after one; what is not closed stays text.
    fn mark<'b>(&mut self, rest: &'b str) -> Option<&'b str> {
        let (mark, element) = MARKS.into_iter().find(|(mark, _)| rest.starts_with(mark))?;
        let after = rest.get(mark.len()..)?;
        let next = after.chars().next();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let known = self.open.iter().position(|(open, _)| *open == mark);
        if let Some(known) = known.filter(|_| !is_blank(self.before) && !is_word(next)) {
            let (_, at) = *self.open.get(known)?;
            // Marks that were opened in between and not closed stay text.
            self.open.truncate(known);
            self.out.replace_range(at..at + mark.len(), &format!("<{element}>"));
            self.out.extend(["</", element, ">"]);
            return Some(after);
        }
        if known.is_none() && !is_word(self.before) && !is_blank(next) && !after.starts_with(mark) {
            self.open.push((mark, self.out.len()));
        }
        self.out.push_str(mark);
        Some(after)
    }
}

/// Behind a `{color:…}` or its end: colours are the page's.
fn colour(rest: &str) -> Option<&str> {
    let inner = rest.strip_prefix("{color")?;
    let end = inner.bytes().take(40).position(|byte| byte == b'}')?;
    inner.get(end + 1..)
}
