//! The settings as those of the web face.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use t5g_config::Settings;
use t5g_model::board::{Rules, SlaRules};
use t5g_model::names::{Severity, Source};
use t5g_web::WebSettings;

/// How the web face of this deployment is meant to be.
pub(crate) fn web_settings(settings: &Settings, intervals: BTreeMap<Source, Duration>) -> WebSettings {
    WebSettings {
        base_url: settings.general.base_url.clone(),
        jira_base: settings.jira.server.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
        rules: Arc::new(rules(settings)),
        intervals,
        unconfigured: unconfigured(settings),
        ..WebSettings::default()
    }
}

fn rules(settings: &Settings) -> Rules {
    let days = settings.general.sla.days.iter().map(|(word, days)| {
        let Ok(severity) = word.parse::<Severity>();
        (severity, *days)
    });
    let partners = settings.general.sla.partners.iter().cloned().collect();
    Rules { time_zone: settings.general.time_zone, sla: SlaRules { days: days.collect(), partners } }
}

/// Sources that this deployment does without.
fn unconfigured(settings: &Settings) -> BTreeSet<Source> {
    let jira = &settings.jira;
    let escalations = jira.escalations_project.is_some() && jira.escalations_label.is_some();
    [(Source::Bugs, settings.bugzilla.key.is_some()), (Source::Escalations, escalations)]
        .into_iter()
        .filter_map(|(source, is_used)| (!is_used).then_some(source))
        .collect()
}
