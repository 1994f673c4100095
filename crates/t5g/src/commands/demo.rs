//! `t5g demo`: the whole product against the simulator, in one process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use t5g_config::Settings;
use t5g_simulator::{Running, Simulator, SimulatorSettings};
use tokio::net::TcpListener;

use super::simulate::{self, World};
use super::{Outcome, up};
use crate::cli::Global;
use crate::wiring::ops;
use crate::wiring::site::{self, Site};
use crate::{console, load, logging, process};

/// Where the demo is looked for first; any free port if that is taken.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// What a demo does more often than usual, so that something moves.
const SCHEDULES: &[(&str, &str)] = &[
    ("T5G_SCHEDULES_CASE_SYNC", "* * * * *"),
    ("T5G_SCHEDULES_DETAILS_SYNC", "*/5 * * * *"),
    ("T5G_SCHEDULES_BUGS_SYNC", "*/5 * * * *"),
    ("T5G_SCHEDULES_ISSUES_SYNC", "*/5 * * * *"),
    ("T5G_SCHEDULES_ESCALATIONS_SYNC", "*/5 * * * *"),
    ("T5G_SCHEDULES_CARD_SYNC", "* * * * *"),
];

/// Try it: everything in one process, against made-up upstreams on this machine
///
/// Your own settings are not looked at, nothing leaves this machine, and what is stored goes with the demo
/// unless --data names a folder. There is no login, so it listens on a loopback address only.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g demo --cases 2000 --seed 7")]
pub(crate) struct Args {
    #[command(flatten)]
    world: World,
    /// Address and port to listen on [default: 127.0.0.1:8080, or a free port if that is taken]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Keep what is stored in this folder
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    logging::begin_plain(&simulate::log(global)?, logging::Usual::Server)?;
    process::block_on(async {
        let temporary =
            tempfile::Builder::new().prefix("t5g-demo-").tempdir().context("a temporary folder")?;
        let folder = args.data.as_deref().unwrap_or(temporary.path());
        let listener = listen(args.listen).await?;
        let simulator = SimulatorSettings::real(args.world.seed, args.world.cases, process::clock());
        let running = Simulator::start(simulator).await?;
        let settings = settings(global, &running, folder)?;
        let metrics = ops::metrics()?;
        let site = Site::start(&settings, metrics, listener, up::parts(&settings).await?).await?;
        tell(&site, &running, args)?;
        site.fetch();
        site.until_stopped().await?;
        running.shutdown().await;
        Ok(Outcome::Done)
    })
}

async fn listen(wanted: Option<SocketAddr>) -> Result<TcpListener> {
    if let Some(address) = wanted {
        ensure!(
            address.ip().is_loopback(),
            "a demo has no login: it listens on a loopback address, not on {address}"
        );
        return site::listen(address).await;
    }
    match TcpListener::bind(USUAL).await {
        Ok(listener) => Ok(listener),
        Err(error) => {
            tracing::info!(%error, "{USUAL} is taken; a free port is used");
            site::listen(SocketAddr::new(USUAL.ip(), 0)).await
        }
    }
}

/// Settings that point at the simulator and at nothing else.
fn settings(global: &Global, running: &Running, folder: &Path) -> Result<Settings> {
    let mut pairs = running.environment();
    let own = [
        ("FLASK_LOGIN_DISABLED", "true"),
        ("T5G_DATA_DIR", folder.to_str().context("the folder's name")?),
        // Only the real Slack wants a second between two messages.
        ("T5G_SLACK_PAUSE", "0s"),
    ];
    pairs.extend(own.iter().chain(SCHEDULES).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    load::from_pairs(global, &pairs)
}

fn tell(site: &Site, running: &Running, args: &Args) -> Result<()> {
    site::announce(site)?;
    let World { cases, seed } = args.world;
    console::complain(&format!("a world of {cases} cases (seed {seed}), made up; ctrl-c ends it"));
    console::complain(&format!(
        "to let it live through a day: curl -d '{{\"days\": 1}}' {}/_sim/advance",
        running.url()
    ));
    Ok(())
}
