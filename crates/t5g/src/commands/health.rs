//! `t5g health`: whether a process of this program answers, for whoever watches it from outside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use t5g_config::{Purpose, Settings};
use url::Url;

use super::Outcome;
use crate::cli::Global;
use crate::{console, load, process};

/// How long it may take to answer; orchestrators ask often and wait shortly.
const LIMIT: Duration = Duration::from_secs(4);

/// Ask a running process whether it is well
///
/// Ends with 0 if it answers that it is, with 1 if not. Without --url the process is asked that runs with the same
/// settings on this machine: at ops_listen if that is set, else where its pages are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g health --ready --url http://127.0.0.1:9090")]
pub(crate) struct Args {
    /// Ask there; only scheme, host and port matter
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// Ask whether it can serve (/readyz), not only whether it lives (/healthz)
    #[arg(long)]
    ready: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let base = match &args.url {
        Some(url) => url.clone(),
        None => usual(&load::settings(global, Vec::new(), Purpose::Tool)?)?,
    };
    let url = base.join(if args.ready { "/readyz" } else { "/healthz" }).context("the address")?;
    process::block_on(ask(url))?;
    console::print("ok\n")?;
    Ok(Outcome::Done)
}

/// Where a process with these settings answers on this machine.
fn usual(settings: &Settings) -> Result<Url> {
    let listen = settings.general.ops_listen.unwrap_or(settings.general.listen);
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let address = SocketAddr::new(ip, listen.port());
    Url::parse(&format!("http://{address}")).with_context(|| format!("{address} makes no address"))
}

async fn ask(url: Url) -> Result<()> {
    // A proxy of the environment is for upstreams, not for this machine.
    let client = reqwest::Client::builder().no_proxy().timeout(LIMIT).build().context("the HTTP client")?;
    let answer = client.get(url.clone()).send().await.with_context(|| format!("{url} does not answer"))?;
    let status = answer.status();
    if !status.is_success() {
        let said = answer.text().await.unwrap_or_default();
        bail!("{url} answered {status}: {}", t5g_store::ledger::bounded(said.trim(), 500));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listener_of_monitoring_comes_first_and_any_address_means_this_machine() {
        let asked = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let settings = load::from_pairs(&Global::default(), &pairs).unwrap();
            usual(&settings).unwrap().to_string()
        };
        assert_eq!(asked(&[]), "http://127.0.0.1:8080/");
        assert_eq!(asked(&[("T5G_LISTEN", "[::]:81")]), "http://[::1]:81/");
        let both = [("T5G_LISTEN", "0.0.0.0:81"), ("T5G_OPS_LISTEN", "0.0.0.0:9090")];
        assert_eq!(asked(&both), "http://127.0.0.1:9090/");
    }
}
