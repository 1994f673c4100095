//! What the ledger must do with plans of what is to be written, on every database.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use t5g_model::names::CardKey;
use t5g_model::writing::{
    CardDraft, CardRef, Effect, LeftOut, LetterCase, LetterKind, Plan, PlanItem, PlanKind, Service, Subject,
};
use t5g_store::StoreError;
use t5g_store::documents::Fence;
use t5g_store::ledger::{
    AccessRetention, AuditFilter, Instead, JournalFilter, JournalTrouble, Ledger, PlanAsked, PlanDecision,
    PlanFilter, PlanId, PlanMaker, PlanState, StepEnd, StepPlace, StepRecord, StepState, Via, Writer,
};

fn minute(minute: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-23T14:00:00.123Z".parse().unwrap();
    start + TimeDelta::minutes(minute)
}

fn maker() -> PlanMaker {
    PlanMaker { name: "the schedule".into(), run: Some("run-1".into()) }
}

fn writer(run: &str) -> Writer {
    Writer { name: "portal2jira_sync".into(), via: Via::Task, run: Some(run.into()) }
}

fn ann() -> PlanAsked {
    PlanAsked::at_the_command_line("ann")
}

fn case(number: &str) -> Subject {
    Subject::Case(number.parse().unwrap())
}

fn create(number: &str) -> Effect {
    let draft = CardDraft {
        project: "KNIECO".into(),
        issue_type: "Story".into(),
        component: None,
        priority: Some("Major".into()),
        labels: vec!["field".into()],
        summary: format!("{number}: \u{202e}it's <b>\0 語"),
        description: "long ".repeat(10_000),
        tracking: None,
        points: None,
        assignee: None,
        nameless: None,
    };
    Effect::CreateCard { case: number.parse().unwrap(), draft: Box::new(draft) }
}

fn post() -> Effect {
    Effect::SlackPost { channel: "C1".into(), text: "new".into(), card: Some(CardRef::Made) }
}

fn item(number: &str) -> PlanItem {
    PlanItem {
        subject: case(number),
        title: "it hangs".into(),
        reason: "in turn".into(),
        last: false,
        steps: vec![create(number), post(), Effect::KeepCard { card: CardRef::Made }],
    }
}

fn plan(numbers: &[&str]) -> Plan {
    let mail = Effect::Mail {
        letter: LetterKind::NewCards { cases: vec![] },
        to: vec!["team@example.com".into()],
        subject: "New cards".into(),
        draft: None,
    };
    let letter = PlanItem {
        subject: Subject::All,
        title: "one message for all".into(),
        reason: String::new(),
        last: true,
        steps: vec![mail],
    };
    let left_out = LeftOut { subject: case("9"), title: "old".into(), reason: "has a card".into() };
    let items = numbers.iter().map(|number| item(number)).chain([letter]).collect();
    Plan { kind: PlanKind::Cards, seed: u64::MAX - 7, held: None, items, left_out: vec![left_out] }
}

async fn state(ledger: &Ledger, id: PlanId) -> PlanState {
    ledger.plan(id).await.unwrap().unwrap().summary.state
}

