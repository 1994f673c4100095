//! Links from an issue to pages elsewhere. One global id names one link, so setting it twice is setting it once.

use serde_json::{Value, json};

use super::JiraClient;
use crate::http::Call;
use crate::{ClientError, ErrorKind};

const LIST: &str = "GET /rest/api/{v}/issue/{key}/remotelink";
const SET: &str = "POST /rest/api/{v}/issue/{key}/remotelink";
const DELETE: &str = "DELETE /rest/api/{v}/issue/{key}/remotelink";

/// A link to a page elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteLink {
    /// What names it among the links; empty for links that others made without one.
    pub global_id: String,
    /// Where it leads.
    pub url: String,
    /// What people read.
    pub title: String,
}

impl JiraClient {
    /// The links.
    pub async fn remote_links(&self, key: &str) -> Result<Vec<RemoteLink>, ClientError> {
        let version = self.api_version().await?;
        let call = Call::get(LIST, ["rest", "api", version, "issue", key, "remotelink"]);
        let links: Vec<Value> = self.upstream.json(call).await?;
        Ok(links.iter().map(link).collect())
    }

    /// Adds the link, or changes the one of the same global id to it.
    pub async fn set_remote_link(&self, key: &str, link: &RemoteLink) -> Result<(), ClientError> {
        let version = self.flavour_to_write(SET).await?.api_version();
        let mut call = Call::post(SET, ["rest", "api", version, "issue", key, "remotelink"]);
        let mut body = json!({"object": {"url": link.url, "title": link.title}});
        // Without a global id every call makes another link.
        if !link.global_id.is_empty() {
            call = call.repeatable();
            if let Value::Object(members) = &mut body {
                members.insert("globalId".into(), json!(link.global_id));
            }
        }
        let call = self.with_body(SET, call, &body)?;
        self.pace.wait(key).await;
        self.upstream.done(call).await
    }

    /// Takes the link of that global id away; whether there was one.
    pub async fn delete_remote_link(&self, key: &str, global_id: &str) -> Result<bool, ClientError> {
        if global_id.is_empty() {
            let detail =
                "a link without a global id cannot be named, and an empty one would name them all".into();
            return Err(self.upstream.unsent(DELETE, ErrorKind::Refused { detail }));
        }
        let version = self.flavour_to_write(DELETE).await?.api_version();
        let call = Call::delete(DELETE, ["rest", "api", version, "issue", key, "remotelink"])
            .query("globalId", global_id);
        self.pace.wait(key).await;
        match self.upstream.done(call).await {
            Ok(()) => Ok(true),
            Err(ClientError { kind: ErrorKind::NotFound { .. }, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn link(value: &Value) -> RemoteLink {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let object = value.get("object");
    RemoteLink {
        global_id: text(value.get("globalId")),
        url: text(object.and_then(|object| object.get("url"))),
        title: text(object.and_then(|object| object.get("title"))),
    }
}
