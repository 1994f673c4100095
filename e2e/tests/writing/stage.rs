//! A world with new cases, a home with documents, workers that can be killed, and what must hold in the end.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use t5g_e2e::{Finished, World, run, spawn_logged};
use tokio::process::{Child, Command};

/// How long a run may take until everything has settled.
const PATIENCE: Duration = Duration::from_mins(3);
/// The task that makes cards.
pub(crate) const TASK: &str = "portal2jira_sync";

/// Everything that one test plays on.
pub(crate) struct Stage {
    pub(crate) world: World,
    home: tempfile::TempDir,
    environment: Vec<(String, String)>,
    workers: Vec<Child>,
    /// How many workers there ever were.
    hired: usize,
    /// Writes before this one are no longer looked at.
    seen: u64,
}

impl Stage {
    /// A world of that seed; documents and ledger at these addresses, or in a file.
    pub(crate) async fn new(seed: u64, cases: u32, stores: &[(&str, String)]) -> Result<Self> {
        let world = World::without_cards(seed, cases).await?;
        let mut environment = world.environment();
        environment.retain(|(name, _)| name != "READ_ONLY");
        let more = [
            ("T5G_CARDS_SETTLE", "1s"),
            ("T5G_CARDS_START_STATUSES", "Backlogged"),
            ("max_to_create", "1000"),
            ("T5G_JIRA_TIMEOUT", "1s"),
            ("T5G_PORTAL_TIMEOUT", "2s"),
            ("T5G_SLACK_TIMEOUT", "1s"),
            ("T5G_MAIL_TIMEOUT", "1s"),
            ("T5G_SLACK_PAUSE", "0s"),
            ("T5G_JOBS_LEASE", "2s"),
        ];
        environment.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
        environment.extend(stores.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Ok(Self { world, home: tempfile::tempdir()?, environment, workers: Vec::new(), hired: 0, seen: 0 })
    }

    fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) async fn command(&self, arguments: &[&str]) -> Result<String> {
        let finished = run(self.home(), &self.environment, arguments).await?;
        ensure!(finished.status.success(), "{arguments:?}: {}", finished.stderr);
        Ok(finished.stdout)
    }

    /// The same, however it ends.
    pub(crate) async fn try_command(&self, arguments: &[&str]) -> Result<Finished> {
        run(self.home(), &self.environment, arguments).await
    }

    /// New cases come, and the documents hear of them. Their numbers.
    pub(crate) async fn new_cases(&mut self, hours: u32) -> Result<BTreeSet<String>> {
        self.world.control("advance", &json!({ "hours": hours })).await?;
        self.command(&["sync", "cases", "cards"]).await?;
        self.mark().await?;
        self.untracked().await
    }

    /// Only writes from here on are looked at.
    pub(crate) async fn mark(&mut self) -> Result<()> {
        self.seen = self.world.ask("journal?limit=1").await?["total"].as_u64().context("total")?;
        Ok(())
    }

    /// An old case's card leaves the sprint, so that it has to be opened again; one fault meanwhile.
    pub(crate) async fn reopen_one(&mut self, fault: Value, killed: bool) -> Result<()> {
        self.new_cases(24).await?;
        let documents: Value = serde_json::from_str(&self.command(&["export"]).await?)?;
        let cards = documents["cards"].as_object().context("no cards")?;
        let old = |card: &Value| {
            card["case_days_open"].as_i64() > Some(16)
                && !["Done", "Backlog"].contains(&card["card_status"].as_str().unwrap_or_default())
                && card["case_status"] != "Closed"
        };
        let (key, card) = cards.iter().find(|(_, card)| old(card)).context("no old card")?;
        self.world.in_jira("/rest/agile/1.0/backlog/issue", &json!({ "issues": [key] })).await?;
        let new = self.new_cases(1).await?;
        let case = card["case_number"].as_str().unwrap_or_default();
        ensure!(new.contains(case), "{key} is still in the document");
        self.world.control("faults", &fault).await?;
        self.hire()?;
        self.start().await?;
        self.wait_for_hit().await?;
        if killed {
            self.kill_all().await?;
            self.world.no_faults().await?;
            self.hire()?;
        }
        self.settle().await?;
        self.kill_all().await?;
        let deeds = self.deeds().await?;
        for what in ["comment", "enter_sprint", "transition"] {
            ensure!(deeds.contains_key(&format!("{what} {key}")), "no {what} for {key}: {deeds:#?}");
        }
        ensure!(!deeds.contains_key(&format!("create_issue {case}")), "a second card: {deeds:#?}");
        for (deed, count) in &deeds {
            ensure!(*count == 1, "{deed} happened {count} times");
        }
        ensure!(self.untracked().await?.is_disjoint(&new), "a card is missing in the document");
        println!("{fault}: {key} opened again, each effect once");
        Ok(())
    }

