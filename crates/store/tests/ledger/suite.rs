//! What the ledger must do on every database.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use t5g_model::documents::Document;
use t5g_model::names::{CaseNumber, Source};
use t5g_store::ledger::{
    CaseComment, Counts, Decision, Freshness, Ledger, LiveServer, Pass, ProblemEntry, ShrinkState, SourceRun,
    StaleEntry,
};
use t5g_store::{Opening, StoreError};

fn minute(minute: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-23T14:00:00.123Z".parse().unwrap();
    start + TimeDelta::minutes(minute)
}

fn run(source: Source, started: i64) -> SourceRun {
    SourceRun {
        source,
        started: minute(started),
        finished: minute(started + 1),
        pass: Pass::Full,
        counts: Counts { entries: 20, added: 3, changed: 2, removed: 1 },
        high_water: Some("2026-11-23".into()),
        stale: Vec::new(),
        problems: Vec::new(),
    }
}

fn stale(entry: &str, reason: &str) -> StaleEntry {
    StaleEntry { entry: entry.into(), reason: reason.into() }
}

fn problem(entry: &str, reason: &str) -> ProblemEntry {
    ProblemEntry { document: Document::Cards, entry: entry.into(), reason: reason.into() }
}

async fn of(ledger: &Ledger, source: Source) -> Freshness {
    ledger.freshness().await.unwrap().into_iter().find(|one| one.source == source).unwrap()
}

pub(crate) async fn sources_that_never_ran_are_listed_too(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let all = ledger.freshness().await.unwrap();
    assert_eq!(all.iter().map(|one| one.source).collect::<Vec<_>>(), Source::ALL);
    assert!(all.iter().all(|one| one.last_attempt.is_none() && one.failure.is_none() && one.stale == 0));
    ledger.set_interval(Source::Bugs, Some(Duration::from_hours(12))).await.unwrap();
    assert_eq!(of(&ledger, Source::Bugs).await.interval, Some(Duration::from_hours(12)));
    ledger.set_interval(Source::Bugs, None).await.unwrap();
    assert_eq!(of(&ledger, Source::Bugs).await.interval, None);
}

pub(crate) async fn success_and_failure_leave_their_marks(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    ledger.begin_attempt(Source::Cases, minute(0)).await.unwrap();
    let fresh = of(&ledger, Source::Cases).await;
    assert_eq!((fresh.last_attempt, fresh.last_success), (Some(minute(0)), None));

    ledger.record_failure(Source::Cases, "the portal is down", minute(1)).await.unwrap();
    ledger.record_failure(Source::Cases, "it still is", minute(5)).await.unwrap();
    let failure = of(&ledger, Source::Cases).await.failure.unwrap();
    assert_eq!((failure.error.as_str(), failure.since, failure.times), ("it still is", minute(1), 2));

    ledger.record_success(&run(Source::Cases, 10)).await.unwrap();
    let fresh = of(&ledger, Source::Cases).await;
    assert_eq!(fresh.failure, None);
    assert_eq!(fresh.last_attempt, Some(minute(10)));
    assert_eq!((fresh.last_success, fresh.last_full), (Some(minute(11)), Some(minute(11))));
    assert_eq!(fresh.duration, Some(Duration::from_mins(1)));
    assert_eq!(fresh.counts, Counts { entries: 20, added: 3, changed: 2, removed: 1 });
    assert_eq!(fresh.high_water.as_deref(), Some("2026-11-23"));

    let incremental = SourceRun { pass: Pass::Incremental, high_water: None, ..run(Source::Cases, 20) };
    ledger.record_success(&incremental).await.unwrap();
    let fresh = of(&ledger, Source::Cases).await;
    assert_eq!((fresh.last_success, fresh.last_full), (Some(minute(21)), Some(minute(11))));
    assert_eq!(fresh.high_water.as_deref(), Some("2026-11-23"), "the mark stays where it was");

    ledger.record_failure(Source::Cases, "down again", minute(30)).await.unwrap();
    let fresh = of(&ledger, Source::Cases).await;
    assert_eq!((fresh.last_success, fresh.counts.entries), (Some(minute(21)), 20));
    assert_eq!(fresh.failure.unwrap().since, minute(30));
    assert_eq!(of(&ledger, Source::Cards).await.last_success, None, "another source");

    ledger.forget_high_water(Source::Cases).await.unwrap();
    assert_eq!(of(&ledger, Source::Cases).await.high_water, None);
    ledger.record_failure(Source::Stats, &"é".repeat(1_000_000), minute(30)).await.unwrap();
    assert!(of(&ledger, Source::Stats).await.failure.unwrap().error.len() < 10_000);
}

