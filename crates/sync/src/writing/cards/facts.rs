//! What planning of cards has to know: the cases without a card, what Jira and the journal hold of each, the sprint.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use t5g_clients::jira::jql::quote;
use t5g_clients::jira::{SearchQuery, WireIssue, WireSprint};
use t5g_model::documents::{Bugs, Case, Cases, Document, Person, read};
use t5g_model::names::{CardKey, CardStatus, CaseNumber};
use t5g_model::time;
use t5g_model::writing::{CaseToAssign, Effect, Order, PlanKind, Sprint, Subject, open_loads};
use t5g_store::ledger::{PlanId, PlanState, StepRecord, StepState};

use crate::context::SyncContext;
use crate::previous;
use crate::sources::cards::{card_status, case_in_summary};
use crate::sources::jira::person;
use crate::writing::fields::{Fields, sprints};

/// Cases that one search asks for.
const BATCH: usize = 25;

/// A card that Jira has of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::writing) struct OldCard {
    pub(in crate::writing) key: CardKey,
    /// Whether its status counts as done, as everywhere on the dashboard.
    pub(in crate::writing) over: bool,
    pub(in crate::writing) in_sprint: bool,
    /// Whose it is.
    pub(in crate::writing) holder: Option<Person>,
}

/// A case without a card in the document.
#[derive(Debug, Clone)]
pub(in crate::writing) struct NewCase {
    pub(in crate::writing) number: CaseNumber,
    pub(in crate::writing) case: Case,
    /// Its bugs' numbers.
    pub(in crate::writing) bugs: Vec<u64>,
    /// Its cards in Jira.
    pub(in crate::writing) cards: Vec<OldCard>,
    /// Whether it is so old that it may have had a card before.
    pub(in crate::writing) old: bool,
    /// Why nothing is planned about it, from the journal.
    pub(in crate::writing) standing: Option<String>,
    /// Why no card is made for it though Jira shows none: one may have been made already.
    pub(in crate::writing) doubt: Option<String>,
    /// A card that we made for it and that does not name it any more.
    pub(in crate::writing) renamed: Option<String>,
    /// The plan that took its card from the sprint, if nobody put it back since.
    pub(in crate::writing) taken_out: Option<PlanId>,
}

/// Everything that a plan is made of.
#[derive(Debug, Clone)]
pub(in crate::writing) struct CardFacts {
    /// In the order in which they were opened.
    pub(in crate::writing) cases: Vec<NewCase>,
    pub(in crate::writing) sprint: Option<Sprint>,
    pub(in crate::writing) fields: Fields,
    pub(in crate::writing) order: Order,
    /// Whether the portal knows watchers.
    pub(in crate::writing) watchers: bool,
    pub(in crate::writing) today: chrono::NaiveDate,
}

impl NewCase {
    pub(in crate::writing) fn to_assign(&self) -> CaseToAssign {
        CaseToAssign { number: self.number.clone(), account: self.case.account.clone() }
    }
}

/// Asks for all of it.
pub(in crate::writing) async fn gather(ctx: &SyncContext) -> anyhow::Result<CardFacts> {
    let cases: Cases = previous::required(&ctx.documents, Document::Cases, read::cases).await?;
    let cards = previous::required(&ctx.documents, Document::Cards, read::cards).await?;
    let bugs: Bugs = previous::optional(&ctx.documents, Document::Bugs, read::bugs).await?;
    let fields = Fields::resolve(ctx).await?;
    let sprint = active_sprint(ctx).await?;
    let order = if ctx.writing.least_work_first {
        Order::LeastWork(open_loads(&ctx.writing.team, &cards))
    } else {
        Order::Chance
    };
    let tracked: BTreeSet<&CaseNumber> = cards.values().map(|card| &card.case_number).collect();
    let mut new: Vec<(CaseNumber, Case)> = cases
        .into_iter()
        .filter(|(number, case)| case.status.is_open() && !tracked.contains(number))
        .collect();
    new.sort_by(|(one, a), (other, b)| (&a.createdate, one).cmp(&(&b.createdate, other)));
    let numbers: Vec<CaseNumber> = new.iter().map(|(number, _)| number.clone()).collect();
    let journal = Journal::read(ctx, &numbers).await?;
    let (mut in_jira, mut renamed) = in_jira(ctx, &numbers, &fields, sprint.as_ref(), &journal).await?;
    let now = ctx.clock.now();
    let age = TimeDelta::from_std(ctx.writing.reopen_after).unwrap_or(TimeDelta::MAX);
    let old = |case: &Case| time::read(&case.createdate).is_ok_and(|at| now - at > age);
    let bugs = bugs.unwrap_or_default();
    let bugs_of = |number: &CaseNumber, case: &Case| {
        let linked = bugs.get(number).into_iter().flatten().map(|bug| bug.linked.bugzilla_number.clone());
        let all: BTreeSet<u64> =
            linked.chain(case.bug.clone()).filter_map(|bug| bug.trim().parse().ok()).collect();
        all.into_iter().collect()
    };
    Ok(CardFacts {
        cases: new
            .into_iter()
            .map(|(number, case)| NewCase {
                bugs: bugs_of(&number, &case),
                cards: in_jira.remove(&number).unwrap_or_default(),
                old: old(&case),
                standing: journal.standing.get(&number).cloned(),
                doubt: journal.doubt.get(&number).cloned(),
                renamed: renamed.remove(&number),
                taken_out: journal.sprint.get(&number).and_then(|(_, taken_out)| *taken_out),
                number,
                case,
            })
            .collect(),
        sprint,
        fields,
        order,
        watchers: ctx.portal.capabilities().watchers,
        today: now.with_timezone(&ctx.rules.time_zone).date_naive(),
    })
}

