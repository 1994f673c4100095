//! Asking for runs.

use serde_json::{Value, json};
use t5g_queue::{Asker, Launcher, Origin, RunState, StartError, Wish};
use t5g_store::ledger::{Arg, OwnSql};

use crate::support::bed::Bed;
use crate::support::house::{House, Plan, until};

pub(crate) async fn a_run_is_asked_for_and_done(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let run = house.done("plain", "").await;
    assert_eq!((run.state, &run.result, &run.error), (RunState::Done, &json!({ "attempt": 1 }), &None));
    assert_eq!((run.origin, run.asked_by.as_str(), run.queue.as_str()), (Origin::Person, "ann", "first"));
    assert_eq!((run.attempt, run.spent, run.allowed), (1, 1, 3));
    assert_eq!(run.worker.as_deref(), Some(house.engine.name()));
    assert!(run.requested <= run.started.unwrap() && run.started <= run.finished);
    let detail = house.launcher.detail(run.id).await.unwrap().unwrap();
    assert_eq!(detail.run, run);
    let states: Vec<RunState> = detail.events.iter().map(|event| event.state).collect();
    assert_eq!(states, [RunState::Pending, RunState::Running, RunState::Done]);
    assert_eq!(house.outcomes(run.id).await, ["done"]);
    assert_eq!(house.launcher.current("plain").await.unwrap(), None);
}

pub(crate) async fn the_same_is_not_asked_for_twice(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let first = house.try_ask("plain", "wait").await.unwrap();
    house.in_state(first.run, RunState::Running).await;
    let second = house.try_ask("plain", "wait").await.unwrap();
    assert!(!first.joined && second.joined);
    assert_eq!(first.run, second.run);
    let other = house.try_ask("plain", "").await.unwrap();
    assert!(!other.joined, "other arguments are other work");
    assert!(!house.try_ask("patient", "wait").await.unwrap().joined, "another task is other work");
    house.hand.gate.add_permits(2);
    assert_eq!(house.end(first.run).await.state, RunState::Done);
    let again = house.try_ask("plain", "wait").await.unwrap();
    assert!(!again.joined && again.run != first.run, "it is over: the same is new work");
    house.hand.gate.add_permits(1);
    house.end(again.run).await;
}

pub(crate) async fn many_who_ask_for_the_same_get_one_run(bed: &Bed) {
    let (one, other) = (House::start(bed, Plan::idle()).await, House::start(bed, Plan::idle()).await);
    let ask = |number: usize| {
        let house = if number.is_multiple_of(2) { &one } else { &other };
        house.try_ask("plain", "")
    };
    let asked = futures_util::future::join_all((0..20).map(ask)).await;
    let asked: Vec<_> = asked.into_iter().map(Result::unwrap).collect();
    assert!(asked.iter().all(|started| started.run == asked[0].run), "{asked:?}");
    assert_eq!(asked.iter().filter(|started| !started.joined).count(), 1);
    assert_eq!(one.number("SELECT COUNT(*) AS n FROM runs").await, 1);
}

async fn ask(launcher: Launcher, backwards: bool) {
    for round in 0..20 {
        let mut wishes: Vec<_> = (0..6).map(|number| Wish::of("plain", json!([round, number]))).collect();
        if backwards {
            wishes.reverse();
        }
        launcher.start_all(&wishes, &Asker::program("test")).await.unwrap();
    }
}

pub(crate) async fn wishes_that_cross_do_not_hinder_each_other(bed: &Bed) {
    let (one, other) = (House::start(bed, Plan::idle()).await, House::start(bed, Plan::idle()).await);
    let asking = [(&one, true), (&one, false), (&other, true), (&other, false)]
        .map(|(house, backwards)| tokio::spawn(ask(house.launcher.clone(), backwards)));
    for asked in asking {
        asked.await.unwrap();
    }
    assert_eq!(one.number("SELECT COUNT(*) AS n FROM runs").await, 120);
}

pub(crate) async fn runs_wait_for_those_that_they_need(bed: &Bed) {
    let house = House::start(bed, Plan { slots: 8, ..Plan::usual() }).await;
    let wish = |what: &str, needs: &[usize]| Wish {
        needs: needs.to_vec(),
        ..Wish::of("plain", json!({ "do": what, "needs": needs }))
    };
    let wishes = [wish("wait", &[]), wish("fail", &[]), wish("", &[1]), wish("", &[0, 2])];
    let runs = house.launcher.start_all(&wishes, &Asker::program("test")).await.unwrap();
    let run = |place: usize| runs[place].run;
    assert_eq!(house.end(run(1)).await.state, RunState::Failed);
    assert_eq!(house.end(run(2)).await.state, RunState::Done, "that what it needs failed does not stop it");
    assert_eq!(house.run(run(3)).await.state, RunState::Pending, "one that it needs still works");
    let needs = house.launcher.detail(run(3)).await.unwrap().unwrap().needs;
    assert_eq!(needs, [run(0), run(2)]);
    house.hand.gate.add_permits(1);
    assert_eq!(house.end(run(3)).await.state, RunState::Done);
    assert!(house.run(run(0)).await.finished <= house.run(run(3)).await.started);
}

pub(crate) async fn all_or_none_are_asked_for(bed: &Bed) {
    let house = House::start(bed, Plan::idle()).await;
    let wishes = [Wish::of("plain", Value::Null), Wish::of("nope", Value::Null)];
    let error = house.launcher.start_all(&wishes, &Asker::program("test")).await.unwrap_err();
    assert!(matches!(error, StartError::UnknownTask { .. }), "{error:?}");
    assert_eq!(house.number("SELECT COUNT(*) AS n FROM runs").await, 0);
}