pub(crate) async fn what_a_run_found_replaces_what_the_last_one_found(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let first = SourceRun {
        stale: vec![stale("b", "HTTP 500"), stale("a", "HTTP 500"), stale("a", "HTTP 502")],
        problems: vec![problem("KNIECO-2", "no case"), problem("KNIECO-1", "no case")],
        ..run(Source::Cards, 0)
    };
    ledger.record_success(&first).await.unwrap();
    ledger.record_success(&SourceRun { stale: vec![stale("c", "x")], ..run(Source::Bugs, 0) }).await.unwrap();
    assert_eq!(of(&ledger, Source::Cards).await.stale, 2);
    let entries = ledger.stale_entries(Source::Cards).await.unwrap();
    assert_eq!(entries.iter().map(|one| one.entry.entry.as_str()).collect::<Vec<_>>(), ["a", "b"]);

    let second = SourceRun {
        stale: vec![stale("b", "timed out"), stale("z", "HTTP 500")],
        problems: vec![problem("KNIECO-2", "no case"), problem("KNIECO-2", "no summary")],
        ..run(Source::Cards, 10)
    };
    // Failures between the two touch neither.
    ledger.record_failure(Source::Cards, "down", minute(5)).await.unwrap();
    ledger.record_success(&second).await.unwrap();
    let entries = ledger.stale_entries(Source::Cards).await.unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!((&entries[0].entry, entries[0].since), (&stale("b", "timed out"), minute(1)));
    assert_eq!((&entries[1].entry, entries[1].since), (&stale("z", "HTTP 500"), minute(11)));
    let problems = ledger.data_problems().await.unwrap();
    assert_eq!(problems.len(), 2);
    assert_eq!(problems[0].problem, problem("KNIECO-2", "no case"));
    assert_eq!((problems[0].first_seen, problems[0].last_seen), (minute(1), minute(11)));
    assert_eq!(problems[1].first_seen, minute(11));
    assert_eq!(of(&ledger, Source::Bugs).await.stale, 1, "another source");

    // As many as there can be, at the same moment as the run before.
    let many = (0..20_000).map(|number| stale(&number.to_string(), "HTTP 500")).collect();
    ledger.record_success(&SourceRun { stale: many, ..run(Source::Cards, 10) }).await.unwrap();
    assert_eq!(of(&ledger, Source::Cards).await.stale, 20_000);
    assert!(ledger.data_problems().await.unwrap().is_empty());
    ledger.record_success(&run(Source::Cards, 10)).await.unwrap();
    assert_eq!(of(&ledger, Source::Cards).await.stale, 0);
}

