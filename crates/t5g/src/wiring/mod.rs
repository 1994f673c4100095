//! The only place that knows both the settings and the rooms' own types: builds each room from the settings.

pub(crate) mod access;
pub(crate) mod background;
mod intervals;
pub(crate) mod ops;
pub(crate) mod presence;
mod rules;
pub(crate) mod site;
mod stores;
mod upstreams;
mod web;
mod writing;

use std::sync::Arc;

use anyhow::Result;
use t5g_config::Settings;
use t5g_model::clock::Clock;
use t5g_store::Opening;
use t5g_sync::{SprintReport, SyncContext};

use crate::console;

pub(crate) use rules::missing as missing_settings;
pub(crate) use stores::{documents, ledger};
pub(crate) use upstreams::Upstreams;
pub(crate) use writing::team;

/// Everything that fetching needs. Fails if an upstream is not configured, naming every missing setting.
pub(crate) async fn sync_context(
    settings: &Settings,
    opening: Opening,
    clock: &Clock,
) -> Result<Arc<SyncContext>> {
    let rules = rules::sync_rules(settings)?;
    let upstreams = Upstreams::new(settings, clock)?;
    Ok(Arc::new(SyncContext {
        documents: documents(settings, opening).await?,
        ledger: ledger(settings, opening).await?,
        portal: upstreams.portal,
        jira: Arc::new(upstreams.jira),
        bugzilla: upstreams.bugzilla.map(Arc::new),
        slack: upstreams.slack.map(Arc::new),
        mail: upstreams.mail.map(Arc::new),
        rules: Arc::new(rules),
        writing: Arc::new(writing::write_rules(settings)),
        clock: clock.clone(),
    }))
}

/// What of settings that can be read keeps a server from starting all the same, and what is merely odd; one sentence
/// each.
pub(crate) fn check(settings: &Settings) -> (Vec<String>, Vec<String>) {
    let (mut wrong, mut odd) = (Vec::new(), Vec::new());
    if let Err(error) = background::catalog(settings) {
        wrong.push(format!("[schedules]: {}", console::chain(&error)));
    }
    // That there is no identity provider at all is told by whoever reads the settings.
    if settings.access.saml_settings.is_some() {
        match access::check(settings) {
            Ok(warnings) => odd = warnings,
            Err(error) => wrong.push(format!("access.saml_settings: {}", console::chain(&error))),
        }
    }
    (wrong, odd)
}

