//! The program on a ledger that an older version left: commands leave it as it is and say what to do, the service brings
//! it up to date, then they read what is in it. One of a newer version is refused.

use std::path::Path;

use t5g_e2e::{Product, run};
use t5g_testkit::ledgers;

/// From which version on a command has something to show, and what.
const SHOWN: [(usize, &[&str], &str); 9] = [
    (2, &["jobs", "list"], "jira: 401 Unauthorized; renew jira_pass"),
    (2, &["jobs", "show", "01a21b64-6f07-7006-b886-ecdaa0dce1b9"], "one issue has no title key=OCPBUGS-7"),
    (2, &["jobs", "show", "01a21b64-6f07-7006-b886-ecdaa0dce1b9"], "2 calls, 1 failed"),
    (2, &["jobs", "workers"], "vm-1-fc19142f"),
    (2, &["schedule", "list"], "by ada"),
    (3, &["token", "list"], "nightly"),
    (5, &["journal", "list"], "put the card into the sprint Field Sprint 42"),
    (5, &["journal", "show", "01a21b66-11cc-75a4-8de4-28b20f5137ad"], "12 cards are more than max_to_create"),
    (5, &["cards", "plans"], "01a21b66-11cc-75a4-8de4-28b20f5137ad"),
];

fn environment(home: &Path) -> Vec<(String, String)> {
    vec![("T5G_DATA_DIR".to_owned(), home.display().to_string())]
}

fn address(home: &Path) -> String {
    format!("sqlite:{}/t5g.db", home.display())
}

#[tokio::test]
async fn commands_read_what_older_versions_left() -> anyhow::Result<()> {
    let known = ledgers::versions().await?;
    for version in 1..=known {
        let home = tempfile::tempdir()?;
        ledgers::make(&address(home.path()), version).await?;
        if version < known {
            are_left_alone(home.path(), version, known).await?;
        }
        let service = Product::start(home.path(), &serving(home.path()), &["serve"]).await?;
        anyhow::ensure!(service.terminate().await?.success());
        for (_, command, wanted) in SHOWN.iter().filter(|(since, ..)| *since <= version) {
            let done = run(home.path(), &environment(home.path()), command).await?;
            anyhow::ensure!(
                done.status.success() && done.stdout.contains(wanted),
                "version {version}, {command:?}:\n{}\n{}",
                done.stdout,
                done.stderr
            );
        }
    }
    Ok(())
}

/// What a server needs, of which none must forget what lies in these old ledgers.
fn serving(home: &Path) -> Vec<(String, String)> {
    let mut environment = environment(home);
    environment.push(("FLASK_LOGIN_DISABLED".into(), "true".into()));
    for kept in ["RUNS", "AUDIT", "WRITES", "ENDED"] {
        environment.push((format!("T5G_RETENTION_{kept}"), "3650d".into()));
    }
    environment
}

/// Commands of this version beside a service of an older one, whose processes must be able to start again.
async fn are_left_alone(home: &Path, version: usize, known: usize) -> anyhow::Result<()> {
    let before = ledgers::tables(&address(home)).await?;
    let made = ["token", "create", "--name", "x", "--scope", "read"];
    let commands = SHOWN.iter().map(|(_, command, _)| *command);
    for command in commands.chain([&made[..], &["backup", "new.backup"]]) {
        let done = run(home, &environment(home), command).await?;
        anyhow::ensure!(done.status.code() == Some(1), "{command:?} ended with {}", done.status);
        // Documents are in the same file; who wants them first misses them first.
        let said = format!("schema {version}, this version needs {known}");
        let told = done.stderr.contains(&said) && done.stderr.contains("t5g up");
        anyhow::ensure!(told || command.first() == Some(&"backup"), "{command:?} says: {}", done.stderr);
    }
    anyhow::ensure!(!home.join("new.backup").exists());
    assert_eq!(ledgers::tables(&address(home)).await?, before, "version {version} can go on");
    Ok(())
}

#[tokio::test]
async fn a_ledger_of_a_newer_version_is_refused() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let known = ledgers::versions().await?;
    ledgers::make(&address(home.path()), known).await?;
    // Documents live in the same file, and make their own tables.
    tokio::fs::write(home.path().join("none.json"), "{\"escalations\": null}").await?;
    let made = run(home.path(), &environment(home.path()), &["import", "none.json"]).await?;
    anyhow::ensure!(made.status.success(), "{}", made.stderr);
    let later = "INSERT INTO schema_steps (part, step) VALUES ('ledger', 99)";
    ledgers::script(&address(home.path()), later).await?;
    let before = ledgers::tables(&address(home.path())).await?;
    let mut environment = environment(home.path());
    environment.push(("FLASK_LOGIN_DISABLED".into(), "true".into()));
    for command in [&["jobs", "list"][..], &["token", "list"], &["serve", "--listen", "127.0.0.1:0"]] {
        let done = run(home.path(), &environment, command).await?;
        anyhow::ensure!(done.status.code() == Some(1), "{command:?} ended with {}", done.status);
        for said in ["t5g.db", "schema 99", &format!("up to {known}"), "use the newer version"] {
            anyhow::ensure!(done.stderr.contains(said), "{command:?} does not say {said:?}: {}", done.stderr);
        }
    }
    assert_eq!(ledgers::tables(&address(home.path())).await?, before, "nothing is touched");
    Ok(())
}