pub(crate) async fn a_refused_shrink_waits_for_a_person(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let state = async || ledger.held_shrinks().await.unwrap()[0].state;
    assert!(ledger.held_shrinks().await.unwrap().is_empty());
    assert!(!ledger.shrink_approved(Document::Cards, 0).await.unwrap());
    assert!(!ledger.decide_shrink(Document::Cards, Decision::Approve, "ann", minute(0)).await.unwrap());

    ledger.hold_shrink(Source::Cards, Document::Cards, 800, 30, minute(0)).await.unwrap();
    let held = ledger.held_shrinks().await.unwrap();
    assert_eq!((held[0].document, held[0].source), (Document::Cards, Source::Cards));
    assert_eq!((held[0].old_count, held[0].new_count, held[0].state), (800, 30, ShrinkState::Held));
    assert!(!ledger.shrink_approved(Document::Cards, 30).await.unwrap());

    assert!(ledger.decide_shrink(Document::Cards, Decision::Reject, "ann", minute(1)).await.unwrap());
    assert!(!ledger.shrink_approved(Document::Cards, 30).await.unwrap());
    ledger.hold_shrink(Source::Cards, Document::Cards, 800, 30, minute(2)).await.unwrap();
    assert_eq!(state().await, ShrinkState::Rejected, "the decision stands");

    assert!(ledger.decide_shrink(Document::Cards, Decision::Approve, "bob", minute(3)).await.unwrap());
    assert_eq!(ledger.held_shrinks().await.unwrap()[0].decided_by.as_deref(), Some("bob"));
    assert!(ledger.shrink_approved(Document::Cards, 31).await.unwrap());
    assert!(!ledger.shrink_approved(Document::Cards, 29).await.unwrap(), "smaller than what was approved");
    assert!(!ledger.shrink_approved(Document::Cases, 30).await.unwrap(), "another document");
    ledger.hold_shrink(Source::Cards, Document::Cards, 800, 0, minute(4)).await.unwrap();
    assert_eq!(state().await, ShrinkState::Held, "smaller still: asked again");
    assert!(!ledger.shrink_approved(Document::Cards, 30).await.unwrap());

    ledger.settle_shrink(Document::Cases).await.unwrap();
    assert_eq!(ledger.held_shrinks().await.unwrap().len(), 1);
    ledger.settle_shrink(Document::Cards).await.unwrap();
    assert!(ledger.held_shrinks().await.unwrap().is_empty());
}

fn comment(id: &str, body: &str, at: Option<i64>) -> CaseComment {
    CaseComment {
        id: id.into(),
        author: Some("ann".into()),
        body: body.into(),
        created: at.map(minute),
        public: true,
    }
}

pub(crate) async fn comments_are_kept_once(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let (case, other): (CaseNumber, CaseNumber) = ("01234567".parse().unwrap(), "1234567".parse().unwrap());
    let comments =
        [comment("b", "second", Some(2)), comment("a", "first", Some(1)), comment("c", "undated", None)];
    for _ in 0..2 {
        ledger.keep_comments(&[(case.clone(), comments.to_vec())]).await.unwrap();
    }
    let edited = CaseComment { author: None, public: false, ..comment("a", "edited", Some(1)) };
    ledger.keep_comments(&[(case.clone(), vec![edited.clone()]), (other.clone(), vec![])]).await.unwrap();
    ledger.keep_comments(&[]).await.unwrap();
    let kept = ledger.comments(&case).await.unwrap();
    assert_eq!(kept, [comments[2].clone(), edited, comments[0].clone()]);
    assert!(ledger.comments(&other).await.unwrap().is_empty());

    let many: Vec<_> = (0..3_000).map(|number| comment(&number.to_string(), "x", Some(number))).collect();
    ledger.keep_comments(&[(other.clone(), many), (case.clone(), comments.to_vec())]).await.unwrap();
    assert_eq!(ledger.comments(&other).await.unwrap().len(), 3_000);
}

pub(crate) async fn facts_are_remembered(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    assert_eq!(ledger.fact("a").await.unwrap(), None);
    ledger.set_fact("a", "1", minute(0)).await.unwrap();
    ledger.set_fact("a", "", minute(1)).await.unwrap();
    ledger.close().await;
    let ledger = Ledger::open(address).await.unwrap();
    assert_eq!(ledger.fact("a").await.unwrap().as_deref(), Some(""));
    ledger.set_fact("a:%한", "2", minute(1)).await.unwrap();
    ledger.set_fact("b:1", "3", minute(1)).await.unwrap();
    let under = ledger.facts_under("a:%", 9).await.unwrap();
    assert_eq!(under, [("a:%한".to_owned(), "2".to_owned())]);
    assert_eq!(ledger.facts_under("a", 1).await.unwrap().len(), 1);
    assert_eq!(ledger.facts_under("c", 9).await.unwrap(), []);
    ledger.remove_fact("a").await.unwrap();
    ledger.remove_fact("a").await.unwrap();
    assert_eq!(ledger.fact("a").await.unwrap(), None);
}

