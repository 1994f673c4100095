//! Changing a bug: its internal whiteboard.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::BugzillaClient;
use crate::ClientError;
use crate::http::{Answer, Call, Fault};

const ROUTE: &str = "PUT /rest/bug/{id}";
/// The whiteboard's names, in the order in which they are believed.
const WHITEBOARD: [&str; 2] = ["cf_internal_whiteboard", "internal_whiteboard"];

/// What a change of a bug came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BugUpdate {
    /// Whether Bugzilla says that the whiteboard is another one now. Not so where it said the same before, and where
    /// this Bugzilla has no such field, of which it says nothing: compare with what was there.
    pub changed: bool,
}

#[derive(Deserialize)]
struct WireUpdates {
    bugs: Vec<WireUpdate>,
}

#[derive(Deserialize)]
struct WireUpdate {
    id: u64,
    #[serde(default)]
    changes: Map<String, Value>,
}

impl BugzillaClient {
    /// Sets the bug's internal whiteboard without a mail to everybody who watches it. A restricted bug is
    /// [`crate::ErrorKind::Forbidden`], an unknown one [`crate::ErrorKind::NotFound`].
    pub async fn update_bug(&self, id: u64, whiteboard: &str) -> Result<BugUpdate, ClientError> {
        let number = id.to_string();
        let call = Call::put(ROUTE, ["rest", "bug", &number])
            .json(&json!({"cf_internal_whiteboard": whiteboard, "minor_update": true}))
            .map_err(|fault| self.upstream.fail(ROUTE, fault, 0))?;
        self.upstream.read(call, move |answer| update(answer, id)).await
    }
}

fn update(answer: &Answer, id: u64) -> Result<BugUpdate, Fault> {
    let told: WireUpdates = answer.json()?;
    let Some(bug) = told.bugs.into_iter().find(|bug| bug.id == id) else {
        return Err(Fault::invalid(format!("nothing is said of bug {id}")));
    };
    Ok(BugUpdate { changed: WHITEBOARD.iter().any(|name| bug.changes.contains_key(*name)) })
}
