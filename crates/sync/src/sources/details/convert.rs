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

/// A case's list in `case_bz`, in the portal's order, each bug once; a link that names no bug is a problem.
pub(super) fn linked_bugs(
    case: &CaseNumber,
    bugs: &[PortalBug],
    problems: &mut Vec<ProblemEntry>,
) -> Vec<LinkedBug> {
    let mut linked: Vec<LinkedBug> = Vec::with_capacity(bugs.len());
    for bug in bugs {
        match serde_json::from_value::<LinkedBug>(Value::Object(bug.clone())) {
            Ok(bug) => {
                if linked.iter().all(|other| other.bugzilla_number != bug.bugzilla_number) {
                    linked.push(bug);
                }
            }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MUTE: Capabilities = Capabilities {
        face: "graphql",
        details: false,
        bugs_and_tags: false,
        linked_issues: false,
        watchers: false,
        batch: 100,
    };
    const HYDRA: Capabilities = Capabilities {
        linked_issues: true,
        details: true,
        bugs_and_tags: true,
        watchers: true,
        face: "hydra",
        batch: 8,
    };

    fn case() -> CaseNumber {
        "01234567".parse().unwrap()
    }

    #[test]
    fn bugs_stay_in_order_each_once_and_nameless_ones_are_told() {
        let bug = |bug: Value| bug.as_object().unwrap().clone();
        let received = [
            bug(json!({ "bugzillaNumber": "9", "bugzillaLink": "https://bz/9", "status": "NEW" })),
            bug(json!({ "bugzillaNumber": 5 })),
            bug(json!({ "bugzillaNumber": "9" })),
            bug(json!({ "status": "NEW" })),
        ];
        let mut problems = Vec::new();
        let linked = linked_bugs(&case(), &received, &mut problems);
        let numbers: Vec<_> = linked.iter().map(|bug| bug.bugzilla_number.as_str()).collect();
        assert_eq!((numbers, linked[0].status.as_deref()), (vec!["9", "5"], Some("NEW")));
        assert_eq!((problems.len(), problems[0].entry.as_str()), (1, "01234567"));
    }

    #[test]
    fn what_a_face_cannot_tell_stays() {
        let found = PortalCaseDetail {
            group_name: Some("EMEA".into()),
            crit_sit: Some(true),
            relief_at: Some(Moment::Millis(5)),
            notified_users: Some(vec![PortalUser { sso_username: "ada".into(), ..PortalUser::default() }]),
            ..PortalCaseDetail::default()
        };
        let known = detail(&found, None, HYDRA);
        assert_eq!((known.crit_sit, &known.relief_at), (true, &Some(Milestone::Millis(5))));
        let silent = PortalCaseDetail { group_name: Some("APAC".into()), ..PortalCaseDetail::default() };
        let kept = detail(&silent, Some(&known), MUTE);
        assert_eq!(kept, Detail { group_name: Some("APAC".into()), ..known.clone() });
        let relieved = PortalCaseDetail {
            crit_sit: Some(false),
            notified_users: Some(Vec::new()),
            ..PortalCaseDetail::default()
        };
        assert_eq!(detail(&relieved, Some(&known), HYDRA), Detail::default(), "this face does tell");
    }

    #[test]
    fn comments_without_an_id_are_known_by_their_place() {
        let comment = |id: &str| PortalComment { id: id.into(), ..PortalComment::default() };
        let kept = comments(&case(), vec![comment("a"), comment("")]);
        assert_eq!([&kept[0].id, &kept[1].id], ["a", "01234567-1"]);
    }
}