pub(crate) async fn every_change_counts(address: &str) {
    let (ledger, other) = (Ledger::open(address).await.unwrap(), Ledger::open(address).await.unwrap());
    let mut last = ledger.revision().await.unwrap();
    let mut grown = async |what: &str| {
        let now = ledger.revision().await.unwrap();
        assert!(now > last, "{what} did not count");
        last = now;
    };
    other.begin_attempt(Source::Cases, minute(0)).await.unwrap();
    grown("an attempt").await;
    other.record_failure(Source::Cases, "down", minute(0)).await.unwrap();
    grown("a failure").await;
    other.record_success(&run(Source::Cases, 0)).await.unwrap();
    grown("a success").await;
    other.hold_shrink(Source::Cases, Document::Cases, 2, 1, minute(0)).await.unwrap();
    grown("a refused shrink").await;
    other.decide_shrink(Document::Cases, Decision::Approve, "ann", minute(0)).await.unwrap();
    grown("a decision").await;
    other.settle_shrink(Document::Cases).await.unwrap();
    grown("a settled shrink").await;
}

pub(crate) async fn the_tables_are_made_once_by_many(address: &str) {
    let opening = (0..12).map(|_| {
        let address = address.to_owned();
        tokio::spawn(async move { Ledger::open(&address).await.unwrap().revision().await.unwrap() })
    });
    for opened in opening.collect::<Vec<_>>() {
        assert_eq!(opened.await.unwrap(), 0);
    }
}

pub(crate) async fn many_writers_at_once_lose_nothing(address: &str) {
    let writing = (0..6).map(|_| {
        let address = address.to_owned();
        tokio::spawn(async move {
            let ledger = Ledger::open(&address).await.unwrap();
            for _ in 0..20 {
                ledger.record_failure(Source::Cases, "down", minute(0)).await.unwrap();
            }
        })
    });
    for writer in writing.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let ledger = Ledger::open(address).await.unwrap();
    assert_eq!(of(&ledger, Source::Cases).await.failure.unwrap().times, 120);
    assert_eq!(ledger.revision().await.unwrap(), 120);
}

pub(crate) async fn comments_of_cases_that_are_gone_are_forgotten(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let case = |number: usize| -> CaseNumber { format!("{number:08}").parse().unwrap() };
    let written =
        || vec![comment("old", "x", Some(1)), comment("new", "y", Some(50)), comment("when", "z", None)];
    let all: Vec<_> = (1..=1_201).map(|number| (case(number), written())).collect();
    ledger.keep_comments(&all).await.unwrap();
    let (there, other) = (case(1), case(2));
    let known = BTreeSet::from([&there]);
    assert_eq!(ledger.forget_comments(&known, minute(1)).await.unwrap(), 1_200, "of an unknown time");
    assert_eq!(ledger.forget_comments(&known, minute(10)).await.unwrap(), 1_200);
    assert_eq!(ledger.forget_comments(&known, minute(10)).await.unwrap(), 0);
    assert_eq!(ledger.comments(&there).await.unwrap().len(), 3, "a case that is there keeps all");
    let left = ledger.comments(&other).await.unwrap();
    assert_eq!(left.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["new"]);
}

pub(crate) async fn servers_are_heard_of_by_one_clock(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let server = |name: &str, started| LiveServer {
        name: name.into(),
        address: "127.0.0.1:1".into(),
        version: "1".into(),
        started,
    };
    // Their own clocks are days apart.
    for one in [server("a", minute(0)), server("b", minute(-9_999)), server("c", minute(9_999))] {
        ledger.server_lives(&one).await.unwrap();
        ledger.server_lives(&one).await.unwrap();
    }
    let alive = async |seconds| -> Vec<String> {
        let servers = ledger.servers_within(TimeDelta::seconds(seconds)).await.unwrap();
        servers.into_iter().map(|server| server.name).collect()
    };
    assert_eq!(alive(20).await, ["a", "b", "c"]);
    let db = ledger.db().await.unwrap();
    db.execute("UPDATE servers SET seen = seen - 100000 WHERE name = 'a'", &[]).await.unwrap();
    db.execute("UPDATE servers SET seen = seen - 100000000 WHERE name = 'c'", &[]).await.unwrap();
    assert_eq!(alive(60).await, ["b"], "who was killed is silent");
    assert_eq!(alive(200).await, ["a", "b"]);
    ledger.server_left("b").await.unwrap();
    ledger.server_lives(&server("d", minute(0))).await.unwrap();
    assert_eq!(alive(1_000_000).await, ["a", "d"], "one that is long gone is struck out");
}