    /// Open cases without a card in the document.
    pub(crate) async fn untracked(&self) -> Result<BTreeSet<String>> {
        let documents: Value = serde_json::from_str(&self.command(&["export"]).await?)?;
        let cards = documents["cards"].as_object().cloned().unwrap_or_default();
        let tracked: BTreeSet<&str> =
            cards.values().filter_map(|card| card["case_number"].as_str()).collect();
        let cases = documents["cases"].as_object().cloned().unwrap_or_default();
        let open = cases.into_iter().filter(|(_, case)| case["status"] != "Closed").map(|(number, _)| number);
        Ok(open.filter(|number| !tracked.contains(number.as_str())).collect())
    }

    /// Another worker; its log is in its own file.
    pub(crate) fn hire(&mut self) -> Result<()> {
        self.hired += 1;
        let log = self.home().join(format!("worker-{}.log", self.hired));
        self.workers.push(spawn_logged(self.home(), &self.environment, &["worker"], &log)?);
        Ok(())
    }

    /// Leaves the home behind, with the journal of the world beside the ledger. Where.
    pub(crate) async fn keep(mut self) -> Result<String> {
        self.kill_all().await?;
        let journal = self.world.ask("journal?limit=20000").await?;
        let home = self.home.keep();
        tokio::fs::write(home.join("world.json"), serde_json::to_vec_pretty(&journal)?).await?;
        Ok(format!("kept in {}", home.display()))
    }

    /// SIGKILL for one of them; which one: the `draw`-th, counted round.
    pub(crate) async fn kill(&mut self, draw: usize) -> Result<()> {
        if self.workers.is_empty() {
            return Ok(());
        }
        let mut victim = self.workers.remove(draw % self.workers.len());
        Ok(victim.kill().await?)
    }

    /// SIGKILL for all of them.
    pub(crate) async fn kill_all(&mut self) -> Result<()> {
        while !self.workers.is_empty() {
            self.kill(0).await?;
        }
        Ok(())
    }

    /// A signal for one of them: `STOP`, `CONT`.
    pub(crate) async fn signal(&self, which: usize, signal: &str) -> Result<()> {
        let process = self.workers.get(which).and_then(Child::id).context("no such worker")?.to_string();
        // The shell's own: the program of that name is missing on a bare machine.
        let script = "kill -s \"$1\" \"$2\"";
        let sent = Command::new("/bin/sh").args(["-c", script, "sh", signal, &process]).status().await?;
        ensure!(sent.success(), "SIG{signal} could not be sent to {process}");
        Ok(())
    }

    /// Asks for the task: a run that waits for its next try waits no longer. Its id.
    pub(crate) async fn start(&self) -> Result<String> {
        self.start_of(TASK, "").await
    }

    /// The same for any task, with arguments as JSON or none.
    pub(crate) async fn start_of(&self, task: &str, arguments: &str) -> Result<String> {
        let mut command = vec!["schedule", "run", task];
        if !arguments.is_empty() {
            command.extend(["--arguments", arguments]);
        }
        let finished = run(self.home(), &self.environment, &command).await?;
        ensure!(finished.status.success(), "{}", finished.stderr);
        // Warnings may stand before it, and advice after it.
        let is_id = |word: &&str| word.len() == 36 && word.matches('-').count() == 4;
        let id = finished.stderr.split_whitespace().find(is_id);
        let id = id.with_context(|| format!("no id: {}", finished.stderr))?;
        Ok(id.to_owned())
    }

    /// Waits until a fault has hit.
    pub(crate) async fn wait_for_hit(&self) -> Result<()> {
        self.wait_for_hits(1).await
    }