pub(crate) async fn a_plan_is_kept_as_it_was_made(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let made = plan(&["01234567", "01234568"]);
    let id = ledger.keep_plan(&made, &maker(), minute(0)).await.unwrap();
    assert_eq!(id.to_string().parse(), Ok(id));
    let text = id.to_string();
    let other = ledger.keep_plan(&Plan::empty(PlanKind::Priorities, 1), &maker(), minute(0)).await.unwrap();
    let named = async |part: &str| ledger.plans_named(part, 9).await.unwrap();
    assert_eq!(named(text.get(..8).unwrap()).await, [other, id], "of one moment: both begin so");
    assert_eq!(named(text.get(24..).unwrap()).await, [id]);
    assert_eq!(named(&text).await, [id]);
    for none in ["", "%", "_", "z", &format!("{text}0"), &text.to_uppercase()] {
        assert_eq!(named(none).await, [], "{none:?}");
    }
    assert_eq!(ledger.plans_named(text.get(..8).unwrap(), 1).await.unwrap(), [other]);
    let kept = ledger.plan(id).await.unwrap().unwrap();
    let summary = &kept.summary;
    assert_eq!(
        (summary.kind, summary.state, summary.seed),
        (PlanKind::Cards, PlanState::Released, made.seed)
    );
    assert_eq!((summary.made_at, summary.made_by.as_str()), (minute(0), "the schedule"));
    assert_eq!((summary.steps, summary.ended, summary.trouble), (7, 0, 0));
    assert_eq!(summary.left_out, made.left_out);
    let effects: Vec<Effect> = kept.steps.iter().map(|step| step.effect.clone()).collect();
    let expected: Vec<Effect> = made.items.iter().flat_map(|item| item.steps.clone()).collect();
    // PostgreSQL cannot keep NUL: JSON writes it as an escape, so it comes back all the same.
    assert_eq!(effects, expected);
    let numbers: Vec<_> = kept.steps.iter().map(|step| (step.place.seq, step.item, step.last)).collect();
    assert_eq!(
        numbers,
        [
            (1, 1, false),
            (2, 1, false),
            (3, 1, false),
            (4, 2, false),
            (5, 2, false),
            (6, 2, false),
            (7, 3, true)
        ]
    );
    assert_eq!(kept.steps[3].subject, case("01234568"));
    assert_eq!(ledger.unfinished(PlanKind::Cards).await.unwrap(), [id]);
    assert!(ledger.unfinished(PlanKind::Tags).await.unwrap().is_empty());
    let empty = ledger.keep_plan(&Plan::empty(PlanKind::Tags, 0), &maker(), minute(0)).await.unwrap();
    assert_eq!(ledger.finish_plan(empty, minute(1)).await.unwrap(), PlanState::Done);
}

pub(crate) async fn a_step_is_written_down_before_and_after(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let id = ledger.keep_plan(&plan(&["01234567"]), &maker(), minute(0)).await.unwrap();
    let steps = ledger.steps_of(id).await.unwrap();
    let (first, at) = (&steps[0], writer("run-1"));
    assert!(ledger.begin_step(&first.place, &json!({ "newest": "A-1" }), &at, minute(1)).await.unwrap());
    let begun = ledger.step(&first.place).await.unwrap().unwrap();
    assert_eq!((begun.state, begun.attempts, begun.begun_at), (StepState::Begun, 1, Some(minute(1))));
    assert_eq!(begun.before, json!({ "newest": "A-1" }));

    ledger.put_back_step(&first.place, "HTTP 503").await.unwrap();
    let back = ledger.step(&first.place).await.unwrap().unwrap();
    assert_eq!((back.state, back.error.as_deref()), (StepState::Planned, Some("HTTP 503")));
    assert!(ledger.begin_step(&first.place, &Value::Null, &writer("run-2"), minute(2)).await.unwrap());
    ledger.note_step(&first.place, "timed out").await.unwrap();
    ledger.give_up_step(&first.place, minute(2)).await.unwrap();
    let noted = ledger.step(&first.place).await.unwrap().unwrap();
    assert_eq!((noted.state, noted.given_up_at), (StepState::Begun, Some(minute(2))));
    assert!(ledger.begin_step(&first.place, &Value::Null, &writer("run-2"), minute(2)).await.unwrap());
    assert_eq!(ledger.step(&first.place).await.unwrap().unwrap().given_up_at, None, "begun anew");
    let done = StepEnd::done(json!({ "key": "A-2" }));
    assert!(ledger.end_step(first, &done, &writer("run-2"), minute(3)).await.unwrap());
    assert!(!ledger.end_step(first, &done, &writer("run-3"), minute(4)).await.unwrap(), "it has ended");
    assert!(!ledger.begin_step(&first.place, &Value::Null, &at, minute(5)).await.unwrap(), "and stays so");
    let ended = ledger.step(&first.place).await.unwrap().unwrap();
    assert_eq!((ended.state, ended.attempts, ended.wrote), (StepState::Done, 3, true));
    assert_eq!((ended.ended_at, ended.run.as_deref()), (Some(minute(3)), Some("run-2")));
    assert_eq!((ended.error, ended.after), (None, json!({ "key": "A-2" })));

    // What was so already, and what was skipped, is no write.
    assert!(ledger.end_step(&steps[2], &StepEnd::so_already(Value::Null), &at, minute(6)).await.unwrap());
    assert!(ledger.end_step(&steps[3], &StepEnd::skipped("none"), &at, minute(6)).await.unwrap());
    assert_eq!(ledger.finish_plan(id, minute(7)).await.unwrap(), PlanState::Released, "one step is open");
    assert!(ledger.end_step(&steps[1], &StepEnd::doubtful("cut off"), &at, minute(7)).await.unwrap());
    assert_eq!(ledger.finish_plan(id, minute(8)).await.unwrap(), PlanState::Partial);
    let log = ledger.audit_entries(&AuditFilter::default(), 10).await.unwrap();
    let told: Vec<_> = log.iter().map(|entry| (entry.object.as_str(), entry.outcome.as_str())).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], ("case 01234567: post to Slack channel C1", "failed"));
    assert!(told[1].0.starts_with("case 01234567: make the card"), "{told:?}");
    assert_eq!((log[1].action.as_str(), log[1].via.as_str()), ("upstream.write", "task"));
    assert_eq!((&log[1].detail["run"], &log[1].detail["after"]["key"]), (&json!("run-2"), &json!("A-2")));
    assert_eq!(log[0].detail["doubt"], "cut off");
}

