//! Plain text out of the HTML that Jira renders. The result is text and is escaped again where it is shown:
//! this is about legibility, not about safety.

/// Elements whose end is a break between words.
const BLOCKS: [&str; 12] = ["p", "br", "div", "li", "ul", "ol", "tr", "td", "th", "pre", "h1", "h2"];

/// The text of some HTML in one line, at most `limit` characters, an ellipsis where it was cut.
pub(crate) fn excerpt(html: &str, limit: usize) -> String {
    let mut line = Line { text: String::new(), chars: 0, limit, gap: false };
    let mut rest = html;
    while !rest.is_empty() && !line.full() {
        let (text, tail) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        line.push_text(text);
        rest = after_tag(tail, &mut line);
    }
    if line.full() && line.text.chars().count() > limit {
        line.text =
            line.text.chars().take(limit.saturating_sub(1)).collect::<String>().trim_end().to_owned() + "…";
    }
    line.text
}

/// Skips the tag that `rest` starts with; a `<` that starts none is text.
fn after_tag<'a>(rest: &'a str, line: &mut Line) -> &'a str {
    let Some(inner) = rest.strip_prefix('<') else { return rest };
    let is_tag = inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    let Some((tag, tail)) = inner.split_once('>').filter(|_| is_tag) else {
        line.push_text("<");
        return inner;
    };
    let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    if BLOCKS.contains(&name.as_str()) {
        line.gap = true;
    }
    if matches!(name.as_str(), "script" | "style") && !tag.starts_with('/') {
        return after_element(tail, &name);
    }
    tail
}

/// From the end tag of that element on; empty if there is none. Looks at each byte once and copies nothing:
/// a comment may hold a million of these.
pub(crate) fn after_element<'a>(text: &'a str, name: &str) -> &'a str {
    let ends = |at: usize| {
        let found = text.get(at + 2..at + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name))
    };
    let end = text.match_indices("</").map(|(at, _)| at).find(|at| ends(*at));
    end.and_then(|end| text.get(end..)).unwrap_or_default()
}

struct Line {
    text: String,
    chars: usize,
    limit: usize,
    /// Whether a blank is due before the next character.
    gap: bool,
}

impl Line {
    fn full(&self) -> bool {
        self.chars > self.limit
    }

    fn push_text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if self.full() {
                return;
            }
            let (decoded, used) = entity(rest).unwrap_or((c, c.len_utf8()));
            self.push(decoded);
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    fn push(&mut self, c: char) {
        if c.is_whitespace() || c.is_control() {
            self.gap = true;
            return;
        }
        if self.gap && !self.text.is_empty() {
            self.text.push(' ');
            self.chars += 1;
        }
        self.gap = false;
        self.text.push(c);
        self.chars += 1;
    }
}

/// The character that `text` starts with as an entity, and how many bytes that takes.
fn entity(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(10).position(|byte| byte == b';')?;
    let name = body.get(..end)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((character, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_words_stay_apart() {
        assert_eq!(excerpt("<p>One <b>two</b>three</p><p>four</p>", 80), "One twothree four");
        assert_eq!(excerpt("a<br/>b", 80), "a b");
        assert_eq!(excerpt("x<script>alert(1)</script>y", 80), "xy");
        assert_eq!(excerpt("x<STYLE>é</b></Style>y<script>z", 80), "xy");
    }

    /// Takes hours if every element looks through the whole rest, or copies it.
    #[test]
    fn a_million_empty_scripts_are_no_burden() {
        assert_eq!(excerpt(&"<script></script>".repeat(1_000_000), 80), "");
    }

    #[test]
    fn entities_become_characters_once() {
        assert_eq!(excerpt("&lt;b&gt; &amp;amp; &#39;&#x41;&nbsp;&bogus; &", 80), "<b> &amp; 'A &bogus; &");
    }

    #[test]
    fn text_that_only_looks_like_a_tag_stays() {
        assert_eq!(excerpt("1 < 2 <", 80), "1 < 2 <");
        assert_eq!(excerpt("a <unclosed", 80), "a <unclosed");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(excerpt("한글한글한글", 4), "한글한…");
        assert_eq!(excerpt("abcd", 4), "abcd");
        assert_eq!(excerpt(&"<".repeat(100_000), 3), "<<…");
        assert_eq!(excerpt("", 3), "");
    }
}
