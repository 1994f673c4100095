//! Saves a card from a malformed item in one of its lists: the item is left out and noted, the card stays.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::documents::read::Problems;
use crate::documents::read::error::reason;
use crate::documents::{Bug, Card, Comment, Document, Issue, NotifiedUser, Person};

/// Whether an item can be read, and if not, why.
type Check = fn(&Value) -> Result<(), String>;

/// The lists of a card and what each holds.
const LISTS: [(&str, Check); 5] = [
    ("comments", check::<Comment>),
    ("bugzilla", check::<Bug>),
    ("issues", check::<Issue>),
    ("contributor", check::<Person>),
    ("notified_users", check::<NotifiedUser>),
];

/// The card without its malformed items, and what was left out; `None` if there is no such item, or if the
/// card cannot be read even then.
pub(super) fn card(key: &str, value: &RawValue) -> Option<(Box<RawValue>, Problems)> {
    let mut members: Map<String, Value> = serde_json::from_str(value.get()).ok()?;
    let mut left_out = Problems::default();
    for (name, check) in LISTS {
        let Some(Value::Array(items)) = members.get_mut(name) else { continue };
        let mut place = 0;
        items.retain(|item| {
            place += 1;
            let wrong = check(item).err();
            if let Some(why) = &wrong {
                left_out.note(Document::Cards, &format!("{key}, {name}, item {place}"), why);
            }
            wrong.is_none()
        });
    }
    let whole = serde_json::value::to_raw_value(&members).ok()?;
    let readable = !left_out.is_empty() && serde_json::from_str::<Card>(whole.get()).is_ok();
    readable.then_some((whole, left_out))
}

fn check<T: DeserializeOwned>(item: &Value) -> Result<(), String> {
    serde_json::from_value::<T>(item.clone()).map(drop).map_err(|error| reason(&error))
}
