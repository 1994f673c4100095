//! Who completed how many cards of a sprint: of the last one from Jira, of the one that is on from our document.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Serialize;
use t5g_clients::jira::jql::quote;
use t5g_clients::jira::{JiraClient, SearchQuery};
use t5g_model::documents::{Cards, Person};
use t5g_model::names::CardStatus;
use t5g_model::writing::Member;

use crate::rules::{CardRules, CardScope};
use crate::sources::jira::person;

/// Who completed what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SprintReport {
    /// The sprint's name; `None`: the one that is on.
    pub sprint: Option<String>,
    /// When it began, as Jira says.
    pub from: Option<String>,
    /// When it ended or shall end, as Jira says.
    pub to: Option<String>,
    /// Everybody of the team in its order, then others by name, then cards of nobody.
    pub people: Vec<Completed>,
}

/// What one of them completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Completed {
    /// The name; `None`: cards of nobody.
    pub name: Option<String>,
    /// Keys of the cards that are done.
    pub done: Vec<String>,
    /// How many more there are that are not.
    pub others: usize,
}

/// A card of a sprint.
struct Played {
    key: String,
    assignee: Person,
    done: bool,
}

/// The sprint of the board that ended last. Fails if no board is configured, or no sprint has ended.
pub async fn last_sprint(
    jira: &JiraClient,
    rules: &CardRules,
    team: &[Member],
) -> anyhow::Result<SprintReport> {
    let CardScope::ActiveSprint { board } = &rules.scope else {
        anyhow::bail!(
            "cards are in no sprint here: jira.board and jira.sprint (jira_board, jira_sprint) are not set"
        );
    };
    let found = jira.board_by_name(board).await?;
    let found = found.with_context(|| format!("Jira shows us no board {board:?}; check jira_board"))?;
    let sprint = jira.last_closed_sprint(found.id).await?;
    let sprint = sprint.with_context(|| format!("no sprint of the Jira board {board:?} has ended yet"))?;
    let query = SearchQuery {
        jql: format!("sprint = {} AND labels = {}", sprint.id, quote(&rules.label)),
        fields: ["status", "assignee"].map(str::to_owned).into(),
        ..SearchQuery::default()
    };
    let done = |status: &str| {
        let known = rules.statuses.get(status).cloned();
        let Ok(own) = status.parse::<CardStatus>();
        known.unwrap_or(own) == CardStatus::Done
    };
    let cards = jira.search(&query, &|_, _| ()).await?.into_iter().map(|issue| Played {
        assignee: issue.assignee().map(person).unwrap_or_default(),
        done: done(issue.status().unwrap_or_default()),
        key: issue.key,
    });
    let people = people(cards, team);
    Ok(SprintReport { sprint: Some(sprint.name), from: sprint.start_date, to: sprint.end_date, people })
}

/// The sprint that is on, as far as our document of cards tells.
pub fn current_sprint(cards: &Cards, team: &[Member]) -> SprintReport {
    let played = cards.iter().map(|(key, card)| Played {
        key: key.to_string(),
        assignee: card.assignee.clone(),
        done: card.card_status == CardStatus::Done,
    });
    SprintReport { sprint: None, from: None, to: None, people: people(played, team) }
}

fn people(cards: impl Iterator<Item = Played>, team: &[Member]) -> Vec<Completed> {
    let nobody_yet = |name: Option<String>| Completed { name, done: Vec::new(), others: 0 };
    let mut members: Vec<Completed> =
        team.iter().map(|member| nobody_yet(Some(member.name.clone()))).collect();
    let mut others: BTreeMap<String, Completed> = BTreeMap::new();
    let mut unassigned = nobody_yet(None);
    for card in cards {
        let member =
            (0..).zip(team).find(|(_, member)| member.is(&card.assignee)).map(|(at, _): (usize, _)| at);
        let one = match (member.and_then(|at| members.get_mut(at)), card.assignee.name()) {
            (Some(member), _) => member,
            (None, Some(name)) => {
                others.entry(name.to_owned()).or_insert_with(|| nobody_yet(Some(name.to_owned())))
            }
            (None, None) => &mut unassigned,
        };
        if card.done { one.done.push(card.key) } else { one.others += 1 }
    }
    members.extend(others.into_values());
    if !unassigned.done.is_empty() || unassigned.others > 0 {
        members.push(unassigned);
    }
    for one in &mut members {
        one.done.sort_by_key(|key| (key.len(), key.clone()));
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_team_comes_first_and_nobody_last() {
        let person = |name: &str| Person { display_name: Some(name.to_owned()), ..Person::default() };
        let played = |key: &str, assignee, done| Played { key: key.to_owned(), assignee, done };
        let team = ["Zoe", "Ana"].map(|name| Member { name: name.to_owned(), ..Member::default() });
        let cards = [
            played("K-10", person("Ana"), true),
            played("K-9", person("Ana"), true),
            played("K-1", person("Ana"), false),
            played("K-2", Person::default(), true),
            played("K-3", person("Bo"), false),
        ];
        let one = |name: Option<&str>, done: &[&str], others| Completed {
            name: name.map(str::to_owned),
            done: done.iter().map(|key| (*key).to_owned()).collect(),
            others,
        };
        assert_eq!(
            people(cards.into_iter(), &team),
            [
                one(Some("Zoe"), &[], 0),
                one(Some("Ana"), &["K-9", "K-10"], 1),
                one(Some("Bo"), &[], 1),
                one(None, &["K-2"], 0)
            ]
        );
    }
}