pub(crate) async fn a_person_decides_about_a_held_plan(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let held = Plan { held: Some("11 are more than 10".into()), ..plan(&["1"]) };
    let keep = async || ledger.keep_plan(&held, &maker(), minute(0)).await.unwrap();
    let (first, second, third) = (keep().await, keep().await, keep().await);
    assert_eq!(state(&ledger, first).await, PlanState::Held);
    assert!(ledger.unfinished(PlanKind::Cards).await.unwrap().is_empty());
    assert!(ledger.decide_plan(first, PlanDecision::Release, &ann(), minute(1)).await.unwrap());
    assert!(!ledger.decide_plan(first, PlanDecision::Reject, &ann(), minute(2)).await.unwrap(), "too late");
    assert!(ledger.decide_plan(second, PlanDecision::Reject, &ann(), minute(2)).await.unwrap());
    assert_eq!(ledger.unfinished(PlanKind::Cards).await.unwrap(), [first]);
    assert!(
        ledger.decide_plan(second, PlanDecision::Release, &ann(), minute(3)).await.unwrap(),
        "on second thought"
    );
    let instead = Instead { held: vec![third], steps: Vec::new() };
    let superseded = ledger.keep_instead(&instead, &[], &maker(), minute(3)).await.unwrap();
    assert_eq!(superseded, Some(Vec::new()));
    assert!(!ledger.decide_plan(third, PlanDecision::Release, &ann(), minute(4)).await.unwrap());
    let kept = ledger.plan(first).await.unwrap().unwrap().summary;
    assert_eq!((kept.decided_by.as_deref(), kept.decided_at), (Some("ann"), Some(minute(1))));
    assert_eq!(kept.held.as_deref(), Some("11 are more than 10"));
    let log = ledger.audit_entries(&AuditFilter::default(), 10).await.unwrap();
    assert_eq!(log.len(), 3);
    assert!(log.iter().all(|entry| entry.action == "plan.decide" && entry.actor == "ann"));
    let filter = PlanFilter { states: vec![PlanState::Released], ..PlanFilter::default() };
    let ids = async |filter: &PlanFilter, limit| -> Vec<PlanId> {
        ledger.plans(filter, limit).await.unwrap().iter().map(|plan| plan.id).collect()
    };
    assert_eq!(ids(&filter, 10).await, [second, first], "newest first");
    assert_eq!(ids(&PlanFilter { before: Some(second), ..filter }, 10).await, [first]);
    assert_eq!(ids(&PlanFilter::default(), 2).await, [third, second]);
}

