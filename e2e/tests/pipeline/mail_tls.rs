//! Mail over TLS, from its first byte and by STARTTLS: login and letters are told only when the connection is protected,
//! and only to a server whose certificate this machine trusts.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use t5g_e2e::{World, run};
use t5g_testkit::Certificate;

use crate::cards::{Environment, new_cases};

/// What a client said, and whether anybody on the way could have read it.
type Said = Arc<Mutex<Vec<(bool, String)>>>;

/// A mail server that takes any login.
struct Server {
    address: SocketAddr,
    said: Said,
}

impl Server {
    fn start(certificate: &Certificate, at_once: bool) -> anyhow::Result<Self> {
        let chain =
            CertificateDer::pem_file_iter(certificate.certificate())?.collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_file(certificate.key())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key)?);
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, said) = (listener.local_addr()?, Said::default());
        let log = said.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that ends the conversation in its middle is what half of the test is about.
                drop(serve(stream, &config, at_once, &log));
            }
        });
        Ok(Self { address, said })
    }

    fn said(&self) -> Vec<(bool, String)> {
        std::mem::take(&mut *self.said.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn serve(mut stream: TcpStream, config: &Arc<ServerConfig>, at_once: bool, log: &Said) -> io::Result<()> {
    if !at_once {
        stream.write_all(b"220 test ESMTP\r\n")?;
        if !converse(&mut stream, false, log)? {
            return Ok(());
        }
    }
    let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    if at_once {
        stream.write_all(b"220 test ESMTP\r\n")?;
    }
    converse(&mut stream, true, log).map(drop)
}

/// Answers until the end; whether it is to go on under TLS.
fn converse(stream: &mut (impl Read + Write), hidden: bool, log: &Said) -> io::Result<bool> {
    while let Some(line) = line(stream)? {
        log.lock().unwrap_or_else(PoisonError::into_inner).push((hidden, line.clone()));
        let word = line.split(' ').next().unwrap_or_default().to_owned();
        let answer = match (word.as_str(), hidden) {
            ("EHLO", false) => "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n",
            ("EHLO", true) => "250-test\r\n250 AUTH PLAIN LOGIN\r\n",
            ("STARTTLS", false) => "220 go on\r\n",
            ("AUTH", _) => "235 welcome\r\n",
            ("MAIL" | "RCPT", _) => "250 well\r\n",
            ("DATA", _) => "354 tell\r\n",
            ("QUIT", _) => "221 goodbye\r\n",
            _ => "500 what?\r\n",
        };
        stream.write_all(answer.as_bytes())?;
        stream.flush()?;
        match word.as_str() {
            "STARTTLS" => return Ok(true),
            "DATA" => letter(stream, hidden, log)?,
            "QUIT" => return Ok(false),
            _ => {}
        }
    }
    Ok(false)
}

/// Takes a letter, line by line, up to its end.
fn letter(stream: &mut (impl Read + Write), hidden: bool, log: &Said) -> io::Result<()> {
    while let Some(line) = line(stream)?.filter(|line| line != ".") {
        log.lock().unwrap_or_else(PoisonError::into_inner).push((hidden, line));
    }
    stream.write_all(b"250 kept\r\n")?;
    stream.flush()
}

/// Byte by byte: what follows may not be for us to read.
fn line(stream: &mut impl Read) -> io::Result<Option<String>> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte)? == 1 {
        bytes.extend(byte);
        if bytes.ends_with(b"\r\n") {
            return Ok(Some(String::from_utf8_lossy(&bytes).trim_end().to_owned()));
        }
    }
    Ok(None)
}