/// Who completed how many cards of the last sprint, as Jira tells.
pub(crate) async fn last_sprint(settings: &Settings, clock: &Clock) -> Result<SprintReport> {
    let rules = rules::sync_rules(settings)?;
    let upstreams = Upstreams::impatient(settings, clock)?;
    t5g_sync::last_sprint(&upstreams.jira, &rules.cards, &team(settings)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Global;
    use crate::{load, process};

    fn settings(folder: &str, more: &[(&str, &str)]) -> Settings {
        let usual = [
            ("T5G_DATA_DIR", folder),
            ("offline_token", "x"),
            ("case_query", "x"),
            ("jira_server", "https://jira.example.com"),
            ("jira_pass", "x"),
            ("jira_query", "field"),
            ("jira_project", "FIELD"),
            ("jira_escalations_project", "ESC"),
            ("jira_escalations_label", "prio"),
            ("bz_key", "x"),
        ];
        let pairs: Vec<_> =
            usual.iter().chain(more).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        load::from_pairs(&Global::default(), &pairs).unwrap()
    }

    #[test]
    fn every_scheduled_task_has_its_setting_and_obeys_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().to_str().unwrap();
        process::block_on(async {
            let usual = sync_context(&settings(folder, &[]), Opening::Serve, &process::clock()).await?;
            let scheduled: Vec<String> = t5g_sync::registry(&usual)
                .definitions()
                .iter()
                .filter(|definition| definition.schedule.is_some())
                .map(|definition| definition.name.to_owned())
                .collect();
            let names: Vec<String> =
                scheduled.iter().map(|task| format!("T5G_SCHEDULES_{}", task.to_uppercase())).collect();
            let off: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "off")).collect();
            let silent = sync_context(&settings(folder, &off), Opening::Serve, &process::clock()).await?;
            assert!(scheduled.len() >= 7);
            let silent = t5g_sync::registry(&silent);
            assert!(silent.definitions().iter().all(|definition| definition.schedule.is_none()));
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let settings = load::from_pairs(&Global::default(), &[]).unwrap();
        let error = rules::sync_rules(&settings).unwrap_err().to_string();
        for name in ["offline_token", "case_query", "jira_server", "jira_pass", "jira_query", "jira_project"]
        {
            assert!(error.contains(name), "{name}: {error}");
        }
    }

    #[test]
    fn settings_become_rules_of_writing() {
        let usual = writing::write_rules(&settings("/nowhere", &[]));
        assert_eq!(
            (usual.labels.as_slice(), usual.board, usual.tags),
            (&["field".to_owned()][..], None, true)
        );
        assert_eq!((usual.recipients, usual.read_only), (t5g_sync::Recipients::default(), false));
        assert_eq!(usual.priorities["Urgent"], "Critical");
        assert_eq!(usual.start_columns, ["New", "To Do"]);
        let more = [
            ("READ_ONLY", "true"),
            ("jira_board", "Board"),
            ("jira_sprint", "Sprint"),
            ("jira_labels", "team, field"),
            ("jira_query", "field"),
            ("T5G_JIRA_FIELDS_TICKET_TRACKING", "7"),
            ("T5G_BASE_URL", "https://dashboard.example.com/"),
            ("smtp_server", "mail.example.com"),
            ("source_email", "t5g@example.com"),
            ("notification_email", "team@example.com, lead@example.com"),
            ("slack_token", "x"),
            ("high_severity_slack_channel", "C1"),
            ("T5G_CARDS_ASSIGNMENT", "least-work"),
            ("team", r#"[{"name": "Ana", "active": "false", "absent": ["2026-12-24/2027-01-02"]}]"#),
        ];
        let rules = writing::write_rules(&settings("/nowhere", &more));
        assert!(rules.read_only && rules.least_work_first && !rules.team[0].active);
        assert_eq!(rules.team[0].absent[0].to_string(), "2026-12-24/2027-01-02");
        assert_eq!(rules.labels, ["team", "field"]);
        assert_eq!((rules.board.as_deref(), rules.sprint.as_deref()), (Some("Board"), Some("Sprint")));
        assert_eq!(rules.fields.tracking.id.as_deref(), Some("customfield_7"));
        assert_eq!(rules.recipients.new_cards, ["team@example.com", "lead@example.com"]);
        assert_eq!(rules.recipients.low_channel.as_deref(), Some("C1"), "the only channel takes everything");
        assert_eq!(rules.case_link("01234567"), "https://access.redhat.com/support/cases/01234567");
        assert_eq!(rules.card_link("A-1").as_deref(), Some("https://jira.example.com/browse/A-1"));
        assert_eq!(rules.page("cards/plan").as_deref(), Some("https://dashboard.example.com/cards/plan"));
    }

    #[test]
    fn settings_become_rules() {
        let more = [
            ("jira_board", "Board"),
            ("jira_sprint", "Sprint"),
            ("T5G_JIRA_FIELDS_QA_CONTACT", "7"),
            ("T5G_JIRA_STATUS_MAP", r#"{"Doing": "Eng Working"}"#),
            ("T5G_SYNC_SHRINK_KEEP", "30%"),
        ];
        let rules = rules::sync_rules(&settings("/nowhere", &more)).unwrap();
        assert_eq!(rules.cards.scope, t5g_sync::CardScope::ActiveSprint { board: "Board".to_owned() });
        assert_eq!(rules.fields.qa_contact.id.as_deref(), Some("customfield_7"));
        assert_eq!(rules.fields.severity.id, None);
        assert_eq!(rules.cards.statuses["Doing"], t5g_model::names::CardStatus::EngWorking);
        assert_eq!((rules.cards.statuses.len(), rules.shrink.keep_percent), (1, 30));
    }
}
