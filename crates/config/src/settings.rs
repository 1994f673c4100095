//! The whole tree, and how it is loaded.

use crate::checks;
use crate::problem::Problems;
use crate::resolve::{Effective, Resolver};
use crate::secret::Secret;
use crate::section::Section;
use crate::sections::{
    Access, Bugzilla, Cards, Documents, General, Jira, JiraFields, Jobs, Ledger, Log, Mail, Portal,
    Retention, Schedules, Slack, Sso, Sync, Traces,
};
use crate::sources::Sources;
use crate::values::LogFormat;

macro_rules! tree {
    ($($(#[doc = $doc:literal])+ $name:ident: $section:ident,)+) => {
        /// All settings, read and checked.
        #[derive(Debug, Clone)]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $name: $section,)+
            /// Every secret in them, as it was given: what must never be seen.
            pub secrets: Vec<Secret>,
        }

        impl Settings {
            /// Every section as declared, in the order of the reference page.
            pub const SECTIONS: &[Section] = &[$($section::SECTION),+];

            fn read(resolver: &mut Resolver) -> Option<Self> {
                $(let $name = $section::read(resolver);)+
                Some(Self { $($name: $name?,)+ secrets: resolver.take_secrets() })
            }
        }
    };
}

tree! {
    /// Top level.
    general: General,
    /// Login and roles.
    access: Access,
    /// Store of the documents.
    documents: Documents,
    /// Store of everything else.
    ledger: Ledger,
    /// Token service.
    sso: Sso,
    /// Customer portal.
    portal: Portal,
    /// Jira.
    jira: Jira,
    /// Ids of Jira's custom fields.
    jira_fields: JiraFields,
    /// Bugzilla.
    bugzilla: Bugzilla,
    /// Mail.
    mail: Mail,
    /// Slack.
    slack: Slack,
    /// New cards.
    cards: Cards,
    /// When tasks start.
    schedules: Schedules,
    /// How tasks are worked on.
    jobs: Jobs,
    /// Refreshing.
    sync: Sync,
    /// Log lines.
    log: Log,
    /// Traces.
    traces: Traces,
    /// How long things are kept.
    retention: Retention,
}

/// What the settings are wanted for; some mistakes matter only to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A command that serves nobody.
    Tool,
    /// A server: it refuses to start half-safe.
    Server,
}

/// Settings, and all there is to say about them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The values.
    pub settings: Settings,
    /// Each value as it may be shown, with its origin.
    pub effective: Vec<Effective>,
    /// What is odd but no obstacle, one sentence each.
    pub notices: Vec<String>,
}

impl Settings {
    /// How log lines are to look, even where other settings cannot be read; as usual if that cannot be read either.
    pub fn log_format(sources: &Sources<'_>) -> LogFormat {
        let mut resolver = Resolver::new(sources);
        let field = Log::SECTION.fields.iter().find(|field| field.key == "format");
        field.and_then(|field| resolver.take(field)).unwrap_or(LogFormat::Text)
    }

    /// Reads all sources. Whatever is wrong with any of them is told at once.
    pub fn load(sources: &Sources<'_>, purpose: Purpose) -> Result<Loaded, Problems> {
        let mut resolver = Resolver::new(sources);
        let settings = Self::read(&mut resolver);
        let settings = settings.map(|settings| resolver.derive(settings, sources));
        if let (Some(settings), Purpose::Server) = (&settings, purpose) {
            checks::server(settings, &mut resolver);
        }
        let (effective, notices, problems) = resolver.finish();
        match settings {
            Some(settings) if problems.is_empty() => Ok(Loaded { settings, effective, notices }),
            _ => Err(Problems(problems)),
        }
    }
}
