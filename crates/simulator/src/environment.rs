//! The environment that points the product at a running simulator: the old variables' names where there is one,
//! the product's own for addresses that the old system had fixed.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::portal::GROUP;
use crate::settings::{Flavour, SimulatorSettings};
use crate::world::{CARD_LABEL, ESCALATION_LABEL, Project, World};
use crate::{bugzilla, jira, mail, slack, sso};

/// Name and value of each variable.
pub(crate) fn environment(
    settings: &SimulatorSettings,
    world: &World,
    base: &str,
    mail_server: SocketAddr,
) -> Vec<(String, String)> {
    let bot = World::bot();
    let mut pairs: Vec<(&str, String)> = vec![
        (
            "T5G_SSO_TOKEN_URL",
            format!("{base}/sso/auth/realms/redhat-external/protocol/openid-connect/token"),
        ),
        ("offline_token", sso::OFFLINE_TOKEN.into()),
        ("redhat_api", format!("{base}/portal/hydra/rest")),
        ("T5G_PORTAL_V3_URL", format!("{base}/portal/support/v3")),
        ("T5G_PORTAL_GRAPHQL_URL", format!("{base}/graphql")),
        ("case_query", format!("case_sbrGroups:\"{GROUP}\"")),
        ("max_portal_results", "5000".into()),
        ("jira_server", format!("{base}/jira")),
        ("jira_project", Project::Cards.key().into()),
        ("jira_component", "Field".into()),
        ("jira_board", jira::BOARD.into()),
        ("jira_sprint", jira::SPRINT.into()),
        ("jira_query", CARD_LABEL.into()),
        ("jira_labels", CARD_LABEL.into()),
        ("jira_escalations_project", Project::Escalations.key().into()),
        ("jira_escalations_label", ESCALATION_LABEL.into()),
        ("T5G_BUGZILLA_BASE_URL", format!("{base}/bugzilla")),
        ("bz_key", bugzilla::KEY.into()),
        ("T5G_SLACK_BASE_URL", format!("{base}/slack/api")),
        ("slack_token", slack::TOKEN.into()),
        ("high_severity_slack_channel", slack::HIGH_CHANNEL.into()),
        ("low_severity_slack_channel", slack::LOW_CHANNEL.into()),
        ("smtp_server", mail_server.to_string()),
        ("source_email", mail::FROM.into()),
        ("notification_email", mail::TEAM.into()),
        ("email_subject", "New cards".into()),
        ("alert_email", mail::ALERTS.into()),
        ("bug_email", mail::BUGS.into()),
        ("team", team(world, settings.flavour).to_string()),
        ("sla_settings", sla(world).to_string()),
        ("rbac", "t5g-viewers".into()),
    ];
    match settings.flavour {
        Flavour::Cloud => {
            pairs.push(("jira_username", bot.mail));
            pairs.push(("jira_pass", jira::TOKEN.into()));
        }
        // Without a user name the password is a bearer token.
        Flavour::DataCenter => pairs.push(("jira_pass", jira::PERSONAL_TOKEN.into())),
    }
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn team(world: &World, flavour: Flavour) -> Value {
    (0..world.team_size())
        .map(|index| {
            let person = world.engineer(index);
            // The first few look after an account each; one is away; one does not want to watch cases.
            let accounts: Vec<String> = (index < 3).then(|| world.account(index).0).into_iter().collect();
            json!({
                "name": person.name,
                // Data Center knows people by their logins.
                "jira_user": if flavour == Flavour::Cloud { &person.mail } else { &person.login },
                "jira_account_id": person.account_id,
                "slack_user": format!("U{index:08}"),
                "accounts": accounts,
                "active": if index == 4 { "false" } else { "true" },
                "notifieduser": if index == 5 { "false" } else { "true" },
            })
        })
        .collect()
}

fn sla(world: &World) -> Value {
    let partners: Vec<String> =
        (0..world.account_count().min(4)).map(|index| world.account(index).0).collect();
    json!({ "days": { "Urgent": 14, "High": 20, "Normal": 90, "Low": 180 }, "partners": partners })
}
