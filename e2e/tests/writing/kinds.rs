//! Every kind of effect has its crash points: the list of kinds is the product's own, so that a new kind without a point
//! does not compile. Each is played in five ways; the kinds that `matrix` plays for new cases are named here and played
//! there. In the end each effect has happened once.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use t5g_model::writing::EffectKind;

use crate::matrix;
use crate::stage::{Stage, TASK};

/// Where a kind of effect comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scene {
    /// A new case; all its ways are in `matrix`.
    Matrix,
    /// An earlier card is opened again: in `matrix` too.
    Reopening,
    /// A new case.
    New,
    /// A new case whose card Jira refuses.
    Refused,
    /// The step of that kind of a plan for a new case is taken back.
    Undo(EffectKind),
    /// `priority_sync`.
    Priorities,
    /// `tag_bz`.
    Tags,
    /// In `durable`, since it needs a ledger that can be made to fail.
    Durable,
}

/// Where a kind is played, and the request that brings it about, with a text in it.
const fn point(kind: EffectKind) -> (Scene, &'static str, &'static str) {
    const EDIT: &str = "PUT /jira/rest/api/2/issue/*";
    const POST: &str = "POST /slack/api/chat.postMessage";
    match kind {
        EffectKind::AddWatcher => (Scene::Matrix, "POST /portal/hydra/rest/v1/cases/*/notifiedusers", ""),
        EffectKind::CreateCard => (Scene::Matrix, "POST /jira/rest/api/3/issue", ""),
        EffectKind::EnterSprint => (Scene::Matrix, "POST /jira/rest/agile/1.0/sprint/*/issue", ""),
        EffectKind::Transition => (Scene::Matrix, "POST /jira/rest/api/3/issue/*/transitions", ""),
        EffectKind::SetLink => (Scene::Matrix, "POST /jira/rest/api/3/issue/*/remotelink", ""),
        EffectKind::SlackPost => (Scene::Matrix, POST, ""),
        EffectKind::Mail => (Scene::Matrix, "SMTP /smtp/end", ""),
        EffectKind::Comment => (Scene::Reopening, "POST /jira/rest/api/3/issue/*/comment", ""),
        EffectKind::SlackReply => (Scene::New, POST, "thread_ts"),
        EffectKind::SlackFailures => (Scene::Refused, POST, "failed:"),
        EffectKind::RemoveWatcher => {
            (Scene::Undo(EffectKind::AddWatcher), "DELETE /portal/hydra/rest/v1/cases/*/notifiedusers/*", "")
        }
        EffectKind::LeaveSprint => {
            (Scene::Undo(EffectKind::EnterSprint), "POST /jira/rest/agile/1.0/backlog/issue", "")
        }
        EffectKind::RemoveLink => {
            (Scene::Undo(EffectKind::SetLink), "DELETE /jira/rest/api/3/issue/*/remotelink", "")
        }
        EffectKind::Assign => {
            (Scene::Undo(EffectKind::CreateCard), "PUT /jira/rest/api/3/issue/*/assignee", "")
        }
        EffectKind::SetPriority => (Scene::Priorities, EDIT, ""),
        EffectKind::SetKeywords => (Scene::Tags, EDIT, ""),
        EffectKind::SetWhiteboard => (Scene::Tags, "PUT /bugzilla/rest/bug/*", ""),
        EffectKind::KeepCard => (Scene::Durable, "GET /jira/rest/api/3/issue/*", "renderedFields"),
    }
}

fn kinds(wanted: impl Fn(Scene) -> bool) -> impl Iterator<Item = EffectKind> {
    EffectKind::ALL.iter().copied().filter(move |kind| wanted(point(*kind).0))
}

/// What goes wrong at a point.
#[derive(Debug, Clone)]
struct Way {
    fault: Value,
    after_effect: bool,
    killed: bool,
}

impl Way {
    fn rule(&self, kind: EffectKind) -> Value {
        let (_, route, holds) = point(kind);
        json!({ "route": route, "holds": holds, "fault": self.fault, "after_effect": self.after_effect, "nth": [1] })
    }
}

