//! What the program knows: its commands, its settings by their names in the environment, the paths that it serves.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Files, text, yaml};
use crate::sh;

/// Variables and their values.
pub(super) type Variables = BTreeMap<String, String>;

/// What may be named.
pub(super) struct Known<'a> {
    /// Names of settings in the environment, with their `_FILE` twins.
    pub(super) settings: BTreeSet<String>,
    /// Paths that are served, as the route tables write them.
    pub(super) paths: BTreeSet<String>,
    /// Ports to which mail goes, by how the connection is protected.
    pub(super) mail: BTreeSet<u64>,
    /// Why the program does not take these words, if it does not.
    pub(super) missing: &'a dyn Fn(&[&str]) -> Option<String>,
}

/// Where the paths stand.
const ROUTES: [&str; 2] = ["crates/web/src/routes.rs", "crates/web/src/ops_server.rs"];
/// Where the ports of mail stand.
const MAIL: &str = "crates/t5g/src/wiring/upstreams.rs";
/// The program in the image and on a machine.
pub(super) const PROGRAM: &str = "/usr/local/bin/t5g";

impl<'a> Known<'a> {
    /// Of this repository.
    pub(super) fn of_repository(missing: &'a dyn Fn(&[&str]) -> Option<String>) -> Result<Self> {
        let read = |file: &str| {
            std::fs::read_to_string(sh::root().join(file)).with_context(|| format!("{file} cannot be read"))
        };
        let mut paths = BTreeSet::new();
        for file in ROUTES {
            paths.extend(served(&read(file)?));
        }
        let mail = mail_ports(&read(MAIL)?);
        anyhow::ensure!(!mail.is_empty(), "{MAIL}: no ports of mail are found there");
        Ok(Self { settings: settings(&read("docs/configuration.md")?), paths, mail, missing })
    }

    /// What is wrong with a command: the program's name is left out.
    pub(super) fn command(&self, place: &str, words: &[String]) -> Option<String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.first() {
            None => Some(format!("{place}: a command is missing")),
            Some(_) => (self.missing)(&words).map(|why| format!("{place}: t5g {}: {why}", words.join(" "))),
        }
    }

    /// What is wrong with the names of variables.
    pub(super) fn variables(&self, place: &str, variables: &Variables) -> Vec<String> {
        let unknown = variables.keys().filter(|name| !self.settings.contains(*name));
        unknown.map(|name| format!("{place}: {name} is no setting of the program")).collect()
    }

    /// What is wrong with a path.
    pub(super) fn path(&self, place: &str, path: &str) -> Option<String> {
        (!self.paths.contains(path)).then(|| format!("{place}: {path} is served nowhere"))
    }
}

/// The names in the generated page of the settings.
fn settings(page: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for section in page.split("\n### ") {
        let marks = ["- environment:", "- old names:", "- standard names:"];
        let is_name = |line: &&str| marks.iter().any(|mark| line.starts_with(mark));
        let own: Vec<&str> =
            section.lines().filter(is_name).flat_map(|line| line.split('`').skip(1).step_by(2)).collect();
        let secret = section.lines().any(|line| line.starts_with("- secret:"));
        names.extend(own.iter().map(ToString::to_string));
        names.extend(own.iter().filter(|_| secret).map(|name| format!("{name}_FILE")));
    }
    names
}

/// Every `(Security::…, PORT)` of a source.
fn mail_ports(source: &str) -> BTreeSet<u64> {
    let pairs = source.split("(Security::").skip(1).filter_map(|rest| rest.split_once(')'));
    pairs.filter_map(|(pair, _)| pair.split_once(", ")?.1.parse().ok()).collect()
}

/// Every `route("/…"` of a source.
fn served(source: &str) -> BTreeSet<String> {
    let after = source.split("route(\"").skip(1).filter_map(|rest| rest.split('"').next());
    after.filter(|path| path.starts_with('/')).map(str::to_owned).collect()
}

/// The variables of a file with lines of `NAME=value`.
pub(super) fn lines(text: &str) -> Variables {
    let assignments = text.lines().filter(|line| !line.starts_with('#'));
    let pairs = assignments.filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.to_owned())).collect()
}

