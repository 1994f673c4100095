//! Adding a new card to our document of cards, so that the dashboard shows it before the next refresh.

use serde_json::{Value, json};
use t5g_model::names::CardKey;

use super::Look;
use crate::sources::cards;
use crate::writing::execute::Doer;
use crate::writing::trouble::Trouble;

pub(super) async fn look(doer: &Doer<'_>, key: &CardKey) -> Result<Look, Trouble> {
    // Whatever is in the way of it now is no reason to end the run: other cases have requests under way.
    let has = cards::has(doer.ctx, key).await.map_err(|error| Trouble::Later(format!("{error:#}")))?;
    match has {
        None => Ok(Look::Skip("there is no document of cards yet; the first refresh makes it".to_owned())),
        Some(true) => Ok(Look::Already(Value::Null)),
        Some(false) => Ok(Look::ToDo(Value::Null)),
    }
}

pub(super) async fn act(doer: &Doer<'_>, key: &CardKey) -> Result<Value, Trouble> {
    let _alone = doer.keeping.lock().await;
    // Whatever is in the way of it now is not in the way of the next refresh.
    let kept = cards::keep(doer.ctx, key).await.map_err(|error| Trouble::Later(format!("{error:#}")))?;
    match kept {
        None => Ok(json!({ "card": key })),
        Some(left_out) => Err(Trouble::Final(left_out)),
    }
}