pub(crate) async fn writes_are_found_by_what_they_are_about(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let first = ledger.keep_plan(&plan(&["01234567", "01234568"]), &maker(), minute(0)).await.unwrap();
    let second = ledger.keep_plan(&plan(&["01234567"]), &maker(), minute(1)).await.unwrap();
    let about = ledger.steps_about(&[case("01234567")], 100).await.unwrap();
    let plans: Vec<_> = about.iter().map(|step| step.place.plan).collect();
    assert_eq!(plans, [second, second, second, first, first, first]);
    let key: CardKey = "A-1".parse().unwrap();
    assert!(ledger.steps_about(&[Subject::Issue(key)], 100).await.unwrap().is_empty());
    assert!(ledger.steps_about(&[], 100).await.unwrap().is_empty());
    let standing = ledger.standing(PlanKind::Cards, &[case("01234568"), case("01234567")]).await.unwrap();
    assert_eq!(standing.len(), 9);
    assert!(standing.iter().all(|step| step.plan_state == PlanState::Released));
    assert!(ledger.standing(PlanKind::Tags, &[case("01234568")]).await.unwrap().is_empty());

    // The journal has what was begun: here, every message.
    for plan in [first, second] {
        for step in ledger.steps_of(plan).await.unwrap().iter().filter(|step| step.effect.is_delivery()) {
            ledger.begin_step(&step.place, &Value::Null, &writer("run-9"), minute(2)).await.unwrap();
        }
    }
    let mut seen = Vec::new();
    let mut filter = JournalFilter { deliveries: true, ..JournalFilter::default() };
    loop {
        let page = ledger.journal(&filter, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.before = last.journal_place();
        seen.extend(page);
    }
    assert_eq!(seen.len(), 5, "three posts and two letters");
    assert!(seen.iter().all(|step| step.effect.is_delivery()));
    let deliveries = || JournalFilter { deliveries: true, ..JournalFilter::default() };
    let mails = JournalFilter { service: Some(Service::Mail), ..deliveries() };
    assert_eq!(ledger.journal(&mails, 10).await.unwrap().len(), 2);
    let failed = JournalFilter { states: vec![StepState::Failed], ..deliveries() };
    assert!(ledger.journal(&failed, 10).await.unwrap().is_empty());
    assert_eq!(ledger.steps_of_run("run-9").await.unwrap().len(), 5);
}

pub(crate) async fn a_person_has_a_step_done_again(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let id = ledger.keep_plan(&plan(&[]), &maker(), minute(0)).await.unwrap();
    let step = ledger.steps_of(id).await.unwrap().remove(0);
    assert!(!ledger.again_step(&step.place, &ann(), minute(1)).await.unwrap(), "it has not ended");
    ledger.begin_step(&step.place, &Value::Null, &writer("run-1"), minute(1)).await.unwrap();
    assert!(ledger.end_step(&step, &StepEnd::failed("550"), &writer("run-1"), minute(2)).await.unwrap());
    assert_eq!(ledger.finish_plan(id, minute(2)).await.unwrap(), PlanState::Partial);
    assert!(ledger.again_step(&step.place, &ann(), minute(3)).await.unwrap());
    assert_eq!(ledger.unfinished(PlanKind::Cards).await.unwrap(), [id]);
    assert_eq!(ledger.step(&step.place).await.unwrap().unwrap().state, StepState::Planned);
    let unknown = StepPlace { plan: id, seq: 99 };
    assert!(!ledger.again_step(&unknown, &ann(), minute(3)).await.unwrap());
}

pub(crate) async fn what_was_skipped_because_of_it_is_done_again_with_it(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let letter = |numbers: &[&str]| {
        let told = |number: &&str| LetterCase {
            case: number.parse().unwrap(),
            account: "a".into(),
            severity: "High".into(),
            problem: "it hangs".into(),
            assignee: None,
            reopened: false,
        };
        LetterKind::NewCards { cases: numbers.iter().map(told).collect() }
    };
    let mut made = plan(&["01234567", "01234568"]);
    let reply = Effect::SlackReply { channel: "C1".into(), text: "more".into() };
    made.items[0].steps.push(reply);
    let (to, subject) = (vec!["team@example.com".to_owned()], "New cards".to_owned());
    let letter = |numbers: &[&str]| {
        let letter = letter(numbers);
        Effect::Mail { letter, to: to.clone(), subject: subject.clone(), draft: None }
    };
    made.items[2].steps = vec![letter(&["01234567", "01234568"])];
    let id = ledger.keep_plan(&made, &maker(), minute(0)).await.unwrap();
    let steps = ledger.steps_of(id).await.unwrap();
    let (run, skipped) = (writer("run-1"), StepEnd::skipped("it needs another one"));
    let ends = [
        StepEnd::failed("400"),
        skipped.clone(),
        // Not because of the card.
        StepEnd::done(Value::Null),
        skipped.clone(),
        StepEnd::done(json!({ "key": "A-2" })),
        skipped.clone(),
        skipped.clone(),
        StepEnd::skipped("there is nothing to tell"),
    ];
    let end = async |step: &StepRecord, end: &StepEnd| {
        ledger.begin_step(&step.place, &Value::Null, &run, minute(1)).await.unwrap();
        assert!(ledger.end_step(step, end, &run, minute(1)).await.unwrap());
    };
    for (step, how) in steps.iter().zip(&ends) {
        end(step, how).await;
    }
    ledger.finish_plan(id, minute(1)).await.unwrap();
    let open = async || {
        let steps = ledger.steps_of(id).await.unwrap();
        steps.into_iter().filter(|step| !step.state.is_final()).collect::<Vec<_>>()
    };
    let numbers = async || open().await.iter().map(|step| step.place.seq).collect::<Vec<_>>();
    assert!(ledger.again_step(&steps[0].place, &ann(), minute(2)).await.unwrap());
    assert_eq!(numbers().await, [1, 2, 4, 8], "the card, its message and the answer to that, the letter");
    assert!(open().await.iter().all(|step| step.state == StepState::Planned && step.attempts == 0));
    let log = ledger.audit_entries(&AuditFilter::default(), 1).await.unwrap();
    assert_eq!(log[0].detail["with"], json!([2, 4, 8]));

    // A letter that went out without the card: another one, and only one, tells of it.
    for step in open().await {
        let how = if step.place.seq == 8 { StepEnd::done(Value::Null) } else { ends[0].clone() };
        end(&step, &how).await;
    }
    for _ in 0..2 {
        assert!(ledger.again_step(&steps[0].place, &ann(), minute(3)).await.unwrap());
        let open = open().await;
        let more = open.last().unwrap();
        assert_eq!((open.len(), more.place.seq, more.item, more.last), (2, 9, 4, true));
        assert_eq!(more.effect, letter(&["01234567"]));
        end(&open[0], &ends[0]).await;
        end(more, &skipped).await;
    }

    // What is in doubt and can be looked at is looked for from where it was begun; a message is sent again.
    assert!(ledger.again_step(&steps[0].place, &ann(), minute(4)).await.unwrap());
    assert!(ledger.again_step(&steps[1].place, &ann(), minute(4)).await.unwrap());
    let newest = json!({ "newest": "A-7" });
    for step in &steps[..2] {
        ledger.begin_step(&step.place, &newest, &run, minute(5)).await.unwrap();
        ledger.give_up_step(&step.place, minute(6)).await.unwrap();
        assert!(ledger.end_step(step, &StepEnd::doubtful("cut off"), &run, minute(7)).await.unwrap());
        assert!(ledger.again_step(&step.place, &ann(), minute(8)).await.unwrap());
    }
    let (card, post) = (ledger.step(&steps[0].place), ledger.step(&steps[1].place));
    let (card, post) = (card.await.unwrap().unwrap(), post.await.unwrap().unwrap());
    assert_eq!((card.state, &card.before, card.attempts), (StepState::Begun, &newest, 0));
    assert_eq!((card.begun_at, card.given_up_at), (Some(minute(5)), Some(minute(6))));
    assert_eq!((card.ended_at, post.state, post.begun_at), (None, StepState::Planned, None));
}

pub(crate) async fn a_plan_does_not_end_while_a_step_is_opened_again(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let id = ledger.keep_plan(&plan(&[]), &maker(), minute(0)).await.unwrap();
    let step = ledger.steps_of(id).await.unwrap().remove(0);
    assert!(ledger.end_step(&step, &StepEnd::failed("550"), &writer("r"), minute(1)).await.unwrap());
    // Somebody else is about to open the step: they have the plan, and are not done yet.
    let mut other = ledger.begin_write().await.unwrap();
    let released = "UPDATE write_plans SET state = 'released', finished_at = NULL WHERE id = $1";
    other.execute(released, &[(&id.to_string()).into()]).await.unwrap();
    let opened = "UPDATE write_steps SET state = 'planned', ended_at = NULL WHERE plan_id = $1";
    other.execute(opened, &[(&id.to_string()).into()]).await.unwrap();
    let ending = {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.finish_plan(id, minute(2)).await.unwrap() })
    };
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    other.commit().await.unwrap();
    assert_eq!(ending.await.unwrap(), PlanState::Released, "a step of it is planned");
    assert_eq!(ledger.unfinished(PlanKind::Cards).await.unwrap(), [id]);
}

