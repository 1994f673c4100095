//! Where an issue can go, and moving it there.

use serde::Deserialize;
use serde_json::{Value, json};

use super::JiraClient;
use crate::ClientError;
use crate::http::{Answer, Call, Fault};

const LIST: &str = "GET /rest/api/{v}/issue/{key}/transitions";
const DO: &str = "POST /rest/api/{v}/issue/{key}/transitions";

/// A way out of an issue's present status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Its id; the same way has different ids in different workflows.
    pub id: String,
    /// What the button says.
    pub name: String,
    /// The status it leads to; where Jira does not say, the name counts.
    pub to: String,
}

#[derive(Deserialize)]
struct WireTransitions {
    transitions: Vec<Value>,
}

impl JiraClient {
    /// The ways out of the present status. The status itself is not among them as a rule.
    pub async fn transitions(&self, key: &str) -> Result<Vec<Transition>, ClientError> {
        let version = self.api_version().await?;
        let call = Call::get(LIST, ["rest", "api", version, "issue", key, "transitions"]);
        self.upstream.read(call, transitions).await
    }

    /// Goes one of these ways. Never repeated: it may lead on from where it led.
    pub async fn transition(&self, key: &str, id: &str) -> Result<(), ClientError> {
        let version = self.flavour_to_write(DO).await?.api_version();
        let call = Call::post(DO, ["rest", "api", version, "issue", key, "transitions"]);
        let call = self.with_body(DO, call, &json!({"transition": {"id": id}}))?;
        self.pace.wait(key).await;
        self.upstream.done(call).await
    }
}

fn transitions(answer: &Answer) -> Result<Vec<Transition>, Fault> {
    let told: WireTransitions = answer.json()?;
    Ok(told.transitions.iter().filter_map(transition).collect())
}

fn transition(value: &Value) -> Option<Transition> {
    let id = match value.get("id")? {
        Value::String(id) => id.clone(),
        other => other.as_u64()?.to_string(),
    };
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    let to = value.get("to").and_then(|to| to.get("name")?.as_str()).unwrap_or(name);
    Some(Transition { id, name: name.into(), to: to.into() })
}
