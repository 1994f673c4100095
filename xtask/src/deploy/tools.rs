//! What the programs that read files of deploy/ say of them: nginx, HAProxy, and a linter for shells. Whichever is not on
//! this machine is not asked; `cargo xtask test` has them installed first.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use super::{Files, has_ending};
use crate::sh;

/// One of these programs.
struct Tool {
    name: &'static str,
    present: fn() -> bool,
    reads: fn(&str) -> bool,
    /// Asks it about a text; what it says if that is wrong. The folder is for whatever it needs beside it.
    ask: fn(&str, &Path) -> Result<Option<String>>,
}

const TOOLS: [Tool; 3] = [
    Tool {
        name: "shellcheck",
        present: || sh::works("shellcheck", &["--version"]),
        reads: |file| has_ending(file, "sh"),
        ask: shellcheck,
    },
    Tool {
        name: "nginx",
        present: || sh::works(&sh::administrators("nginx"), &["-v"]) && sh::works("openssl", &["version"]),
        reads: |file| file.ends_with("/nginx.conf"),
        ask: nginx,
    },
    Tool {
        name: "haproxy",
        present: || sh::works(&sh::administrators("haproxy"), &["-v"]) && sh::works("openssl", &["version"]),
        reads: |file| file.ends_with("/haproxy.cfg"),
        ask: haproxy,
    },
];

/// nginx makes these for itself where only root may; people check this, too.
const OF_NGINX: &str = "http {\n    access_log off; client_body_temp_path body; proxy_temp_path proxy;\
                        \n    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n";

/// Everything that they find wrong.
pub(super) fn problems(files: &Files) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for tool in &TOOLS {
        if !(tool.present)() {
            eprintln!("{} is not on this machine and was not asked", tool.name);
            continue;
        }
        for (file, text) in files.iter().filter(|(file, _)| (tool.reads)(file)) {
            wrong.extend(asked(tool, file, text)?);
        }
    }
    Ok(wrong)
}

fn asked(tool: &Tool, file: &str, text: &str) -> Result<Option<String>> {
    let folder = std::env::temp_dir().join(format!("t5g-{}-{}", tool.name, std::process::id()));
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let said = (tool.ask)(text, &folder);
    std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    Ok(said?.map(|said| format!("{file}: {} says: {said}", tool.name)))
}

fn shellcheck(text: &str, _: &Path) -> Result<Option<String>> {
    refused(sh::command("shellcheck").args(["--shell=sh", "--format=gcc", "-"]), text)
}

fn nginx(text: &str, folder: &Path) -> Result<Option<String>> {
    let (certificate, key) = certificate(folder)?;
    // A test opens the ports, which is for root alone below 1024.
    let text = text
        .replace("http {\n", OF_NGINX)
        .replace("listen 80;", "listen 127.0.0.1:18080;")
        .replace("listen 443 ", "listen 127.0.0.1:18443 ")
        .replace("/etc/nginx/tls/dashboard.crt", &certificate.to_string_lossy())
        .replace("/etc/nginx/tls/dashboard.key", &key.to_string_lossy());
    let file = written(folder, "nginx.conf", &text)?;
    let inside = format!("pid {}; error_log stderr;", folder.join("nginx.pid").display());
    let mut command = sh::command(&sh::administrators("nginx"));
    command.args(["-t", "-q", "-e", "stderr", "-g", &inside, "-p"]).arg(folder).arg("-c").arg(file);
    refused(&mut command, "")
}

fn haproxy(text: &str, folder: &Path) -> Result<Option<String>> {
    let (certificate, key) = certificate(folder)?;
    let both = [std::fs::read_to_string(certificate)?, std::fs::read_to_string(key)?].concat();
    let both = written(folder, "dashboard.pem", &both)?;
    let text = text.replace("/etc/haproxy/dashboard.pem", &both.to_string_lossy());
    let file = written(folder, "haproxy.cfg", &text)?;
    refused(sh::command(&sh::administrators("haproxy")).args(["-c", "-q", "-f"]).arg(file), "")
}

/// A certificate and its key, for nobody.
fn certificate(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.join("dashboard.crt"), folder.join("dashboard.key"));
    let mut command = sh::command("openssl");
    command.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=dashboard"]);
    let said = refused(command.arg("-out").arg(&certificate).arg("-keyout").arg(&key), "")?;
    anyhow::ensure!(said.is_none(), "openssl makes no certificate: {}", said.unwrap_or_default());
    Ok((certificate, key))
}

fn written(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

/// What the command says when it ends with an error.
fn refused(command: &mut Command, input: &str) -> Result<Option<String>> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("it cannot be started")?;
    child.stdin.take().context("its input is piped")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    Ok((!output.status.success()).then_some(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_takes_ours_and_refuses_what_is_broken() {
        for (file, part, broken) in [
            ("deploy/make-secrets.sh", "mkdir -p \"$folder\"", "mkdir -p $folder"),
            ("deploy/systemd/t5gctl.sh", "\"$@\"", "$@"),
            ("deploy/proxy/nginx.conf", "proxy_pass http://t5g;", "proxy_pass http://t5g"),
            ("deploy/proxy/nginx.conf", "proxy_connect_timeout 2s;", "proxy_connect_timeout two;"),
            ("deploy/proxy/nginx.conf", "proxy_buffering off;", "proxy_bufering off;"),
            ("deploy/proxy/haproxy.cfg", "balance roundrobin", "balance roundrobbin"),
            ("deploy/proxy/haproxy.cfg", "default_backend t5g", "default_backend t5"),
        ] {
            let tool = TOOLS.iter().find(|tool| (tool.reads)(file)).unwrap();
            assert!((tool.present)(), "{} is needed: `cargo xtask test` installs it", tool.name);
            let good = std::fs::read_to_string(sh::root().join(file)).unwrap();
            assert_eq!(asked(tool, file, &good).unwrap(), None);
            assert!(good.contains(part), "{file}: {part}");
            let said = asked(tool, file, &good.replacen(part, broken, 1)).unwrap();
            assert!(said.is_some_and(|said| said.starts_with(file)), "{part} → {broken}");
        }
    }
}
