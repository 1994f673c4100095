//! The settings as the rules of the room that fetches.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use t5g_config::Settings;
use t5g_config::values::{FieldId, Schedule};
use t5g_model::names::CardStatus;
use t5g_sync::{
    CardRules, CardScope, EscalationRules, FieldName, FieldNames, Schedules, ShrinkRules, SyncRules,
};

/// Settings without which nothing can be fetched, and whether they are there.
pub(crate) fn missing(settings: &Settings) -> Vec<&'static str> {
    let jira = &settings.jira;
    let has_scope = jira.project.is_some() || (jira.board.is_some() && jira.sprint.is_some());
    [
        ("sso.offline_token (offline_token)", settings.sso.offline_token.is_some()),
        ("portal.case_query (case_query)", settings.portal.case_query.is_some()),
        ("jira.server (jira_server)", jira.server.is_some()),
        ("jira.password (jira_pass)", jira.password.is_some()),
        ("jira.query (jira_query)", jira.query.is_some()),
        ("jira.project (jira_project), or jira.board and jira.sprint (jira_board, jira_sprint)", has_scope),
    ]
    .into_iter()
    .filter_map(|(name, is_set)| (!is_set).then_some(name))
    .collect()
}

/// Rules of reading. Fails if a setting is missing without which nothing can be fetched; all are named.
pub(super) fn sync_rules(settings: &Settings) -> Result<SyncRules> {
    let missing = missing(settings);
    if !missing.is_empty() {
        bail!("the upstreams are not configured; not set:\n  {}", missing.join("\n  "));
    }
    let (portal, jira, sync) = (&settings.portal, &settings.jira, &settings.sync);
    Ok(SyncRules {
        case_query: portal.case_query.clone().unwrap_or_default(),
        page_rows: portal.max_portal_results,
        cards: CardRules {
            label: jira.query.clone().unwrap_or_default(),
            scope: scope(settings),
            statuses: jira.status_map.as_ref().map_or_else(t5g_sync::usual_statuses, statuses),
        },
        escalations: EscalationRules {
            project: jira.escalations_project.clone(),
            label: jira.escalations_label.clone(),
        },
        fields: fields(settings),
        shrink: ShrinkRules {
            from_rows: usize::try_from(sync.shrink_from).unwrap_or(usize::MAX),
            keep_percent: sync.shrink_keep.get().into(),
        },
        time_zone: settings.general.time_zone,
        full_every: sync.full_every.duration(),
        overlap: sync.overlap.duration(),
        keep_comments: settings.retention.comments.duration(),
        schedules: schedules(settings),
    })
}

fn scope(settings: &Settings) -> CardScope {
    let jira = &settings.jira;
    match (&jira.board, &jira.sprint) {
        (Some(board), Some(_)) => CardScope::ActiveSprint { board: board.clone() },
        _ => CardScope::Project(jira.project.clone().unwrap_or_default()),
    }
}

/// A name that is none of ours becomes a status of its own.
fn statuses(map: &BTreeMap<String, String>) -> BTreeMap<String, CardStatus> {
    let typed = |(jira, ours): (&String, &String)| {
        let Ok(status) = ours.parse::<CardStatus>();
        (jira.clone(), status)
    };
    map.iter().map(typed).collect()
}

fn fields(settings: &Settings) -> FieldNames {
    let ids = &settings.jira_fields;
    let usual = FieldNames::default();
    FieldNames {
        contributors: field(usual.contributors, ids.contributors),
        qa_contact: field(usual.qa_contact, ids.qa_contact),
        severity: field(usual.severity, ids.severity),
        case_links: field(usual.case_links, ids.sfdc_case_links),
        private_keywords: field(usual.private_keywords, ids.private_keywords),
    }
}

/// The field as it is usually called, with the id that is set for it.
pub(super) fn field(mut usual: FieldName, id: Option<FieldId>) -> FieldName {
    usual.id = id.map(|id| id.to_string());
    usual
}

/// What was set.
pub(super) fn schedules(settings: &Settings) -> Schedules {
    let set = settings.schedules.set().into_iter();
    set.map(|(task, schedule): (_, &Schedule)| (task.to_owned(), schedule.cron().map(str::to_owned)))
        .collect()
}
