//! The people who take cases, as planning needs them.

use serde::{Deserialize, Serialize};

/// One of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The name, for people.
    pub name: String,
    /// The login: on the portal, and in Jira Data Center.
    pub jira_user: String,
    /// The account id in Jira Cloud; empty if there is none.
    pub jira_account_id: String,
    /// The id in Slack, for mentions; empty if there is none.
    pub slack_user: String,
    /// Accounts whose cases go to this member: parts of names, in any case of letters.
    pub accounts: Vec<String>,
    /// Whether they take cases now.
    pub active: bool,
    /// Whether they are added to the watchers of their cases.
    pub notified: bool,
}

/// Somebody to whom a card belongs, as Jira is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignee {
    /// The name, for people.
    pub name: String,
    /// The account id (Cloud) or the login (Data Center).
    pub account: String,
}

impl Member {
    /// This member as Jira knows them: the account id, else the login; `None` without either.
    pub fn assignee(&self) -> Option<Assignee> {
        let account = [&self.jira_account_id, &self.jira_user].into_iter().find(|text| !text.is_empty())?;
        Some(Assignee { name: self.name.clone(), account: account.clone() })
    }
}
