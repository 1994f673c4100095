//! The upstreams for one test: a simulator of its own, living on the real clock.

use anyhow::{Context as _, Result};
use serde_json::Value;
use t5g_model::clock::Clock;
use t5g_simulator::{Running, Simulator, SimulatorSettings};

/// A simulated world and the environment that points the product at it.
pub struct World {
    running: Running,
    http: reqwest::Client,
}

impl World {
    /// A world of that size.
    pub async fn start(seed: u64, cases: u32) -> Result<Self> {
        let running = Simulator::start(SimulatorSettings::real(seed, cases, clock())).await?;
        Ok(Self { running, http: crate::client()? })
    }

    /// A world in which nobody makes cards for the cases that come later.
    pub async fn without_cards(seed: u64, cases: u32) -> Result<Self> {
        let mut settings = SimulatorSettings::real(seed, cases, clock());
        settings.world.auto_cards = false;
        Ok(Self { running: Simulator::start(settings).await?, http: crate::client()? })
    }

    /// The variables that point the product here, with the embedded store in `home` and login off.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut environment = self.running.environment();
        environment.push(("READ_ONLY".into(), "true".into()));
        environment.push(("FLASK_LOGIN_DISABLED".into(), "true".into()));
        environment
    }

    /// Does something in Jira past the product, as its bot.
    pub async fn in_jira(&self, path: &str, body: &Value) -> Result<()> {
        let environment: std::collections::HashMap<String, String> =
            self.running.environment().into_iter().collect();
        let of = |name: &str| environment.get(name).cloned().unwrap_or_default();
        let url = format!("{}{path}", of("jira_server"));
        let request = self.http.post(&url).basic_auth(of("jira_username"), Some(of("jira_pass")));
        let answer = request.json(body).send().await?;
        anyhow::ensure!(answer.status().is_success(), "{url} answered {}", answer.status());
        Ok(())
    }

    /// `POST /_sim/<what>`.
    pub async fn control(&self, what: &str, body: &Value) -> Result<()> {
        let url = format!("http://{}/_sim/{what}", self.running.address());
        let answer = self.http.post(&url).json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{url} answered {status}: {text}");
        Ok(())
    }

    /// Every upstream answers as it should from here on.
    pub async fn no_faults(&self) -> Result<()> {
        let url = format!("http://{}/_sim/faults", self.running.address());
        self.http.delete(&url).send().await?.error_for_status()?;
        Ok(())
    }

    /// `GET /_sim/<what>`.
    pub async fn ask(&self, what: &str) -> Result<Value> {
        let url = format!("http://{}/_sim/{what}", self.running.address());
        let text = self.http.get(&url).send().await?.error_for_status()?.text().await?;
        serde_json::from_str(&text).with_context(|| format!("{url}: {text}"))
    }
}

#[expect(clippy::disallowed_methods, reason = "the world lives beside a product that asks the real clock")]
fn clock() -> Clock {
    Clock::new(chrono::Utc::now)
}
