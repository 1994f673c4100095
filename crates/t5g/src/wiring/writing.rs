//! The settings as the rules of the room that writes.

use std::collections::BTreeMap;
use std::time::Duration;

use t5g_config::Settings;
use t5g_config::values::{AssignmentOrder, MailAddresses};
use t5g_model::writing::{Member, Service};
use t5g_sync::{Recipients, WriteFields, WriteRules};
use url::Url;

use super::rules::field;

/// The label by which the team whose bugs are tagged finds its cards.
const TAGGING_LABEL: &str = "field";

/// Rules of writing.
pub(super) fn write_rules(settings: &Settings) -> WriteRules {
    let (general, jira, cards) = (&settings.general, &settings.jira, &settings.cards);
    // As for reading: both name the sprint, one alone does not.
    let in_sprint = jira.board.is_some() && jira.sprint.is_some();
    WriteRules {
        read_only: general.read_only,
        team: team(settings),
        least_work_first: cards.assignment == AssignmentOrder::LeastWork,
        max_to_create: cards.max_to_create,
        project: jira.project.clone(),
        component: jira.component.clone(),
        issue_type: cards.issue_type.clone(),
        labels: labels(settings),
        priorities: jira.priority_map.clone(),
        priority: cards.priority.clone(),
        points: cards.points,
        tracking: cards.tracking.clone(),
        board: jira.board.clone().filter(|_| in_sprint),
        sprint: jira.sprint.clone().filter(|_| in_sprint),
        start_columns: cards.start_statuses.clone(),
        open_column: cards.open_status.clone(),
        reopen_after: cards.reopen_age.duration(),
        settle: cards.settle.duration(),
        time_outs: time_outs(settings),
        case_url: base(&cards.case_link),
        case_link_title: cards.case_link_title.clone(),
        bugzilla_url: base(&settings.bugzilla.base_url),
        jira_url: jira.server.as_ref().map(base),
        dashboard_url: general.base_url.as_ref().map(base),
        tags: jira.query.as_deref() == Some(TAGGING_LABEL),
        fields: fields(settings),
        recipients: recipients(settings),
    }
}

/// How long the services are waited for, of which it can be looked up whether a step happened.
fn time_outs(settings: &Settings) -> BTreeMap<Service, Duration> {
    [
        (Service::Portal, settings.portal.timeout),
        (Service::Jira, settings.jira.timeout),
        (Service::Bugzilla, settings.bugzilla.timeout),
    ]
    .map(|(service, time_out)| (service, time_out.duration()))
    .into()
}

/// An address to which paths are added.
fn base(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// The people who take cases.
pub(crate) fn team(settings: &Settings) -> Vec<Member> {
    let members = settings.general.team.0.iter().cloned();
    let member = |member: t5g_config::values::Member| Member {
        name: member.name,
        jira_user: member.jira_user,
        jira_account_id: member.jira_account_id,
        slack_user: member.slack_user,
        accounts: member.accounts,
        active: member.active,
        notified: member.notifieduser,
        absent: member.absent,
    };
    members.map(member).collect()
}

/// A card without the label by which cards are found would be found by nobody, so it is always among them.
fn labels(settings: &Settings) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for label in settings.jira.labels.iter().chain(&settings.jira.query) {
        if !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    labels
}

fn fields(settings: &Settings) -> WriteFields {
    let ids = &settings.jira_fields;
    let usual = WriteFields::default();
    WriteFields {
        tracking: field(usual.tracking, ids.ticket_tracking),
        points: field(usual.points, ids.story_points),
        whiteboard: field(usual.whiteboard, ids.internal_whiteboard),
        sprint: field(usual.sprint, ids.sprint),
    }
}

/// Nobody is told by a way that is not there.
fn recipients(settings: &Settings) -> Recipients {
    let (mail, slack) = (&settings.mail, &settings.slack);
    let mut recipients = Recipients::default();
    if mail.server.is_some() && mail.from.is_some() {
        let addresses = |list: &MailAddresses| list.0.iter().map(ToString::to_string).collect();
        recipients.new_cards = addresses(&mail.notification);
        recipients.alert = addresses(&mail.alert);
        recipients.tags = addresses(&mail.bugs);
        recipients.subject.clone_from(&mail.subject);
        recipients.from = mail.from.as_ref().map(ToString::to_string);
    }
    if slack.token.is_some() {
        let (high, low) = (&slack.high_severity_channel, &slack.low_severity_channel);
        recipients.high_channel = high.clone().or_else(|| low.clone());
        recipients.low_channel = low.clone().or_else(|| high.clone());
    }
    recipients
}
