//! Looking into an issue: users, names, labels, comments, whichever Jira sent them.

use std::collections::HashSet;

use serde_json::Value;

use super::WireIssue;

/// A person in Jira. Cloud knows account ids, Data Center logins and keys; mail may be hidden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JiraUser {
    /// Cloud's id.
    pub account_id: Option<String>,
    /// Data Center's login.
    pub name: Option<String>,
    /// Data Center's key.
    pub key: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// May be hidden.
    pub email_address: Option<String>,
}

/// A comment on an issue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JiraComment {
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub author: Option<JiraUser>,
    /// The source: wiki text (Data Center) or an ADF document (Cloud).
    pub body: Value,
    /// The text as HTML, hostile as any, if it was asked for.
    pub html: Option<String>,
    /// Jira's time, `2026-11-20T10:11:12.123+0000`.
    pub created: Option<String>,
    /// When it last changed.
    pub updated: Option<String>,
}

impl JiraUser {
    /// A user object; `None` for null and for what tells nothing.
    pub fn read(value: &Value) -> Option<Self> {
        let text = |member: &str| value.get(member)?.as_str().filter(|text| !text.is_empty()).map(Into::into);
        let user = Self {
            account_id: text("accountId"),
            name: text("name"),
            key: text("key"),
            display_name: text("displayName"),
            email_address: text("emailAddress"),
        };
        (user != Self::default()).then_some(user)
    }
}

impl WireIssue {
    /// A field's value; null counts as absent.
    pub fn field(&self, id: &str) -> Option<&Value> {
        self.fields.get(id).filter(|value| !value.is_null())
    }

    /// A field that holds text.
    pub fn text(&self, id: &str) -> Option<&str> {
        self.field(id)?.as_str()
    }

    /// A field's HTML, if it was asked for.
    pub fn html(&self, id: &str) -> Option<&str> {
        self.rendered_fields.get(id)?.as_str()
    }

    /// The name of a field that holds an object: status, priority, type, or a choice (which has a `value`).
    pub fn name(&self, id: &str) -> Option<&str> {
        named(self.field(id)?)
    }

    /// The names in a field that holds a list: labels, versions, choices. `None` if there is no list.
    pub fn names(&self, id: &str) -> Option<Vec<&str>> {
        Some(self.field(id)?.as_array()?.iter().filter_map(named).collect())
    }

    /// A field that holds one user.
    pub fn user(&self, id: &str) -> Option<JiraUser> {
        JiraUser::read(self.field(id)?)
    }

