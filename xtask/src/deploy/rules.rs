//! The cluster's alert rules: the object that the Prometheus operator takes, made of the one file of alerts.

const HEAD: &str = "\
# Made by `cargo xtask gen` from deploy/prometheus/t5g-alerts.yaml; do not edit. For the Prometheus operator: without it,
# take this file out of kustomization.yaml; where it looks for rules with certain labels only, add them there.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: t5g
  labels:
    app.kubernetes.io/name: t5g
spec:
";

/// The object with the groups of that file, whose comments before them stay there.
pub(crate) fn object(alerts: &str) -> String {
    let groups = alerts.lines().skip_while(|line| *line != "groups:");
    let indented = groups.map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
    HEAD.to_owned() + &indented.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;

    #[test]
    fn the_object_holds_the_same_groups() {
        let alerts = "# about\ngroups:\n  - name: g\n    rules:\n      - alert: A\n        # why\n        expr: |-\n          a\n            > 1\n";
        let (file, made) =
            (yaml::document("f", alerts).unwrap(), yaml::document("g", &object(alerts)).unwrap());
        assert_eq!(made["spec"], file);
        assert_eq!(file["groups"][0]["rules"][0]["expr"], "a\n  > 1");
    }
}
