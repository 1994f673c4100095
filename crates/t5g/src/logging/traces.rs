//! The settings of traces as the room of telemetry wants them.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use t5g_config::sections::Traces;
use t5g_config::values::{Pairs, TraceExporter, TraceSampler};
use t5g_telemetry::trace::{Hidden, Sampling, Settings};

/// What is called so in the standard's settings of a process.
const SERVICE_NAME: &str = "service.name";
/// What this program is called where nobody says.
const USUAL: &str = "t5g";

/// How traces are collected; `None`: not at all.
pub(super) fn wanted(settings: &Traces) -> Result<Option<Settings>> {
    if settings.disabled || settings.exporter == TraceExporter::None {
        return Ok(None);
    }
    let endpoint = match (&settings.traces_endpoint, &settings.endpoint) {
        (Some(whole), _) => whole.clone(),
        (None, Some(base)) => {
            let mut whole = base.clone();
            let path = format!("{}/v1/traces", base.path().trim_end_matches('/'));
            whole.set_path(&path);
            whole
        }
        (None, None) => return Ok(None),
    };
    let share = settings.sampler_arg.get();
    let sampling = match settings.sampler {
        TraceSampler::AlwaysOn => Sampling::AlwaysOn,
        TraceSampler::AlwaysOff => Sampling::AlwaysOff,
        TraceSampler::Ratio => Sampling::Ratio(share),
        TraceSampler::ParentOrOn => Sampling::ParentOrOn,
        TraceSampler::ParentOrOff => Sampling::ParentOrOff,
        TraceSampler::ParentOrRatio => Sampling::ParentOrRatio(share),
    };
    let attributes: Vec<(String, String)> = owned(&settings.resource).collect();
    let named = attributes.iter().find(|(name, _)| name == SERVICE_NAME).map(|(_, value)| value.clone());
    Ok(Some(Settings {
        endpoint,
        headers: headers(settings)?,
        service: settings.service_name.clone().or(named).unwrap_or_else(|| USUAL.to_owned()),
        version: env!("CARGO_PKG_VERSION"),
        attributes,
        sampling,
        timeout: Duration::from_millis(u64::from(settings.timeout.max(1))),
    }))
}

fn headers(settings: &Traces) -> Result<Vec<(String, Hidden)>> {
    let Some(text) = &settings.headers else { return Ok(Vec::new()) };
    let pairs: Option<Pairs> = text.expose().parse().ok();
    let pairs = pairs.context("traces.headers: expected name=value, separated by commas")?;
    for (name, value) in pairs.iter() {
        let usable = reqwest::header::HeaderName::try_from(name).is_ok()
            && reqwest::header::HeaderValue::from_str(value).is_ok();
        if !usable {
            bail!("traces.headers: {name:?} or its value cannot be sent as a header");
        }
    }
    Ok(owned(&pairs).map(|(name, value)| (name, Hidden(value))).collect())
}

fn owned(pairs: &Pairs) -> impl Iterator<Item = (String, String)> {
    pairs.iter().map(|(name, value)| (name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Global;
    use crate::load;

    fn of(pairs: &[(&str, &str)]) -> Result<Option<Settings>> {
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        wanted(&load::from_pairs(&Global::default(), &pairs)?.traces)
    }

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

    #[test]
    fn traces_are_off_unless_somebody_takes_them() {
        assert!(of(&[]).unwrap().is_none());
        assert!(of(&[("OTEL_SERVICE_NAME", "x"), ("OTEL_TRACES_SAMPLER", "always_on")]).unwrap().is_none());
        assert!(of(&[ENDPOINT, ("OTEL_SDK_DISABLED", "true")]).unwrap().is_none());
        assert!(of(&[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")]).unwrap().is_none());
        assert!(of(&[ENDPOINT, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).is_err());
    }

    #[test]
    fn the_standards_names_say_where_and_how() {
        let usual = of(&[ENDPOINT]).unwrap().unwrap();
        assert_eq!(usual.endpoint.as_str(), "http://collector:4318/v1/traces");
        assert_eq!((usual.service.as_str(), usual.sampling), ("t5g", Sampling::ParentOrOn));
        let whole = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://other/here");
        assert_eq!(of(&[ENDPOINT, whole]).unwrap().unwrap().endpoint.as_str(), "https://other/here");
        let below = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector/otlp/");
        assert_eq!(of(&[below]).unwrap().unwrap().endpoint.path(), "/otlp/v1/traces");
        let more = [
            ENDPOINT,
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20secret-token"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=field,deployment.environment.name=production"),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ];
        let told = of(&more).unwrap().unwrap();
        assert_eq!((told.service.as_str(), told.sampling), ("field", Sampling::ParentOrRatio(0.25)));
        assert_eq!(told.headers.first().unwrap().1.0, "Bearer secret-token");
        assert!(!format!("{told:?}").contains("secret-token"));
        let own =
            of(&[&more[..], &[("T5G_TRACES_SERVICE_NAME", "ours"), ("OTEL_SERVICE_NAME", "theirs")]]
                .concat());
        assert_eq!(own.unwrap().unwrap().service, "ours");
        for bad in ["novalue", "a b=c", "é=x"] {
            assert!(of(&[ENDPOINT, ("OTEL_EXPORTER_OTLP_HEADERS", bad)]).is_err(), "{bad}");
        }
    }
}
