//! Signing in: settings that can be used, certificates that do not expire soon, a metadata file that fits, addresses
//! that meet, a clock that agrees with the identity provider's.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::DATE;
use t5g_config::Settings;
use t5g_model::clock::Clock;
use t5g_saml::{CertificateInfo, CertificateUse, ServiceProvider};
use url::Url;

use super::Finding;
use crate::wiring::access::{Source, address_problems};

/// A certificate that expires sooner than this is worth a word.
const SOON: TimeDelta = TimeDelta::days(30);
/// How long the identity provider may take to tell its time.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at it, if login is on.
pub(super) async fn examine(settings: &Settings, clock: &Clock) -> Vec<Finding> {
    const WHAT: &str = "single sign-on";
    if settings.access.login_disabled {
        return vec![Finding::ok(WHAT, "login is switched off")];
    }
    let source = match Source::of(settings) {
        Ok(source) => source,
        Err(error) => {
            return vec![Finding::wrong(
                WHAT,
                format!("{error:#}"),
                "set it as docs/sso.md says, or switch login off: FLASK_LOGIN_DISABLED=true",
            )];
        }
    };
    let (provider, warnings) = match source.provider() {
        Ok(made) => made,
        Err(error) => {
            return vec![Finding::wrong(
                WHAT,
                format!("{error:#}"),
                "mend what is named here; see docs/sso.md",
            )];
        }
    };
    let mut findings =
        vec![Finding::ok(WHAT, format!("{}, answers to {}", provider.entity_id(), provider.acs_url()))];
    findings.extend(
        warnings.iter().map(|warning| {
            Finding::notice("saml_settings", warning.to_string(), "leave it out, or know of it")
        }),
    );
    findings.extend(address_problems(settings, provider.acs_url()).into_iter().map(|problem| {
        Finding::wrong(
            "addresses of sign-on",
            problem,
            "mend one of the two, here and at the identity provider",
        )
    }));
    let now = clock.now();
    findings.extend(provider.certificates().iter().map(|certificate| expiry(certificate, now)));
    findings.extend(metadata(&source, &provider));
    findings.push(clocks(&provider, settings, clock).await);
    findings
}

fn expiry(certificate: &CertificateInfo, now: DateTime<Utc>) -> Finding {
    let (whose, mend) = match certificate.usage {
        CertificateUse::IdentityProviderSigning => (
            "identity provider's certificate",
            "ask its administrators for the next one, and put it beside this one in x509certMulti or the metadata file",
        ),
        CertificateUse::ServiceProvider => (
            "our certificate for sign-on",
            "make a new one, put it into sp.x509cert, and give our metadata to the identity provider again",
        ),
    };
    let what = format!("{whose} {}", certificate.subject);
    let day = certificate.not_after.format("%Y-%m-%d");
    match certificate.not_after - now {
        left if left <= TimeDelta::zero() => Finding::notice(
            what,
            format!("expired on {day}; it is still believed, because it is in the settings"),
            mend,
        ),
        left if left < SOON => {
            Finding::notice(what, format!("expires on {day}, in {} days", left.num_days()), mend)
        }
        _ => Finding::ok(what, format!("good until {day}")),
    }
}

/// Whether the metadata file says the same as the settings, where both speak of the identity provider.
fn metadata(source: &Source, provider: &ServiceProvider) -> Option<Finding> {
    const WHAT: &str = "identity provider's metadata file";
    source.metadata().ok()??;
    let json: serde_json::Value = serde_json::from_str(source.json()).ok()?;
    let entity = json.pointer("/idp/entityId")?.as_str()?;
    if provider.idp_entity_id() != entity {
        return Some(Finding::notice(
            WHAT,
            format!(
                "it is of another identity provider than idp.entityId in saml_settings, {entity:?}; the file counts"
            ),
            "take idp out of saml_settings, or get the right file",
        ));
    }
    let (without_file, _) = ServiceProvider::new(source.json(), None, t5g_saml::Options::default()).ok()?;
    let signing = |provider: &ServiceProvider| {
        let signing = |one: &CertificateInfo| one.usage == CertificateUse::IdentityProviderSigning;
        provider.certificates().into_iter().filter(signing).collect::<Vec<_>>()
    };
    let (in_settings, in_file) = (signing(&without_file), signing(provider));
    let missing = in_settings.iter().filter(|one| !in_file.contains(one)).count();
    Some(if missing == 0 {
        Finding::ok(WHAT, "agrees with saml_settings")
    } else {
        Finding::notice(
            WHAT,
            format!("{missing} certificates of saml_settings are not in it; the file counts"),
            "take idp out of saml_settings, or get a new file: the identity provider may have changed its key",
        )
    })
}

/// Whether the identity provider's clock and ours agree, by the date of any answer of its host.
async fn clocks(provider: &ServiceProvider, settings: &Settings, clock: &Clock) -> Finding {
    const WHAT: &str = "identity provider's clock";
    let allowed = TimeDelta::from_std(settings.access.saml_clock_skew.duration()).unwrap_or(TimeDelta::MAX);
    let told = match provider.start("doctor", clock.now(), "_doctor") {
        Ok(address) => date_of(&address).await,
        Err(error) => Err(error.to_string()),
    };
    match told.map(|theirs| (theirs - clock.now()).abs()) {
        Err(reason) => Finding::notice(
            WHAT,
            format!("not known from here: {reason}"),
            "browsers have to reach it, this machine need not; see that both take their time from the network",
        ),
        Ok(apart) if apart > allowed => Finding::wrong(
            WHAT,
            format!("{} s from ours, more than access.saml_clock_skew allows", apart.num_seconds()),
            "set this machine's clock (timedatectl set-ntp true), or have theirs set",
        ),
        Ok(apart) if apart > allowed / 2 => Finding::notice(
            WHAT,
            format!("{} s from ours", apart.num_seconds()),
            "set this machine's clock (timedatectl set-ntp true), or have theirs set",
        ),
        Ok(_) => Finding::ok(WHAT, "agrees with ours"),
    }
}

/// The time that the host of that address tells with any answer; nothing but its front page is asked for.
async fn date_of(address: &Url) -> Result<DateTime<Utc>, String> {
    let front = address.join("/").map_err(|error| error.to_string())?;
    let never = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().redirect(never).timeout(PATIENCE).build();
    let client = client.map_err(|error| error.to_string())?;
    let answer = client.head(front).send().await.map_err(|error| crate::console::chain(&error.into()))?;
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    date.map(|date| date.with_timezone(&Utc)).ok_or_else(|| "its answer tells no time".to_owned())
}
