//! A case's page as the portal tells it → entries of `details` and `case_bz`, and comments. Pure.

use serde_json::Value;
use t5g_clients::portal::{Capabilities, Moment, PortalBug, PortalCaseDetail, PortalComment, PortalUser};
use t5g_model::documents::{Detail, Document, LinkedBug, Milestone, NotifiedUser};
use t5g_model::names::CaseNumber;
use t5g_model::time;
use t5g_store::ledger::{CaseComment, ProblemEntry};

/// An entry of `details`; what the portal's face cannot tell stays as it was.
pub(super) fn detail(found: &PortalCaseDetail, old: Option<&Detail>, capabilities: Capabilities) -> Detail {
    let kept = old.cloned().unwrap_or_default();
    let tells = capabilities.details;
    Detail {
        crit_sit: found.crit_sit.unwrap_or(kept.crit_sit),
        group_name: found.group_name.clone(),
        notified_users: match &found.notified_users {
            Some(users) => users.iter().map(notified_user).collect(),
            None => kept.notified_users,
        },
        relief_at: if tells { found.relief_at.as_ref().map(milestone) } else { kept.relief_at },
        resolved_at: if tells { found.resolved_at.as_ref().map(milestone) } else { kept.resolved_at },
    }
}

fn notified_user(user: &PortalUser) -> NotifiedUser {
    NotifiedUser {
        sso_username: user.sso_username.clone(),
        title: user.title.clone(),
        other: user.other.clone(),
    }
}

fn milestone(moment: &Moment) -> Milestone {
    match moment {
        Moment::Millis(millis) => Milestone::Millis(*millis),
        Moment::Text(text) => Milestone::Text(text.clone()),
    }
}

/// A case's list in `case_bz`, in the portal's order; a link that names no bug is a problem.
pub(super) fn linked_bugs(
    case: &CaseNumber,
    bugs: &[PortalBug],
    problems: &mut Vec<ProblemEntry>,
) -> Vec<LinkedBug> {
    let mut linked = Vec::with_capacity(bugs.len());
    for bug in bugs {
        match serde_json::from_value(Value::Object(bug.clone())) {
            Ok(bug) => linked.push(bug),
            Err(error) => problems.push(ProblemEntry {
                document: Document::CaseBz,
                entry: case.to_string(),
                reason: format!("a linked bug cannot be read: {error}"),
            }),
        }
    }
    linked
}

/// Comments for the ledger. One without an id gets one from its place, which does not change: the portal
/// only appends.
pub(super) fn comments(case: &CaseNumber, comments: Vec<PortalComment>) -> Vec<CaseComment> {
    let convert = |(place, comment): (usize, PortalComment)| CaseComment {
        id: if comment.id.is_empty() { format!("{case}-{place}") } else { comment.id },
        author: comment.author,
        body: comment.body,
        created: comment.created.and_then(|text| time::read(&text).ok()),
        public: comment.public,
    };
    comments.into_iter().enumerate().map(convert).collect()
}
