//! Pages are rendered here and only here: a typed context in, HTML out. Every value is escaped; a name that a
//! context does not have is an error, not an empty place.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, context, escape_formatter};
use serde::Serialize;

use crate::view::chrome::{Bare, Chrome};
use crate::view::freshness::FreshnessView;

/// A page's context: what its template may show.
pub(crate) trait Page: Serialize {
    /// The template's name.
    const TEMPLATE: &'static str;

    /// Contexts that show the page empty, with a little, with hostile text; for the check and for tests.
    fn samples() -> Result<Vec<Self>, serde_json::Error>
    where
        Self: Sized;
}

/// A page of which a part is fetched again and again while it stays open.
pub(crate) trait Living: Page {
    /// The part's template; it gets the same context.
    const PART: &'static str;
}

/// All templates, parsed.
#[derive(Debug)]
pub(crate) struct Templates(Environment<'static>);

macro_rules! sources {
    ($($name:literal),+ $(,)?) => {
        /// Every template by name, with its text.
        const SOURCES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../templates/", $name)))),+];
    };
}

sources![
    "bare.html",
    "base.html",
    "macros.html",
    "partials/figures.html",
    "partials/card.html",
    "partials/files.html",
    "partials/freshness.html",
    "partials/monitor/living.html",
    "partials/monitor/macros.html",
    "partials/monitor/overview.html",
    "partials/monitor/run.html",
    "partials/monitor/runs.html",
    "partials/monitor/task.html",
    "partials/operations.html",
    "partials/outcomes.html",
    "partials/rows.html",
    "partials/table/cells.html",
    "partials/table/detail.html",
    "partials/table/living.html",
    "partials/table/parts.html",
    "partials/table/tabs.html",
    "partials/reports.html",
    "partials/writing/macros.html",
    "partials/writing/plan_body.html",
    "partials/writing/plan_living.html",
    "partials/writing/plan_standing.html",
    "pages/api_docs.html",
    "pages/audit.html",
    "pages/card.html",
    "pages/error.html",
    "pages/home.html",
    "pages/journal.html",
    "pages/journal_confirm.html",
    "pages/journal_plan.html",
    "pages/login.html",
    "pages/monitor.html",
    "pages/monitor_confirm.html",
    "pages/monitor_run.html",
    "pages/monitor_task.html",
    "pages/names.html",
    "pages/nobody.html",
    "pages/plan.html",
    "pages/rows.html",
    "pages/scope.html",
    "pages/report.html",
    "pages/sources.html",
    "pages/stats.html",
    "pages/status.html",
    "pages/table.html",
    "pages/tokens.html",
    "pages/user.html",
    "pages/users.html",
    "pages/views.html",
    "pages/weekly.html",
];

impl Templates {
    /// Parses them all.
    pub(crate) fn new() -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(format);
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        for (name, source) in SOURCES {
            environment.add_template(name, source)?;
        }
        Ok(Self(environment))
    }

    /// Renders a page inside its frame: what every page has around it, or the bare one for strangers.
    pub(crate) fn render<P: Page>(
        &self,
        page: &P,
        frame: &impl Serialize,
    ) -> Result<String, minijinja::Error> {
        let context = context! { page => Value::from(Serde(page)), site => Value::from(Serde(frame)) };
        self.0.get_template(P::TEMPLATE)?.render(context)
    }

    /// Renders the living part of a page alone.
    pub(crate) fn render_part<P: Living>(
        &self,
        page: &P,
        frame: &Chrome,
    ) -> Result<String, minijinja::Error> {
        let context = context! { page => Value::from(Serde(page)), site => Value::from(Serde(frame)) };
        self.0.get_template(P::PART)?.render(context)
    }

    /// What a template's macro says of each subject, once for each word: cells of rows by column.
    pub(crate) fn render_macro<S: Serialize>(
        &self,
        (template, name): (&str, &str),
        subjects: &[S],
        words: &[&'static str],
    ) -> Result<Vec<BTreeMap<&'static str, String>>, minijinja::Error> {
        let mut template = self.0.get_template(template)?.render_captured(())?;
        template.with_state_mut(|state| {
            let mut all = Vec::with_capacity(subjects.len());
            for subject in subjects {
                let subject = Value::from(Serde(subject));
                let mut one = BTreeMap::new();
                for word in words {
                    let said = state.call_macro(name, &[subject.clone(), Value::from(*word)])?;
                    one.insert(*word, said);
                }
                all.push(one);
            }
            Ok(all)
        })
    }

    /// Renders a template of its own about one thing, which it calls `this`.
    pub(crate) fn render_about(
        &self,
        template: &str,
        subject: &impl Serialize,
    ) -> Result<String, minijinja::Error> {
        self.0.get_template(template)?.render(context! { this => Value::from(Serde(subject)) })
    }

    /// Renders the freshness chip alone.
    pub(crate) fn render_freshness(&self, freshness: &FreshnessView) -> Result<String, minijinja::Error> {
        let context = context! { freshness => Value::from(Serde(freshness)) };
        self.0.get_template("partials/freshness.html")?.render(context)
    }
}