pub(crate) async fn what_is_opened_again_is_not_forgotten(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let id = ledger.keep_plan(&plan(&[]), &maker(), minute(0)).await.unwrap();
    let step = ledger.steps_of(id).await.unwrap().remove(0);
    assert!(ledger.end_step(&step, &StepEnd::failed("550"), &writer("r"), minute(0)).await.unwrap());
    assert_eq!(ledger.finish_plan(id, minute(0)).await.unwrap(), PlanState::Partial);
    let mut other = ledger.begin_write().await.unwrap();
    let released = "UPDATE write_plans SET state = 'released', finished_at = NULL WHERE id = $1";
    other.execute(released, &[(&id.to_string()).into()]).await.unwrap();
    let forgetting = {
        let ledger = ledger.clone();
        let hour = std::time::Duration::from_hours(1);
        let retention = AccessRetention { ended: hour, audit: hour * 100, writes: hour };
        tokio::spawn(async move { ledger.prune_access(retention, minute(120)).await.unwrap() })
    };
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    other.commit().await.unwrap();
    assert_eq!(forgetting.await.unwrap(), 0);
    assert_eq!(ledger.steps_of(id).await.unwrap().len(), 1, "it has its step still");
}

pub(crate) async fn a_plan_comes_in_the_place_of_what_waits_or_not_at_all(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let held = Plan { held: Some("too many".into()), ..plan(&["1"]) };
    let keep = async || ledger.keep_plan(&held, &maker(), minute(0)).await.unwrap();
    let (first, second) = (keep().await, keep().await);
    let open = ledger.keep_plan(&plan(&["1", "2"]), &maker(), minute(0)).await.unwrap();
    let steps = ledger.steps_of(open).await.unwrap();
    assert!(ledger.decide_plan(second, PlanDecision::Release, &ann(), minute(1)).await.unwrap());
    let place = |at: usize| steps[at].place.clone();
    let (one, both) = (plan(&["1"]), vec![first, second]);
    let instead = async |held: Vec<PlanId>, steps: Vec<StepPlace>| {
        let instead = Instead { held, steps };
        ledger.keep_instead(&instead, &[&one, &held_plan()], &maker(), minute(2)).await.unwrap()
    };
    assert_eq!(instead(both, vec![place(0)]).await, None, "one of them was released meanwhile");
    ledger.begin_step(&place(5), &Value::Null, &writer("r"), minute(1)).await.unwrap();
    assert_eq!(instead(vec![first], vec![place(5)]).await, None, "it was begun meanwhile");
    assert_eq!(state(&ledger, first).await, PlanState::Held, "nothing of it happened");
    assert_eq!(ledger.plans(&PlanFilter::default(), 10).await.unwrap().len(), 3);

    let kept = instead(vec![first], vec![place(0), place(1)]).await.unwrap();
    assert_eq!(state(&ledger, first).await, PlanState::Superseded);
    assert_eq!(
        (state(&ledger, kept[0]).await, state(&ledger, kept[1]).await),
        (PlanState::Released, PlanState::Held)
    );
    let now = ledger.steps_of(open).await.unwrap();
    assert_eq!(
        (now[0].state, now[2].state, now[6].state),
        (StepState::Skipped, StepState::Planned, StepState::Planned)
    );
    // Of a plan of which nothing is left, nothing is told.
    let rest = (2..5).map(place).collect();
    instead(Vec::new(), rest).await.unwrap();
    assert!(ledger.end_step(&now[5], &StepEnd::skipped("moved"), &writer("r"), minute(3)).await.unwrap());
    assert_eq!(ledger.steps_of(open).await.unwrap()[6].state, StepState::Planned, "one was open then");
    let other = ledger.keep_plan(&plan(&["3"]), &maker(), minute(4)).await.unwrap();
    let all = ledger.steps_of(other).await.unwrap();
    instead(Vec::new(), all[..3].iter().map(|step| step.place.clone()).collect()).await.unwrap();
    assert_eq!(ledger.finish_plan(other, minute(5)).await.unwrap(), PlanState::Done);
}

