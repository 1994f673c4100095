//! What `t5g doctor --migrate` looks at: the Redis and the environment of a Python dashboard, and what this program will
//! make of them. Reads only; asks no upstream and makes no store.

mod documents;
mod environment;
mod people;

use t5g_config::Loaded;
use t5g_store::Opening;
use t5g_store::documents::Documents;

use super::Finding;
use crate::{console, wiring};

/// What was given to look at.
pub(crate) struct Given {
    /// The variables, in their order.
    pub(crate) variables: Vec<(String, String)>,
    /// Whether they are of a file of the dashboard's alone, in which every name should mean something.
    pub(crate) is_file: bool,
    /// What would keep a server with them from starting.
    pub(crate) refused: Option<String>,
}

/// Looks at everything.
pub(crate) async fn examine(given: &Given, loaded: &Loaded) -> Vec<Finding> {
    let mut findings = environment::examine(given, loaded);
    match open(loaded).await {
        Ok(store) => {
            findings.push(Finding::ok("Redis", store.place()));
            findings.extend(documents::examine(&store).await);
            findings.extend(people::examine(&loaded.settings, &store).await);
        }
        Err(finding) => findings.push(finding),
    }
    findings
}

async fn open(loaded: &Loaded) -> Result<Documents, Finding> {
    const MEND: &str = "set T5G_DOCUMENTS_URL to the Python dashboard's Redis, such as redis://host:6379/0";
    let address = loaded.settings.documents.url.as_ref().map_or("", |url| url.expose());
    if !address.starts_with("redis") {
        let found = "documents.url names no Redis: the documents of the Python dashboard would not be seen";
        return Err(Finding::wrong("Redis", found, MEND));
    }
    let store = wiring::documents(&loaded.settings, Opening::Use).await;
    let store = store.map_err(|error| Finding::wrong("Redis", console::chain(&error), MEND))?;
    match store.ping().await {
        Ok(()) => Ok(store),
        Err(error) => Err(Finding::wrong("Redis", error.to_string(), MEND)),
    }
}