/// What the journal knows of cases.
#[derive(Default)]
struct Journal {
    /// Cases about which something is planned or decided already, and what.
    standing: BTreeMap<CaseNumber, String>,
    /// Cases of which nobody knows whether a card was made for them, and why.
    doubt: BTreeMap<CaseNumber, String>,
    /// When we last moved a case's card into a sprint or out of it; the plan that took it out.
    sprint: BTreeMap<CaseNumber, (Option<DateTime<Utc>>, Option<PlanId>)>,
    /// Cards that we made: a search may not show them yet.
    made: BTreeMap<CaseNumber, BTreeSet<String>>,
}

impl Journal {
    async fn read(ctx: &SyncContext, numbers: &[CaseNumber]) -> anyhow::Result<Self> {
        let subjects: Vec<Subject> = numbers.iter().cloned().map(Subject::Case).collect();
        let mut journal = Self::default();
        for step in ctx.ledger.standing(PlanKind::Cards, &subjects).await? {
            journal.take(&step);
            journal.move_card(&step);
        }
        for step in ctx.ledger.standing(PlanKind::Undo, &subjects).await? {
            journal.move_card(&step);
        }
        Ok(journal)
    }

    fn move_card(&mut self, step: &StepRecord) {
        let taken_out = match &step.effect {
            Effect::EnterSprint { .. } => None,
            Effect::LeaveSprint { .. } => Some(step.place.plan),
            _ => return,
        };
        let Subject::Case(case) = &step.subject else { return };
        let older = self.sprint.get(case).is_none_or(|(at, _)| *at <= step.ended_at);
        if step.state == StepState::Done && older {
            self.sprint.insert(case.clone(), (step.ended_at, taken_out));
        }
    }

    fn take(&mut self, step: &StepRecord) {
        let Subject::Case(case) = &step.subject else { return };
        let plan = step.place.plan;
        match (step.plan_state, step.state) {
            // What waits for a person is planned anew, together with what came since.
            (PlanState::Superseded | PlanState::Held, _) => {}
            (PlanState::Rejected, _) => {
                self.standing.insert(case.clone(), format!("plan {plan}, which had it, was rejected"));
            }
            (_, StepState::Planned | StepState::Begun) => {
                self.standing.insert(case.clone(), format!("plan {plan}, which has it, is not done yet"));
            }
            (_, StepState::Done) => {
                if let (Effect::CreateCard { .. }, Some(key)) =
                    (&step.effect, step.after.get("key").and_then(serde_json::Value::as_str))
                {
                    self.made.entry(case.clone()).or_default().insert(key.to_owned());
                    self.doubt.remove(case);
                }
            }
            (_, StepState::Doubtful) if matches!(step.effect, Effect::CreateCard { .. }) => {
                let seq = step.place.seq;
                let why =
                    format!("nobody knows whether plan {plan} made its card; have its step {seq} done again");
                self.doubt.insert(case.clone(), why);
            }
            (_, StepState::Failed | StepState::Doubtful | StepState::Skipped) => {}
        }
    }
}

