//! `t5g attachments` against the simulated portal: hostile names, cut connections, a killed process, a gigabyte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use t5g_e2e::{World, process, run, spawn};

/// The number of some case of this world.
async fn a_case(home: &Path, environment: &[(String, String)]) -> anyhow::Result<String> {
    let synced = run(home, environment, &["sync", "cases"]).await?;
    anyhow::ensure!(synced.status.success(), "{}", synced.stderr);
    let exported = run(home, environment, &["export", "--only", "cases"]).await?;
    let documents: Value = serde_json::from_str(&exported.stdout)?;
    let number = documents.get("cases").and_then(|cases| cases.as_object()?.keys().next().cloned());
    number.ok_or_else(|| anyhow::anyhow!("no cases: {}", exported.stdout))
}

fn files(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let entries = std::fs::read_dir(folder)?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Everything below a folder but the store, to see that nothing else came.
fn all_paths(folder: &Path) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
            found.insert(entry.path());
        }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_any_name_stay_in_the_folder() -> anyhow::Result<()> {
    let world = World::start(3, 40).await?;
    let home = tempfile::tempdir()?;
    let (home, environment) = (home.path(), world.environment());
    let case = a_case(home, &environment).await?;
    let long = "x".repeat(300) + ".log";
    let names = [
        "../../etc/passwd",
        "C:\\x",
        "a\u{0}b",
        &long,
        "..",
        "",
        "/etc/shadow",
        "NUL.txt",
        "report.log",
        "REPORT.log",
        "report.log",
        "report.log.part",
        ".bashrc",
        "\u{1b}[2Jx\n",
    ];
    let wanted: Vec<Value> =
        names.iter().zip(1_000..).map(|(name, size)| json!({"name": name, "size": size})).collect();
    world.control("attachments", &json!({"case": case, "files": wanted})).await?;
    let before = all_paths(home)?;
    let fetched = run(home, &environment, &["attachments", &case, "-o", "inner/files", "--json"]).await?;
    assert!(fetched.status.success(), "{}\n{}", fetched.stdout, fetched.stderr);
    let folder = home.join("inner/files");
    let come = files(&folder)?;
    assert_eq!(come.len(), names.len(), "{come:?}");
    assert!(!come.iter().any(|name| name.to_lowercase().ends_with(".part")), "{come:?}");
    let after: BTreeSet<PathBuf> = all_paths(home)?.difference(&before).cloned().collect();
    assert!(after.iter().all(|path| path.starts_with(home.join("inner"))), "{after:?}");
    let lines: Vec<Value> = serde_json::from_str(&fetched.stdout)?;
    let mut sizes: Vec<u64> = lines.iter().filter_map(|line| line.get("bytes")?.as_u64()).collect();
    for (line, size) in lines.iter().zip(sizes.clone()) {
        assert_eq!(line.get("checked"), Some(&json!("size and checksum agree")), "{line}");
        let name = line.get("file").and_then(Value::as_str).unwrap_or_default();
        assert_eq!(std::fs::metadata(folder.join(name))?.len(), size, "{line}");
    }
    sizes.sort_unstable();
    assert!(sizes.into_iter().eq((1_000..).take(names.len())), "each file once");
    assert!(!fetched.stderr.contains('\u{1b}'), "a terminal obeys nothing of it: {:?}", fetched.stderr);
    let again = run(home, &environment, &["attachments", &case, "-o", "inner/files"]).await?;
    assert!(again.status.success() && !again.stdout.contains("fetched"), "{}", again.stdout);
    assert_eq!(files(&folder)?, come, "the same names the second time");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_it_should_be_is_refused() -> anyhow::Result<()> {
    let world = World::start(3, 40).await?;
    let home = tempfile::tempdir()?;
    let (home, environment) = (home.path(), world.environment());
    let case = a_case(home, &environment).await?;
    let wrong = "0".repeat(64);
    let wanted = json!([{"name": "good", "size": 70_000}, {"name": "bad", "size": 10, "checksum": wrong},
        {"name": "lure", "size": 10, "link": "http://127.0.0.1:9/x"}, {"name": "taken", "size": 10},
        {"name": "linked", "size": 10}, {"name": "torn", "size": 100_000}]);
    world.control("attachments", &json!({"case": case, "files": wanted})).await?;
    let folder = home.join(&case);
    std::fs::create_dir(&folder)?;
    std::fs::write(folder.join("taken"), "something else")?;
    let outside = home.join("outside");
    std::fs::write(&outside, "precious")?;
    std::os::unix::fs::symlink(&outside, folder.join("linked.part"))?;
    // The beginning of another file, from another time.
    std::fs::write(folder.join("torn.part"), vec![7; 50_000])?;
    let fetched = run(home, &environment, &["attachments", &case]).await?;
    assert_eq!(fetched.status.code(), Some(1));
    let line =
        |name: &str| fetched.stdout.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(line("good").starts_with("fetched"), "{}", fetched.stdout);
    assert!(line("bad").contains("its checksum is"), "{}", fetched.stdout);
    assert!(line("lure").contains("not https"), "{}", fetched.stdout);
    assert!(line("taken").contains("not overwritten"), "{}", fetched.stdout);
    assert!(line("linked").contains("is a link"), "{}", fetched.stdout);
    assert!(line("torn").starts_with("fetched"), "begun anew: {}", fetched.stdout);
    assert_eq!(std::fs::read(&outside)?, b"precious");
    assert_eq!(std::fs::read(folder.join("taken"))?, b"something else");
    let expected = ["good", "linked.part", "taken", "torn"].map(str::to_owned);
    assert_eq!(files(&folder)?, BTreeSet::from(expected));
    let unknown = run(home, &environment, &["attachments", "99999999"]).await?;
    assert_eq!(unknown.status.code(), Some(1));
    assert!(!home.join("99999999").exists(), "no folder for a case that is none");
    assert_eq!(run(home, &environment, &["attachments", "x12"]).await?.status.code(), Some(2));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gigabyte_comes_in_bounded_memory_over_cuts_and_a_killed_process() -> anyhow::Result<()> {
    const SIZE: u64 = 1 << 30;
    const MOST_MB: f64 = 200.0;
    let world = World::start(3, 40).await?;
    let home = tempfile::tempdir()?;
    let (home, environment) = (home.path(), world.environment());
    let case = a_case(home, &environment).await?;
    world.control("attachments", &json!({"case": case, "files": [{"name": "core", "size": SIZE}]})).await?;
    let rule =
        json!({"route": "*/attachments/*-0", "fault": {"kind": "cut_after", "bytes": 300 << 20}, "times": 1});
    world.control("faults", &rule).await?;

    let part = home.join(&case).join("core.part");
    let here = || std::fs::metadata(&part).map_or(0, |metadata| metadata.len());
    let deadline = Instant::now() + Duration::from_mins(5);
    let mut child = spawn(home, &environment, &["attachments", &case])?;
    while here() < 500 << 20 {
        anyhow::ensure!(Instant::now() < deadline, "it is slow: {} bytes", here());
        anyhow::ensure!(child.try_wait()?.is_none(), "it ended at {} bytes", here());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    child.kill().await?;
    let cut = here();
    assert!((500 << 20..SIZE).contains(&cut), "cut once and gone on, then killed at {cut}");

    // Who asks for more than the rest is cut off, and has to ask twice.
    let rest = SIZE - cut;
    let rule = json!({"route": "*/attachments/*-0", "fault": {"kind": "cut_after", "bytes": rest + 1}});
    world.no_faults().await?;
    world.control("faults", &rule).await?;
    let mut child = spawn(home, &environment, &["attachments", &case])?;
    let pid = child.id().ok_or_else(|| anyhow::anyhow!("it has ended"))?;
    let mut peak: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        anyhow::ensure!(Instant::now() < deadline, "it does not end");
        // Between its end and our knowing of it there is nothing to read.
        peak = process::memory(pid).map_or(peak, |memory| memory.peak.max(peak));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success(), "{status}");
    let asked = world.ask("faults").await?;
    assert_eq!(asked.get("hits"), Some(&json!(1)), "it went on where it had ended: {asked}");
    assert!(peak > 1.0 && peak < MOST_MB, "{peak} MB");
    assert_eq!(files(&home.join(&case))?, BTreeSet::from(["core".to_owned()]));
    assert_eq!(std::fs::metadata(home.join(&case).join("core"))?.len(), SIZE);
    world.no_faults().await?;
    let checked = run(home, &environment, &["attachments", &case]).await?;
    assert!(checked.stdout.contains("size and checksum agree"), "{}", checked.stdout);
    Ok(())
}
