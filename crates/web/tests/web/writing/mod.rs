//! The writing side: plans that wait and are decided about, the journal, undoing, the plan as it would be now.

mod api;
mod desk;
mod journal;
mod plan;

use async_trait::async_trait;
use serde_json::{Value, json};
use t5g_model::writing::{
    Assignee, CardDraft, CardRef, Effect, LeftOut, LetterDraft, LetterKind, Plan, PlanItem, PlanKind, Subject,
};
use t5g_queue::{RunContext, Task};
use t5g_store::ledger::{PlanId, PlanMaker, StepEnd, StepPlace, Via, Writer};
use t5g_web::samples::HOSTILE;
use t5g_web::{TaskNames, WebSettings};

use crate::access::support;
use crate::common::{TestApp, now};

/// A task that writes: gives back its plan if that is all that is wanted, else what it was started with.
pub(crate) struct Writes(pub(crate) PlanKind);

#[async_trait]
impl Task for Writes {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        if run.arguments["dry_run"] == json!(true) {
            let plan = Plan { seed: 4_711, ..plan(&["00000042"]) };
            let alarm = Plan {
                items: vec![letter("High New Case Count Detected")],
                ..Plan::empty(PlanKind::Cards, 1)
            };
            return Ok(json!({ "plan": plan, "alarm": alarm }));
        }
        Ok(json!({ "kind": self.0.as_str(), "started_with": run.arguments }))
    }
}

fn tasks() -> TaskNames {
    let by_plan = [(PlanKind::Cards, "portal2jira_sync"), (PlanKind::Undo, "undo")].into();
    TaskNames { by_plan, ..TaskNames::default() }
}

/// Nobody signs in, and tasks can write.
async fn app() -> TestApp {
    let settings = WebSettings {
        tasks: tasks(),
        jira_base: Some("https://jira.example".into()),
        ..WebSettings::default()
    };
    TestApp::with(&[], settings).await
}

/// People sign in, and tasks can write.
async fn app_with_login() -> TestApp {
    TestApp::with(&[], WebSettings { tasks: tasks(), ..support::settings() }).await
}

fn create(number: &str) -> Effect {
    let draft = CardDraft {
        project: "KNIECO".into(),
        issue_type: "Story".into(),
        component: None,
        priority: Some("Major".into()),
        labels: vec!["field".into()],
        summary: format!("{number}: {HOSTILE}"),
        description: format!("It hangs.\n{HOSTILE}"),
        tracking: Some(("customfield_10783".into(), "TRACK".into())),
        points: None,
        assignee: Some(Assignee { name: "Ada".into(), account: "a-1".into() }),
        nameless: None,
    };
    Effect::CreateCard { case: number.parse().unwrap(), draft: Box::new(draft) }
}

fn move_card() -> Effect {
    Effect::Transition { card: CardRef::Made, to: "To Do".into(), unless: vec![] }
}

fn post() -> Effect {
    Effect::SlackPost { channel: "high".into(), text: "A new case <@U1>".into(), card: Some(CardRef::Made) }
}

fn item(number: &str) -> PlanItem {
    PlanItem {
        subject: Subject::Case(number.parse().unwrap()),
        title: HOSTILE.into(),
        reason: "Ada: account contains “acme”".into(),
        last: false,
        steps: vec![create(number), move_card(), post()],
    }
}

fn letter(subject: &str) -> PlanItem {
    let text = format!("The letter {subject}.\n{HOSTILE}");
    PlanItem {
        subject: Subject::All,
        title: "one letter".into(),
        reason: String::new(),
        last: true,
        steps: vec![Effect::Mail {
            letter: LetterKind::NewCards { cases: vec![] },
            to: vec!["team@example.com".into()],
            subject: "New cards".into(),
            draft: Some(LetterDraft { subject: subject.into(), text }),
        }],
    }
}

/// Cards for these cases, and a letter.
fn plan(numbers: &[&str]) -> Plan {
    let left = LeftOut {
        subject: Subject::Case("00000099".parse().unwrap()),
        title: "old".into(),
        reason: "has a card".into(),
    };
    let letter = letter("New cards: 00000042");
    let items = numbers.iter().map(|number| item(number)).chain([letter]).collect();
    Plan { items, left_out: vec![left], ..Plan::empty(PlanKind::Cards, 7) }
}

async fn keep(app: &TestApp, plan: &Plan) -> PlanId {
    let maker = PlanMaker { name: "portal2jira_sync".into(), run: None };
    app.ledger.keep_plan(plan, &maker, now()).await.unwrap()
}

pub(crate) async fn keep_held(app: &TestApp) -> PlanId {
    keep(app, &Plan { held: Some("11 new cases are more than 10".into()), ..plan(&["00000007"]) }).await
}

/// Does a step: it was so before, and ended so.
async fn end(app: &TestApp, plan: PlanId, seq: u32, before: &Value, end: &StepEnd) {
    let writer = Writer { name: "portal2jira_sync".into(), via: Via::Task, run: Some(RUN.into()) };
    let place = StepPlace { plan, seq };
    app.ledger.begin_step(&place, before, &writer, now()).await.unwrap();
    let step = app.ledger.step(&place).await.unwrap().unwrap();
    assert!(app.ledger.end_step(&step, end, &writer, now()).await.unwrap());
}

/// A run that nobody knows.
const RUN: &str = "019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f";

/// A plan of which the card was made and moved; the post is in doubt, the letter failed.
pub(crate) async fn partly_done(app: &TestApp) -> PlanId {
    let id = keep(app, &plan(&["00000007"])).await;
    end(app, id, 1, &json!({ "newest": "KNIECO-6" }), &StepEnd::done(json!({ "key": "KNIECO-7" }))).await;
    end(app, id, 2, &json!({ "status": "New" }), &StepEnd::done(json!({ "status": "To Do" }))).await;
    end(app, id, 3, &Value::Null, &StepEnd::doubtful("the connection broke")).await;
    end(app, id, 4, &Value::Null, &StepEnd::failed(format!("550 {HOSTILE}"))).await;
    app.ledger.finish_plan(id, now()).await.unwrap();
    id
}
