//! Writing to issues: creating, fields, assignee, comments. Transitions, links and sprints have their own files. Each
//! call says whether it comes to the same when it is done twice; what does not is never repeated here.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Flavour, JiraClient, WireIssue, text};
use crate::http::{Answer, Call, Fault};
use crate::{ClientError, ErrorKind};

const CREATE: &str = "POST /rest/api/{v}/issue";
const EDIT: &str = "PUT /rest/api/2/issue/{key}";
const ASSIGN: &str = "PUT /rest/api/{v}/issue/{key}/assignee";
const COMMENT: &str = "POST /rest/api/{v}/issue/{key}/comment";

/// A person, as this Jira names people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRef {
    /// Cloud's id.
    AccountId(String),
    /// Data Center's login.
    Name(String),
}

impl UserRef {
    fn json(&self) -> Value {
        match self {
            Self::AccountId(id) => json!({"accountId": id}),
            Self::Name(name) => json!({"name": name}),
        }
    }
}

/// An issue that does not exist yet, as this Jira takes it: it lives for one call, and whoever calls decides what is in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewIssue {
    /// The project's key.
    pub project: String,
    /// The type's name.
    pub issue_type: String,
    /// The component's name.
    pub component: Option<String>,
    /// The priority's name; unset: the project's own default.
    pub priority: Option<String>,
    /// Labels, none with a blank in it.
    pub labels: Vec<String>,
    /// One line of at most 255 characters.
    pub summary: String,
    /// Plain text: nothing in it is taken for markup. What is longer than Jira takes is cut.
    pub description: String,
    /// Who gets it; unset: as the project does it.
    pub assignee: Option<UserRef>,
    /// Further fields by id, with the values as Jira wants them: ticket tracking, story points.
    pub fields: Map<String, Value>,
}

/// What Jira says of an issue it has just made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CreatedIssue {
    /// Digits; stays when the issue moves.
    pub id: String,
    /// Such as `KNIECO-1234`.
    pub key: String,
}

impl NewIssue {
    fn json(&self, flavour: Flavour) -> Value {
        let mut fields = self.fields.clone();
        let mut put = |name: &str, value: Value| fields.insert(name.into(), value);
        put("project", json!({"key": self.project}));
        put("issuetype", json!({"name": self.issue_type}));
        put("summary", json!(self.summary));
        put("labels", json!(self.labels));
        if !self.description.is_empty() {
            put("description", text::carried(flavour, &self.description));
        }
        if let Some(component) = &self.component {
            put("components", json!([{"name": component}]));
        }
        if let Some(priority) = &self.priority {
            put("priority", json!({"name": priority}));
        }
        if let Some(assignee) = &self.assignee {
            put("assignee", assignee.json());
        }
        json!({"fields": fields})
    }
}

impl JiraClient {
    /// Makes an issue. Never repeated: after an error that [`ClientError::may_have_acted`], look for it first.
    pub async fn create_issue(&self, issue: &NewIssue) -> Result<CreatedIssue, ClientError> {
        let flavour = self.flavour_to_write(CREATE).await?;
        let call = Call::post(CREATE, ["rest", "api", flavour.api_version(), "issue"]);
        let call = self.with_body(CREATE, call, &issue.json(flavour))?;
        self.upstream.read(call, created).await
    }

    /// The issue as it is now, read from Jira itself and not from its search, which lags behind writes. `None`: there
    /// is none of that key, or we may not see it; believed only while Jira knows who we are.
    pub async fn fresh_issue(&self, key: &str, fields: &[String]) -> Result<Option<WireIssue>, ClientError> {
        match self.issue(key, fields, false).await {
            Ok(issue) => Ok(Some(issue)),
            Err(ClientError { kind: ErrorKind::NotFound { .. }, .. }) => {
                self.myself().await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Sets fields by id. A 409 (somebody else was just writing) is an error with that status, for the caller to try
    /// again. Texts are set as they are; version 2 of the interface takes them as strings in both flavours.
    pub async fn update_fields(&self, key: &str, fields: &Map<String, Value>) -> Result<(), ClientError> {
        self.upstream.admit_write(EDIT)?;
        let call = Call::put(EDIT, ["rest", "api", "2", "issue", key]);
        let call = self.with_body(EDIT, call, &json!({"fields": fields}))?;
        self.pace.wait(key).await;
        self.upstream.done(call).await
    }

    /// Adds to a field that holds a list, by its id, and takes from it: what others add or take at the same moment stays so.
    /// Entries are as this field wants them, bare words or choices. What is there already is not added twice.
    pub async fn change_list(
        &self,
        key: &str,
        field: &str,
        add: &[Value],
        remove: &[Value],
    ) -> Result<(), ClientError> {
        self.upstream.admit_write(EDIT)?;
        let added = add.iter().map(|entry| json!({"add": entry}));
        let steps: Vec<Value> = added.chain(remove.iter().map(|entry| json!({"remove": entry}))).collect();
        let call = Call::put(EDIT, ["rest", "api", "2", "issue", key]);
        let call = self.with_body(EDIT, call, &json!({"update": {field: steps}}))?;
        self.pace.wait(key).await;
        self.upstream.done(call).await
    }

    /// Gives the issue to somebody, or to nobody.
    pub async fn assign(&self, key: &str, to: Option<&UserRef>) -> Result<(), ClientError> {
        let flavour = self.flavour_to_write(ASSIGN).await?;
        let nobody = match flavour {
            Flavour::Cloud => json!({"accountId": null}),
            Flavour::DataCenter => json!({"name": null}),
        };
        let call = Call::put(ASSIGN, ["rest", "api", flavour.api_version(), "issue", key, "assignee"]);
        let call = self.with_body(ASSIGN, call, &to.map_or(nobody, UserRef::json))?;
        self.pace.wait(key).await;
        self.upstream.done(call).await
    }

    /// Adds a comment in plain text; its id. Never repeated.
    pub async fn add_comment(&self, key: &str, comment: &str) -> Result<String, ClientError> {
        let flavour = self.flavour_to_write(COMMENT).await?;
        let call = Call::post(COMMENT, ["rest", "api", flavour.api_version(), "issue", key, "comment"]);
        let call = self.with_body(COMMENT, call, &json!({"body": text::carried(flavour, comment)}))?;
        self.pace.wait(key).await;
        self.upstream.read(call, comment_id).await
    }

    /// The flavour, for a call that writes: nothing is asked while writing is refused.
    pub(super) async fn flavour_to_write(&self, route: &'static str) -> Result<Flavour, ClientError> {
        self.upstream.admit_write(route)?;
        self.flavour().await
    }

    pub(super) fn with_body(
        &self,
        route: &'static str,
        call: Call,
        body: &Value,
    ) -> Result<Call, ClientError> {
        call.json(body).map_err(|fault| self.upstream.fail(route, fault, 0))
    }
}

fn created(answer: &Answer) -> Result<CreatedIssue, Fault> {
    let issue: CreatedIssue = answer.json()?;
    if issue.key.is_empty() { Err(Fault::invalid("a new issue without a key")) } else { Ok(issue) }
}

fn comment_id(answer: &Answer) -> Result<String, Fault> {
    let comment: Value = answer.json()?;
    let id = comment.get("id").and_then(Value::as_str);
    id.map(Into::into).ok_or_else(|| Fault::invalid("a new comment without an id"))
}
