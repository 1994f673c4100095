//! Whether labels that are looked for are somewhere.

use serde_json::Value;

/// Whether `labels` has all of `wanted`, which must not be empty: it would mean everything.
pub(super) fn match_all(wanted: Option<&Value>, labels: Option<&Value>) -> bool {
    let (Some(wanted), Some(labels)) = (wanted.and_then(Value::as_object), labels.and_then(Value::as_object))
    else {
        return false;
    };
    !wanted.is_empty() && wanted.iter().all(|(name, value)| labels.get(name) == Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_of_them_and_not_none() {
        let labels = json!({ "a": "1", "b": "2" });
        assert!(match_all(Some(&json!({ "a": "1" })), Some(&labels)));
        assert!(!match_all(Some(&json!({ "a": "2" })), Some(&labels)));
        assert!(!match_all(Some(&json!({})), Some(&labels)) && !match_all(None, Some(&labels)));
    }
}
