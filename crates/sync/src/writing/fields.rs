//! This Jira's custom fields that are written, found once a run; and what stands in an issue's fields.

use serde_json::Value;
use t5g_clients::jira::{Flavour, JiraUser, UserRef, WireIssue};
use t5g_model::writing::{Assignee, Member};

use crate::context::SyncContext;
use crate::sources::jira::FieldIds;

/// Ids of fields, and which Jira it is.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) tracking: String,
    pub(super) points: String,
    pub(super) whiteboard: String,
    pub(super) keywords: String,
    /// Whether these are choices of a list, which are written otherwise than bare words.
    pub(super) keywords_are_choices: bool,
    pub(super) sprint: String,
    pub(super) flavour: Flavour,
}

impl Fields {
    pub(super) async fn resolve(ctx: &SyncContext) -> anyhow::Result<Self> {
        let ids = FieldIds::resolve(ctx).await?;
        let ours = &ctx.writing.fields;
        let keywords = ids.of(&ctx.rules.fields.private_keywords);
        Ok(Self {
            tracking: ids.of(&ours.tracking),
            points: ids.of(&ours.points),
            whiteboard: ids.of(&ours.whiteboard),
            keywords_are_choices: ids.holds_choices(&keywords),
            keywords,
            sprint: ids.of(&ours.sprint),
            flavour: ctx.jira.flavour().await?,
        })
    }

    /// Somebody as this Jira wants them named.
    pub(super) fn user(&self, who: &Assignee) -> UserRef {
        match self.flavour {
            Flavour::Cloud => UserRef::AccountId(who.account.clone()),
            Flavour::DataCenter => UserRef::Name(who.account.clone()),
        }
    }

    /// A member of the team as this Jira knows them.
    pub(super) fn assignee_of(&self, member: &Member) -> Option<Assignee> {
        let account = match self.flavour {
            Flavour::Cloud => &member.jira_account_id,
            Flavour::DataCenter => &member.jira_user,
        };
        let account = Some(account.trim()).filter(|account| !account.is_empty())?.to_owned();
        Some(Assignee { name: member.name.clone(), account })
    }

    /// Why that member cannot be named to this Jira.
    pub(super) fn nameless(&self, name: &str) -> String {
        let setting = match self.flavour {
            Flavour::Cloud => "jira_account_id",
            Flavour::DataCenter => "jira_user",
        };
        format!("the team has no {setting} of {name}")
    }

    /// A user of this Jira as we keep them.
    pub(super) fn assignee(&self, user: JiraUser) -> Option<Assignee> {
        let account = match self.flavour {
            Flavour::Cloud => user.account_id,
            Flavour::DataCenter => user.name.or(user.key),
        }?;
        Some(Assignee { name: user.display_name.unwrap_or_else(|| account.clone()), account })
    }
}

/// The ids of the sprints that an issue is or was in: objects in Cloud, words with `id=…` in them in Data Center.
pub(super) fn sprints(issue: &WireIssue, field: &str) -> Vec<u64> {
    listed(issue, field).iter().filter_map(|sprint| member(sprint, "id")?.parse().ok()).collect()
}

/// Those of them that are not closed, of which an issue is in one at most: the closed ones stay in the field for ever.
pub(super) fn open_sprints(issue: &WireIssue, field: &str) -> Vec<u64> {
    let closed =
        |sprint: &Value| member(sprint, "state").is_some_and(|word| word.eq_ignore_ascii_case("closed"));
    let open = listed(issue, field).iter().filter(|sprint| !closed(sprint));
    open.filter_map(|sprint| member(sprint, "id")?.parse().ok()).collect()
}

fn listed<'a>(issue: &'a WireIssue, field: &str) -> &'a [Value] {
    issue.field(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// What a sprint says of itself under that name.
fn member(sprint: &Value, name: &str) -> Option<String> {
    match sprint {
        Value::Object(members) => match members.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        },
        Value::String(words) => {
            let begins = |before: char| words.split_once(&format!("{before}{name}=")).map(|(_, rest)| rest);
            let rest = begins('[').or_else(|| begins(','))?;
            Some(rest.split([',', ']']).next()?.to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sprints_are_read_in_both_forms() {
        let issue = |value: Value| WireIssue {
            fields: [("s".to_owned(), value)].into_iter().collect(),
            ..WireIssue::default()
        };
        let center =
            "com.atlassian.greenhopper.service.sprint.Sprint@1f[completeDate=<null>,id=37,state=ACTIVE]";
        assert_eq!(sprints(&issue(json!([{ "id": 3 }, { "id": 4, "name": "x" }])), "s"), [3, 4]);
        assert_eq!(sprints(&issue(json!([center, "Sprint@1[id=38,rapidViewId=1]"])), "s"), [37, 38]);
        let both = json!([{ "id": 3, "state": "closed" }, { "id": 4, "state": "active" }, { "id": 5 }]);
        assert_eq!(sprints(&issue(both.clone()), "s"), [3, 4, 5]);
        assert_eq!(open_sprints(&issue(both), "s"), [4, 5], "what does not say so is not closed");
        let closed = "Sprint@1[rapidViewId=1,state=CLOSED,name=x,id=36]";
        assert_eq!(open_sprints(&issue(json!([closed, center])), "s"), [37]);
        assert!(sprints(&issue(Value::Null), "s").is_empty());
        assert!(sprints(&issue(json!(["x", 7])), "s").is_empty());
    }
}
