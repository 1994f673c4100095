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

/// A timer or a laptop without the service's settings: the usual place, where nothing is.
#[test]
fn who_only_looks_makes_no_store() {
    let program = Program::new();
    for arguments in [
        &["backup", "a.backup"][..],
        &["export"],
        &["export", "-o", "all.json"],
        &["jobs", "list"],
        &["jobs", "workers"],
        &["schedule", "list"],
        &["token", "list"],
        &["journal", "list"],
        &["cards", "closable"],
        &["report", "week"],
    ] {
        let answer = program.run(arguments);
        assert_eq!((answer.code, answer.out.as_str()), (Some(1), ""), "{arguments:?}: {}", answer.err);
        for said in ["t5g.db", "settings of the service", "t5g sync all"] {
            assert!(answer.err.contains(said), "{arguments:?} does not say {said:?}: {}", answer.err);
        }
    }
    let doctor = program.run(&["doctor"]).out;
    for half in ["document store", "ledger"] {
        let line = doctor.lines().find(|line| line.starts_with("notice") && line.contains(half));
        assert!(line.is_some_and(|line| line.contains("there is none yet at")), "{half}: {doctor}");
    }
    assert_eq!(std::fs::read_dir(program.home.path()).unwrap().count(), 0, "nothing is made");
}

/// Half of the settings are missing, or a store was emptied.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_empty_is_not_backed_up_or_exported() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::start(folder.path().to_str().unwrap()).await;
    for place in &places.addresses {
        let program = at(Program::new(), place);
        let refused = |what: &str| {
            let answer = program.run(&["backup", "a.backup"]);
            assert!(answer.code == Some(1) && answer.err.contains(what), "{what}: {}", answer.err);
            assert!(answer.err.contains("settings of the service"), "{}", answer.err);
            assert!(!std::path::Path::new(&program.path("a.backup")).exists());
        };
        done(&program, &["token", "create", "--name", "x", "--scope", "read"]);
        refused("document");
        let exported = program.run(&["export"]);
        assert!(
            exported.code == Some(1) && exported.err.contains("settings of the service"),
            "{}",
            exported.err
        );
        let imported = program.run_with_input(&["import", "-"], b"{\"escalations\": null}");
        assert_eq!(imported.code, Some(0), "{}", imported.err);
        done(&program, &["backup", "a.backup"]);
        std::fs::remove_file(program.path("a.backup")).unwrap();
        let program = at(Program::new(), &[place[0].clone(), places.another(&place[1])]);
        let answer = program.run(&["backup", "a.backup"]);
        assert!(answer.code == Some(1) && answer.err.contains("no ledger yet"), "{}", answer.err);
    }
}
