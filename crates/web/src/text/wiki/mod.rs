//! Jira's wiki markup as HTML, block by block: paragraphs, headings, lists, tables, quotes, code. Each byte is looked
//! at a bounded number of times. The result still goes through the allow-list.

mod inline;

use crate::text::escape;
use inline::inline;

/// The deepest list.
const DEPTH: usize = 6;
/// How far the `}` of a macro may be from its `{`, in bytes.
const HEAD: usize = 200;

/// The text as HTML.
pub(super) fn html(text: &str) -> String {
    let (mut page, mut lost, mut rest) = (Blocks::default(), Lost::default(), text);
    while let Some((before, found, after)) = next_macro(rest, &mut lost) {
        page.lines(before);
        page.close();
        match found {
            Macro::Verbatim(code) => page.verbatim(code),
            Macro::Quote => page.toggle_quote(),
            Macro::Panel(title) => page.panel(title),
        }
        rest = after;
    }
    page.lines(rest);
    page.finish()
}

/// A macro that stands between paragraphs.
enum Macro<'a> {
    /// `{code}` or `{noformat}`, with what is in it.
    Verbatim(&'a str),
    /// The begin or the end of a quote.
    Quote,
    /// The begin or the end of a panel, with its title if it has one.
    Panel(Option<&'a str>),
}

/// Ends that the rest of the text has no more of, so that nobody looks for them again and again.
#[derive(Default)]
struct Lost {
    code: bool,
    noformat: bool,
}

/// The first macro, what stands before it, and what follows. A macro without an end is text.
fn next_macro<'a>(text: &'a str, lost: &mut Lost) -> Option<(&'a str, Macro<'a>, &'a str)> {
    for (at, _) in text.match_indices('{') {
        let (before, tail) = text.split_at_checked(at)?;
        if before.ends_with(['{', '\\']) {
            continue;
        }
        let Some((name, value, after)) = head(tail) else { continue };
        let (end, lost) = match name {
            "code" => ("{code}", &mut lost.code),
            "noformat" => ("{noformat}", &mut lost.noformat),
            "quote" => return Some((before, Macro::Quote, after)),
            "panel" => return Some((before, Macro::Panel(title(value)), after)),
            _ => continue,
        };
        if *lost {
            continue;
        }
        match after.split_once(end) {
            Some((code, after)) => return Some((before, Macro::Verbatim(code), after)),
            None => *lost = true,
        }
    }
    None
}

/// Name and value of a macro such as `{code:java}`, and what follows it.
fn head(tail: &str) -> Option<(&str, &str, &str)> {
    let inner = tail.strip_prefix('{')?;
    let end = inner.bytes().take(HEAD).position(|byte| matches!(byte, b'}' | b'{' | b'\n'))?;
    let (head, after) = inner.split_at_checked(end)?;
    let (name, value) = head.split_once(':').unwrap_or((head, ""));
    Some((name, value, after.strip_prefix('}')?))
}

fn title(value: &str) -> Option<&str> {
    value.split('|').find_map(|pair| pair.strip_prefix("title="))
}

/// What the lines before began and the next one may go on with.
#[derive(Default, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    Paragraph,
    Table,
}

/// What is written so far, and what is open.
#[derive(Default)]
struct Blocks {
    out: String,
    open: Open,
    /// The kind of each open list, `#` or `*`.
    lists: Vec<u8>,
    quote: bool,
    panel: bool,
}

