//! Stores as operators treat them: restored again, lost by halves, not there, of another version.

use t5g_testkit::{Database, Postgres, Redis};

use crate::living::{Server, simulated};
use crate::program::Program;

/// Both kinds of stores, each half in a place of its own.
struct Places {
    _redis: Redis,
    databases: Vec<Database>,
    addresses: Vec<[String; 2]>,
}

impl Places {
    async fn start(folder: &str) -> Self {
        let redis = Redis::start().await.unwrap();
        let databases = vec![Postgres::start().await.unwrap(), Postgres::start().await.unwrap()];
        let files = [format!("sqlite:{folder}/documents.db"), format!("sqlite:{folder}/ledger.db")];
        let servers = [redis.url(), databases[0].url().to_owned()];
        Self { _redis: redis, databases, addresses: vec![files, servers] }
    }

    /// A place for another ledger, of the same kind as that one.
    fn another(&self, ledger: &str) -> String {
        match ledger.strip_suffix("ledger.db") {
            Some(folder) => format!("{folder}another.db"),
            None => self.databases[1].url().to_owned(),
        }
    }
}

fn at(program: Program, [documents, ledger]: &[String; 2]) -> Program {
    program.with("T5G_DOCUMENTS_URL", documents).with("T5G_LEDGER_URL", ledger)
}

fn done(program: &Program, arguments: &[&str]) {
    let answer = program.run(arguments);
    assert_eq!(answer.code, Some(0), "{arguments:?}: {}{}", answer.out, answer.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sources_are_fetched_after_an_old_backup_was_restored_twice() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::start(folder.path().to_str().unwrap()).await;
    for (round, place) in places.addresses.iter().enumerate() {
        let (program, simulator): (Program, Server) = simulated();
        let program = at(program, place);
        let file = program.path(&format!("{round}.backup"));
        done(&program, &["sync", "cases"]);
        done(&program, &["backup", &file]);
        done(&program, &["restore", "--force", &file]);
        for _ in 0..5 {
            done(&program, &["sync", "cases"]);
        }
        done(&program, &["restore", "--force", &file]);
        done(&program, &["sync", "cases"]);
        drop(simulator);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sources_are_fetched_with_a_new_ledger_beside_old_documents() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::start(folder.path().to_str().unwrap()).await;
    for place in &places.addresses {
        let (program, simulator) = simulated();
        let program = at(program, place);
        for _ in 0..3 {
            done(&program, &["sync", "cases"]);
        }
        let program = program.with("T5G_LEDGER_URL", &places.another(&place[1]));
        for _ in 0..2 {
            done(&program, &["sync", "cases"]);
        }
        drop(simulator);
    }
}
