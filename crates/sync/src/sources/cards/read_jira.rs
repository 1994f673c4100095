//! Reads cards from Jira: all of them, or those that changed; with all their comments.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use t5g_clients::jira::jql::{list, quote};
use t5g_clients::jira::{SearchQuery, WireIssue};
use t5g_model::names::CardKey;
use t5g_store::ledger::StaleEntry;

use super::convert::{FIELDS, comments, lacks_comments, tracked};
use super::join::{LeftOut, Tracked};
use crate::compare::count;
use crate::context::SyncContext;
use crate::gather::{gather, hopeless, judge};
use crate::refresh::Order;
use crate::rules::CardScope;
use crate::sources::jira::FieldIds;
use crate::watch;

/// Cards whose further comments are asked for at once; Jira's client has a limit of its own below that.
const WINDOW: usize = 16;
/// Cards that are read at a time, and how many such batches are under way at once: enough for all of the client's
/// calls, little enough for memory. While one batch's comments are completed, the next ones' cards come.
const BATCH: usize = 200;
const BATCHES: usize = 4;

/// Jira's part of the cards as they were.
type Tracks = BTreeMap<CardKey, Tracked>;

/// Which issues are cards, as Jira understands it now.
#[derive(Debug)]
pub(super) struct CardSearch {
    jql: String,
    contributors: String,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    /// Cards that are new or changed.
    pub(super) tracked: BTreeMap<CardKey, Tracked>,
    /// Issues that would be cards if their summary named a case.
    pub(super) left_out: Vec<LeftOut>,
    /// Cards that are cards no more.
    pub(super) gone: BTreeSet<CardKey>,
    /// Cards whose comments could not be read.
    pub(super) stale: Vec<StaleEntry>,
}

impl Fresh {
    /// Adds what a batch brought.
    fn add(&mut self, batch: Self) {
        self.tracked.extend(batch.tracked);
        self.left_out.extend(batch.left_out);
        self.gone.extend(batch.gone);
        self.stale.extend(batch.stale);
    }

    /// Keeps what was known of a card that could not be read now.
    fn keep(&mut self, key: &str, before: &Tracks, reason: &str) {
        if let Some((key, tracked)) = before.get_key_value(key) {
            self.tracked.insert(key.clone(), tracked.clone());
        }
        self.stale.push(StaleEntry { entry: key.to_owned(), reason: reason.to_owned() });
    }
}

impl CardSearch {
    /// Finds out which sprint is active and how the custom field is called here.
    pub(super) async fn prepare(ctx: &SyncContext) -> anyhow::Result<Self> {
        let (ids, place) = tokio::try_join!(FieldIds::resolve(ctx), place(ctx))?;
        let contributors = ids.of(&ctx.rules.fields.contributors);
        Ok(Self { jql: format!("labels = {} AND {place}", quote(&ctx.rules.cards.label)), contributors })
    }

    /// Everything that shapes what is read: with another, what was read before is of no use.
    pub(super) fn scope(&self, ctx: &SyncContext) -> String {
        let statuses = &ctx.rules.cards.statuses;
        let statuses: Vec<_> = statuses.iter().map(|(jira, ours)| format!("{jira}={ours}")).collect();
        format!("{} | {} | {}", self.jql, self.contributors, statuses.join(";"))
    }

    /// All cards: first which there are, then what Jira knows of them, some at a time, so that memory stays
    /// bounded however many there are.
    pub(super) async fn everything(
        &self,
        ctx: &SyncContext,
        order: &Order,
        before: &Tracks,
    ) -> anyhow::Result<Fresh> {
        order.progress.begin("looking for cards in Jira", None);
        let query = only_keys(self.jql.clone());
        let found = ctx.jira.search(&query, &watch::counting(&order.progress)).await?;
        let keys: Vec<String> = found.into_iter().map(|issue| issue.key).collect();
        order.progress.begin("reading cards from Jira", Some(count(keys.len())));
        let batches: Vec<_> = keys.chunks(BATCH).map(|batch| self.batch(ctx, order, batch, before)).collect();
        let mut batches = stream::iter(batches).buffer_unordered(BATCHES);
        let mut fresh = Fresh::default();
        while let Some(batch) = batches.next().await {
            fresh.add(batch?);
        }
        Ok(fresh)
    }

    /// The cards of these keys, with all their comments.
    async fn batch(
        &self,
        ctx: &SyncContext,
        order: &Order,
        keys: &[String],
        before: &Tracks,
    ) -> anyhow::Result<Fresh> {
        let issues = ctx.jira.issues_by_key(keys, &self.fields(), true).await?;
        let shown: BTreeSet<&str> = issues.iter().map(|issue| issue.key.as_str()).collect();
        let mut fresh = Fresh::default();
        for key in keys.iter().filter(|key| !shown.contains(key.as_str())) {
            fresh.keep(key, before, "Jira's search finds it, but Jira does not show it");
        }
        self.take(ctx, &mut fresh, issues, before).await?;
        order.progress.advance(count(keys.len()));
        Ok(fresh)
    }

