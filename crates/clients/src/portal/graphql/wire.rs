//! What GraphQL sends: errors in a 200, pages of nodes, and nodes whose fields are bare or in `{value}`.

use serde::Deserialize;
use serde_json::Value;

use crate::ErrorKind;
use crate::http::{Answer, Fault};
use crate::portal::wire::{flag, text};
use crate::portal::{PortalCase, PortalCaseDetail, PortalComment};

/// The outermost object.
#[derive(Deserialize)]
struct WireAnswer {
    data: Option<Value>,
    #[serde(default)]
    errors: Option<Vec<Value>>,
}

/// One page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePage {
    #[serde(default)]
    pub(super) total_count: Option<usize>,
    #[serde(default)]
    pub(super) edges: Vec<WireEdge>,
    pub(super) page_info: WirePageInfo,
}

/// A place in the list.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct WireEdge {
    pub(super) node: Option<Value>,
}

/// Whether and where it goes on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

/// The page in an answer. With a single error in it, the data beside is partial and is not looked at.
pub(super) fn page(answer: &Answer) -> Result<WirePage, Fault> {
    let whole: WireAnswer = answer.json()?;
    let errors = whole.errors.unwrap_or_default();
    if !errors.is_empty() {
        return Err(fault(&errors));
    }
    let page =
        whole.data.as_ref().and_then(|data| data.pointer("/redhat_support_uiapi/query/RedHatSupportCase"));
    let page = page.ok_or_else(|| Fault::invalid("GraphQL data without RedHatSupportCase"))?;
    let page =
        WirePage::deserialize(page).map_err(|error| Fault::invalid(format!("a page of cases: {error}")))?;
    if page.edges.iter().any(|edge| edge.node.is_none()) {
        return Err(Fault::invalid("a page of cases with holes in it"));
    }
    Ok(page)
}

/// Errors in a 200: those of the services behind it pass, the others are ours.
fn fault(errors: &[Value]) -> Fault {
    let code = |error: &Value| {
        error
            .pointer("/extensions/code")
            .or_else(|| error.get("type"))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let told: Vec<String> = errors
        .iter()
        .map(|error| {
            let message = error.get("message").and_then(Value::as_str).unwrap_or("(no message)");
            code(error).map_or(message.to_owned(), |code| format!("{code}: {message}"))
        })
        .collect();
    let detail = told.join("; ");
    let codes: Vec<String> = errors.iter().filter_map(code).collect();
    let kind = if codes.iter().any(|code| code.contains("UNAUTHENTICATED")) {
        ErrorKind::CredentialRejected { setting: super::super::SETTING, detail }
    } else if !errors.is_empty() && errors.iter().all(passes) {
        ErrorKind::Unavailable { detail }
    } else {
        ErrorKind::Refused { detail }
    };
    Fault::of(kind)
}

/// Whether an error is one of those that go away: a failed call behind the scenes, with a 5xx or 429.
fn passes(error: &Value) -> bool {
    let code = error.pointer("/extensions/code").or_else(|| error.get("type")).and_then(Value::as_str);
    let status = ["/extensions/http/status", "/extensions/status", "/status"]
        .iter()
        .find_map(|place| error.pointer(place).and_then(Value::as_u64));
    let known = code.is_some_and(|code| {
        ["SUBREQUEST_HTTP_ERROR", "INTERNAL_SERVER_ERROR", "GATEWAY_TIMEOUT", "RATE_LIMITED"].contains(&code)
    });
    let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
    match status {
        Some(status) => status >= 500 || status == 429,
        None => known || ["502", "503", "504"].iter().any(|code| message.contains(code)),
    }
}

/// A field, bare or in `{value}`.
fn field(node: &Value, name: &str) -> Option<String> {
    match node.get(name)? {
        inner @ Value::Object(_) => text(inner, "value"),
        _ => text(node, name),
    }
}

/// The name of a related object.
fn name(node: &Value, relation: &str) -> Option<String> {
    field(node.get(relation)?, "Name")
}

/// A node as a case; `None` without a number. The product's name holds its version.
pub(super) fn case(node: &Value) -> Option<PortalCase> {
    Some(PortalCase {
        number: field(node, "CaseNumber__c")?,
        account: name(node, "RedHatSupportAccount").or_else(|| field(node, "Account_Number__c")),
        summary: field(node, "Subject"),
        description: field(node, "Description"),
        status: field(node, "Status"),
        severity: field(node, "Priority"),
        products: name(node, "Product").into_iter().collect(),
        created: field(node, "CreatedDate"),
        modified: field(node, "LastModifiedDate"),
        closed: field(node, "ClosedDate"),
        ..PortalCase::default()
    })
}

/// Rows of the portal's own bookkeeping, no cases.
pub(super) fn is_internal(number: &str) -> bool {
    number.starts_with("EN-")
}

/// A node as details; `None` without a number.
pub(super) fn detail(node: &Value) -> Option<PortalCaseDetail> {
    Some(PortalCaseDetail {
        number: field(node, "CaseNumber__c")?,
        group_name: name(node, "Group__r"),
        comments: comments(node),
        ..PortalCaseDetail::default()
    })
}

/// The comments on this page of them.
pub(super) fn comments(node: &Value) -> Vec<PortalComment> {
    let edges = node.pointer("/CaseComments/edges").and_then(Value::as_array);
    edges.into_iter().flatten().filter_map(|edge| comment(edge.get("node")?)).collect()
}

fn comment(node: &Value) -> Option<PortalComment> {
    let public = |member: &str| match node.get(member)? {
        inner @ Value::Object(_) => flag(inner, "value"),
        _ => flag(node, member),
    };
    Some(PortalComment {
        id: field(node, "Id").unwrap_or_default(),
        author: name(node, "CreatedBy").or_else(|| field(node, "CreatedBy")),
        body: field(node, "CommentBody")?,
        created: field(node, "CreatedDate"),
        public: public("IsPublished").unwrap_or(false),
    })
}

/// Where the comments go on, if there are more than one page of them.
pub(super) fn comments_cursor(node: &Value) -> Option<String> {
    let info = WirePageInfo::deserialize(node.pointer("/CaseComments/pageInfo")?).ok()?;
    info.end_cursor.filter(|_| info.has_next_page)
}