/// Writes a value escaped. Unlike the engine's own writer it leaves `/` alone, of which our links are full.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => escape(out, text).map_err(minijinja::Error::from),
        None => escape_formatter(out, state, value),
    }
}

fn escape(out: &mut Output<'_>, text: &str) -> std::fmt::Result {
    let mut rest = text;
    while let Some((plain, found, tail)) = next_special(rest) {
        out.write_str(plain)?;
        out.write_str(match found {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            // NUL is not allowed in HTML at all.
            _ => "\u{fffd}",
        })?;
        rest = tail;
    }
    out.write_str(rest)
}

fn next_special(text: &str) -> Option<(&str, u8, &str)> {
    let at = text.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | 0))?;
    let (plain, tail) = text.split_at_checked(at)?;
    let found = *tail.as_bytes().first()?;
    Some((plain, found, tail.get(1..)?))
}

/// Renders every sample of every page: what the check of the templates does. Gives how many were rendered.
pub fn check() -> Result<usize, CheckError> {
    let templates = Templates::new()?;
    let (chrome, bare) = (crate::samples::chrome(), Bare::sample());
    Ok(sample::<crate::pages::audit::AuditPage>(&templates, &chrome)?
        + sample::<crate::pages::card::CardPage>(&templates, &chrome)?
        + sample::<crate::pages::report::ReportPage>(&templates, &chrome)?
        + sample::<crate::pages::weekly::WeeklyPage>(&templates, &chrome)?
        + sample::<crate::pages::error::ErrorPage>(&templates, &chrome)?
        + sample::<crate::pages::error::ErrorPage>(&templates, &bare)?
        + sample::<crate::pages::login::LoginPage>(&templates, &bare)?
        + sample::<crate::pages::tokens::TokensPage>(&templates, &chrome)?
        + sample::<crate::pages::users::UserPage>(&templates, &chrome)?
        + sample::<crate::pages::users::UsersPage>(&templates, &chrome)?
        + sample::<crate::pages::views::ViewsPage>(&templates, &chrome)?
        + sample::<crate::pages::home::HomePage>(&templates, &chrome)?
        + living::<crate::pages::monitor::MonitorPage>(&templates, &chrome)?
        + living::<crate::pages::monitor::TaskPage>(&templates, &chrome)?
        + living::<crate::pages::monitor::RunPage>(&templates, &chrome)?
        + sample::<crate::pages::monitor::ConfirmPage>(&templates, &chrome)?
        + sample::<crate::pages::journal::ConfirmPage>(&templates, &chrome)?
        + sample::<crate::pages::journal::JournalPage>(&templates, &chrome)?
        + sample::<crate::pages::journal::JournalPlanPage>(&templates, &chrome)?
        + sample::<crate::pages::plan::PlanPage>(&templates, &chrome)?
        + sample::<crate::pages::names::NamesPage>(&templates, &chrome)?
        + sample::<crate::pages::rows::RowsPage>(&templates, &chrome)?
        + sample::<crate::pages::scope::NobodyPage>(&templates, &chrome)?
        + sample::<crate::pages::scope::ScopePage>(&templates, &chrome)?
        + sample::<crate::pages::stats::StatsPage>(&templates, &chrome)?
        + sample::<crate::pages::sources::SourcesPage>(&templates, &chrome)?
        + sample::<crate::pages::status::StatusPage>(&templates, &chrome)?
        + living::<crate::pages::table::TablePage>(&templates, &chrome)?)
}

/// A sample that cannot be made or rendered.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It cannot be rendered.
    #[error("a template cannot be rendered")]
    Template(#[from] minijinja::Error),
    /// It cannot be made.
    #[error("a sample cannot be made")]
    Sample(#[from] serde_json::Error),
}

fn sample<P: Page>(templates: &Templates, frame: &impl Serialize) -> Result<usize, CheckError> {
    let samples = P::samples()?;
    for page in &samples {
        templates.render(page, frame)?;
    }
    Ok(samples.len())
}

/// The same, and each page's living part alone, which has nothing but the page's context.
fn living<P: Living>(templates: &Templates, frame: &Chrome) -> Result<usize, CheckError> {
    for page in &P::samples()? {
        templates.render_part(page, frame)?;
    }
    sample::<P>(templates, frame)
}
