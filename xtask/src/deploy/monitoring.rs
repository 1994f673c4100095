//! Prometheus, Grafana and the proxies: they ask where something answers.

use anyhow::{Error, Result};

use super::known::Known;
use super::{Files, text, yaml};

const COMPOSE: &str = "deploy/compose.yaml";
const PROMETHEUS: &str = "deploy/prometheus/prometheus.yaml";
const SOURCE: &str = "deploy/grafana/provisioning/datasources/prometheus.yaml";
const DASHBOARDS: &str = "deploy/grafana/provisioning/dashboards/t5g.yaml";
/// Files with paths, and what stands before each.
const PROXIES: [(&str, &[&str]); 2] = [
    ("deploy/proxy/nginx.conf", &["location = "]),
    ("deploy/proxy/haproxy.cfg", &["httpchk GET ", "{ path "]),
];

/// Everything that is wrong with them.
pub(super) fn problems(files: &Files, known: &Known<'_>) -> Result<Vec<String>> {
    let read = |name: &str| yaml::document(name, text(files, name)?).map_err(Error::msg);
    let (compose, prometheus, source, dashboards) =
        (read(COMPOSE)?, read(PROMETHEUS)?, read(SOURCE)?, read(DASHBOARDS)?);
    let is_service = |name: &str| compose.pointer("/services").is_some_and(|all| all.get(name).is_some());
    let mut wrong = Vec::new();
    for job in yaml::list(&prometheus, "/scrape_configs") {
        wrong.extend(known.path(PROMETHEUS, yaml::text(job, "/metrics_path").unwrap_or("/metrics")));
        for target in yaml::list(job, "/dns_sd_configs") {
            let strangers = yaml::words(target, "/names").into_iter().filter(|name| !is_service(name));
            wrong.extend(strangers.map(|name| format!("{PROMETHEUS}: {name} is no service of {COMPOSE}")));
            if target.pointer("/port").and_then(serde_json::Value::as_u64) != Some(9090) {
                wrong.push(format!("{PROMETHEUS}: monitoring answers on port 9090"));
            }
        }
    }
    let told: Vec<String> = yaml::list(&prometheus, "/alerting/alertmanagers")
        .iter()
        .flat_map(|one| yaml::list(one, "/dns_sd_configs"))
        .flat_map(|target| yaml::words(target, "/names"))
        .collect();
    if told.is_empty() || told.iter().any(|name| !is_service(name)) {
        wrong.push(format!("{PROMETHEUS}: alerts reach no service of {COMPOSE}: {told:?}"));
    }
    for rules in yaml::words(&prometheus, "/rule_files") {
        if !files.contains_key(&format!("deploy/prometheus/{rules}")) {
            wrong.push(format!("{PROMETHEUS}: there is no {rules}"));
        }
    }
    for one in yaml::list(&source, "/datasources") {
        // From it Grafana takes over how long a rate is; it would take 15 s.
        if yaml::text(one, "/jsonData/timeInterval") != yaml::text(&prometheus, "/global/scrape_interval") {
            wrong.push(format!("{SOURCE}: its timeInterval is not the scrape_interval of {PROMETHEUS}"));
        }
        let host = yaml::text(one, "/url").and_then(|url| url.strip_prefix("http://")?.split(':').next());
        if !host.is_some_and(is_service) {
            wrong.push(format!("{SOURCE}: its url leads to no service of {COMPOSE}"));
        }
    }
    let mounted = yaml::words(&compose, "/services/grafana/volumes");
    for one in yaml::list(&dashboards, "/providers") {
        let path = yaml::text(one, "/options/path").unwrap_or_default();
        if !mounted.iter().any(|mount| mount.split(':').nth(1) == Some(path)) {
            wrong.push(format!("{DASHBOARDS}: nothing is mounted at {path:?}"));
        }
    }
    for (file, marks) in PROXIES {
        wrong.extend(named_paths(text(files, file)?, marks).iter().filter_map(|path| known.path(file, path)));
    }
    Ok(wrong)
}

fn named_paths(text: &str, marks: &[&str]) -> Vec<String> {
    let after = |mark: &&str| {
        text.split(*mark)
            .skip(1)
            .filter_map(|rest| rest.split_whitespace().next())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    marks.iter().flat_map(after).collect()
}

#[cfg(test)]
mod tests {
    use super::super::known::tests::known;
    use super::*;

    fn files() -> Files {
        let mut files = Files::new();
        let mut put = |name: &str, text: &str| files.insert(name.to_owned(), text.to_owned());
        put(
            COMPOSE,
            "services:\n  web: {}\n  prometheus: {}\n  manager: {}\n  grafana: { volumes: [\"./grafana:/dash:ro\"] }\n",
        );
        put(
            PROMETHEUS,
            "global: { scrape_interval: 30s }\nalerting: { alertmanagers: [{ dns_sd_configs: [{ names: [manager] }] }] }\nrule_files: [rules.yaml]\nscrape_configs:\n  - metrics_path: /metrics\n    dns_sd_configs: [{ names: [web], port: 9090 }]\n",
        );
        put("deploy/prometheus/rules.yaml", "");
        put(SOURCE, "datasources: [{ url: \"http://prometheus:9090\", jsonData: { timeInterval: 30s } }]\n");
        put(DASHBOARDS, "providers: [{ options: { path: /dash } }]\n");
        put("deploy/proxy/nginx.conf", "location = /metrics {}");
        put("deploy/proxy/haproxy.cfg", "option httpchk GET /readyz\n");
        files
    }

    #[test]
    fn each_fault_is_found() {
        assert_eq!(problems(&files(), &known()).unwrap(), Vec::<String>::new());
        for (file, part, broken) in [
            (PROMETHEUS, "[web]", "[wep]"),
            (PROMETHEUS, "9090", "9091"),
            (PROMETHEUS, "/metrics", "/metric"),
            (PROMETHEUS, "rules.yaml", "rule.yaml"),
            (PROMETHEUS, "[manager]", "[manger]"),
            (PROMETHEUS, "alerting:", "alerted:"),
            (SOURCE, "//prometheus", "//prometheos"),
            (SOURCE, "30s", "15s"),
            (DASHBOARDS, "/dash", "/dashes"),
            ("deploy/proxy/nginx.conf", "/metrics", "/metric"),
            ("deploy/proxy/haproxy.cfg", "/readyz", "/ready"),
        ] {
            let mut files = files();
            let text = files.get_mut(file).unwrap();
            *text = text.replace(part, broken);
            assert_eq!(problems(&files, &known()).unwrap().len(), 1, "{file}: {part} → {broken}");
        }
    }
}
