//! The processes of the play: this test binary again, told their part by their environment.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use super::stage::Stage;
use super::work::{CLOCK, DOCUMENTS, LEDGER, PART};
use crate::support::house::PATIENCE;

/// One process; it ends with this value.
pub(super) struct Actor {
    child: Child,
    pub(super) id: u32,
    /// Nothing may be done to one that is stopped but to wake it.
    pub(super) stopped: bool,
}

pub(super) struct Cast {
    parts: Vec<&'static str>,
    pub(super) actors: Vec<Actor>,
    /// How many died of what they worked on.
    pub(super) died: usize,
}

impl Cast {
    pub(super) fn new(parts: &[&'static str]) -> Self {
        Self { parts: parts.to_vec(), actors: Vec::new(), died: 0 }
    }

    pub(super) fn enter(&mut self, stage: &Stage) {
        for number in 0..self.parts.len() {
            let actor = self.start(stage, number);
            self.actors.push(actor);
        }
    }

    fn start(&self, stage: &Stage, number: usize) -> Actor {
        let log = std::fs::File::options().create(true).append(true).open(stage.log_file()).unwrap();
        let [ledger, documents] = stage.addresses(number);
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "chaos::work::act", "--ignored", "--nocapture"])
            .env(LEDGER, ledger)
            .env(DOCUMENTS, documents)
            .env(CLOCK, stage.clock_file())
            .env(PART, self.parts[number])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let id = child.id().unwrap();
        Actor { child, id, stopped: false }
    }

    /// The numbers of those that play that part.
    pub(super) fn players(&self, part: &str) -> Vec<usize> {
        (0..self.parts.len()).filter(|number| self.parts[*number].contains(part)).collect()
    }

    /// Kills one; another takes its place.
    pub(super) async fn kill(&mut self, stage: &Stage, number: usize) {
        self.actors[number].child.kill().await.unwrap();
        self.actors[number] = self.start(stage, number);
    }

    /// Stops one in the middle of whatever it does; its connections stay open.
    pub(super) async fn stop(&mut self, number: usize) {
        self.actors[number].signal("STOP").await;
        self.actors[number].stopped = true;
    }

    pub(super) async fn wake(&mut self, number: usize) {
        self.actors[number].signal("CONT").await;
        self.actors[number].stopped = false;
    }

    /// Replaces those that died of what they worked on.
    pub(super) fn tend(&mut self, stage: &Stage) {
        for number in 0..self.actors.len() {
            if self.actors[number].child.try_wait().unwrap().is_some() {
                self.died += 1;
                self.actors[number] = self.start(stage, number);
            }
        }
    }

    /// All end in good order.
    pub(super) async fn leave(&mut self) {
        for actor in &self.actors {
            actor.signal("TERM").await;
        }
        for actor in &mut self.actors {
            // Waiting would close it, and with it gone the process ends at once.
            let _open = actor.child.stdin.take();
            let status = tokio::time::timeout(PATIENCE, actor.child.wait()).await.unwrap().unwrap();
            assert!(status.success(), "{status}");
        }
    }
}

impl Actor {
    async fn signal(&self, name: &str) {
        // The process may have died of its work a moment ago.
        let script = "kill -s \"$1\" \"$2\" 2>/dev/null || :";
        let sent = Command::new("/bin/sh").args(["-c", script, "sh", name, &self.id.to_string()]).status();
        assert!(tokio::time::timeout(Duration::from_secs(20), sent).await.unwrap().unwrap().success());
    }
}