impl Blocks {
    fn lines(&mut self, text: &str) {
        text.lines().map(str::trim).for_each(|line| self.line(line));
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            self.close();
        } else if let Some(heading) = heading(line) {
            self.close();
            self.out.push_str("<p><strong>");
            inline(heading, &mut self.out);
            self.out.push_str("</strong></p>");
        } else if let Some(quoted) = line.strip_prefix("bq. ") {
            self.close();
            self.out.push_str("<blockquote>");
            inline(quoted, &mut self.out);
            self.out.push_str("</blockquote>");
        } else if line.len() >= 4 && line.bytes().all(|byte| byte == b'-') {
            self.close();
            self.out.push_str("<hr>");
        } else if let Some((marker, words)) = list_item(line) {
            self.item(marker, words);
        } else if line.starts_with('|') {
            self.row(line);
        } else {
            self.words(line);
        }
    }

    /// A line of a paragraph, or one more of a list's item.
    fn words(&mut self, line: &str) {
        if self.open == Open::Table {
            self.close();
        }
        if self.open == Open::Paragraph || !self.lists.is_empty() {
            self.out.push_str("<br>");
        } else {
            self.out.push_str("<p>");
            self.open = Open::Paragraph;
        }
        inline(line, &mut self.out);
    }

    fn item(&mut self, marker: &str, words: &str) {
        if self.open != Open::Nothing {
            self.close();
        }
        let kinds: Vec<u8> = marker.bytes().take(DEPTH).map(|c| if c == b'#' { c } else { b'*' }).collect();
        let same = self.lists.iter().zip(&kinds).take_while(|(open, kind)| open == kind).count();
        while self.lists.len() > same {
            self.close_list();
        }
        match kinds.get(same..).unwrap_or_default() {
            [] => self.out.push_str("</li><li>"),
            deeper => {
                for kind in deeper {
                    self.out.push_str(if *kind == b'#' { "<ol><li>" } else { "<ul><li>" });
                    self.lists.push(*kind);
                }
            }
        }
        inline(words, &mut self.out);
    }

    fn row(&mut self, line: &str) {
        if self.open != Open::Table {
            self.close();
            self.out.push_str("<table><tbody>");
            self.open = Open::Table;
        }
        self.out.push_str("<tr>");
        let mut rest = line;
        while let Some(after) = rest.strip_prefix('|') {
            let (name, cell) = after.strip_prefix('|').map_or(("td", after), |cell| ("th", cell));
            if cell.is_empty() {
                break;
            }
            let (words, left) = cell.split_at_checked(end_of_cell(cell)).unwrap_or((cell, ""));
            self.out.push_str(if name == "th" { "<th>" } else { "<td>" });
            inline(words.trim(), &mut self.out);
            self.out.push_str(if name == "th" { "</th>" } else { "</td>" });
            rest = left;
        }
        self.out.push_str("</tr>");
    }

    fn verbatim(&mut self, code: &str) {
        self.out.push_str("<pre>");
        escape::push(&mut self.out, code.trim_matches(['\n', '\r']));
        self.out.push_str("</pre>");
    }

    fn toggle_quote(&mut self) {
        self.out.push_str(if self.quote { "</blockquote>" } else { "<blockquote>" });
        self.quote = !self.quote;
    }

    fn panel(&mut self, title: Option<&str>) {
        if self.panel {
            self.out.push_str("</div>");
        } else {
            self.out.push_str("<div>");
            if let Some(title) = title {
                self.out.push_str("<p><strong>");
                escape::push(&mut self.out, title);
                self.out.push_str("</strong></p>");
            }
        }
        self.panel = !self.panel;
    }

    fn close_list(&mut self) {
        if let Some(kind) = self.lists.pop() {
            self.out.push_str(if kind == b'#' { "</li></ol>" } else { "</li></ul>" });
        }
    }

    /// Ends what a blank line ends.
    fn close(&mut self) {
        self.out.push_str(match std::mem::take(&mut self.open) {
            Open::Nothing => "",
            Open::Paragraph => "</p>",
            Open::Table => "</tbody></table>",
        });
        while !self.lists.is_empty() {
            self.close_list();
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.out
    }
}

/// What stands behind `h1. ` to `h6. `.
fn heading(line: &str) -> Option<&str> {
    let level = line.strip_prefix('h')?;
    let words = level.strip_prefix(|c| matches!(c, '1'..='6'))?.strip_prefix('.')?;
    words.starts_with(' ').then(|| words.trim())
}

/// The marker of a list's item, such as `**` or `#*`, and its words.
fn list_item(line: &str) -> Option<(&str, &str)> {
    let (marker, words) = line.split_once(' ')?;
    let is_marker =
        marker.len() <= 2 * DEPTH && !marker.is_empty() && marker.bytes().all(|c| matches!(c, b'*' | b'#'));
    (is_marker || marker == "-").then(|| (marker, words.trim()))
}

/// Where the next cell begins; a `|` in a link's brackets is the link's.
fn end_of_cell(cell: &str) -> usize {
    let mut in_link = false;
    for (at, byte) in cell.bytes().enumerate() {
        match byte {
            b'[' => in_link = true,
            b']' => in_link = false,
            b'|' if !in_link => return at,
            _ => {}
        }
    }
    cell.len()
}
