//! Stores as operators treat them: restored again, lost by halves, not there, of another version.

use std::os::unix::fs::PermissionsExt as _;

use t5g_testkit::{Database, Postgres, Redis, ledgers};

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

/// A backup that takes long is told to stop, as by an orchestrator or at a terminal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_stopped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::start(folder.path().to_str().unwrap()).await;
    let (program, simulator) = simulated();
    let database = &places.addresses[1][1];
    let program = at(program, &[places.addresses[0][0].clone(), database.clone()]);
    done(&program, &["sync", "cases"]);
    // Reading the last table waits.
    let address = database.clone();
    let locking = "BEGIN; LOCK TABLE servers IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(300); COMMIT";
    let locked = tokio::spawn(async move { ledgers::script(&address, locking).await });
    let free = "SET lock_timeout = 200; SELECT name FROM servers LIMIT 1";
    while ledgers::script(database, free).await.is_ok() {}
    for signal in ["-TERM", "-INT"] {
        let mut backup = program.command(&["backup", "a.backup"]).spawn().unwrap();
        let names = || -> Vec<String> {
            let entries = std::fs::read_dir(program.home.path()).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.filter(|name| name.starts_with("a.backup")).collect()
        };
        let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
        while names().is_empty() {
            assert!(std::time::Instant::now() < deadline, "no backup begins");
            std::thread::yield_now();
        }
        let id = backup.id().to_string();
        let kill = ["-c", "kill \"$1\" \"$2\"", "sh", signal, &id];
        assert!(std::process::Command::new("/bin/sh").args(kill).status().unwrap().success());
        assert_eq!(backup.wait().unwrap().code(), Some(1), "{signal}");
        assert_eq!(names(), Vec::<String>::new(), "{signal}");
    }
    locked.abort();
    drop(simulator);
}

#[test]
fn what_is_exported_is_for_its_owner_alone() {
    let program = Program::new();
    assert_eq!(program.run_with_input(&["import", "-"], b"{\"escalations\": null}").code, Some(0));
    done(&program, &["export", "-o", "all.json"]);
    let file = std::fs::metadata(program.path("all.json")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    std::fs::create_dir(program.path("taken")).unwrap();
    let refused = program.run(&["export", "-o", "taken"]);
    assert!(refused.code == Some(1) && refused.err.contains("taken cannot be made"), "{}", refused.err);
    let left = std::fs::read_dir(program.home.path()).unwrap();
    let left = left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".new"));
    assert_eq!(left.count(), 0, "nothing is left of what failed");
}