fn held_plan() -> Plan {
    Plan { held: Some("too many".into()), ..plan(&["2"]) }
}

pub(crate) async fn who_lost_the_lock_writes_no_step(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let lock = "INSERT INTO run_locks (name, fence, run) VALUES ('cards', 2, 'r')";
    ledger.db().await.unwrap().execute(lock, &[]).await.unwrap();
    let under = |token| ledger.under(Some(Fence { lock: "cards".into(), token }));
    let id = under(2).keep_plan(&plan(&["1"]), &maker(), minute(0)).await.unwrap();
    let step = ledger.steps_of(id).await.unwrap().remove(0);
    let lost = under(1);
    let refused = [
        lost.keep_plan(&plan(&["1"]), &maker(), minute(0)).await.map(drop),
        lost.begin_step(&step.place, &Value::Null, &writer("r"), minute(1)).await.map(drop),
        lost.end_step(&step, &StepEnd::done(Value::Null), &writer("r"), minute(1)).await.map(drop),
        lost.put_back_step(&step.place, "x").await,
        lost.give_up_step(&step.place, minute(1)).await,
        lost.finish_plan(id, minute(1)).await.map(drop),
    ];
    assert!(refused.iter().all(|one| matches!(one, Err(StoreError::Fenced { .. }))), "{refused:?}");
    assert_eq!(ledger.step(&step.place).await.unwrap().unwrap(), step, "nothing changed");
}

