//! What objects want of each other and of the program.

use serde_json::Value;

use super::{Known, Variables, match_all, yaml};

const LABELS: &str = "/spec/template/metadata/labels";

/// Where the program goes besides mail: names, upstreams, Redis, PostgreSQL.
const OUTWARD: [u64; 4] = [53, 443, 6379, 5432];

/// All objects of a deployment.
struct Objects<'a>(&'a [Value]);

impl<'a> Objects<'a> {
    fn of(&self, kind: &'static str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |object| yaml::text(object, "/kind") == Some(kind))
    }

    /// Pods that a selector finds.
    fn pods(&self, selector: Option<&'a Value>) -> Vec<&'a Value> {
        self.of("Deployment").filter(|one| match_all(selector, one.pointer(LABELS))).collect()
    }

    fn service(&self, name: &str) -> Option<&'a Value> {
        self.of("Service").find(|one| yaml::text(one, "/metadata/name") == Some(name))
    }
}

/// Everything that does not fit.
pub(super) fn problems(all: &[Value], settings: &Variables, known: &Known<'_>) -> Vec<String> {
    let all = Objects(all);
    let mut wrong = Vec::new();
    for one in all.of("Deployment") {
        wrong.extend(
            deployment(one, settings, known).into_iter().map(|what| format!("{}: {what}", name(one))),
        );
    }
    for one in all.of("Service") {
        let pods = all.pods(one.pointer("/spec/selector"));
        for port in yaml::list(one, "/spec/ports") {
            let wanted = yaml::text(port, "/targetPort").unwrap_or_default();
            if pods.is_empty() || !pods.iter().all(|pod| container_port(pod, wanted).is_some()) {
                wrong.push(format!("{}: no pod has a port {wanted:?}", name(one)));
            }
        }
    }
    for (kind, selector) in [
        ("PodDisruptionBudget", "/spec/selector/matchLabels"),
        ("NetworkPolicy", "/spec/podSelector/matchLabels"),
    ] {
        let lonely = all.of(kind).filter(|one| all.pods(one.pointer(selector)).is_empty());
        wrong.extend(lonely.map(|one| format!("{kind} {}: it finds no pod", name(one))));
    }
    for one in all.of("NetworkPolicy") {
        let pods = all.pods(one.pointer("/spec/podSelector/matchLabels"));
        let open = yaml::list(one, "/spec/ingress").iter().flat_map(|rule| yaml::list(rule, "/ports"));
        for port in open.filter_map(|port| port.get("port")) {
            if !pods.iter().any(|pod| ports(pod).any(|known| known.get("containerPort") == Some(port))) {
                wrong.push(format!("NetworkPolicy {}: no pod listens on {port}", name(one)));
            }
        }
    }
    let outward: Vec<u64> = all
        .of("NetworkPolicy")
        .flat_map(|one| yaml::list(one, "/spec/egress"))
        .flat_map(|rule| yaml::list(rule, "/ports"))
        .filter_map(|port| port.get("port")?.as_u64())
        .collect();
    let wanted = OUTWARD.iter().chain(&known.mail).filter(|_| !outward.is_empty());
    let closed = wanted.filter(|port| !outward.contains(port));
    wrong.extend(closed.map(|port| format!("NetworkPolicy: nothing is let out to port {port}")));
    wrong.extend(entrances(&all, known));
    wrong
}

/// Who leads to services: monitoring, ingress, route.
fn entrances(all: &Objects<'_>, known: &Known<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let has_port = |service: &Value, port: &str| {
        yaml::list(service, "/spec/ports").iter().any(|one| yaml::text(one, "/name") == Some(port))
    };
    for one in all.of("ServiceMonitor") {
        let selector = one.pointer("/spec/selector/matchLabels");
        let found: Vec<&Value> = all
            .of("Service")
            .filter(|service| match_all(selector, service.pointer("/metadata/labels")))
            .collect();
        for end in yaml::list(one, "/spec/endpoints") {
            let port = yaml::text(end, "/port").unwrap_or_default();
            if found.is_empty() || !found.iter().all(|service| has_port(service, port)) {
                wrong.push(format!("ServiceMonitor {}: no service has a port {port:?}", name(one)));
            }
            wrong.extend(known.path("ServiceMonitor", yaml::text(end, "/path").unwrap_or_default()));
        }
    }
    let mut leads = |from: &str, service: &str, port: &str| {
        if !all.service(service).is_some_and(|found| has_port(found, port)) {
            wrong.push(format!("{from}: there is no service {service:?} with a port {port:?}"));
        }
    };
    for one in all.of("Ingress") {
        for path in yaml::list(one, "/spec/rules").iter().flat_map(|rule| yaml::list(rule, "/http/paths")) {
            let service = yaml::text(path, "/backend/service/name").unwrap_or_default();
            leads("Ingress", service, yaml::text(path, "/backend/service/port/name").unwrap_or_default());
        }
    }
    for one in all.of("Route") {
        let port = yaml::text(one, "/spec/port/targetPort").unwrap_or_default();
        leads("Route", yaml::text(one, "/spec/to/name").unwrap_or_default(), port);
    }
    wrong
}