pub(crate) async fn a_wish_brings_forward_what_waits(bed: &Bed) {
    let house = House::start(bed, Plan::usual()).await;
    let retrying = house.ask("patient", "fail twice").await;
    for tries in 1..3 {
        until(async || house.hand.begun(retrying) == tries).await;
        house.in_state(retrying, RunState::Retrying).await;
        assert!(house.try_ask("patient", "fail twice").await.unwrap().joined);
    }
    assert_eq!(house.end(retrying).await.state, RunState::Done);

    let later = Wish {
        due: Some("2222-01-01T00:00:00Z".parse().unwrap()),
        ..Wish::of("plain", json!({ "do": "later" }))
    };
    let later = house.launcher.start_all(&[later], &Asker::person("ann")).await.unwrap()[0].run;
    assert_eq!(house.run(later).await.state, RunState::Scheduled);
    assert!(house.try_ask("plain", "later").await.unwrap().joined);
    assert_eq!(house.end(later).await.state, RunState::Done, "wanted now, it does not wait any longer");
}

pub(crate) async fn what_is_unknown_or_too_much_is_refused_with_words(bed: &Bed) {
    let house = House::start(bed, Plan::idle()).await;
    let asker = Asker::person("ann");
    let unknown = house.launcher.start("nope", Value::Null, &asker).await.unwrap_err();
    let known = "plain, patient, short, alone, alone_too";
    assert_eq!(unknown.to_string(), format!("there is no task \"nope\"; there are: {known}"));
    let unknown = house.launcher.pause_queue("third", "ann").await.unwrap_err();
    assert_eq!(unknown.to_string(), "there is no queue \"third\"; there are: first, second");
    let none = house.launcher.pause_schedule("plain", "ann").await.unwrap_err();
    assert!(none.to_string().contains("on demand only"), "{none}");
    let sql = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000) \
               INSERT INTO runs (id, task, queue, arguments, origin, asked_by, state, allowed, requested, due) \
               SELECT 'run ' || n, 'plain', 'first', 'null', 'person', 'ann', 'pending', 1, 0, 0 FROM numbers";
    house.sql(sql, &[]).await;
    let full = house.launcher.start("plain", Value::Null, &asker).await.unwrap_err();
    assert!(matches!(full, StartError::Full { limit: 10_000 }), "{full:?}");
    assert!(full.to_string().contains("try again"), "{full}");
}

pub(crate) async fn what_waits_outlives_its_process(bed: &Bed) {
    let asked = House::start(bed, Plan::idle()).await.ask("plain", "").await;
    let house = House::start(bed, Plan::usual()).await;
    assert_eq!(house.end(asked).await.state, RunState::Done);
}

/// The statements of the other version are those of schema 7, word by word.
pub(crate) async fn a_version_that_keeps_no_traceparent_asks_and_takes_beside_this_one(bed: &Bed) {
    const COLUMNS: &str = "id, task, queue, arguments, origin, asked_by, state, exclusive, attempt, spent, allowed, \
        requested, due, started, finished, worker, stop_asked_by, progress_done, progress_total, \
        progress_message, result, error";
    const KEPT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let house = House::start(bed, Plan::idle()).await;
    let theirs = ["01a21b64-7c64-75db-bc0e-c98e492b98b1", "01a21b64-7c64-75db-bc0e-c98e492b98b2"];
    for id in theirs {
        let sql = "INSERT INTO runs (id, task, queue, arguments, origin, asked_by, state, twin, exclusive, allowed, \
                   requested, due) VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $10, $11) \
                   ON CONFLICT (twin) DO UPDATE SET due = CASE WHEN runs.due > excluded.due THEN excluded.due \
                   ELSE runs.due END RETURNING id";
        let texts = [id, "plain", "first", "null", "person", "ann", id].map(Arg::from);
        let rest = [None::<&str>.into(), Arg::from(3_i64), Arg::from(1_i64), Arg::from(1_i64)];
        house.sql(sql, &[texts.as_slice(), rest.as_slice()].concat()).await;
    }
    // Nobody writes such a text; whoever reads it works all the same.
    house.sql("UPDATE runs SET traceparent = 'x' WHERE id = $1", &[theirs[1].into()]).await;
    let ours = house.ask("alone", "").await;
    let none = "SELECT COUNT(*) AS n FROM runs WHERE traceparent IS NULL AND task = 'alone'";
    assert_eq!(house.number(none).await, 1, "where no traces are collected none is kept");
    house
        .sql("UPDATE runs SET traceparent = $1 WHERE id = $2", &[KEPT.into(), (&ours.to_string()).into()])
        .await;
    let mut tx = house.ledger.db().await.unwrap().begin().await.unwrap();
    let taken =
        format!("UPDATE runs SET state = 'running', attempt = attempt + 1 WHERE id = $1 RETURNING {COLUMNS}");
    let rows = tx.fetch(OwnSql(taken), &[(&ours.to_string()).into()]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(rows[0].get::<String>("task").unwrap(), "alone");
    // It dies, and one of ours goes on.
    house.sql("UPDATE runs SET state = 'pending' WHERE id = $1", &[(&ours.to_string()).into()]).await;

    let worker = House::start(bed, Plan::usual()).await;
    for id in theirs.iter().map(|id| id.parse().unwrap()).chain([ours]) {
        assert_eq!(worker.end(id).await.state, RunState::Done, "{id}");
    }
    let kept = format!("SELECT COUNT(*) AS n FROM runs WHERE traceparent = '{KEPT}' AND task = 'alone'");
    assert_eq!(house.number(&kept).await, 1);
}
