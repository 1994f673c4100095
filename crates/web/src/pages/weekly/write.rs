//! The weekly report as text: Markdown, plain, and as Slack understands it. The first paragraph is the title; notes
//! that somebody adds go behind it. All words are other people's and are escaped for where they go.

use super::sheet::{Item, Reference, Section, Sheet};

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Markdown,
    Plain,
    Slack,
}

impl Style {
    /// The whole report.
    pub(super) fn write(self, sheet: &Sheet) -> String {
        let mut out = self.title(&sheet.title, 1) + "\n\n";
        for figure in &sheet.figures {
            out.extend([self.bullet(), " ", figure.label, ": ", &figure.value, "\n"]);
        }
        for section in &sheet.sections {
            self.section(section, &mut out);
        }
        out
    }

    fn section(self, section: &Section, out: &mut String) {
        let title = self.title(&format!("{} ({})", section.title, section.count), 2);
        out.extend(["\n", &title, "\n\n"]);
        if section.groups.is_empty() {
            out.extend([section.empty, "\n"]);
        }
        for (at, group) in section.groups.iter().enumerate() {
            if !group.title.is_empty() {
                let gap = if at > 0 { "\n" } else { "" };
                out.extend([gap, &self.title(&group.title, 3), "\n\n"]);
            }
            group.items.iter().for_each(|item| self.item(item, out));
        }
        if let Some(more) = &section.more {
            out.extend(["\n", &more.words, "\n"]);
        }
    }

    fn item(self, item: &Item, out: &mut String) {
        let facts: Vec<_> = item.facts.iter().map(|fact| self.words(fact)).collect();
        let (case, summary) = (self.reference(&item.case), self.words(&item.summary));
        out.extend([self.bullet(), " ", &case, " ", &summary, " (", &facts.join(", "), ")\n"]);
        if self == Self::Plain
            && let Some(address) = &item.case.href
        {
            out.extend(["  ", address, "\n"]);
        }
        if let Some(card) = &item.card {
            out.extend(["  Card: ", &self.cited(card), "\n"]);
        }
        for tracker in &item.trackers {
            out.extend(["  ", self.bullet(), " ", &self.cited(tracker), "\n"]);
        }
        if let Some(said) = &item.comment {
            let more = said.more.as_ref().map_or_else(String::new, |more| format!(" ({more})"));
            let (on, text) = (self.words(&said.on), self.words(&said.text));
            out.extend(["  ", self.bullet(), " ", &on, ": ", &text, &more, "\n"]);
        }
    }

    const fn bullet(self) -> &'static str {
        match self {
            Self::Markdown | Self::Plain => "-",
            Self::Slack => "•",
        }
    }

    fn title(self, title: &str, level: usize) -> String {
        let words = self.words(title);
        match self {
            Self::Markdown => format!("{} {words}", "#".repeat(level)),
            Self::Plain if level == 2 => words.to_uppercase(),
            Self::Plain => words,
            Self::Slack => format!("*{}*", words.replace('*', "∗")),
        }
    }

    /// A link, its address not shown.
    fn reference(self, to: &Reference) -> String {
        let words = self.words(&to.words);
        match (&to.href, self) {
            (Some(href), Self::Markdown) => format!("[{words}]({})", address(href)),
            (Some(href), Self::Slack) => format!("<{}|{}>", address(href), words.replace('|', "¦")),
            _ => words,
        }
    }

    /// A link; in plain text with its address.
    fn cited(self, to: &Reference) -> String {
        match (&to.href, self) {
            (Some(href), Self::Plain) => format!("{} {href}", self.words(&to.words)),
            _ => self.reference(to),
        }
    }

    fn words(self, text: &str) -> String {
        match self {
            Self::Markdown => markdown(text),
            Self::Plain => text.to_owned(),
            Self::Slack => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        }
    }
}

/// Without what would end the link that it stands in.
fn address(href: &str) -> String {
    href.replace('(', "%28")
        .replace(')', "%29")
        .replace('|', "%7C")
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace(' ', "%20")
}

/// So that nothing in it is markup. An underscore within a word is none.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let is_markup = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' => true,
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '&' => next.is_ascii_alphanumeric() || next == '#',
            '#' => before == ' ',
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_never_markup() {
        let hostile = "<b>*x* [y](javascript:z) _a_ snake_case `c` &lt; # | \\";
        assert_eq!(
            Style::Markdown.words(hostile),
            r"\<b\>\*x\* \[y\](javascript:z) \_a\_ snake_case \`c\` \&lt; \# \| \\"
        );
        assert_eq!(
            Style::Slack.words("<!channel> & <https://x|y>"),
            "&lt;!channel&gt; &amp; &lt;https://x|y&gt;"
        );
        assert_eq!(Style::Plain.words(hostile), hostile);
    }

    #[test]
    fn addresses_cannot_end_their_link() {
        let to = Reference { words: "a|b".to_owned(), href: Some("https://x/a)b|c>d".to_owned()) };
        assert_eq!(Style::Markdown.reference(&to), r"[a\|b](https://x/a%29b%7Cc%3Ed)");
        assert_eq!(Style::Slack.reference(&to), "<https://x/a%29b%7Cc%3Ed|a¦b>");
        assert_eq!(Style::Plain.cited(&to), "a|b https://x/a)b|c>d");
    }
}