    /// A field that holds users, or one.
    pub fn users(&self, id: &str) -> Vec<JiraUser> {
        match self.field(id) {
            Some(Value::Array(users)) => users.iter().filter_map(JiraUser::read).collect(),
            Some(user) => JiraUser::read(user).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The summary.
    pub fn summary(&self) -> Option<&str> {
        self.text("summary")
    }

    /// The status's name.
    pub fn status(&self) -> Option<&str> {
        self.name("status")
    }

    /// The priority's name.
    pub fn priority(&self) -> Option<&str> {
        self.name("priority")
    }

    /// The type's name.
    pub fn issue_type(&self) -> Option<&str> {
        self.name("issuetype")
    }

    /// The labels.
    pub fn labels(&self) -> Vec<&str> {
        self.names("labels").unwrap_or_default()
    }

    /// The assignee.
    pub fn assignee(&self) -> Option<JiraUser> {
        self.user("assignee")
    }

    /// When it was created, in Jira's form.
    pub fn created(&self) -> Option<&str> {
        self.text("created")
    }

    /// When it last changed, in Jira's form.
    pub fn updated(&self) -> Option<&str> {
        self.text("updated")
    }

    /// The comments that came with the issue, oldest first, and whether these are all. The HTML comes from the
    /// rendered fields; their times are for people ("yesterday"), so times come from the fields. `None` if comments
    /// were not asked for.
    pub fn embedded_comments(&self) -> Option<(Vec<JiraComment>, bool)> {
        let page = self.field("comment")?;
        let raw = page.get("comments")?.as_array()?;
        let rendered = self.rendered_fields.get("comment").and_then(|page| page.get("comments")?.as_array());
        let html = |id: &str| {
            let same = |comment: &&Value| comment.get("id").and_then(Value::as_str) == Some(id);
            rendered?.iter().find(same)?.get("body")?.as_str().map(Into::into)
        };
        let mut seen = HashSet::new();
        let comments: Vec<JiraComment> = raw
            .iter()
            .map(|comment| {
                let mut comment = JiraComment::read(comment);
                comment.html = comment.html.or_else(|| html(&comment.id));
                comment
            })
            .filter(|comment| seen.insert(comment.id.clone()))
            .collect();
        let total = page.get("total").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
        let whole = total.is_none_or(|total| comments.len() >= total);
        Some((in_order(comments), whole))
    }
}

impl JiraComment {
    /// The comment as plain text, for finding one that we wrote: what was given to `add_comment` comes back so, but
    /// for blanks at the ends of lines and doubled empty lines.
    pub fn plain(&self) -> String {
        super::text::plain(&self.body)
    }

    /// A comment object.
    pub(super) fn read(comment: &Value) -> Self {
        let text = |member: &str| comment.get(member).and_then(Value::as_str).map(Into::into);
        Self {
            id: text("id").unwrap_or_default(),
            author: comment.get("author").and_then(JiraUser::read),
            body: comment.get("body").cloned().unwrap_or_default(),
            html: text("renderedBody"),
            created: text("created"),
            updated: text("updated"),
        }
    }
}

/// Oldest first. Jira's times of one server sort as text; equal ones by id, which grows.
pub(super) fn in_order(mut comments: Vec<JiraComment>) -> Vec<JiraComment> {
    comments.sort_by(|a, b| (&a.created, a.id.len(), &a.id).cmp(&(&b.created, b.id.len(), &b.id)));
    comments
}

/// The name of a label, an object with a name, or a choice.
fn named(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("name")?.as_str()).or_else(|| value.get("value")?.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn issue(fields: &Value, rendered: &Value) -> WireIssue {
        serde_json::from_value(json!({"id": 7, "key": "A-1", "fields": fields, "renderedFields": rendered}))
            .unwrap()
    }

    #[test]
    fn names_come_from_objects_choices_and_bare_texts() {
        let issue = issue(
            &json!({"status": {"name": "Open"}, "sev": {"value": "High"}, "labels": ["a", {"name": "b"}, 7], "x": null}),
            &Value::Null,
        );
        assert_eq!((issue.id.as_str(), issue.status(), issue.name("sev")), ("7", Some("Open"), Some("High")));
        assert_eq!((issue.labels(), issue.field("x"), issue.names("x")), (vec!["a", "b"], None, None));
    }

    #[test]
    fn users_of_both_flavours_are_read() {
        let issue = issue(
            &json!({"assignee": {"accountId": "5b", "displayName": "Ann"}, "qa": [{"name": "bo", "key": "JIRAUSER1"}, null]}),
            &Value::Null,
        );
        assert_eq!(issue.assignee().unwrap().account_id.as_deref(), Some("5b"));
        assert_eq!(issue.users("qa").len(), 1);
        assert_eq!(issue.users("qa")[0].name.as_deref(), Some("bo"));
    }

    #[test]
    fn embedded_comments_take_html_from_one_place_and_times_from_the_other() {
        let raw = json!({"comment": {"total": 3, "comments": [
            {"id": "12", "created": "2026-11-20T10:11:12.123+0000", "body": "b"},
            {"id": "9", "created": "2026-11-19T10:11:12.123+0000", "body": "a"}]}});
        let rendered =
            json!({"comment": {"comments": [{"id": "9", "body": "<p>a</p>", "created": "Yesterday"}]}});
        let (comments, whole) = issue(&raw, &rendered).embedded_comments().unwrap();
        assert!(!whole, "two of three");
        assert_eq!(comments[0].html.as_deref(), Some("<p>a</p>"));
        assert_eq!(comments[0].created.as_deref(), Some("2026-11-19T10:11:12.123+0000"));
        assert_eq!(comments[1].html, None);
    }
}
