//! A real Prometheus beside a running product: it asks every second, and is asked by tests.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::Client;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::product::{PATIENCE, free_address};

/// A running Prometheus; it ends with this.
pub struct Prometheus {
    _child: Child,
    url: String,
    http: Client,
}

/// What one question found: labels and a number.
#[derive(Debug)]
pub struct Found {
    /// By name; the metric's own is `__name__`.
    pub labels: serde_json::Map<String, Value>,
    /// The number; may be none.
    pub value: f64,
}

impl Prometheus {
    /// Starts it in `folder`; it takes `rules` and asks the product at `target` (host and port) every second.
    pub async fn start(folder: &Path, rules: &Path, target: &str) -> Result<Self> {
        let settings = format!(
            "global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\n\
             rule_files: ['{}']\n\
             scrape_configs: [{{ job_name: t5g, static_configs: [{{ targets: ['{target}'] }}] }}]\n",
            rules.display()
        );
        let (file, log) = (folder.join("prometheus.yaml"), folder.join("prometheus.log"));
        tokio::fs::write(&file, settings).await?;
        let listen = free_address()?;
        let mut child = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={listen}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(std::fs::File::create(&log)?))
            .kill_on_drop(true)
            .spawn()
            .context("prometheus cannot be started; Debian's package of that name has it")?;
        let (http, url) = (crate::client()?, format!("http://{listen}"));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ready = http.get(format!("{url}/-/ready")).send().await;
            if ready.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(Self { _child: child, url, http });
            }
            if let Some(status) = child.try_wait()? {
                bail!("prometheus ended with {status}:\n{}", tokio::fs::read_to_string(&log).await?);
            }
            if Instant::now() > deadline {
                bail!("prometheus is not ready:\n{}", tokio::fs::read_to_string(&log).await?);
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// What an expression gives now. An error or a warning of Prometheus is an error.
    pub async fn ask(&self, expression: &str) -> Result<Vec<Found>> {
        let data =
            self.get("query", &[("query", expression)]).await.with_context(|| expression.to_owned())?;
        let result =
            data.pointer("/result").and_then(Value::as_array).context("a question without a list")?;
        let found = |one: &Value| {
            let labels = one.pointer("/metric")?.as_object()?.clone();
            let value = one.pointer("/value/1")?.as_str()?.parse().ok()?;
            Some(Found { labels, value })
        };
        result.iter().map(|one| found(one).with_context(|| format!("{expression}: {one}"))).collect()
    }

    /// The names of all metrics that it knows.
    pub async fn names(&self) -> Result<Vec<String>> {
        texts(&self.get("label/__name__/values", &[]).await?)
    }

    /// What Grafana makes of `label_values(METRIC, LABEL)`.
    pub async fn label_values(&self, question: &str) -> Result<Vec<String>> {
        let inside = question.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
        let (metric, label) = inside
            .and_then(|inside| inside.rsplit_once(','))
            .with_context(|| format!("{question}: a variable of another kind than is known here"))?;
        texts(&self.get(&format!("label/{}/values", label.trim()), &[("match[]", metric)]).await?)
    }

    /// Every rule, as it has read it.
    pub async fn rules(&self) -> Result<Vec<Value>> {
        let data = self.get("rules", &[]).await?;
        let groups = data.pointer("/groups").and_then(Value::as_array).context("no groups")?;
        let rules = groups.iter().filter_map(|group| group.pointer("/rules")?.as_array());
        Ok(rules.flatten().cloned().collect())
    }

    async fn get(&self, what: &str, parameters: &[(&str, &str)]) -> Result<Value> {
        let mut address = reqwest::Url::parse(&format!("{}/api/v1/{what}", self.url))?;
        address.query_pairs_mut().extend_pairs(parameters);
        let text = self.http.get(address).send().await?.text().await?;
        let mut answer: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        if answer.pointer("/status").and_then(Value::as_str) != Some("success")
            || answer.get("warnings").is_some()
        {
            bail!("{text}");
        }
        answer.get_mut("data").map(Value::take).context("no data")
    }
}

fn texts(list: &Value) -> Result<Vec<String>> {
    let items = list.as_array().context("no list")?;
    Ok(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
}
