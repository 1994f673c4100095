//! `t5g simulate`: the upstreams, made up, on this machine alone.

use std::net::SocketAddr;

use anyhow::Result;
use t5g_config::sections::Log;
use t5g_simulator::{Flavour, Simulator, SimulatorSettings, WorldSettings};

use super::Outcome;
use crate::cli::Global;
use crate::{console, load, logging, process};

/// Play the upstreams with a made-up world, on this machine alone
///
/// Token service, portal, Jira, Bugzilla and Slack, each under a path of its own, and a mail server that keeps what
/// it gets. POST /_sim/advance lets the world live on; docs/simulator.md says what else it can do.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g simulate --env > sim.env &\n  set -a; . ./sim.env; t5g sync all")]
pub(crate) struct Args {
    /// Address and port to listen on; port 0: any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8100")]
    listen: SocketAddr,
    /// Address and port to take mail at; port 0: any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    mail_listen: SocketAddr,
    #[command(flatten)]
    world: World,
    /// Play Jira Data Center rather than Jira Cloud
    #[arg(long)]
    data_center: bool,
    /// Print the environment that points this program at it, as lines of a shell
    #[arg(long)]
    env: bool,
}

/// Which world is made up.
#[derive(Debug, clap::Args)]
pub(crate) struct World {
    /// How many cases there are
    #[arg(short = 'n', long, value_name = "N", default_value_t = 300,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(WorldSettings::MOST_CASES)))]
    pub(super) cases: u32,
    /// The same seed gives the same world
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    logging::begin_plain(&log(global)?, logging::Usual::Server)?;
    process::block_on(async {
        let mut settings = SimulatorSettings::real(args.world.seed, args.world.cases, process::clock());
        settings.listen = args.listen;
        settings.mail_listen = args.mail_listen;
        if args.data_center {
            settings.flavour = Flavour::DataCenter;
        }
        let running = Simulator::start(settings).await?;
        let lines = if args.env {
            shell(&running.environment())
        } else {
            format!("{}\nsmtp://{}\n", running.url(), running.mail_address())
        };
        console::print(&lines)?;
        process::stop_wanted().await?;
        running.shutdown().await;
        Ok(Outcome::Done)
    })
}

/// How to log; the other settings do not matter to what is made up.
pub(super) fn log(global: &Global) -> Result<Log> {
    Ok(load::from_pairs(global, &[])?.log)
}

/// Assignments that a shell reads, whatever the values hold.
fn shell(environment: &[(String, String)]) -> String {
    let line = |(name, value): &(String, String)| format!("{name}='{}'\n", value.replace('\'', r"'\''"));
    environment.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_for_the_shell() {
        let pairs = [("a".to_owned(), "it's $x".to_owned())];
        assert_eq!(shell(&pairs), "a='it'\\''s $x'\n");
    }
}
