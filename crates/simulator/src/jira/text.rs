//! Long texts in Jira's ways to carry them: wiki text (v2), documents (v3), and rendered HTML.

use serde_json::{Value, json};

use crate::ask::Ask;
use crate::world::escape;

/// Whether the request came to version 3, where long texts are documents.
pub(super) fn as_document(ask: &Ask) -> bool {
    ask.version_three
}

/// A long text as the asked version carries it.
pub(super) fn carried(ask: &Ask, wiki: &str) -> Value {
    if as_document(ask) { document(wiki) } else { json!(wiki) }
}

/// Plain text as a document: a paragraph for each line.
fn document(text: &str) -> Value {
    let paragraphs: Vec<Value> = text
        .split('\n')
        .map(|line| {
            let content = if line.is_empty() { json!([]) } else { json!([{ "type": "text", "text": line }]) };
            json!({ "type": "paragraph", "content": content })
        })
        .collect();
    json!({ "type": "doc", "version": 1, "content": paragraphs })
}

/// Plain text as rendered HTML.
pub(super) fn html(text: &str) -> String {
    let parts: Vec<String> = text.split("\n\n").map(|part| escape(part).replace('\n', "<br/>\n")).collect();
    format!("<p>{}</p>", parts.join("</p><p>"))
}

/// The plain text of what somebody sent: a string in version 2, a document in version 3.
pub(super) fn plain(ask: &Ask, value: &Value) -> Result<String, &'static str> {
    match (value, as_document(ask)) {
        (Value::Null, _) => Ok(String::new()),
        (Value::String(text), false) => Ok(text.clone()),
        (Value::Object(map), true) if map.get("type").and_then(Value::as_str) == Some("doc") => {
            let mut text = String::new();
            collect(value, &mut text, 0);
            Ok(text.trim_end().to_owned())
        }
        (_, true) => Err("Operation value must be an Atlassian Document (see the Atlassian Document Format)"),
        (_, false) => Err("Operation value must be a string"),
    }
}

fn collect(node: &Value, text: &mut String, depth: usize) {
    if depth > 64 {
        return;
    }
    text.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default());
    for inner in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        collect(inner, text, depth + 1);
    }
    if matches!(
        node.get("type").and_then(Value::as_str),
        Some("paragraph" | "heading" | "hardBreak" | "codeBlock")
    ) {
        text.push('\n');
    }
}
