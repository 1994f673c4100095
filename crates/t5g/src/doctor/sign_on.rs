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
    findings.extend(proxies(settings, provider.acs_url()));
    findings.push(clocks(&provider, settings, clock).await);
    findings
}

/// People come by https, which this program does not speak: some proxy does, and should be known.
fn proxies(settings: &Settings, acs: &Url) -> Option<Finding> {
    let unknown = acs.scheme() == "https" && settings.general.trusted_proxies.0.is_empty();
    unknown.then(|| {
        Finding::notice(
            "trusted_proxies",
            "none is named, but something speaks https for this server: everybody seems to come from there, and whoever \
             signs in too often makes all wait",
            "name the proxy's address in trusted_proxies, and let it send X-Forwarded-For",
        )
    })
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
    let allowed = TimeDelta::from_std(settings.access.saml_clock_skew.duration()).unwrap_or(TimeDelta::MAX);
    let told = match provider.start("doctor", clock.now(), "_doctor") {
        Ok(address) => date_of(&address).await,
        Err(error) => Err(error.to_string()),
    };
    agreement(told.map(|theirs| (theirs - clock.now()).abs()), allowed)
}

/// What it means that the clocks are so far apart, or why that is not known.
fn agreement(apart: Result<TimeDelta, String>, allowed: TimeDelta) -> Finding {
    const WHAT: &str = "identity provider's clock";
    match apart {
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

#[cfg(test)]
mod tests {
    use t5g_config::values::List;
    use t5g_testkit::saml::{Algorithm, KeyPair};

    use super::*;
    use crate::cli::Global;
    use crate::load;

    fn now() -> DateTime<Utc> {
        "2026-11-23T14:05:00Z".parse().unwrap()
    }

    fn told(finding: &Finding) -> (String, String) {
        let told = serde_json::to_value(finding).unwrap();
        (told["state"].as_str().unwrap().to_owned(), told["found"].as_str().unwrap().to_owned())
    }

    #[test]
    fn certificates_that_end_are_told_in_time() {
        for (days, state, words) in [
            (31, "ok", "good until 2026-12-24"),
            (29, "notice", "expires on 2026-12-22, in 29 days"),
            (-1, "notice", "expired on 2026-11-22"),
        ] {
            for usage in [CertificateUse::IdentityProviderSigning, CertificateUse::ServiceProvider] {
                let not_after = now() + TimeDelta::days(days);
                let certificate = CertificateInfo { usage, subject: "CN=x".to_owned(), not_after };
                let (found_state, found) = told(&expiry(&certificate, now()));
                assert!(found_state == state && found.contains(words), "{days}: {found_state}, {found}");
            }
        }
    }

    fn key(name: &str) -> KeyPair {
        KeyPair::generate(Algorithm::P256, name).unwrap()
    }

    fn settings(idp: &KeyPair, sso: &str, metadata: Option<&std::path::Path>) -> Settings {
        let json = serde_json::json!({
            "strict": true,
            "sp": {
                "entityId": "https://t5g.example.com",
                "assertionConsumerService": { "url": "https://t5g.example.com/?acs" },
            },
            "idp": {
                "entityId": "https://idp.example.com", "singleSignOnService": { "url": sso },
                "x509cert": idp.certificate(),
            },
        });
        let mut pairs = vec![("saml_settings".to_owned(), json.to_string())];
        if let Some(metadata) = metadata {
            pairs.push(("T5G_ACCESS_SAML_METADATA".to_owned(), metadata.display().to_string()));
        }
        load::from_pairs(&Global::default(), &pairs).unwrap()
    }

    #[test]
    fn a_metadata_file_that_does_not_fit_is_told() {
        let (mine, other) = (key("idp.example.com"), key("idp.example.com next"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("idp.xml");
        let source = |entity: &str, key: &KeyPair| {
            let xml = format!(
                "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity}\">\
                 <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
                 <KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>\
                 <X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
                 <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
                 Location=\"https://idp.example.com/sso\"/></IDPSSODescriptor></EntityDescriptor>",
                key.bare_certificate()
            );
            std::fs::write(&file, xml).unwrap();
            Source::of(&settings(&mine, "https://idp.example.com/sso", Some(&file))).unwrap()
        };
        let found = |key: &KeyPair| {
            let source = source("https://idp.example.com", key);
            let (provider, _) = source.provider().unwrap();
            told(&metadata(&source, &provider).unwrap())
        };
        assert_eq!(found(&mine).0, "ok");
        let (state, words) = found(&other);
        assert!(
            state == "notice" && words.contains("1 certificates of saml_settings are not in it"),
            "{words}"
        );
        let refused = source("https://other.example.com", &mine).provider().unwrap_err().to_string();
        assert!(refused.contains("https://other.example.com"), "{refused}");
    }

    #[test]
    fn a_proxy_that_nobody_named_is_told() {
        let mut settings = settings(&key("idp.example.com"), "https://idp.example.com/sso", None);
        let (https, http) = ("https://t5g.example.com/?acs", "http://127.0.0.1/?acs");
        let told = |settings: &Settings, acs: &str| proxies(settings, &acs.parse().unwrap()).is_some();
        assert!(told(&settings, https) && !told(&settings, http));
        settings.general.trusted_proxies = List(vec!["10.0.0.0/8".parse().unwrap()]);
        assert!(!told(&settings, https));
    }

    #[test]
    fn a_clock_that_is_wrong_is_told() {
        let allowed = TimeDelta::minutes(2);
        for (seconds, wanted) in [(0, "ok"), (60, "ok"), (61, "notice"), (120, "notice"), (121, "wrong")] {
            let (state, found) = told(&agreement(Ok(TimeDelta::seconds(seconds)), allowed));
            assert_eq!(state, wanted, "{seconds}: {found}");
        }
        let (state, found) = told(&agreement(Err("no way there".to_owned()), allowed));
        assert!(state == "notice" && found.contains("not known from here: no way there"), "{found}");
    }
}