fn deployment(one: &Value, settings: &Variables, known: &Known<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    if !match_all(one.pointer("/spec/selector/matchLabels"), one.pointer(LABELS)) {
        wrong.push("its selector does not find its own pods".to_owned());
    }
    let pod = one.pointer("/spec/template/spec").cloned().unwrap_or_default();
    if pod.pointer("/securityContext/runAsNonRoot") != Some(&Value::Bool(true)) {
        wrong.push("runAsNonRoot is not true".to_owned());
    }
    for container in yaml::list(&pod, "/containers") {
        wrong.extend(known.command("args", &yaml::words(container, "/args")));
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let path = yaml::text(container, &format!("/{probe}/httpGet/path")).unwrap_or_default();
            let port = yaml::text(container, &format!("/{probe}/httpGet/port")).unwrap_or_default();
            wrong.extend(known.path(probe, path));
            if container_port(one, port).is_none() {
                wrong.push(format!("{probe}: the container has no port {port:?}"));
            }
        }
        let secure = container.get("securityContext").cloned().unwrap_or_default();
        let is = |field: &str, value: bool| secure.get(field) == Some(&Value::Bool(value));
        if !is("readOnlyRootFilesystem", true)
            || !is("allowPrivilegeEscalation", false)
            || yaml::words(&secure, "/capabilities/drop") != ["ALL"]
        {
            wrong.push("its securityContext leaves rights that it does not need".to_owned());
        }
        for mount in yaml::list(container, "/volumeMounts") {
            let volume = yaml::text(mount, "/name").unwrap_or_default();
            if !yaml::list(&pod, "/volumes").iter().any(|one| yaml::text(one, "/name") == Some(volume)) {
                wrong.push(format!("there is no volume {volume:?}"));
            }
        }
        wrong.extend(agrees(one, container, settings));
    }
    wrong
}

/// Ports and paths of secrets are those of the settings.
fn agrees(deployment: &Value, container: &Value, settings: &Variables) -> Vec<String> {
    let mut wrong = Vec::new();
    for (port, setting) in [("http", "T5G_LISTEN"), ("ops", "T5G_OPS_LISTEN")] {
        let listens = settings.get(setting).and_then(|value| value.rsplit_once(':')?.1.parse::<u64>().ok());
        let opened = container_port(deployment, port);
        if opened.is_some() && opened != listens {
            wrong.push(format!("port {port} is {opened:?}, {setting} says {listens:?}"));
        }
    }
    let mounts = yaml::list(container, "/volumeMounts");
    let folders: Vec<&str> = mounts.iter().filter_map(|mount| yaml::text(mount, "/mountPath")).collect();
    for (name, path) in settings.iter().filter(|(name, _)| name.ends_with("_FILE")) {
        if !folders.iter().any(|folder| path.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/')))
        {
            wrong.push(format!("{name}: nothing is mounted at {path}"));
        }
    }
    wrong
}

fn ports(deployment: &Value) -> impl Iterator<Item = &Value> {
    yaml::list(deployment, "/spec/template/spec/containers").iter().flat_map(|one| yaml::list(one, "/ports"))
}

fn container_port(deployment: &Value, name: &str) -> Option<u64> {
    let found = ports(deployment).find(|port| yaml::text(port, "/name") == Some(name))?;
    found.get("containerPort")?.as_u64()
}

fn name(object: &Value) -> &str {
    yaml::text(object, "/metadata/name").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::known::tests::known;
    use super::super::of_its_kind;
    use super::*;

    const GOOD: &str = include_str!("sample.yaml");

    fn of(text: &str) -> Vec<String> {
        let settings = [
            ("T5G_LISTEN", "0.0.0.0:8080"),
            ("T5G_OPS_LISTEN", "0.0.0.0:9090"),
            ("jira_pass_FILE", "/run/secrets/t5g/jira_pass"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let all = yaml::documents("f", text).unwrap();
        let shaped = all.iter().flat_map(|object| of_its_kind("f", object, true));
        shaped.chain(problems(&all, &settings, &known())).collect()
    }

    #[test]
    fn each_fault_is_found() {
        assert_eq!(of(GOOD), Vec::<String>::new());
        for (part, broken) in [
            ("args: [serve]", "args: [server]"),
            ("args: [serve]", "arguments: [serve]"),
            ("kind: Service\n", "kind: Servise\n"),
            ("expr: up == 0", "expression: up == 0"),
            ("apps/v1", "apps/v1beta1"),
            ("path: /readyz", "path: /ready"),
            ("port: ops }", "port: oops }"),
            ("containerPort: 8080", "containerPort: 8081"),
            ("mountPath: /run/secrets/t5g", "mountPath: /secrets"),
            ("volumes: [{ name: secrets", "volumes: [{ name: others"),
            ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
            ("runAsNonRoot: true", "runAsNonRoot: false"),
            ("matchLabels: { app: web } # own", "matchLabels: { app: wep }"),
            ("selector: { app: web } # service", "selector: { app: wep }"),
            ("targetPort: http", "targetPort: https"),
            ("matchLabels: { app: web } # budget", "matchLabels: { app: wep }"),
            ("matchLabels: { app: web } # policy", "matchLabels: {}"),
            ("port: 9090 # open", "port: 9091"),
            ("{ protocol: TCP, port: 465 }", "{ protocol: TCP, port: 466 }"),
            ("{ protocol: TCP, port: 443 }", "{ protocol: TCP, port: 444 }"),
            ("matchLabels: { role: ops } # monitor", "matchLabels: { role: oops }"),
            ("path: /metrics", "path: /metric"),
            ("name: t5g-web } # route", "name: t5g-wep }"),
            ("name: t5g-web, port", "name: t5g-wep, port"),
        ] {
            assert!(GOOD.contains(part), "{part}");
            assert!(!of(&GOOD.replace(part, broken)).is_empty(), "{part} → {broken}");
        }
    }
}
