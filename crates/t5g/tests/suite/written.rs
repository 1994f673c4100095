//! What is and was written to other services, told by a running dashboard as by its own ledger.

use std::time::{Duration, Instant};

use serde_json::Value;
use t5g_model::writing::{Plan, PlanKind};
use t5g_store::ledger::{JOURNAL_PAGE, Ledger, PlanMaker};

use crate::living::{Server, simulated};
use crate::program::Program;

fn json(program: &Program, arguments: &[&str]) -> Value {
    let told = program.run(&[arguments, &["--json"]].concat());
    assert_eq!(told.code, Some(0), "{arguments:?}: {}", told.err);
    serde_json::from_str(&told.out).unwrap()
}

#[test]
fn a_running_dashboard_tells_of_writes_as_its_ledger_does() {
    let (mut program, simulator) = simulated();
    // Nothing else is planned or written meanwhile.
    for task in
        ["PORTAL2JIRA_SYNC", "PRIORITY_SYNC", "TAG_BZ", "CASE_SYNC", "CARD_SYNC", "DETAILS_SYNC", "BUGS_SYNC"]
    {
        program = program.with(&format!("T5G_SCHEDULES_{task}"), "off");
    }
    let program = program.with("READ_ONLY", "false");
    assert_eq!(program.run(&["sync", "all"]).code, Some(0));
    let server = Server::start(&program, &["up", "--listen", "127.0.0.1:0"]);
    assert_eq!(program.run(&["schedule", "run", "tag_bz"]).code, Some(0));
    let deadline = Instant::now() + Duration::from_mins(1);
    while !program.run(&["jobs", "list", "--json", "state:open"]).out.contains("\"total\": 0") {
        assert!(Instant::now() < deadline, "the tags are not done");
        std::thread::sleep(Duration::from_millis(200));
    }
    let plans = json(&program, &["cards", "plans", "--kind", "tags"]);
    let id = plans[0]["id"].as_str().unwrap();
    let steps = json(&program, &["journal", "list"]);
    assert!(steps.as_array().unwrap().len() >= 2, "{steps}");
    let about = steps.as_array().unwrap().iter().map(|step| step["about"].as_str().unwrap());
    let mut about = about.filter(|about| *about != "all");
    let about = about.next().unwrap();

    // Somebody else's machine: no store, no settings.
    let laptop = Program::new();
    for command in [
        ["cards", "plans"].as_slice(),
        &["cards", "plans", "--json", "--state", "done", "--kind", "tags"],
        &["journal", "list"],
        &["journal", "list", "--json", "--rows", "2"],
        &["journal", "list", "--deliveries", "--service", "mail"],
        &["journal", "list", "--about", about, "--from", "2020-01-01"],
        &["journal", "show", id.get(24..).unwrap(), "--json"],
        &["journal", "show", id, "--whole"],
        &["cards", "plan", "--seed", "7", "--messages"],
        &["cards", "plan", "--seed", "7", "--json"],
    ] {
        let here = program.run(command);
        let there = laptop.run(&[command, &["--server", &server.url]].concat());
        assert_eq!((here.code, there.code), (Some(0), Some(0)), "{command:?}: {}{}", here.err, there.err);
        assert_eq!(here.out, there.out, "{command:?}");
    }
    let letter = laptop.run(&["journal", "show", id, "--whole", "--server", &server.url]).out;
    assert!(letter.contains("Of the bugs and issues that are linked to cases"), "{letter}");
    let workers = json(&laptop, &["jobs", "workers", "--server", &server.url]);
    assert_eq!(workers[0]["silent"], false, "{workers}");
    assert_eq!(workers[0]["name"], json(&program, &["jobs", "workers"])[0]["name"]);
    let missing = laptop.run(&["journal", "show", "ffffffff", "--server", &server.url]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("no plan whose id begins or ends with"), "{}", missing.err);
    assert_eq!(server.terminate(), Some(0));
    drop(simulator);
}

#[tokio::test]
async fn a_plan_is_found_by_its_id_however_old_it_is() {
    let program = Program::new().with("FLASK_LOGIN_DISABLED", "true");
    let address = format!("sqlite:{}", program.path("plans.db"));
    let program = program.with("T5G_LEDGER_URL", &address);
    let ledger = Ledger::open(&address).await.unwrap();
    let maker = PlanMaker { name: "a test".to_owned(), run: None };
    let keep = async |seed| {
        let at = "2026-11-23T14:00:00Z".parse().unwrap();
        ledger.keep_plan(&Plan::empty(PlanKind::Tags, seed), &maker, at).await.unwrap().to_string()
    };
    let first = keep(0).await;
    for seed in 1..=u64::from(JOURNAL_PAGE) {
        keep(seed).await;
    }
    ledger.close().await;
    let server = Server::start(&program, &["serve", "--listen", "127.0.0.1:0"]);
    for part in [first.as_str(), first.get(24..).unwrap()] {
        for place in [&[][..], &["--server", &server.url]] {
            let shown = program.run(&[&["journal", "show", part], place].concat());
            assert!(
                shown.code == Some(0) && shown.out.contains(&first),
                "{part}: {}{}",
                shown.out,
                shown.err
            );
        }
    }
    let several = program.run(&["journal", "show", first.get(..4).unwrap()]);
    assert!(several.code == Some(1) && several.err.contains("several plans have ids"), "{}", several.err);
    assert_eq!(server.terminate(), Some(0));
}