    /// Cards that changed since, and those of `again`: left out before, because their case had not come yet,
    /// or without all of their comments.
    pub(super) async fn changed(
        &self,
        ctx: &SyncContext,
        order: &Order,
        until: DateTime<Utc>,
        before: &Tracks,
        again: BTreeSet<String>,
    ) -> anyhow::Result<Fresh> {
        // Relative, because absolute times are in the time zone of Jira's user.
        let minutes = (order.started - ctx.rules.reach_back(until)).num_minutes().max(0) + 1;
        let recent = format!("updated >= -{minutes}m");
        // First what was touched: a card that is touched later is found all the same, never taken for gone.
        let touched = touched(ctx, &recent, before, &again).await?;
        order.progress.begin("reading changed cards from Jira", None);
        let query = self.query(format!("{} AND {recent}", self.jql));
        let mut issues = ctx.jira.search(&query, &watch::counting(&order.progress)).await?;
        let read: BTreeSet<String> = issues.iter().map(|issue| issue.key.clone()).collect();

        let gone: BTreeSet<CardKey> =
            touched.into_iter().filter(|key| !read.contains(key.as_str())).collect();
        let known = |key: &String| read.contains(key) || gone.contains(key.as_str());
        let again: Vec<String> = again.into_iter().filter(|key| !known(key)).collect();
        issues.extend(ctx.jira.issues_by_key(&again, &self.fields(), true).await?);
        let mut fresh = Fresh { gone, ..Fresh::default() };
        self.take(ctx, &mut fresh, issues, before).await?;
        Ok(fresh)
    }

    fn query(&self, jql: String) -> SearchQuery {
        SearchQuery { jql, fields: self.fields(), rendered: true, ..SearchQuery::default() }
    }

    fn fields(&self) -> Vec<String> {
        FIELDS.iter().map(ToString::to_string).chain([self.contributors.clone()]).collect()
    }

    /// Converts issues and completes their comments.
    async fn take(
        &self,
        ctx: &SyncContext,
        fresh: &mut Fresh,
        issues: Vec<WireIssue>,
        before: &Tracks,
    ) -> anyhow::Result<()> {
        let mut incomplete = BTreeSet::new();
        for issue in &issues {
            let key: CardKey = match issue.key.parse() {
                Ok(key) => key,
                Err(error) => {
                    fresh.stale.push(StaleEntry { entry: issue.key.clone(), reason: format!("{error}") });
                    continue;
                }
            };
            match tracked(&key, issue, &self.contributors, &ctx.rules.cards.statuses) {
                Ok(tracked) => {
                    if lacks_comments(issue) {
                        incomplete.insert(key.clone());
                    }
                    fresh.tracked.insert(key, tracked);
                }
                Err(left_out) => fresh.left_out.push(left_out),
            }
        }
        self.complete(ctx, fresh, incomplete, before).await
    }

    /// Reads all comments of cards that came with only some of them. Where that fails, the previous ones stay.
    async fn complete(
        &self,
        ctx: &SyncContext,
        fresh: &mut Fresh,
        incomplete: BTreeSet<CardKey>,
        before: &Tracks,
    ) -> anyhow::Result<()> {
        let ask = |keys: Vec<CardKey>| {
            let answers = keys.into_iter().map(|key| async move {
                let comments = ctx.jira.comments(key.as_str()).await;
                (key, comments)
            });
            stream::iter(answers).buffer_unordered(WINDOW)
        };
        let gathered = gather(incomplete.into_iter().collect(), hopeless(1), ask, || (), judge).await?;
        for (key, all) in gathered.found {
            if let Some(tracked) = fresh.tracked.get_mut(&key) {
                tracked.comments = Some(comments(all));
            }
        }
        for (key, why) in gathered.failed {
            let old = before.get(&key).and_then(|tracked| tracked.comments.clone());
            if let (Some(tracked), Some(old)) = (fresh.tracked.get_mut(&key), old) {
                tracked.comments = Some(old);
            }
            fresh.stale.push(StaleEntry { entry: key.to_string(), reason: why });
        }
        Ok(())
    }
}

/// Where cards are looked for, in JQL.
async fn place(ctx: &SyncContext) -> anyhow::Result<String> {
    let board = match &ctx.rules.cards.scope {
        CardScope::Project(project) => return Ok(format!("project = {}", quote(project))),
        CardScope::ActiveSprint { board } => board,
    };
    let found = ctx.jira.board_by_name(board).await?;
    let found = found.with_context(|| {
        format!("Jira shows us no board {board:?}; check jira_board, and the permission to see it")
    })?;
    let sprints = ctx.jira.active_sprints(found.id).await?;
    ensure!(
        !sprints.is_empty(),
        "the Jira board {board:?} has no active sprint; start one, or unset jira_sprint"
    );
    let ids: Vec<_> = sprints.iter().map(|sprint| sprint.id.to_string()).collect();
    Ok(format!("sprint in ({})", ids.join(", ")))
}

/// A search whose answers are as small as can be.
fn only_keys(jql: String) -> SearchQuery {
    SearchQuery { jql, fields: vec!["key".to_owned()], ..SearchQuery::default() }
}

/// All issues of the cards' projects that changed somehow: one that the search for cards does not find is no
/// card, or no longer.
async fn touched(
    ctx: &SyncContext,
    recent: &str,
    before: &Tracks,
    again: &BTreeSet<String>,
) -> anyhow::Result<BTreeSet<CardKey>> {
    let others: Vec<CardKey> = again.iter().filter_map(|key| key.parse().ok()).collect();
    let projects: BTreeSet<&str> = before.keys().chain(&others).map(CardKey::project).collect();
    if projects.is_empty() {
        return Ok(BTreeSet::new());
    }
    let jql = format!("project in ({}) AND {recent}", list(projects));
    let issues = ctx.jira.search(&only_keys(jql), &|_, _| ()).await?;
    Ok(issues.iter().filter_map(|issue| issue.key.parse().ok()).collect())
}
