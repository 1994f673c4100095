//! Writing GraphQL: the filter from the configured query, and values as literals (the schema's type names, which
//! variables would need, are not published).

use std::fmt::Write;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::ErrorKind;
use crate::http::Fault;
use crate::portal::CaseQuery;

/// Plain fields are objects with a `value`, as in the interface this face is built on.
const LIST_FIELDS: &str = "CaseNumber__c{value} Subject{value} Status{value} Priority{value} CreatedDate{value} \
    LastModifiedDate{value} IsClosed{value} ClosedDate{value} Account_Number__c{value} \
    RedHatSupportAccount{Name{value}} Product{Name{value}} Group__r{Name{value}}";
const COMMENT_FIELDS: &str = "edges{node{Id CommentBody{value} CreatedDate{value} IsPublished{value} \
    CreatedBy{Name{value}}}} pageInfo{hasNextPage endCursor}";
const PAGE: usize = 200;

/// What is asked of each case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    List,
    Details,
}

/// The configured `case_query`: a JSON object with the face's own operators; nothing at all means every case.
pub(super) fn filter(query: &CaseQuery) -> Result<Value, Fault> {
    let text = query.query.trim();
    let wanted = if text.is_empty() { Ok(json!({})) } else { serde_json::from_str::<Value>(text) };
    let Ok(wanted @ Value::Object(_)) = wanted else {
        let what = "`case_query` is not a GraphQL filter; with the portal's face `graphql` it has to be a JSON object \
                    such as {\"Status\": {\"ne\": \"Closed\"}}"
            .into();
        return Err(Fault::of(ErrorKind::Setting { what }));
    };
    Ok(match query.modified_since {
        None => wanted,
        Some(since) => {
            let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
            json!({"and": [wanted, {"LastModifiedDate": {"gte": {"value": since}}}]})
        }
    })
}

/// One page of cases.
pub(super) fn cases(
    fields: Fields,
    filter: &Value,
    after: Option<&str>,
    comments_after: Option<&str>,
) -> String {
    let comments = match fields {
        Fields::List => String::new(),
        Fields::Details => {
            format!(" CaseComments(first:{PAGE}{}){{{COMMENT_FIELDS}}}", cursor(comments_after))
        }
    };
    let condition = match filter {
        Value::Null => String::new(),
        filter => format!("where:{}", literal(filter)),
    };
    format!(
        "{{redhat_support_uiapi{{query{{RedHatSupportCase({condition} first:{PAGE}{} orderBy:{{CreatedDate:{{order:ASC}}}})\
         {{totalCount edges{{cursor node{{{LIST_FIELDS}{comments}}}}} pageInfo{{hasNextPage endCursor}}}}}}}}}}",
        cursor(after)
    )
}

fn cursor(after: Option<&str>) -> String {
    after.map(|after| format!(" after:{}", Value::from(after))).unwrap_or_default()
}

/// JSON as a GraphQL literal: the same but for the names of members, which stand without quotes.
fn literal(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{}:{}", word(name), literal(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(",")),
        Value::String(text) => string(text),
        other => other.to_string(),
    }
}

/// A name as GraphQL allows it; whatever else it holds cannot break out of its place.
fn word(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// JSON's escapes are GraphQL's, but control characters need the long form.
fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() && u32::from(c) <= 0xFFFF => {
                // Writing to a string does not fail.
                if write!(quoted, "\\u{:04x}", u32::from(c)).is_err() {
                    quoted.push(' ');
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> CaseQuery {
        CaseQuery { query: text.into(), rows: 100, modified_since: None }
    }

    #[test]
    fn a_filter_is_written_as_a_literal() {
        let filter =
            filter(&query(r#"{"Subject": {"like": "%a\"b\n%"}, "or": [{"IsClosed": {"eq": false}}]}"#))
                .unwrap();
        let written = literal(&filter);
        assert_eq!(written, r#"{Subject:{like:"%a\"b\u000a%"},or:[{IsClosed:{eq:false}}]}"#);
    }

    #[test]
    fn names_cannot_break_out() {
        assert_eq!(literal(&json!({"a}){x": 1})), "{ax:1}");
    }

    #[test]
    fn a_solr_query_is_refused_with_the_mend() {
        let fault = filter(&query("case_summary:*x*")).unwrap_err();
        assert!(fault.kind.to_string().contains("has to be a JSON object"), "{}", fault.kind);
    }

    #[test]
    fn changes_since_are_added_to_the_filter() {
        let query =
            CaseQuery { modified_since: Some("2026-11-23T12:00:00Z".parse().unwrap()), ..query("{}") };
        let written = literal(&filter(&query).unwrap());
        assert_eq!(written, r#"{and:[{},{LastModifiedDate:{gte:{value:"2026-11-23T12:00:00Z"}}}]}"#);
    }
}
