//! compose.yaml: the fields of its format, and that services, secrets, networks, volumes and our own commands exist.

use anyhow::{Error, Result};
use serde_json::Value;

use super::image::without_version;
use super::known::{Known, PROGRAM, of_service};
use super::shape::{self, Shape};
use super::{Files, text, yaml};

const FILE: &str = "deploy/compose.yaml";
const SECRETS: &str = "deploy/make-secrets.sh";

const SHAPE: Shape = &[
    ("", "name! services! networks volumes secrets x-t5g x-role"),
    ("services", "demo! web! worker! scheduler! cache! database! prometheus! alertmanager! grafana!"),
];
const SERVICE: Shape = &[
    (
        "",
        "image! profiles! build restart read_only cap_drop security_opt env_file environment secrets networks \
         network_mode tmpfs depends_on command healthcheck ports volumes stop_grace_period mem_limit",
    ),
    ("build", "context! dockerfile!"),
    ("environment", "*"),
    ("healthcheck", "test! interval timeout retries start_period"),
];

/// Everything that is wrong with it.
pub(super) fn problems(files: &Files, known: &Known<'_>) -> Result<Vec<String>> {
    let compose = yaml::document(FILE, text(files, FILE)?).map_err(Error::msg)?;
    let mut top = compose.clone();
    let mut wrong = Vec::new();
    let members = |name: &str| compose.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, service) in &members("services") {
        let place = format!("services.{name}");
        // What others are started after is a map of their names.
        let mut plain = service.clone();
        let after = plain.as_object_mut().and_then(|map| map.remove("depends_on")).unwrap_or_default();
        wrong
            .extend(shape::problems(&plain, SERVICE, true).into_iter().map(|what| format!("{place}.{what}")));
        let missing = |wanted: &str, what: &str| !members(what).contains_key(wanted);
        for other in after.as_object().into_iter().flatten().map(|(other, _)| other) {
            if missing(other, "services") {
                wrong.push(format!("{place}: there is no service {other}"));
            }
        }
        for what in ["secrets", "networks"] {
            let gone = yaml::words(service, &format!("/{what}")).into_iter().filter(|one| missing(one, what));
            wrong.extend(gone.map(|one| format!("{place}: {one} is not among the {what}")));
        }
        for volume in yaml::words(service, "/volumes") {
            let from = volume.split(':').next().unwrap_or_default().to_owned();
            let is_there = match from.strip_prefix("./") {
                Some(folder) => files.keys().any(|file| file.starts_with(&format!("deploy/{folder}/"))),
                None => !missing(&from, "volumes"),
            };
            if !is_there {
                wrong.push(format!("{place}: volume {from} is not there"));
            }
        }
        let image = yaml::text(service, "/image").unwrap_or_default();
        // Of ours, another one can be named; what is meant if nobody does stands behind.
        let usual = image.split_once(":-").map_or(image, |(_, usual)| usual.trim_end_matches('}'));
        wrong.extend(without_version(usual).map(|what| format!("{place}: {what}")));
        if image.contains("t5g") {
            wrong.extend(ours(&place, service, known));
        }
    }
    if let Some(services) = top.get_mut("services").and_then(Value::as_object_mut) {
        services.values_mut().for_each(|service| *service = Value::Null);
    }
    for plain in ["networks", "volumes", "secrets", "x-t5g", "x-role"] {
        if let Some(map) = top.as_object_mut() {
            map.remove(plain);
        }
    }
    wrong.extend(shape::problems(&top, SHAPE, true));
    let script = text(files, SECRETS)?;
    for (name, secret) in &members("secrets") {
        let file = yaml::text(secret, "/file").unwrap_or_default();
        if file != format!("secrets/{name}")
            || !script.split_whitespace().any(|word| word.trim_matches(';') == name)
        {
            wrong.push(format!("secrets.{name}: {SECRETS} does not make or ask for {file:?}"));
        }
    }
    Ok(wrong.into_iter().map(|what| format!("{FILE}: {what}")).collect())
}