/// The map of variables of a compose service; defaults of `${NAME:-default}` are taken.
pub(super) fn of_service(service: &Value) -> Variables {
    let members = service.get("environment").and_then(Value::as_object);
    let pair = |(name, value): (&String, &Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.clone(), with_defaults(&text))
    };
    members.into_iter().flatten().map(pair).collect()
}

fn with_defaults(text: &str) -> String {
    let Some((before, rest)) = text.split_once("${") else { return text.to_owned() };
    let Some((inner, after)) = rest.split_once('}') else { return text.to_owned() };
    let default = inner.split_once(":-").map_or("", |(_, default)| default);
    format!("{before}{default}{}", with_defaults(after))
}

/// Every whole environment that the program is meant to be given, by the file that says so.
pub(super) fn environments(files: &Files) -> Result<Vec<(String, Variables)>> {
    let mut all = Vec::new();
    for file in ["deploy/kubernetes/base/settings.env", "deploy/t5g.env.example"] {
        all.push((file.to_owned(), lines(text(files, file)?)));
    }
    let compose = "deploy/compose.yaml";
    let read = yaml::document(compose, text(files, compose)?).map_err(anyhow::Error::msg)?;
    for role in ["web", "worker", "scheduler"] {
        let service = read.pointer(&format!("/services/{role}")).cloned().unwrap_or_default();
        all.push((format!("{compose}, {role}"), of_service(&service)));
    }
    Ok(all)
}

/// What the program itself says against the values. Secrets lie elsewhere and are left out.
pub(super) fn refused(place: &str, variables: &Variables) -> Result<Option<String>> {
    let program = sh::target().join("debug/t5g");
    let mut command = sh::command(&program.to_string_lossy());
    let open = variables.iter().filter(|(name, _)| !name.ends_with("_FILE"));
    command.args(["config", "show"]).env_clear().env("HOME", "/nonexistent").envs(open);
    let output = command.current_dir("/").output().context("the program cannot be started")?;
    if output.status.success() {
        return Ok(None);
    }
    Ok(Some(format!("{place}: the program refuses it: {}", String::from_utf8_lossy(&output.stderr).trim())))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Takes `serve`, `worker`, `up`, `health --url`; knows two settings, three paths.
    pub(in crate::deploy) fn known() -> Known<'static> {
        let names = ["T5G_LISTEN", "T5G_OPS_LISTEN", "T5G_DATA_DIR", "jira_pass_FILE", "READ_ONLY"];
        let paths = ["/healthz", "/readyz", "/metrics"];
        Known {
            settings: names.map(str::to_owned).into(),
            paths: paths.map(str::to_owned).into(),
            mail: [25, 465].into(),
            missing: &missing,
        }
    }

    fn missing(words: &[&str]) -> Option<String> {
        let taken = matches!(words, ["serve" | "worker" | "up" | "health"] | ["health", "--url", _]);
        (!taken).then(|| "there is no such command".to_owned())
    }

    #[test]
    fn ports_of_mail_come_from_where_they_are_chosen() {
        let source = "None => (Security::None, 25),\n Tls => (Security::Tls, 465),\n let x = Security::None;";
        assert_eq!(mail_ports(source), [25, 465].into());
    }

    #[test]
    fn names_come_from_the_page_of_settings() {
        let page = "### `a`\n\n- environment: `T5G_A`\n- old names: `a` `b`\n- secret: shown masked\n\
                    \n### `c`\n\n- environment: `T5G_C`\n- standard names: `OTEL_C`\n";
        let names = settings(page);
        assert_eq!(
            names.into_iter().collect::<Vec<_>>(),
            ["OTEL_C", "T5G_A", "T5G_A_FILE", "T5G_C", "a", "a_FILE", "b", "b_FILE"]
        );
    }

    #[test]
    fn unknown_names_paths_and_commands_are_found() {
        let known = known();
        let variables = lines("# x\nREAD_ONLY=true\nREAD_ONLI=true\n");
        assert_eq!(known.variables("f", &variables), ["f: READ_ONLI is no setting of the program"]);
        assert!(known.path("f", "/healthz").is_none() && known.path("f", "/health").is_some());
        assert!(known.command("f", &["server".to_owned()]).is_some() && known.command("f", &[]).is_some());
        assert_eq!(served("route(\"/a\", x).route(\"/b\")").len(), 2);
    }

    #[test]
    fn defaults_are_taken() {
        assert_eq!(with_defaults("a${X:-b}c${Y}d"), "abcd");
    }
}
