//! What a letter or report says: made once of paragraphs and tables, written as text, as HTML and as Markdown, so that
//! all say the same.

use std::fmt::Write as _;

use super::tame;

/// The longest cell, in characters.
const CELL: usize = 300;
/// The longest paragraph.
const PARAGRAPH: usize = 2_000;
/// The most rows of one table; what is more is counted.
const ROWS: usize = 200;

const HTML_HEAD: &str = "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"color-scheme\" content=\"light dark\">\n<style>\nbody { font-family: sans-serif }\n\
    th, td { text-align: left; vertical-align: top; padding: 2px 12px 2px 0 }\n</style>\n</head>\n<body>\n";
const HTML_END: &str = "</body>\n</html>\n";

/// Punctuation that means something to Markdown or to what reads Markdown.
const MARKS: &str = "\\`*_{}[]()#+!|~$=^@:";

/// What a letter or report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    parts: Vec<Part>,
    most_rows: usize,
}

impl Default for Body {
    /// Nothing yet; tables are as long as a letter's may be.
    fn default() -> Self {
        Self { parts: Vec::new(), most_rows: ROWS }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Paragraph(String),
    Link { words: String, url: String },
    Table { title: String, head: Vec<&'static str>, rows: Vec<Vec<Cell>>, more: usize },
}

/// A cell of a table: words, and where they lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    words: String,
    url: Option<String>,
}

impl Cell {
    /// Plain words; whoever wrote them.
    pub fn words(words: &str) -> Self {
        Self { words: tame::line(words, CELL), url: None }
    }

    /// Plain words, or a dash where there are none: lines of a text have no columns that show a gap.
    pub fn known(words: &str) -> Self {
        let known = Self::words(words);
        if known.words.is_empty() { Self { words: "—".to_owned(), ..known } } else { known }
    }

    /// Words that lead somewhere. An address that is none of the web's is left out.
    pub fn link(words: &str, url: Option<&str>) -> Self {
        Self { url: url.and_then(web_address), ..Self::words(words) }
    }
}

/// The address, if a browser would open it as a page and nothing in it could be taken for something else.
fn web_address(url: &str) -> Option<String> {
    let plain = url.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"'`|".contains(c));
    let web = url.starts_with("https://") || url.starts_with("http://");
    (plain && web && url.len() <= 2_000).then(|| url.to_owned())
}

impl Body {
    /// Nothing yet; tables are as long as they are.
    #[must_use]
    pub fn whole() -> Self {
        Self { most_rows: usize::MAX, ..Self::default() }
    }

    /// A paragraph.
    #[must_use]
    pub fn paragraph(mut self, words: &str) -> Self {
        self.parts.push(Part::Paragraph(tame::line(words, PARAGRAPH)));
        self
    }

    /// A line that leads somewhere, if the address is known.
    #[must_use]
    pub fn link(mut self, words: &str, url: Option<&str>) -> Self {
        if let Some(url) = url.and_then(web_address) {
            self.parts.push(Part::Link { words: tame::line(words, CELL), url });
        }
        self
    }

    /// A table with a title; nothing if it has no rows.
    #[must_use]
    pub fn table(mut self, title: &str, head: &[&'static str], rows: Vec<Vec<Cell>>) -> Self {
        let more = rows.len().saturating_sub(self.most_rows);
        let rows: Vec<_> = rows.into_iter().take(self.most_rows).collect();
        if !rows.is_empty() {
            self.parts.push(Part::Table { title: title.to_owned(), head: head.to_vec(), rows, more });
        }
        self
    }

    /// As plain text.
    pub fn text(&self) -> String {
        self.parts.iter().map(Part::text).collect::<Vec<_>>().join("\n")
    }

    /// As HTML. Nothing in it is fetched from anywhere.
    pub fn html(&self) -> String {
        let parts: String = self.parts.iter().map(Part::html).collect();
        format!("{HTML_HEAD}{parts}{HTML_END}")
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        self.parts.iter().map(Part::markdown).collect::<Vec<_>>().join("\n")
    }
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Paragraph(words) => format!("{words}\n"),
            Self::Link { words, url } => format!("{words}: {url}\n"),
            Self::Table { title, rows, more, .. } => {
                let rows: String = rows.iter().map(|row| row_text(row)).collect();
                format!("{title}\n{}\n{rows}{}", "-".repeat(title.chars().count()), more_text(*more))
            }
        }
    }

    fn html(&self) -> String {
        match self {
            Self::Paragraph(words) => format!("<p dir=\"auto\">{}</p>\n", escape(words)),
            Self::Link { words, url } => {
                format!("<p><a href=\"{}\">{}</a></p>\n", escape(url), escape(words))
            }
            Self::Table { title, head, rows, more } => {
                let mut html = format!("<h3>{}</h3>\n<table>\n<tr>", escape(title));
                for name in head {
                    // Writing to a text cannot fail.
                    let _ = write!(html, "<th>{}</th>", escape(name));
                }
                html.push_str("</tr>\n");
                html.extend(rows.iter().map(|row| row_html(row)));
                html.push_str("</table>\n");
                if *more > 0 {
                    let _ = writeln!(html, "<p>{}</p>", escape(more_text(*more).trim()));
                }
                html
            }
        }
    }

    fn markdown(&self) -> String {
        match self {
            Self::Paragraph(words) => format!("{}\n", marked(words)),
            Self::Link { words, url } => format!("[{}](<{url}>)\n", marked(words)),
            Self::Table { title, head, rows, more } => {
                let head = row_markdown(head.iter().map(|name| marked(name)));
                let rule = row_markdown(rows.first().into_iter().flatten().map(|_| "---".to_owned()));
                let rows: String =
                    rows.iter().map(|row| row_markdown(row.iter().map(Cell::markdown))).collect();
                let more = if *more > 0 { format!("\n{}", more_text(*more)) } else { String::new() };
                format!("### {}\n\n{head}{rule}{rows}{more}", marked(title))
            }
        }
    }
}