/// A service of ours.
fn ours(place: &str, service: &Value, known: &Known<'_>) -> Vec<String> {
    let mut wrong: Vec<String> = Vec::new();
    wrong.extend(known.command(place, &yaml::words(service, "/command")));
    if let [_, program, words @ ..] = yaml::words(service, "/healthcheck/test").as_slice() {
        let is_ours = program == PROGRAM;
        wrong.extend((!is_ours).then(|| format!("{place}: the image has no {program}")));
        wrong.extend(known.command(&format!("{place}.healthcheck"), words));
    }
    let variables = of_service(service);
    wrong.extend(known.variables(place, &variables));
    let secrets = yaml::words(service, "/secrets");
    for (name, path) in variables.iter().filter(|(name, _)| name.ends_with("_FILE")) {
        let secret = path.strip_prefix("/run/secrets/").unwrap_or_default();
        if !secrets.iter().any(|known| known == secret) {
            wrong.push(format!("{place}: {name}: {path} is not among its secrets"));
        }
    }
    for port in yaml::words(service, "/ports") {
        if port.rsplit(':').next() != Some("8080") {
            wrong.push(format!("{place}: port {port}: pages are served on 8080"));
        }
    }
    if service.get("read_only") != Some(&Value::Bool(true)) || yaml::words(service, "/cap_drop") != ["ALL"] {
        wrong.push(format!("{place}: read_only: true and cap_drop: [ALL] are missing"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::known::tests::known;
    use super::*;

    const GOOD: &str = "name: t5g\nx-t5g: &t5g { image: localhost/t5g:1, read_only: true, cap_drop: [ALL], profiles: [p] }\n\
        services:\n  web:\n    <<: *t5g\n    command: [serve]\n    environment: { READ_ONLY: \"true\", jira_pass_FILE: /run/secrets/jira_pass }\n    \
        secrets: [jira_pass]\n    networks: [inside]\n    ports: [\"127.0.0.1:80:8080\"]\n    depends_on: { cache: { condition: service_healthy } }\n  \
        demo: { <<: *t5g, command: [up], healthcheck: { test: [CMD, /usr/local/bin/t5g, health] } }\n  \
        worker: { <<: *t5g, command: [worker] }\n  scheduler: { <<: *t5g, command: [worker] }\n  \
        cache: { image: redis:7, profiles: [p], volumes: [\"cache:/data\"] }\n  database: { image: postgres:17, profiles: [p] }\n  \
        prometheus: { image: a:1, profiles: [p], volumes: [\"./prometheus:/etc\"] }\n  grafana: { image: b:1, profiles: [p] }\n  alertmanager: { image: c:1, profiles: [p] }\n\
        networks: { inside: {} }\nvolumes: { cache: {} }\nsecrets: { jira_pass: { file: secrets/jira_pass } }\n";

    fn of(text: &str) -> Vec<String> {
        let files = [
            (FILE, text),
            (SECRETS, "for name in offline_token jira_pass; do echo; done\n"),
            ("deploy/prometheus/x.yaml", ""),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        problems(&files.into(), &known()).unwrap()
    }

    #[test]
    fn each_fault_is_found() {
        assert_eq!(of(GOOD), Vec::<String>::new());
        for (part, broken) in [
            ("command: [serve]", "command: [server]"),
            ("command: [serve]", "commands: [serve]"),
            ("READ_ONLY", "READ_ONLI"),
            ("/run/secrets/jira_pass", "/run/secrets/jira"),
            ("secrets: [jira_pass]", "secrets: [jira]"),
            ("networks: [inside]", "networks: [outside]"),
            (":8080\"", ":8081\""),
            ("depends_on: { cache", "depends_on: { cash"),
            ("/usr/local/bin/t5g, health", "/usr/bin/curl, health"),
            ("read_only: true", "read_only: false"),
            ("redis:7", "redis"),
            ("postgres:17", "postgres:latest"),
            ("localhost/t5g:1", "\"${T5G_IMAGE:-localhost/t5g}\""),
            ("cache:/data", "cash:/data"),
            ("./prometheus:", "./prometheos:"),
            ("file: secrets/jira_pass", "file: secrets/pass"),
            ("  grafana:", "  grafanna:"),
        ] {
            assert!(GOOD.contains(part), "{part}");
            assert!(!of(&GOOD.replace(part, broken)).is_empty(), "{part} → {broken}");
        }
    }
}
