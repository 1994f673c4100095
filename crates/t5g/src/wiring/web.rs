//! The settings as those of the web face.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use t5g_config::Settings;
use t5g_model::board::{Rules, SlaRules};
use t5g_model::names::Source;
use t5g_sync::WriteTask;
use t5g_web::{AccessSettings, TaskNames, WebSettings};
use url::Url;

/// How the web face of this deployment is meant to be.
pub(crate) fn web_settings(
    settings: &Settings,
    intervals: BTreeMap<Source, Duration>,
    (access, base_url): (AccessSettings, Option<Url>),
) -> WebSettings {
    WebSettings {
        access,
        base_url,
        jira_base: settings.jira.server.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
        rules: Arc::new(rules(settings)),
        intervals,
        unconfigured: unconfigured(settings),
        tasks: tasks(),
        metrics_elsewhere: settings.general.ops_listen.is_some(),
        ..WebSettings::default()
    }
}

/// What can be started, where the settings allow it.
fn tasks() -> TaskNames {
    let by_source = Source::ALL.iter().map(|&source| (source, t5g_sync::task_of(source))).collect();
    let by_plan = WriteTask::ALL.iter().map(|task| (task.kind(), task.name())).collect();
    TaskNames { refresh: Some(t5g_sync::REFRESH), by_plan, by_source }
}

fn rules(settings: &Settings) -> Rules {
    let sla = &settings.general.sla;
    let days = sla.days.iter().map(|(word, days)| (word.as_str(), *days));
    Rules { time_zone: settings.general.time_zone, sla: SlaRules::new(days, sla.partners.iter().cloned()) }
}

/// Sources that this deployment does without.
pub(super) fn unconfigured(settings: &Settings) -> BTreeSet<Source> {
    let jira = &settings.jira;
    let escalations = jira.escalations_project.is_some() && jira.escalations_label.is_some();
    [(Source::Bugs, settings.bugzilla.key.is_some()), (Source::Escalations, escalations)]
        .into_iter()
        .filter_map(|(source, is_used)| (!is_used).then_some(source))
        .collect()
}
