//! `t5g watchers` against the simulated portal: each pair by itself, once, noted in the audit log.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

use std::path::Path;

use serde_json::{Value, json};
use t5g_e2e::{Finished, World, run};

/// The numbers of cases of this world: they count up.
async fn cases(home: &Path, environment: &[(String, String)]) -> anyhow::Result<Vec<String>> {
    let synced = run(home, environment, &["sync", "cases"]).await?;
    anyhow::ensure!(synced.status.success(), "{}", synced.stderr);
    let exported = run(home, environment, &["export", "--only", "cases"]).await?;
    let documents: Value = serde_json::from_str(&exported.stdout)?;
    let cases = documents["cases"].as_object().map(|cases| cases.keys().cloned().collect::<Vec<_>>());
    Ok(cases.unwrap_or_default())
}

fn writing(world: &World) -> Vec<(String, String)> {
    let mut environment = world.environment();
    environment.retain(|(name, _)| name != "READ_ONLY");
    environment
}

fn results(finished: &Finished) -> anyhow::Result<Vec<(String, String)>> {
    let told: Vec<Value> = serde_json::from_str(&finished.stdout)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(told.iter().map(|pair| (text(&pair["login"]), text(&pair["result"]))).collect())
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(login, result)| ((*login).to_owned(), (*result).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_are_listed_added_and_taken_away_pair_by_pair() -> anyhow::Result<()> {
    let world = World::start(3, 40).await?;
    let home = tempfile::tempdir()?;
    let (home, environment) = (home.path(), writing(&world));
    let cases = cases(home, &environment).await?;
    let (first, second) = (cases[0].clone(), cases[1].clone());
    std::fs::write(
        home.join("pairs.json"),
        json!({"users": ["ann", "bob"], "cases": [first, second]}).to_string(),
    )?;
    let both = format!("{first},{second}");

    let dry =
        run(home, &environment, &["watchers", "add", "-f", "pairs.json", "--dry-run", "--json"]).await?;
    assert_eq!(
        results(&dry)?,
        pairs(&[("ann", "would_add"), ("bob", "would_add"), ("ann", "would_add"), ("bob", "would_add")])
    );
    assert_eq!(world.ask("journal").await?["total"], 0, "a dry run writes nothing");

    let added = run(home, &environment, &["watchers", "add", "-f", "pairs.json", "--json"]).await?;
    assert!(added.status.success(), "{}", added.stderr);
    assert_eq!(
        results(&added)?,
        pairs(&[("ann", "added"), ("bob", "added"), ("ann", "added"), ("bob", "added")])
    );
    let again =
        run(home, &environment, &["watchers", "add", "--users", "ANN,bob", "--cases", &both, "--json"])
            .await?;
    assert!(again.status.success() && results(&again)?.iter().all(|(_, result)| result == "watches"));
    assert_eq!(world.ask("journal").await?["total"], 4, "what is so is not written again");

    let removed = run(
        home,
        &environment,
        &["watchers", "remove", "--users", "ann,nobody", "--cases", &first, "--json"],
    )
    .await?;
    assert_eq!(results(&removed)?, pairs(&[("ann", "removed"), ("nobody", "does_not_watch")]));
    let listed =
        run(home, &environment, &["watchers", "list", "--users", "ann,bob", "--cases", &both, "--json"])
            .await?;
    assert_eq!(
        results(&listed)?,
        pairs(&[("ann", "does_not_watch"), ("bob", "watches"), ("ann", "watches"), ("bob", "watches")])
    );
    let all = run(home, &environment, &["watchers", "list", "--cases", &second]).await?;
    assert!(all.stdout.contains("bob") && all.stdout.contains("LOGIN"), "{}", all.stdout);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_one_pair_is_told_and_does_not_stop_the_others() -> anyhow::Result<()> {
    let world = World::start(3, 40).await?;
    let home = tempfile::tempdir()?;
    let (home, environment) = (home.path(), writing(&world));
    let first = cases(home, &environment).await?[0].clone();
    let rule =
        json!({"route": "POST */notifiedusers", "fault": {"kind": "status", "status": 403}, "nth": [1]});
    world.control("faults", &rule).await?;
    let cases = format!("99999999,{first}");
    let partly =
        run(home, &environment, &["watchers", "add", "--users", "ann,bob", "--cases", &cases, "--json"])
            .await?;
    assert_eq!(partly.status.code(), Some(1));
    assert_eq!(
        results(&partly)?,
        pairs(&[("ann", "failed"), ("bob", "failed"), ("ann", "failed"), ("bob", "added")])
    );
    assert!(partly.stderr.contains("3 of 4 could not be done"), "{}", partly.stderr);
    let told: Vec<Value> = serde_json::from_str(&partly.stdout)?;
    assert!(
        told[0]["watches"].is_null() && told[2]["watches"] == false && told[3]["watches"] == true,
        "{told:?}"
    );

    // Read-only: refused before anything is sent.
    let mut read_only = environment.clone();
    read_only.push(("READ_ONLY".into(), "true".into()));
    let before = world.ask("journal").await?["total"].clone();
    let refused = run(home, &read_only, &["watchers", "remove", "--users", "bob", "--cases", &first]).await?;
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.contains("READ_ONLY is on, so nothing was sent"), "{}", refused.stdout);
    assert_eq!(world.ask("journal").await?["total"], before);
    let listed = run(home, &read_only, &["watchers", "list", "--users", "bob", "--cases", &first]).await?;
    assert!(listed.status.success() && listed.stdout.contains("watches"), "{}", listed.stdout);

    for usage in [
        vec!["watchers", "add", "--cases", "x1"],
        vec!["watchers", "add"],
        vec!["watchers", "add", "-f", "x", "--cases", "01234567"],
    ] {
        assert_eq!(run(home, &environment, &usage).await?.status.code(), Some(2), "{usage:?}");
    }
    let nobody = run(home, &environment, &["watchers", "add", "--cases", &first]).await?;
    assert!(nobody.status.code() == Some(1) && nobody.stderr.contains("--users"), "{}", nobody.stderr);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_write_leaves_a_line_in_the_audit_log() -> anyhow::Result<()> {
    let world = World::start(3, 40).await?;
    let home = tempfile::tempdir()?;
    let (home, environment) = (home.path(), writing(&world));
    let first = cases(home, &environment).await?[0].clone();
    let rule = json!({"route": "DELETE */notifiedusers/*", "fault": {"kind": "status", "status": 500}});
    for arguments in [["add", "ann"], ["add", "ann"], ["remove", "ann"]] {
        let [what, login] = arguments;
        drop(run(home, &environment, &["watchers", what, "--users", login, "--cases", &first]).await?);
        if what == "add" {
            world.control("faults", &rule).await?;
            world.no_faults().await?;
        }
    }
    let listed = run(home, &environment, &["journal", "list", "--about", &first, "--json"]).await?;
    let steps: Vec<Value> = serde_json::from_str(&listed.stdout)?;
    let told: Vec<_> = steps
        .iter()
        .map(|step| (&step["effect"]["do"], &step["wrote"], &step["before"], &step["after"], &step["kind"]))
        .collect();
    let (on, off) = (json!({ "watches": true }), json!({ "watches": false }));
    let (yes, no, kind) = (json!(true), json!(false), json!("watchers"));
    let (add, remove) = (json!("add_watcher"), json!("remove_watcher"));
    assert_eq!(
        told,
        [
            (&remove, &yes, &on, &off, &kind),
            (&add, &no, &Value::Null, &on, &kind),
            (&add, &yes, &off, &on, &kind),
        ],
        "latest first; what was so already wrote nothing"
    );
    let runs = run(home, &environment, &["jobs", "list", "--json", "task:watchers"]).await?;
    assert!(runs.stdout.contains(steps[0]["run"].as_str().unwrap_or("no run")), "{}", runs.stdout);
    let product = t5g_e2e::Product::start(home, &environment, &["serve"]).await?;
    let page = product.text(&format!("/journal?about={first}")).await?;
    assert!(
        page.contains("Add ann to the watchers") && page.contains("Take ann from the watchers"),
        "{page}"
    );
    let log = product.text(&format!("/audit?text={first}")).await?;
    assert!(
        log.contains("add_watcher") && log.contains("remove_watcher") && log.contains("upstream.write"),
        "{log}"
    );
    assert!(product.terminate().await?.success());
    Ok(())
}