#[test]
fn every_kind_that_the_matrix_plays_is_in_its_list() {
    let played: BTreeSet<&str> = kinds(|scene| scene == Scene::Matrix).map(|kind| point(kind).1).collect();
    assert_eq!(played, BTreeSet::from(matrix::WRITES));
    assert!(kinds(|scene| scene == Scene::Reopening).all(|kind| matrix::REOPENING.contains(&point(kind).1)));
}

/// Plays a run of a task whose fault hits so often; what its plans came to.
async fn play(stage: &mut Stage, task: &str, arguments: &str, way: &Way, hits: u64) -> Result<Vec<Value>> {
    stage.mark().await?;
    stage.hire()?;
    let run = stage.start_of(task, arguments).await?;
    stage.wait_for_hits(hits).await?;
    if way.killed {
        stage.kill_all().await?;
        stage.world.no_faults().await?;
        stage.hire()?;
    }
    let result = stage.end_of(task, arguments, &run).await?;
    stage.kill_all().await?;
    stage.world.no_faults().await?;
    let mut steps = Vec::new();
    for plan in result["plans"].as_array().into_iter().flatten() {
        let id = plan["plan"].as_str().context("a plan without an id")?;
        let shown: Value = serde_json::from_str(&stage.command(&["journal", "show", id, "--json"]).await?)?;
        steps.extend(shown["steps"].as_array().cloned().unwrap_or_default());
    }
    Ok(steps)
}

/// Each step of these that was done is one deed, no other deed was done, and none of them twice. Messages are looked at
/// by themselves, and our own documents have no journal upstream.
async fn each_once(stage: &Stage, steps: &[Value], kind: EffectKind) -> Result<()> {
    let quiet = |deed: &&String| !deed.starts_with("post ") && !deed.starts_with("mail ");
    let deeds = stage.deeds().await?;
    let wrote: Vec<&Value> = steps
        .iter()
        .filter(|step| step["state"] == "done" && step["wrote"] == true)
        .filter(|step| step["delivery"] == false && step["service"] != "documents")
        .collect();
    for (deed, count) in &deeds {
        ensure!(*count == 1, "{deed} happened {count} times");
    }
    let done = deeds.keys().filter(quiet).count();
    ensure!(done == wrote.len(), "{done} deeds for {} steps: {deeds:#?} {wrote:#?}", wrote.len());
    for step in steps {
        let told = step["delivery"] == true;
        let well = match step["state"].as_str() {
            Some("done") => true,
            // Skipped: an answer to a message in doubt, or nothing to tell.
            Some("doubtful" | "skipped") => told,
            _ => false,
        };
        ensure!(well, "{step:#}");
    }
    ensure!(steps.iter().any(|step| step["effect"]["do"] == kind.word()), "no step is a {}", kind.word());
    Ok(())
}

async fn all_kinds(way: Way) -> Result<()> {
    let mut stage = Stage::new(7, 60, &[("T5G_BUGZILLA_TIMEOUT", "1s".to_owned())]).await?;
    new_and_refused(&mut stage, &way).await?;
    undone(&mut stage, &way).await?;
    stage.command(&["sync", "details", "bugs", "issues"]).await?;
    for (scene, task) in [(Scene::Priorities, "priority_sync"), (Scene::Tags, "tag_bz")] {
        let here: Vec<EffectKind> = kinds(|one| one == scene).collect();
        let rules: Vec<Value> = here.iter().map(|kind| way.rule(*kind)).collect();
        stage.world.control("faults", &json!(rules)).await?;
        let hits = u64::try_from(here.len())?;
        let steps = play(&mut stage, task, "", &way, hits).await.with_context(|| format!("{here:?}"))?;
        for kind in here {
            each_once(&stage, &steps, kind).await.with_context(|| format!("{kind:?}, {way:?}"))?;
        }
        let letters = stage.deeds().await?.into_keys().filter(|deed| deed.starts_with("mail ")).count();
        ensure!(letters == usize::from(scene == Scene::Tags), "{letters} letters of {task}");
        println!("{task}: each effect once, {way:?}");
    }
    Ok(())
}