/// The cards that Jira has of these cases: as its search shows them, and those that we made, each read by itself; and of
/// the latter those that do not name their case any more.
async fn in_jira(
    ctx: &SyncContext,
    numbers: &[CaseNumber],
    fields: &Fields,
    sprint: Option<&Sprint>,
    journal: &Journal,
) -> anyhow::Result<(BTreeMap<CaseNumber, Vec<OldCard>>, BTreeMap<CaseNumber, String>)> {
    let project = ctx.writing.project.as_deref().context("jira.project is not set")?;
    let wanted =
        vec!["summary".to_owned(), "status".to_owned(), "assignee".to_owned(), fields.sprint.clone()];
    let mut issues: BTreeMap<String, WireIssue> = BTreeMap::new();
    for batch in numbers.chunks(BATCH) {
        let tests: Vec<String> =
            batch.iter().map(|number| format!("summary ~ {}", quote(number.as_str()))).collect();
        let jql = format!("project = {} AND ({})", quote(project), tests.join(" OR "));
        let query = SearchQuery { jql, fields: wanted.clone(), ..SearchQuery::default() };
        let found = ctx.jira.search(&query, &|_, _| ()).await?;
        issues.extend(found.into_iter().map(|issue| (issue.key.clone(), issue)));
    }
    let mut renamed = BTreeMap::new();
    let made: Vec<(&CaseNumber, &String)> = numbers
        .iter()
        .flat_map(|case| journal.made.get(case).into_iter().flatten().map(move |key| (case, key)))
        .collect();
    for (case, key) in made {
        if !issues.contains_key(key)
            && let Some(issue) = ctx.jira.fresh_issue(key, &wanted).await?
        {
            issues.insert(key.clone(), issue);
        }
        // It stays that case's card whatever people make of its summary.
        if let Some(issue) = issues.get(key).filter(|issue| named(issue).as_ref() != Some(case)) {
            renamed.insert(case.clone(), issue.key.clone());
        }
    }
    let numbers: BTreeSet<&CaseNumber> = numbers.iter().collect();
    let mut cards: BTreeMap<CaseNumber, Vec<OldCard>> = BTreeMap::new();
    for issue in issues.into_values() {
        let case = named(&issue).filter(|case| numbers.contains(case));
        let (Some(case), Ok(key)) = (case, issue.key.parse::<CardKey>()) else { continue };
        let sprints = sprints(&issue, &fields.sprint);
        cards.entry(case).or_default().push(OldCard {
            key,
            over: is_over(issue.status().unwrap_or_default(), &ctx.rules.cards.statuses),
            in_sprint: sprint.is_some_and(|sprint| sprints.contains(&sprint.id)),
            holder: issue.assignee().map(person),
        });
    }
    Ok((cards, renamed))
}

/// The case that its summary names.
fn named(issue: &WireIssue) -> Option<CaseNumber> {
    issue.summary().and_then(case_in_summary)
}

/// Whether a card with that status in Jira is done, by the one map of statuses.
fn is_over(status: &str, statuses: &BTreeMap<String, CardStatus>) -> bool {
    card_status(status, statuses) == CardStatus::Done
}

/// The sprint that new cards go into; none if none is configured.
async fn active_sprint(ctx: &SyncContext) -> anyhow::Result<Option<Sprint>> {
    let Some(board) = &ctx.writing.board else { return Ok(None) };
    let found = ctx.jira.board_by_name(board).await?;
    let found = found.with_context(|| format!("Jira shows us no board {board:?}; check jira_board"))?;
    let sprints = ctx.jira.active_sprints(found.id).await?;
    ensure!(
        !sprints.is_empty(),
        "the Jira board {board:?} has no active sprint; start one, or unset jira_sprint"
    );
    let part = ctx.writing.sprint.as_deref().unwrap_or_default();
    let sprint = the_one(&sprints, part).with_context(|| {
        let names: Vec<&str> = sprints.iter().map(|sprint| sprint.name.as_str()).collect();
        let names = names.join(", ");
        format!("the Jira board {board:?} has several active sprints, none of them named {part:?}: {names}; set jira_sprint to one of them")
    })?;
    Ok(Some(Sprint { id: sprint.id, name: sprint.name.clone() }))
}

/// The first one whose name holds `part`, in whatever case; else the only one.
fn the_one<'a>(sprints: &'a [WireSprint], part: &str) -> Option<&'a WireSprint> {
    let part = part.to_lowercase();
    let named = sprints.iter().find(|sprint| sprint.name.to_lowercase().contains(&part));
    named.or(match sprints {
        [only] => Some(only),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::usual_statuses;

    #[test]
    fn a_sprint_is_never_guessed_among_several() {
        let sprint = |id: u64, name: &str| -> WireSprint {
            serde_json::from_value(serde_json::json!({ "id": id, "name": name })).unwrap()
        };
        let two = [sprint(1, "Other team 7"), sprint(2, "Field Sprint 42")];
        let found = |sprints, part| the_one(sprints, part).map(|sprint: &WireSprint| sprint.id);
        assert_eq!(found(&two, "field sprint"), Some(2));
        assert_eq!(found(&two, "nothing of that name"), None);
        assert_eq!(found(&two[..1], "nothing of that name"), Some(1), "there is no other one");
        assert_eq!(found(&two, ""), Some(1), "not named: the oldest");
    }

    #[test]
    fn what_is_over_follows_from_the_map_of_statuses() {
        let mut map = usual_statuses();
        for (status, over) in
            [("Won't Fix / Obsolete", true), ("Closed", true), ("Blocked", false), ("Verified", false)]
        {
            assert_eq!(is_over(status, &map), over, "{status}");
        }
        map.insert("Verified".to_owned(), CardStatus::Done);
        map.insert("Closed".to_owned(), CardStatus::Blocked);
        assert!(is_over("Verified", &map) && !is_over("Closed", &map), "the configured map decides");
    }
}
