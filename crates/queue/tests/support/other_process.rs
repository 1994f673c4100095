//! Another process that works on the same stores: this test binary again, told what to do by its environment.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::bed::Bed;
use super::house::{House, Plan};

const LEDGER: &str = "T5G_QUEUE_LEDGER";
const DOCUMENTS: &str = "T5G_QUEUE_DOCUMENTS";

/// A running one; it ends with this value.
pub(crate) struct OtherProcess(Child);

impl OtherProcess {
    pub(crate) fn start(bed: &Bed) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "support::other_process::work", "--ignored", "--nocapture"])
            .env(LEDGER, &bed.ledger)
            .env(DOCUMENTS, &bed.documents)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Kills it at once.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Waits until it dies of itself.
    pub(crate) fn end_badly(mut self) {
        // To wait for it would close this, and tell it to end.
        let input = self.0.stdin.take();
        assert!(!self.0.wait().unwrap().success());
        drop(input);
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the other process of other tests"]
async fn work() {
    let address = |name| std::env::var(name).expect("only another test starts this one");
    let bed = Bed { ledger: address(LEDGER), documents: address(DOCUMENTS), _folder: None, _redis: None };
    let house = House::start(&bed, Plan { lease: Duration::from_hours(10), ..Plan::usual() }).await;
    // Nobody is left who would end this process: it ends itself.
    let read = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    tokio::task::spawn_blocking(read).await.unwrap().unwrap();
    drop(house);
}
