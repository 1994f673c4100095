//! What a run gave back, readable: what it changed as figures first, the rest as facts. Knows no task: any JSON can
//! be a result.

use serde::Serialize;
use serde_json::Value;

/// Figures that say what changed, in this order, and how each is written.
const CHANGES: [(&str, &str); 3] = [("added", "+"), ("changed", "±"), ("removed", "−")];
/// The most figures and facts.
const MOST: usize = 40;
/// The longest value of a fact, in characters, and the longest whole.
const VALUE: usize = 300;
const WHOLE: usize = 20_000;

/// The result.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ResultView {
    figures: Vec<Figure>,
    facts: Vec<Fact>,
    /// All of it as JSON.
    whole: String,
}

#[derive(Debug, Clone, Serialize)]
struct Figure {
    kind: &'static str,
    number: String,
    label: String,
}

#[derive(Debug, Clone, Serialize)]
struct Fact {
    label: String,
    value: String,
}

impl ResultView {
    /// `None`: it gave nothing back.
    pub(super) fn of(result: &Value) -> Option<Self> {
        if result.is_null() {
            return None;
        }
        let (mut figures, mut facts) = (Vec::new(), Vec::new());
        let number = |name: &str| result.get(name).filter(|value| value.is_number());
        for (name, sign) in CHANGES {
            if let Some(value) = number(name) {
                let nothing = value.as_f64() == Some(0.0);
                let number = if nothing { "0".to_owned() } else { format!("{sign}{value}") };
                figures.push(Figure {
                    kind: if nothing { "none" } else { name },
                    number,
                    label: label(name),
                });
            }
        }
        for (name, value) in result.as_object().into_iter().flatten() {
            if figures.len() + facts.len() >= MOST {
                break;
            }
            if !value.is_number() {
                facts.push(Fact { label: label(name), value: words(value) });
            } else if CHANGES.iter().all(|(change, _)| change != name) {
                figures.push(Figure { kind: "", number: value.to_string(), label: label(name) });
            }
        }
        if !result.is_object() {
            facts.push(Fact { label: "Result".to_owned(), value: words(result) });
        }
        Some(Self { figures, facts, whole: cut(&pretty(result), WHOLE) })
    }
}

/// The result in one short line; empty if there is none.
pub(super) fn brief(result: &Value) -> String {
    let of = |name: &str| result.get(name).and_then(Value::as_u64);
    let changes: Vec<_> = CHANGES.iter().filter_map(|(name, _)| Some((*name, of(name)?))).collect();
    if changes.is_empty() {
        return told(result);
    }
    let told: Vec<_> = changes.iter().filter(|(_, number)| *number > 0).collect();
    if told.is_empty() {
        return "nothing changed".to_owned();
    }
    told.iter().map(|(name, number)| format!("{number} {name}")).collect::<Vec<_>>().join(", ")
}

/// What a result that says nothing of changes tells first: what it counts, else a sentence in it, else how long its
/// lists are, else what it has at all.
fn told(result: &Value) -> String {
    let Some(members) = result.as_object() else {
        return if result.is_null() { String::new() } else { cut(&words(result), 80) };
    };
    let plain = |name: &String| name.replace('_', " ");
    let sentence = |(name, value): (&String, &Value)| {
        let text = value.as_str().filter(|text| text.contains(' '))?;
        Some(format!("{}: {text}", plain(name)))
    };
    let length = |(name, value): (&String, &Value)| {
        let length = value.as_array().map(Vec::len).filter(|length| *length > 0)?;
        Some(format!("{length} {}", plain(name)))
    };
    let counted: Vec<_> = counts(result).map(|(name, count)| format!("{count} {}", plain(name))).collect();
    let ways = [
        counted,
        members.iter().filter_map(sentence).collect(),
        members.iter().filter_map(length).collect(),
        members
            .iter()
            .filter_map(|(name, value)| Some(format!("{} {}", value.as_u64()?, plain(name))))
            .collect(),
        members.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| plain(name)).collect(),
    ];
    ways.into_iter().find(|way| !way.is_empty()).map_or_else(String::new, |way| cut(&way.join(", "), 80))
}

/// What a result counts and there is some of.
fn counts(result: &Value) -> impl Iterator<Item = (&String, u64)> {
    let members = result.as_object().into_iter().flatten();
    members.filter_map(|(name, value)| Some((name, value.as_u64()?))).filter(|(_, count)| *count > 0)
}

/// JSON with line breaks.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(yes) => if *yes { "Yes" } else { "No" }.to_owned(),
        Value::String(text) => cut(text, VALUE),
        other => cut(&other.to_string(), VALUE),
    }
}

fn label(name: &str) -> String {
    let mut rest = name.chars().take(80);
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).map(|c| if c == '_' { ' ' } else { c }).collect()
}

pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_changed_comes_first() {
        let result = json!({ "source": "cards", "full": false, "entries": 300, "removed": 1, "added": 3, "changed": 0 });
        let view = ResultView::of(&result).unwrap();
        let figures: Vec<_> = view.figures.iter().map(|one| (&*one.number, &*one.label, one.kind)).collect();
        let expected = [
            ("+3", "Added", "added"),
            ("0", "Changed", "none"),
            ("−1", "Removed", "removed"),
            ("300", "Entries", ""),
        ];
        assert_eq!(figures, expected);
        assert_eq!(view.facts.len(), 2);
        assert_eq!(brief(&result), "3 added, 1 removed");
        assert_eq!(brief(&json!({ "added": 0, "changed": 0 })), "nothing changed");
    }

    #[test]
    fn any_json_is_a_result() {
        assert!(ResultView::of(&Value::Null).is_none());
        assert_eq!(ResultView::of(&json!("text")).unwrap().facts[0].value, "text");
        assert_eq!(brief(&json!({ "cards": 4, "failed": 0, "plans": [] })), "4 cards");
        assert_eq!(brief(&json!({ "failed": 0 })), "0 failed");
        let held = json!({ "done": 0, "failed": 0, "held_reason": "14 new cases are more than 10", "kind": "cards" });
        assert_eq!(brief(&held), "held reason: 14 new cases are more than 10");
        assert_eq!(brief(&json!({ "items": [1, 2], "left_out": [], "plan": {} })), "2 items");
        assert_eq!(brief(&json!({ "plan": { "seed": 1 }, "held": null })), "plan");
        assert_eq!(brief(&json!({})), "");
        let wide: serde_json::Map<String, Value> = (0..500).map(|n| (format!("k{n}"), json!(n))).collect();
        assert_eq!(ResultView::of(&Value::Object(wide)).unwrap().figures.len(), MOST);
        assert_eq!(brief(&json!("한".repeat(200))).chars().count(), 81);
    }
}