    /// Waits until faults have hit so often.
    pub(crate) async fn wait_for_hits(&self, hits: u64) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.world.ask("faults").await?["hits"].as_u64().is_none_or(|now| now < hits) {
            ensure!(Instant::now() < deadline, "the step never came: {}", self.world.ask("journal").await?);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Waits until a run of a task is done, and lets none of its tries wait; its result.
    pub(crate) async fn end_of(&self, task: &str, arguments: &str, id: &str) -> Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.command(&["jobs", "show", "--json", id]).await?;
            let run: Value = serde_json::from_str(&shown)?;
            match run["run"]["state"].as_str() {
                Some("done") => return Ok(run["run"]["result"].clone()),
                Some("retrying") => {
                    self.start_of(task, arguments).await?;
                }
                Some("failed" | "cancelled") => bail!("{task} did not succeed: {shown}"),
                _ => {}
            }
            ensure!(Instant::now() < deadline, "{task} never ended: {shown}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Has the task done until nothing is left to do.
    pub(crate) async fn settle(&self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let id = self.start().await?;
            loop {
                let shown = self.command(&["jobs", "show", "--json", &id]).await?;
                let run: Value = serde_json::from_str(&shown)?;
                match run["run"]["state"].as_str() {
                    Some("done") => {
                        let plans = run["run"]["result"]["plans"].as_array();
                        if plans.is_some_and(Vec::is_empty) {
                            return Ok(());
                        }
                        break;
                    }
                    Some("failed" | "cancelled") => break,
                    Some("retrying") => {
                        self.start().await?;
                    }
                    _ => {}
                }
                if Instant::now() > deadline {
                    bail!("it never settled: {shown}\n{}", self.world.ask("journal?limit=5000").await?);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// What happened since the new cases came, each with how often.
    pub(crate) async fn deeds(&self) -> Result<BTreeMap<String, usize>> {
        let journal = self.world.ask(&format!("journal?since={}&limit=20000", self.seen)).await?;
        let mut deeds = BTreeMap::new();
        for entry in journal["entries"].as_array().into_iter().flatten() {
            if entry["changed"] == true {
                *deeds.entry(deed(entry)).or_default() += 1;
            }
        }
        Ok(deeds)
    }

    /// Each effect happened once; each case has one whole card; what is told of is told once, or is doubtful.
    pub(crate) async fn verify(&self, new: &BTreeSet<String>) -> Result<()> {
        let deeds = self.deeds().await?;
        for (deed, count) in &deeds {
            ensure!(*count == 1, "{deed} happened {count} times");
        }
        let count = |prefix: &str| deeds.keys().filter(|deed| deed.starts_with(prefix)).count();
        let each = new.len();
        for case in new {
            ensure!(
                deeds.contains_key(&format!("create_issue {case}")),
                "case {case} has no card: {deeds:#?}"
            );
            let link = format!("link t5g-case-{case}");
            ensure!(deeds.keys().any(|deed| deed.starts_with(&link)), "{link} is missing: {deeds:#?}");
        }
        for what in ["create_issue ", "enter_sprint ", "transition ", "link t5g-case-"] {
            ensure!(count(what) == each, "{what}: {} for {each} cases: {deeds:#?}", count(what));
        }
        ensure!(self.untracked().await?.is_disjoint(new), "a card is missing in the document");
        self.verify_told(new).await?;
        Ok(())
    }
}

/// What an entry of the journal did, so that the same done twice has one name.
fn deed(entry: &Value) -> String {
    let (effect, on) =
        (entry["effect"].as_str().unwrap_or_default(), entry["on"].as_str().unwrap_or_default());
    let body = entry["body"].as_str().unwrap_or_default();
    let part = |name: &str| {
        let (_, rest) = body.split_once(&format!("\"{name}\":\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    match effect {
        "create_issue" => {
            let summary = part("summary").unwrap_or_default();
            format!("create_issue {}", summary.get(..8).unwrap_or_default())
        }
        "link" => format!("link {} {on}", part("globalId").unwrap_or_default()),
        "mail" => format!("mail {on}"),
        // An answer and its message differ in their texts.
        _ if on.starts_with("C0") => format!("post {on} {body}"),
        _ => format!("{effect} {on}"),
    }
}