/// New cases: the answer in the thread; then a card that Jira refuses, of which the low channel is told.
async fn new_and_refused(stage: &mut Stage, way: &Way) -> Result<()> {
    for kind in kinds(|scene| scene == Scene::New) {
        let new = stage.new_cases(24).await?;
        stage.world.control("faults", &way.rule(kind)).await?;
        let steps = play(stage, TASK, "", way, 1).await.with_context(|| format!("{kind:?}"))?;
        each_once(stage, &steps, kind).await.with_context(|| format!("{kind:?}, {way:?}"))?;
        stage.verify(&new).await.with_context(|| format!("{kind:?}, {way:?}"))?;
        println!("{kind:?}: each effect once, {way:?}");
    }
    for kind in kinds(|scene| scene == Scene::Refused) {
        stage.new_cases(24).await?;
        let refused = json!({ "kind": "status", "status": 400 });
        let refused = json!({ "route": point(EffectKind::CreateCard).1, "fault": refused, "nth": [1] });
        stage.world.control("faults", &json!([refused, way.rule(kind)])).await?;
        let steps = play(stage, TASK, "", way, 2).await.with_context(|| format!("{kind:?}"))?;
        let failed: Vec<&Value> = steps.iter().filter(|step| step["state"] == "failed").collect();
        ensure!(failed.len() == 1, "{failed:#?}");
        let others: Vec<Value> =
            steps.iter().filter(|step| step["item"] != failed[0]["item"]).cloned().collect();
        let mut own: Vec<Value> =
            steps.iter().filter(|step| step["item"] == failed[0]["item"]).cloned().collect();
        own.retain(|step| !matches!(step["state"].as_str(), Some("failed" | "skipped")));
        each_once(stage, &[own, others].concat(), kind)
            .await
            .with_context(|| format!("{kind:?}, {way:?}"))?;
        stage.verify_told(&BTreeSet::new()).await?;
        println!("{kind:?}: each effect once, {way:?}");
    }
    Ok(())
}

/// The steps of a plan for new cases are taken back, one of each kind.
async fn undone(stage: &mut Stage, way: &Way) -> Result<()> {
    let listed = stage.command(&["journal", "list", "--json", "--rows", "500"]).await?;
    let steps: Vec<Value> = serde_json::from_str(&listed)?;
    let mut of: BTreeMap<&str, &Value> = BTreeMap::new();
    for step in &steps {
        let owned = step["effect"]["do"] != "create_card" || step["effect"]["draft"]["assignee"].is_object();
        if step["kind"] == "cards" && step["state"] == "done" && step["wrote"] == true && owned {
            of.insert(step["effect"]["do"].as_str().unwrap_or_default(), step);
        }
    }
    for kind in EffectKind::ALL.iter().copied() {
        let Scene::Undo(undone) = point(kind).0 else { continue };
        let step = of.get(undone.word()).with_context(|| format!("no step did {}", undone.word()))?;
        let arguments = json!({ "plan": step["plan"], "seq": step["seq"] }).to_string();
        stage.world.control("faults", &way.rule(kind)).await?;
        let steps = play(stage, "undo", &arguments, way, 1).await.with_context(|| format!("{kind:?}"))?;
        each_once(stage, &steps, kind).await.with_context(|| format!("{kind:?}, {way:?}"))?;
        ensure!(steps.len() == 1 && steps[0]["wrote"] == true, "{steps:#?}");
        println!("{kind:?}: each effect once, {way:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_killed_before_the_effect() -> Result<()> {
    all_kinds(Way { fault: matrix::held(), after_effect: false, killed: true }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_killed_after_the_effect() -> Result<()> {
    all_kinds(Way { fault: matrix::held(), after_effect: true, killed: true }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_timed_out_after_the_effect() -> Result<()> {
    all_kinds(Way { fault: json!({ "kind": "delay", "ms": 4_000 }), after_effect: true, killed: false }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_with_an_error_500_after_the_effect() -> Result<()> {
    let fault = json!({ "kind": "status", "status": 500 });
    all_kinds(Way { fault, after_effect: true, killed: false }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_cut_off_after_the_effect() -> Result<()> {
    all_kinds(Way { fault: json!({ "kind": "drop" }), after_effect: true, killed: false }).await
}
