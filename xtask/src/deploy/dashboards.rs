//! Dashboards as Grafana wants them: panels with ids of their own that do not lie on each other, units that it knows, names
//! for every line, and no source of data but the one that is chosen on the page.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Files, yaml};

/// Where dashboards are.
const FOLDER: &str = "deploy/grafana/";
/// What panels may refer to: the variable that every dashboard has.
const SOURCE: &str = "${datasource}";
/// Units that are used, by Grafana's ids of them; another has to be looked up there before it is added.
const UNITS: [&str; 6] = ["short", "none", "s", "bytes", "reqps", "dateTimeFromNow"];
/// How many columns a dashboard has.
const COLUMNS: u64 = 24;
/// Of the version in deploy/compose.yaml; older ones migrate what they do not know.
const SCHEMA: u64 = 41;

/// Everything that is wrong with them.
pub(super) fn problems(files: &Files) -> Result<Vec<String>> {
    let (mut wrong, mut ids) = (Vec::new(), BTreeSet::new());
    for (file, text) in
        files.iter().filter(|(file, _)| file.starts_with(FOLDER) && super::has_ending(file, "json"))
    {
        let dashboard: Value = serde_json::from_str(text).with_context(|| format!("{file} is no JSON"))?;
        let mut say = |what: &str| wrong.push(format!("{file}: {what}"));
        match yaml::text(&dashboard, "/uid") {
            Some(uid) if ids.insert(uid.to_owned()) => {}
            _ => say("it has no uid of its own, by which links find it"),
        }
        if dashboard.pointer("/schemaVersion").and_then(Value::as_u64) != Some(SCHEMA) {
            say(&format!("its schemaVersion is not {SCHEMA}"));
        }
        let variables = yaml::list(&dashboard, "/templating/list");
        let kind = |name: &str| {
            let found = variables.iter().find(|variable| yaml::text(variable, "/name") == Some(name));
            found.and_then(|variable| yaml::text(variable, "/type")).map(str::to_owned)
        };
        if kind("datasource").as_deref() != Some("datasource") {
            say("its source of data cannot be chosen");
        }
        if !yaml::list(&dashboard, "/links")
            .iter()
            .any(|link| yaml::text(link, "/type") == Some("dashboards"))
        {
            say("it leads to no other");
        }
        let panels = yaml::list(&dashboard, "/panels");
        let (mut panel_ids, mut taken) = (BTreeSet::new(), BTreeSet::new());
        for panel in panels {
            let title = yaml::text(panel, "/title").unwrap_or_default();
            let own = panel.pointer("/id").and_then(Value::as_u64).is_some_and(|id| panel_ids.insert(id));
            if !own || title.is_empty() {
                wrong.push(format!("{file}: {title:?} has no id or title of its own"));
            }
            wrong.extend(place(panel, &mut taken).map(|what| format!("{file}: {title}: {what}")));
            if yaml::text(panel, "/type") != Some("row") {
                wrong
                    .extend(panel_problems(panel).into_iter().map(|what| format!("{file}: {title}: {what}")));
            }
        }
    }
    Ok(wrong)
}

/// Where it lies, and whether it lies on another.
fn place(panel: &Value, taken: &mut BTreeSet<(u64, u64)>) -> Option<&'static str> {
    let at = |name: &str| panel.pointer(&format!("/gridPos/{name}")).and_then(Value::as_u64);
    let (Some(x), Some(y), Some(w), Some(h)) = (at("x"), at("y"), at("w"), at("h")) else {
        return Some("it lies nowhere");
    };
    if w == 0 || h == 0 || x + w > COLUMNS {
        return Some("it lies outside");
    }
    let fields = (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y)));
    fields.fold(None, |wrong, field| if taken.insert(field) { wrong } else { Some("it lies on another") })
}

fn panel_problems(panel: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if yaml::text(panel, "/description").is_none_or(str::is_empty) {
        wrong.push("it does not say what it shows".to_owned());
    }
    let unit = yaml::text(panel, "/fieldConfig/defaults/unit").unwrap_or_default();
    if !UNITS.contains(&unit) {
        wrong.push(format!("{unit:?} is no unit that is known to be Grafana's"));
    }
    let targets = yaml::list(panel, "/targets");
    if targets.is_empty() {
        wrong.push("it asks for nothing".to_owned());
    }
    if std::iter::once(panel).chain(targets).any(|one| yaml::text(one, "/datasource/uid") != Some(SOURCE)) {
        wrong.push(format!("its source of data is not {SOURCE}"));
    }
    let letters: BTreeSet<_> = targets.iter().filter_map(|target| yaml::text(target, "/refId")).collect();
    if letters.len() != targets.len() {
        wrong.push("two of its questions have one refId, or one has none".to_owned());
    }
    if targets.iter().any(|target| yaml::text(target, "/legendFormat").is_none_or(str::is_empty)) {
        wrong.push("a line of it has no name".to_owned());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> String {
        let source = r#""datasource": { "uid": "${datasource}" }"#;
        let panel = |id: u64, x: u64| {
            format!(
                r#"{{ "id": {id}, "type": "stat", "title": "t{id}", "description": "d", {source},
                "gridPos": {{ "x": {x}, "y": 1, "w": 12, "h": 4 }}, "fieldConfig": {{ "defaults": {{ "unit": "s" }} }},
                "targets": [{{ "refId": "A", "expr": "e", "legendFormat": "l", {source} }}] }}"#
            )
        };
        format!(
            r#"{{ "uid": "u", "schemaVersion": {SCHEMA}, "links": [{{ "type": "dashboards" }}],
            "templating": {{ "list": [{{ "name": "datasource", "type": "datasource" }}] }},
            "panels": [{{ "id": 1, "type": "row", "title": "r", "gridPos": {{ "x": 0, "y": 0, "w": 24, "h": 1 }} }},
            {}, {}] }}"#,
            panel(2, 0),
            panel(3, 12)
        )
    }

    fn wrong(text: String) -> Vec<String> {
        problems(&[(format!("{FOLDER}x.json"), text)].into()).unwrap()
    }

    #[test]
    fn each_fault_is_found() {
        assert_eq!(wrong(sample()), Vec::<String>::new());
        for (part, broken) in [
            (r#""uid": "u""#, r#""id": 1"#),
            ("\"schemaVersion\": 41", "\"schemaVersion\": 16"),
            (r#""type": "dashboards""#, r#""type": "link""#),
            (r#""type": "datasource""#, r#""type": "query""#),
            (r#""id": 3"#, r#""id": 2"#),
            (r#""x": 12"#, r#""x": 11"#),
            (r#""x": 12"#, r#""x": 13"#),
            (r#""y": 0"#, r#""y": 1"#),
            (r#""unit": "s""#, r#""unit": "seconds""#),
            ("${datasource}", "P4169E866C3094E38"),
            (r#""refId": "A""#, r#""ref": "A""#),
            (r#""legendFormat": "l""#, r#""legendFormat": """#),
            (r#""description": "d""#, r#""description": """#),
        ] {
            assert!(sample().contains(part), "{part}");
            assert!(!wrong(sample().replacen(part, broken, 1)).is_empty(), "{part} → {broken}");
        }
        let twice =
            [("a", sample()), ("b", sample())].map(|(name, text)| (format!("{FOLDER}{name}.json"), text));
        assert_eq!(problems(&twice.into()).unwrap().len(), 1, "one uid, two dashboards");
    }
}
