//! A second process that uses the same store: this test binary again, told what to do by its environment.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use t5g_model::documents::Document;
use t5g_store::documents::{Guard, Limits, open};
use t5g_store::ledger::Ledger;

const WORK: &str = "T5G_STORE_WORK";
const ADDRESS: &str = "T5G_STORE_ADDRESS";

/// What the other process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Writes one document and ends.
    WriteOnce,
    /// Replaces two documents together, again and again, until it is killed.
    WriteForEver,
    /// Opens documents and ledger and ends.
    Open,
}

impl Work {
    const ALL: &[Self] = &[Self::WriteOnce, Self::WriteForEver, Self::Open];
}

/// A running one.
pub(crate) struct OtherProcess {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl OtherProcess {
    pub(crate) fn start(work: Work, address: &str) -> Self {
        Self::start_in(work, address, &[])
    }

    /// Starts it with further environment variables.
    pub(crate) fn start_in(work: Work, address: &str, environment: &[(&str, &Path)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "support::other_process::work", "--ignored", "--nocapture"])
            .env(WORK, format!("{work:?}"))
            .env(ADDRESS, address)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits until it says how many batches it has written.
    pub(crate) fn next_count(&mut self) -> u64 {
        self.count().expect("the other process ended early")
    }

    /// Kills it at once; the highest count it still said, if any.
    pub(crate) fn kill(mut self) -> Option<u64> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.count()).last()
    }

    /// Waits for its end, which must be a good one.
    pub(crate) fn end(mut self) {
        while self.lines.next().is_some() {}
        assert!(self.child.wait().unwrap().success());
    }

    fn count(&mut self) -> Option<u64> {
        loop {
            let line = self.lines.next()?.ok()?;
            if let Some(count) = line.strip_prefix("WRITTEN ").and_then(|count| count.parse().ok()) {
                return Some(count);
            }
        }
    }
}

/// Both documents of batch `count`: the same number in each, of very different sizes, so that one is often
/// there while the other is still on its way.
pub(crate) fn batch(count: u64) -> [(Document, Bytes); 2] {
    let text = |size: u64| {
        let padding = "x".repeat(usize::try_from(size).unwrap());
        Bytes::from(format!("{{\"count\":{count},\"padding\":\"{padding}\"}}"))
    };
    [(Document::Cases, text(count * 7_919 % 3_000)), (Document::Details, text(count * 1_047_290 % 3_000_000))]
}

/// The number in a document of [`batch`]; fails if it is torn.
pub(crate) fn count_in(bytes: &[u8]) -> u64 {
    let value: serde_json::Value = serde_json::from_slice(bytes).expect("a torn document");
    value["count"].as_u64().unwrap()
}

#[tokio::test]
#[ignore = "the other process of other tests"]
async fn work() {
    let name = std::env::var(WORK).expect("only another test starts this one");
    let address = std::env::var(ADDRESS).unwrap();
    let work = Work::ALL.iter().copied().find(|work| format!("{work:?}") == name).unwrap();
    let documents = open(&address, Limits::default()).await.unwrap();
    if work == Work::Open {
        Ledger::open(&address).await.unwrap().revision().await.unwrap();
        return;
    }
    let mut count =
        documents.read(Document::Details).await.unwrap().map_or(0, |stored| count_in(&stored.bytes));
    loop {
        count += 1;
        documents.replace(&batch(count), &Guard::default()).await.unwrap();
        println!("WRITTEN {count}");
        if work == Work::WriteOnce {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
