//! Documents of Jira Cloud (Atlassian Document Format) as HTML. Of a node that nobody foresaw its children are shown,
//! or its text. The result still goes through the allow-list.

use chrono::DateTime;
use serde_json::Value;

use crate::text::escape;

/// The largest document that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// The document as HTML of about `limit` bytes at most, and whether more was there; `None` if it is no document.
pub(super) fn html(source: &str, limit: usize) -> Option<(String, bool)> {
    if source.len() > LARGEST {
        return None;
    }
    // The reader stops at 128 levels by itself.
    let document: Value = serde_json::from_str(source).ok()?;
    (kind(&document) == "doc").then(|| {
        let mut writer = Writer { out: String::new(), limit };
        writer.children(&document);
        let cut = writer.full();
        (writer.out, cut)
    })
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn attribute<'a>(node: &'a Value, name: &str) -> Option<&'a str> {
    node.get("attrs")?.get(name)?.as_str()
}

struct Writer {
    out: String,
    limit: usize,
}

impl Writer {
    fn full(&self) -> bool {
        self.out.len() >= self.limit
    }

    fn children(&mut self, node: &Value) {
        for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
            if self.full() {
                return;
            }
            self.node(child);
        }
    }

    fn node(&mut self, node: &Value) {
        match kind(node) {
            "text" => self.text(node),
            "paragraph" => self.within("p", node),
            "bulletList" | "taskList" | "decisionList" => self.within("ul", node),
            "orderedList" => self.within("ol", node),
            "listItem" | "decisionItem" => self.within("li", node),
            "blockquote" => self.within("blockquote", node),
            "codeBlock" => self.within("pre", node),
            "panel" => self.within("div", node),
            "tableRow" => self.within("tr", node),
            "tableHeader" => self.within("th", node),
            "tableCell" => self.within("td", node),
            "table" => {
                self.out.push_str("<table><tbody>");
                self.children(node);
                self.out.push_str("</tbody></table>");
            }
            "heading" => self.titled(None, node),
            "expand" | "nestedExpand" => self.titled(attribute(node, "title"), node),
            "taskItem" => self.task(node),
            "rule" => self.out.push_str("<hr>"),
            "hardBreak" => self.out.push_str("<br>"),
            "mention" | "status" => self.words(attribute(node, "text").unwrap_or("@user")),
            "emoji" => {
                let words = attribute(node, "text").or(attribute(node, "shortName"));
                self.words(words.unwrap_or_default());
            }
            "inlineCard" | "blockCard" | "embedCard" => {
                let address = attribute(node, "url").unwrap_or_default();
                escape::push_link(&mut self.out, address, address);
            }
            "media" | "mediaInline" => self.words(attribute(node, "alt").unwrap_or("[image]")),
            "date" => self.date(node),
            _ if node.get("content").is_some() => self.children(node),
            _ => self.words(attribute(node, "text").unwrap_or_default()),
        }
    }

    fn words(&mut self, words: &str) {
        // One text may be longer than all that is wanted.
        let end = words.floor_char_boundary(self.limit.saturating_sub(self.out.len()));
        escape::push(&mut self.out, words.get(..end).unwrap_or_default());
    }

    fn within(&mut self, element: &str, node: &Value) {
        self.out.extend(["<", element, ">"]);
        self.children(node);
        self.out.extend(["</", element, ">"]);
    }

    /// Headings of texts are bold words: they would disturb the page's own.
    fn titled(&mut self, title: Option<&str>, node: &Value) {
        self.out.push_str("<p><strong>");
        if let Some(title) = title {
            self.words(title);
            self.out.push_str("</strong></p>");
            self.children(node);
        } else {
            self.children(node);
            self.out.push_str("</strong></p>");
        }
    }

    fn task(&mut self, node: &Value) {
        let done = attribute(node, "state") == Some("DONE");
        self.out.push_str(if done { "<li>[x] " } else { "<li>[ ] " });
        self.children(node);
        self.out.push_str("</li>");
    }

    /// Milliseconds since 1970, as text.
    fn date(&mut self, node: &Value) {
        let at = attribute(node, "timestamp").and_then(|text| text.parse().ok());
        if let Some(at) = at.and_then(DateTime::from_timestamp_millis) {
            self.words(&at.format("%Y-%m-%d").to_string());
        }
    }

    fn text(&mut self, node: &Value) {
        let words = node.get("text").and_then(Value::as_str).unwrap_or_default();
        let marks = || node.get("marks").and_then(Value::as_array).into_iter().flatten().take(8);
        let link = marks().find(|mark| kind(mark) == "link").and_then(|mark| attribute(mark, "href"));
        let elements: Vec<&str> = marks().filter_map(element).collect();
        for element in &elements {
            self.out.extend(["<", *element, ">"]);
        }
        match link {
            Some(address) => escape::push_link(&mut self.out, address, words),
            None => self.words(words),
        }
        for element in elements.iter().rev() {
            self.out.extend(["</", *element, ">"]);
        }
    }
}

/// The element of a mark; colours and links have none here.
fn element(mark: &Value) -> Option<&'static str> {
    Some(match kind(mark) {
        "strong" => "strong",
        "em" => "em",
        "strike" => "del",
        "underline" => "u",
        "code" => "code",
        "subsup" if attribute(mark, "type") == Some("sub") => "sub",
        "subsup" => "sup",
        _ => return None,
    })
}