pub(crate) async fn only_who_runs_the_service_prepares_it(address: &str) {
    let opened = async |opening| match Ledger::open_to(opening, address).await {
        Ok(ledger) => ledger.db().await.map(drop),
        Err(error) => Err(error),
    };
    let absent = opened(Opening::Use).await.unwrap_err();
    assert!(matches!(absent, StoreError::Absent { .. }), "{absent:?}");
    assert!(absent.to_string().contains("t5g sync all"), "{absent}");
    if let Some(path) = address.strip_prefix("sqlite:") {
        assert!(!std::path::Path::new(path).exists(), "no file is made");
    }
    opened(Opening::Replace).await.unwrap();
    assert!(opened(Opening::Use).await.is_err(), "still nothing");
    opened(Opening::Fill).await.unwrap();
    opened(Opening::Use).await.unwrap();

    let ledger = Ledger::open(address).await.unwrap();
    assert!(ledger.has_table("servers").await.unwrap() && !ledger.has_table("none").await.unwrap());
    let older = "DELETE FROM schema_steps WHERE part = 'ledger' AND step > 3";
    ledger.db().await.unwrap().execute(older, &[]).await.unwrap();
    for opening in [Opening::Use, Opening::Fill] {
        let error = opened(opening).await.unwrap_err();
        assert!(matches!(error, StoreError::Older { found: 3, .. }), "{error:?}");
        assert!(error.to_string().contains("t5g up"), "{error}");
    }
    opened(Opening::Replace).await.unwrap();
}

pub(crate) async fn a_newer_schema_is_refused(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let later = "INSERT INTO schema_steps (part, step) VALUES ('ledger', 99)";
    ledger.db().await.unwrap().execute(later, &[]).await.unwrap();
    let refused = match Ledger::open(address).await {
        Ok(ledger) => ledger.db().await.map(drop),
        Err(error) => Err(error),
    };
    let error = refused.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(
        error.to_string().contains("schema 99") && error.to_string().contains("newer version"),
        "{error}"
    );
}

pub(crate) async fn hostile_text_is_kept_harmless(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let hostile = "a\0b'; DROP TABLE facts; -- \u{202e}$1 <script>";
    ledger.set_fact(hostile, hostile, minute(0)).await.unwrap();
    let kept = ledger.fact(hostile).await.unwrap().unwrap();
    assert_eq!(kept, hostile.replace('\0', "\u{fffd}"));
    let long = SourceRun {
        stale: vec![stale(&"é".repeat(5_000_000), "x")],
        problems: vec![problem(&"é".repeat(5_000_000), &"語".repeat(5_000_000))],
        ..run(Source::Cards, 0)
    };
    ledger.record_success(&long).await.unwrap();
    assert!(ledger.data_problems().await.unwrap()[0].problem.reason.len() < 2_000);
    let case: CaseNumber = "01234567".parse().unwrap();
    let long = comment("a", &"語\0".repeat(5_000_000), None);
    ledger.keep_comments(&[(case.clone(), vec![long])]).await.unwrap();
    assert!(ledger.comments(&case).await.unwrap()[0].body.len() < 200_000);
}

pub(crate) async fn a_dropped_transaction_never_happened(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let mut tx = ledger.db().await.unwrap().begin().await.unwrap();
    let insert = "INSERT INTO facts (name, value, changed) VALUES ($1, $2, $3)";
    tx.execute(insert, &["a".into(), "1".into(), minute(0).into()]).await.unwrap();
    drop(tx);
    assert_eq!(ledger.fact("a").await.unwrap(), None);
    let mut tx = ledger.db().await.unwrap().begin().await.unwrap();
    tx.execute(insert, &["a".into(), "2".into(), minute(0).into()]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ledger.fact("a").await.unwrap().as_deref(), Some("2"));
}