impl Cell {
    fn markdown(&self) -> String {
        match &self.url {
            Some(url) => format!("[{}](<{url}>)", marked(&self.words)),
            None => marked(&self.words),
        }
    }
}

fn row_markdown(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// The text without any meaning to Markdown, or to readers of it that know tags and no escapes.
fn marked(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => marked.push_str("&lt;"),
            '>' => marked.push_str("&gt;"),
            '&' => marked.push_str("&amp;"),
            c if MARKS.contains(c) => marked.extend(['\\', c]),
            c => marked.push(c),
        }
    }
    marked
}

/// A line of the cells' words, then one for each address.
fn row_text(row: &[Cell]) -> String {
    let words: Vec<&str> =
        row.iter().map(|cell| cell.words.as_str()).filter(|words| !words.is_empty()).collect();
    let urls = row.iter().filter_map(|cell| cell.url.as_ref()).map(|url| format!("  {url}\n"));
    format!("* {}\n{}", words.join(" | "), urls.collect::<String>())
}

fn row_html(row: &[Cell]) -> String {
    let cell = |cell: &Cell| {
        let words = escape(&cell.words);
        let inner = match &cell.url {
            Some(url) => format!("<a href=\"{}\">{words}</a>", escape(url)),
            None => words,
        };
        format!("<td dir=\"auto\">{inner}</td>")
    };
    format!("<tr>{}</tr>\n", row.iter().map(cell).collect::<String>())
}

fn more_text(more: usize) -> String {
    if more == 0 { String::new() } else { format!("… and {more} more\n") }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same_and_neither_obeys_a_text() {
        let row =
            vec![Cell::words("<b>\r\n& \"x\""), Cell::link("there", Some("https://a.example/?q=1&r=2"))];
        let body = Body::default().paragraph("a\u{202e}b").table("Two", &["What", "Where"], vec![row]);
        assert_eq!(
            body.text(),
            "a\u{fffd}b\n\nTwo\n---\n* <b> & \"x\" | there\n  https://a.example/?q=1&r=2\n"
        );
        let html = body.html();
        for part in [
            "<p dir=\"auto\">a\u{fffd}b</p>",
            "&lt;b&gt; &amp; &quot;x&quot;</td>",
            "<a href=\"https://a.example/?q=1&amp;r=2\">there</a>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn markdown_means_nothing_that_a_text_says() {
        let row = vec![Cell::words("a|b <img> [x](y)"), Cell::link("*1*", Some("https://a.example/1"))];
        let body = Body::whole().paragraph("# x").link("there", Some("https://a.example")).table(
            "Two",
            &["What", "Where"],
            vec![row],
        );
        assert_eq!(
            body.markdown(),
            "\\# x\n\n[there](<https://a.example>)\n\n### Two\n\n| What | Where |\n| --- | --- |\n\
             | a\\|b &lt;img&gt; \\[x\\]\\(y\\) | [\\*1\\*](<https://a.example/1>) |\n"
        );
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        for bad in
            ["javascript:alert(1)", "data:text/html,x", "https://a\"onclick=b", "https://a b", "", "//a"]
        {
            assert_eq!(Cell::link("x", Some(bad)), Cell::words("x"), "{bad}");
            assert_eq!(Body::default().link("x", Some(bad)), Body::default(), "{bad}");
        }
    }

    #[test]
    fn a_long_table_is_counted_to_its_end() {
        let rows = vec![vec![Cell::words("x")]; ROWS + 7];
        let body = Body::default().table("Many", &["What"], rows);
        assert!(body.text().ends_with("* x\n… and 7 more\n"));
        assert!(body.html().contains("<p>… and 7 more</p>"));
        assert_eq!(body.text().matches("* x").count(), ROWS);
        assert_eq!(Body::default().table("None", &["What"], Vec::new()).text(), "");
    }
}