/// Settings under which mail goes to that server; whose certificate is trusted, if it is given.
fn mailing(world: &World, server: &Server, security: &str, trusted: Option<&Certificate>) -> Environment {
    let mut environment = world.environment();
    environment.retain(|(name, _)| name != "smtp_server");
    let mut set = |name: &str, value: String| environment.push((name.to_owned(), value));
    set("smtp_server", format!("localhost:{}", server.address.port()));
    set("T5G_MAIL_SECURITY", security.to_owned());
    set("T5G_MAIL_USERNAME", "somebody".to_owned());
    set("T5G_MAIL_PASSWORD", "a-secret-of-mail".to_owned());
    if let Some(certificate) = trusted {
        set("SSL_CERT_FILE", certificate.authority().display().to_string());
    }
    environment
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_goes_over_trusted_tls_or_not_at_all() -> anyhow::Result<()> {
    let world = World::start(3, 20).await?;
    let home = tempfile::tempdir()?;
    let certificate = Certificate::for_loopback().await?;
    for (security, at_once) in [("starttls", false), ("tls", true)] {
        let server = Server::start(&certificate, at_once)?;
        for trusted in [true, false] {
            let environment = mailing(&world, &server, security, trusted.then_some(&certificate));
            let doctor = run(home.path(), &environment, &["doctor", "--json"]).await?;
            let findings: Vec<Value> = serde_json::from_str(&doctor.stdout).context(doctor.stderr)?;
            let is_mail = |finding: &&Value| finding.get("what").and_then(Value::as_str) == Some("mail");
            let mail = findings.iter().find(is_mail).context("nothing about mail")?.to_string();
            assert!(!mail.contains("a-secret-of-mail"), "{mail}");
            let said = server.said();
            let told_login = said.iter().any(|(_, line)| line.starts_with("AUTH"));
            if trusted {
                assert!(
                    mail.contains("\"state\":\"ok\"") && mail.contains("as somebody"),
                    "{security}: {mail}"
                );
                assert!(told_login, "{security}: {said:?}");
            } else {
                assert!(
                    mail.contains("cannot be protected") && mail.contains("certificate"),
                    "{security}: {mail}"
                );
            }
            let in_the_open = said.iter().any(|(hidden, line)| !hidden && line.starts_with("AUTH"));
            assert!(!in_the_open && (trusted || !told_login), "{security}, {trusted}: {said:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_arrives_over_starttls_with_login_or_is_told_as_failed() -> anyhow::Result<()> {
    let certificate = Certificate::for_loopback().await?;
    for trusted in [true, false] {
        let world = World::start(3, 40).await?;
        let home = tempfile::tempdir()?;
        let server = Server::start(&certificate, false)?;
        let mut environment = mailing(&world, &server, "starttls", trusted.then_some(&certificate));
        environment.retain(|(name, _)| name != "READ_ONLY");
        environment.push(("max_to_create".into(), "500".into()));
        new_cases(home.path(), &environment, &world, 0).await?;
        let created = run(home.path(), &environment, &["cards", "create"]).await?;
        let listed =
            run(home.path(), &environment, &["journal", "list", "--service", "mail", "--json"]).await?;
        let steps: Vec<Value> = serde_json::from_str(&listed.stdout).context(listed.stderr)?;
        let letter = steps.first().context("no letter was tried")?;
        let said = server.said();
        let of_letter = |begin: &str| said.iter().filter(|(_, line)| line.starts_with(begin)).count();
        if trusted {
            assert!(created.status.success(), "{}", created.stderr);
            assert_eq!(letter.get("state"), Some(&Value::from("done")), "{letter}");
            assert_eq!((of_letter("AUTH"), of_letter("DATA"), of_letter("Subject: ")), (1, 1, 1), "{said:?}");
        } else {
            assert_eq!(created.status.code(), Some(1), "{}", created.stdout);
            assert_ne!(letter.get("state"), Some(&Value::from("done")), "{letter}");
            let why = letter.get("error").and_then(Value::as_str).unwrap_or_default();
            assert!(why.contains("cannot be protected") && why.contains("certificate"), "{why}");
            assert_eq!((of_letter("AUTH"), of_letter("DATA")), (0, 0), "{said:?}");
        }
        let in_the_open = said.iter().filter(|(hidden, _)| !hidden).map(|(_, line)| line.as_str());
        assert!(in_the_open.clone().all(|line| line.starts_with("EHLO") || line == "STARTTLS"), "{said:?}");
    }
    Ok(())
}
