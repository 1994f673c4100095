//! The upstreams: whether each answers and takes our credential, and whether what the settings name is there.

use t5g_clients::Probe;
use t5g_clients::jira::{Flavour, JiraClient};
use t5g_config::Settings;
use t5g_model::clock::Clock;

use super::Finding;
use crate::wiring::{self, Upstreams};

/// More than this between two clocks spoils tokens and incremental reading, in seconds.
const SKEW: i64 = 60;

/// Asks every upstream.
pub(super) async fn examine(settings: &Settings, clock: &Clock) -> Vec<Finding> {
    let missing = wiring::missing_settings(settings);
    if !missing.is_empty() {
        return vec![Finding::wrong(
            "upstreams",
            format!("not configured: {}", missing.join(", ")),
            "set them (t5g config docs); without them nothing is fetched",
        )];
    }
    let upstreams = match Upstreams::impatient(settings, clock) {
        Ok(upstreams) => upstreams,
        Err(error) => {
            return vec![Finding::wrong("upstreams", format!("{error:#}"), "mend the setting it names")];
        }
    };
    let (tokens, portal, jira) =
        tokio::join!(upstreams.tokens.check(), upstreams.portal.check(), upstreams.jira.check());
    let jira_answers = jira.is_ok();
    let mut findings = vec![
        probe("token service", "sso.offline_token (offline_token)", tokens),
        probe("portal", "portal.base_url (redhat_api) and sso.offline_token (offline_token)", portal),
        probe(
            "Jira",
            "jira.server, jira.username and jira.password (jira_server, jira_username, jira_pass)",
            jira,
        ),
    ];
    findings.push(match &upstreams.bugzilla {
        Some(bugzilla) => {
            probe("Bugzilla", "bugzilla.key (bz_key) and bugzilla.auth", bugzilla.check().await)
        }
        None => Finding::notice("Bugzilla", "not configured", "set bugzilla.key (bz_key) to see bugs"),
    });
    findings.push(match &upstreams.slack {
        Some(slack) => probe("Slack", "slack.token (slack_token)", slack.check().await),
        None => Finding::notice("Slack", "not configured", "set slack.token (slack_token) to post messages"),
    });
    findings.push(match &upstreams.mail {
        Some(mail) => probe("mail", "the section mail (smtp_server)", mail.check().await),
        None => Finding::notice(
            "mail",
            "not configured",
            "set mail.server and mail.from (smtp_server, source_email) to send letters",
        ),
    });
    if jira_answers {
        findings.extend(jira_parts(settings, &upstreams.jira).await);
    }
    findings
}

fn probe<E: std::fmt::Display>(what: &str, settings: &str, answer: Result<Probe, E>) -> Finding {
    let probe = match answer {
        Ok(probe) => probe,
        Err(error) => return Finding::wrong(what, error.to_string(), format!("see {settings}")),
    };
    let identity = probe.identity.map(|identity| format!(", as {identity}")).unwrap_or_default();
    let found = format!("{}{identity}", probe.service);
    match probe.clock_skew.map(|skew| skew.num_seconds()) {
        Some(skew) if skew.abs() > SKEW => Finding::notice(
            what,
            format!("{found}; its clock and ours are {skew} s apart"),
            "set this machine's clock (timedatectl set-ntp true)",
        ),
        _ => Finding::ok(what, found),
    }
}

async fn jira_parts(settings: &Settings, jira: &JiraClient) -> Vec<Finding> {
    let mut findings = fields(settings, jira).await;
    let keys = [
        ("project of cards", "jira.project (jira_project)", &settings.jira.project),
        (
            "project of escalations",
            "jira.escalations_project (jira_escalations_project)",
            &settings.jira.escalations_project,
        ),
    ];
    for (what, setting, key) in keys {
        if let Some(key) = key {
            findings.push(match jira.project(key).await {
                Ok(_) => Finding::ok(what, key),
                Err(error) => Finding::wrong(
                    what,
                    format!("{key}: {error}"),
                    format!("see {setting}, and whether we may read it"),
                ),
            });
        }
    }
    if let (Some(board), Some(_)) = (&settings.jira.board, &settings.jira.sprint) {
        findings.push(sprint(jira, board).await);
    }
    findings.extend(match jira.flavour().await {
        Ok(flavour) => team(settings, flavour),
        Err(error) => Some(Finding::wrong("team", error.to_string(), "see jira.server (jira_server)")),
    });
    findings
}

/// Who takes cases and cannot be named to this Jira: what they are to have belongs to nobody.
fn team(settings: &Settings, flavour: Flavour) -> Option<Finding> {
    const WHAT: &str = "team";
    let active = || settings.general.team.0.iter().filter(|member| member.active);
    active().next()?;
    let setting = match flavour {
        Flavour::Cloud => "jira_account_id",
        Flavour::DataCenter => "jira_user",
    };
    let nameless = active().filter(|member| {
        let account = match flavour {
            Flavour::Cloud => &member.jira_account_id,
            Flavour::DataCenter => &member.jira_user,
        };
        account.trim().is_empty()
    });
    let names: Vec<&str> = nameless.map(|member| member.name.as_str()).collect();
    Some(if names.is_empty() {
        Finding::ok(WHAT, format!("each of {} has a {setting}", active().count()))
    } else {
        Finding::notice(
            WHAT,
            format!("without {setting}: {}", names.join(", ")),
            format!("set their {setting} in team; until then their cards belong to nobody in Jira"),
        )
    })
}

async fn sprint(jira: &JiraClient, name: &str) -> Finding {
    const WHAT: &str = "board and sprint";
    const MEND: &str = "see jira.board (jira_board): its exact name, and whether we may read it";
    let board = match jira.board_by_name(name).await {
        Ok(Some(board)) => board,
        Ok(None) => return Finding::wrong(WHAT, format!("there is no board {name:?}"), MEND),
        Err(error) => return Finding::wrong(WHAT, error.to_string(), MEND),
    };
    match jira.active_sprint(board.id).await {
        Ok(Some(sprint)) => Finding::ok(WHAT, format!("{name}, {}", sprint.name)),
        Ok(None) => Finding::notice(
            WHAT,
            format!("{name}: no sprint is active"),
            "start one in Jira; until then no card is found",
        ),
        Err(error) => Finding::wrong(WHAT, error.to_string(), MEND),
    }
}

/// Each id that is set must belong to a field of this Jira.
async fn fields(settings: &Settings, jira: &JiraClient) -> Vec<Finding> {
    const WHAT: &str = "custom fields";
    let known = match jira.fields().await {
        Ok(known) => known,
        Err(error) => return vec![Finding::wrong(WHAT, error.to_string(), "see whether we may read fields")],
    };
    let set = settings.jira_fields.ids();
    let set = set.into_iter().filter_map(|(key, id)| Some((key, id?.to_string())));
    let mut findings: Vec<Finding> = set
        .map(|(key, id)| match known.iter().find(|field| field.id == id) {
            Some(field) => Finding::ok(format!("field {key}"), format!("{id}, {}", field.name)),
            None => Finding::wrong(
                format!("field {key}"),
                format!("this Jira has no {id}"),
                format!("unset jira.fields.{key} to have it found by its name, or set its id"),
            ),
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::ok(WHAT, format!("{} fields, found by their names", known.len())));
    }
    findings
}