pub(crate) async fn old_plans_are_forgotten(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let ended = ledger.keep_plan(&Plan::empty(PlanKind::Cards, 1), &maker(), minute(0)).await.unwrap();
    let open = ledger.keep_plan(&plan(&["1"]), &maker(), minute(0)).await.unwrap();
    ledger.finish_plan(ended, minute(0)).await.unwrap();
    let hour = std::time::Duration::from_hours(1);
    let retention = AccessRetention { ended: hour, audit: hour, writes: hour };
    assert_eq!(ledger.prune_access(retention, minute(59)).await.unwrap(), 0);
    assert_eq!(ledger.prune_access(retention, minute(61)).await.unwrap(), 1);
    assert!(ledger.plan(ended).await.unwrap().is_none());
    assert!(ledger.plan(open).await.unwrap().is_some(), "what is not over stays");
}

pub(crate) async fn the_journal_is_read_by_time_and_counted(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let first = ledger.keep_plan(&plan(&["01234567", "01234568"]), &maker(), minute(0)).await.unwrap();
    let second = ledger.keep_plan(&plan(&["01234567"]), &maker(), minute(0)).await.unwrap();
    let held = Plan { held: Some("too many".into()), ..plan(&["7"]) };
    ledger.keep_plan(&held, &maker(), minute(0)).await.unwrap();
    assert!(ledger.journal(&JournalFilter::default(), 10).await.unwrap().is_empty(), "nothing was begun");
    // Plans need not be done in the order in which they were made.
    let (one, other) = (ledger.steps_of(first).await.unwrap(), ledger.steps_of(second).await.unwrap());
    let done = StepEnd::done(json!({ "key": "A-1" }));
    let ends = [
        (&other[0], done.clone(), 1),
        (&one[0], done.clone(), 2),
        (&one[1], StepEnd::doubtful("cut off"), 2),
        (&other[1], StepEnd::failed("550"), 3),
        (&one[6], done, 4),
    ];
    for (step, end, at) in &ends {
        ledger.begin_step(&step.place, &Value::Null, &writer("r"), minute(*at)).await.unwrap();
        assert!(ledger.end_step(step, end, &writer("r"), minute(*at)).await.unwrap());
    }
    ledger.begin_step(&one[2].place, &Value::Null, &writer("r"), minute(5)).await.unwrap();
    let list = async |filter: &JournalFilter, limit| ledger.journal(filter, limit).await.unwrap();
    let all = list(&JournalFilter::default(), 10).await;
    let times: Vec<_> = all.iter().map(|step| step.at().unwrap()).collect();
    assert_eq!(times, [minute(5), minute(4), minute(3), minute(2), minute(2), minute(1)]);
    assert_eq!((all[3].place.seq, all[4].place.seq), (2, 1), "of one moment the later step first");

    let (mut filter, mut seen) = (JournalFilter::default(), Vec::new());
    loop {
        let page = list(&filter, 2).await;
        let Some(last) = page.last() else { break };
        filter.before = last.journal_place();
        seen.extend(page);
    }
    assert_eq!(seen, all, "pages are the list");
    let found = async |filter: JournalFilter| list(&filter, 10).await.len();
    let usual = JournalFilter::default;
    assert_eq!(found(JournalFilter { service: Some(Service::Slack), ..usual() }).await, 2);
    assert_eq!(found(JournalFilter { deliveries: true, ..usual() }).await, 3);
    assert_eq!(found(JournalFilter { states: vec![StepState::Done], ..usual() }).await, 3);
    let two = vec![StepState::Doubtful, StepState::Failed];
    let about = Some(vec![case("01234567"), case("99")]);
    assert_eq!(found(JournalFilter { states: two, subjects: about.clone(), ..usual() }).await, 2);
    assert_eq!(found(JournalFilter { subjects: Some(vec![]), ..usual() }).await, 0, "about nothing");
    let span = JournalFilter { from: Some(minute(2)), until: Some(minute(4)), ..usual() };
    assert_eq!(found(span).await, 3);

    let counts = ledger.journal_counts().await.unwrap();
    assert_eq!(counts.plans, [("held", 1), ("released", 2)].into());
    assert_eq!(counts.steps.get(&("slack", "doubtful")), Some(&1));
    assert_eq!(counts.steps.values().sum::<u64>(), 15);
    let trouble = ledger.journal_trouble(minute(0)).await.unwrap();
    assert_eq!(trouble, JournalTrouble { held: 1, doubtful: 1, failed: 1 });
    let late = ledger.journal_trouble(minute(3)).await.unwrap();
    assert_eq!(late, JournalTrouble { held: 1, doubtful: 0, failed: 1 });
}
