//! The HTTP room that all clients share: one pooled client per upstream with time-outs, limits, retries, errors,
//! metrics. Knows no upstream's wire; what is special about one comes in as its `check` function.

mod answer;
mod auth;
mod call;
mod download;
mod fault;
mod gate;
mod health;
mod latest;
mod meter;
mod options;
mod redact;
mod retry;
mod send;
mod status;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::Duration;
use reqwest::redirect::Policy;
use tokio::sync::Semaphore;
use url::{Host, Url};

pub(crate) use answer::Answer;
pub(crate) use auth::Auth;
pub(crate) use call::Call;
pub use download::Download;
pub(crate) use fault::{Again, Fault};
pub(crate) use gate::Gate;
pub use latest::{Latest, StillHeld, not_after};
pub use options::{Endpoint, HttpOptions, RetryPolicy, Surroundings, Writes};
pub(crate) use redact::outside_text;
pub(crate) use status::check_status;

use crate::{ClientError, ErrorKind, Now, Secret, UpstreamName};

/// Judges an answer before its body is read as data: `Err` for every status that is no success, and for what this
/// upstream answers with a 200 that is none. The text is the setting that holds the credential.
pub(crate) type Check = fn(&Answer, &'static str) -> Result<(), Fault>;

/// What is known about an upstream before the first call.
pub(crate) struct Profile {
    pub(crate) name: UpstreamName,
    /// The setting that holds its credential, for messages.
    pub(crate) setting: &'static str,
    pub(crate) auth: Auth,
    pub(crate) check: Check,
    /// Secrets sent in other ways than `auth`; they too never show in a text.
    pub(crate) hidden: Vec<Secret>,
}

/// One upstream, ready to be called.
pub(crate) struct Upstream {
    profile: Profile,
    base: Url,
    options: HttpOptions,
    client: reqwest::Client,
    /// One for each request under way; nobody holds one while waiting for another attempt.
    permits: Semaphore,
    health: health::Health,
    gate: gate::Gate,
    now: Now,
    seed: AtomicU64,
    /// Upstream's clock minus ours in seconds, `NO_SKEW` until it told its time.
    skew: AtomicI64,
}

const NO_SKEW: i64 = i64::MIN;
const MAX_REDIRECTS: usize = 5;
/// A hundred times the largest team's.
const MOST_ROWS: usize = 2_000_000;

impl Upstream {
    /// Builds the pooled client. Redirects are followed on the same host, port and scheme only: a credential must
    /// not travel to another place. Fails if the address or the system's certificates cannot be used.
    pub(crate) fn new(
        mut profile: Profile,
        endpoint: Endpoint,
        around: &Surroundings,
    ) -> Result<Self, ClientError> {
        let Endpoint { base, options } = endpoint;
        let name = profile.name;
        let unusable = |what: String| Fault::of(ErrorKind::Setting { what }).into_error(name, "setup", 0);
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(unusable(format!(
                "its address has to begin with https://host, not `{}:`",
                base.scheme()
            )));
        }
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(unusable("its address must not hold a user, a password or a query".into()));
        }
        // Without one, building the client would panic.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(unusable(
                "no TLS provider is installed; main has to install rustls' ring provider first".into(),
            ));
        }
        let builder = reqwest::Client::builder();
        // The system's proxy is for the world outside; it does not know our own machine.
        let client = if is_loopback(&base) { builder.no_proxy() } else { builder }
            .user_agent(concat!("t5g/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout)
            .pool_max_idle_per_host(options.concurrency.max(1))
            .pool_idle_timeout(std::time::Duration::from_mins(1))
            .redirect(Policy::custom(|attempt| {
                let followed = attempt.previous();
                let same = followed.last().is_some_and(|from| from.origin() == attempt.url().origin());
                if same && followed.len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
            }))
            .build()
            .map_err(|error| unusable(format!("no HTTP client can be built: {}", error.without_url())))?;
        profile.hidden.extend(profile.auth.encoded_secret());
        meter::begin(name);
        Ok(Self {
            profile,
            base,
            options,
            client,
            permits: Semaphore::new(options.concurrency.max(1)),
            health: health::Health::new(options.retry.give_up_after),
            gate: gate::Gate::new(around.writes),
            now: around.now.clone(),
            seed: AtomicU64::new(around.seed),
            skew: AtomicI64::new(NO_SKEW),
        })
    }

    /// An error of this upstream that was found after the answer had come, such as a page that contradicts another.
    pub(crate) fn error(&self, route: &'static str, kind: ErrorKind) -> ClientError {
        self.fail(route, Fault::of(kind), 1)
    }

    /// An error that was found before anything was sent.
    pub(crate) fn unsent(&self, route: &'static str, kind: ErrorKind) -> ClientError {
        self.fail(route, Fault::unsent(kind), 0)
    }

    pub(crate) fn fail(&self, route: &'static str, fault: Fault, attempts: u32) -> ClientError {
        let secrets: Vec<&Secret> =
            self.profile.auth.secret().into_iter().chain(&self.profile.hidden).collect();
        let Fault { kind, status, again, untouched } = fault;
        let kind = kind.map_text(|text| redact::outside_text(&text, &secrets));
        let error = Fault { kind, status, again, untouched }.into_error(self.profile.name, route, attempts);
        if error.is_credential() {
            meter::credential_rejected(self.profile.name);
        }
        error
    }

    /// Stops a list that is larger than any real one: memory and patience end before a mad upstream does.
    pub(crate) fn bounded(&self, route: &'static str, rows: usize) -> Result<(), ClientError> {
        if rows <= MOST_ROWS {
            return Ok(());
        }
        let detail = format!("its list of {rows} or more is longer than {MOST_ROWS}; narrow the query");
        Err(self.error(route, ErrorKind::Refused { detail }))
    }

    /// How many requests may be under way at once.
    pub(crate) fn concurrency(&self) -> usize {
        self.options.concurrency.max(1)
    }

    /// The application's clock.
    pub(crate) fn now(&self) -> chrono::DateTime<chrono::Utc> {
        (self.now)()
    }

    /// Where the upstream's API begins; without credentials.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// The upstream's clock minus ours, as of its last answer.
    pub(crate) fn clock_skew(&self) -> Option<Duration> {
        match self.skew.load(Ordering::Relaxed) {
            NO_SKEW => None,
            seconds => Duration::try_seconds(seconds),
        }
    }

    fn note_date(&self, answer: &Answer) {
        if let Some(date) = answer.date() {
            self.skew.store((date - self.now()).num_seconds(), Ordering::Relaxed);
        }
    }

    fn next_seed(&self) -> u64 {
        self.seed.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed)
    }
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Upstream")
            .field("name", &self.profile.name)
            .field("base", &self.base.as_str())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
