//! One conversation over SMTP, as a relay leads it.

use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{LOGIN, PASSWORD, Taken};
use crate::faults::MailFault;
use crate::state::Shared;

/// The longest silence.
const SILENCE: Duration = Duration::from_mins(5);
/// The largest letter, in bytes, and the longest line.
const LARGEST: usize = 20 << 20;
const LINE: u64 = 64 << 10;
/// Recipients of one letter.
const RECIPIENTS: usize = 1_000;

/// What is known in the middle of a conversation.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

struct Talk<'a> {
    stream: BufReader<TcpStream>,
    sim: &'a Shared,
    by: Option<String>,
    envelope: Envelope,
}

/// What comes after a command.
enum Next {
    GoOn,
    End,
}

pub(super) async fn converse(stream: TcpStream, sim: &Shared) -> io::Result<()> {
    let mut talk = Talk { stream: BufReader::new(stream), sim, by: None, envelope: Envelope::default() };
    if talk.goes_wrong("/smtp/connect").await? {
        return Ok(());
    }
    talk.say("220 simulated.mail.example ESMTP").await?;
    while let Some(line) = talk.line().await? {
        match talk.command(line.trim_end()).await? {
            Next::GoOn => {}
            Next::End => break,
        }
    }
    Ok(())
}

impl Talk<'_> {
    async fn command(&mut self, line: &str) -> io::Result<Next> {
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.say("250-simulated.mail.example\r\n250-8BITMIME\r\n250-SMTPUTF8").await?;
                self.say(&format!("250-SIZE {LARGEST}\r\n250 AUTH PLAIN LOGIN")).await?;
            }
            "HELO" => self.say("250 simulated.mail.example").await?,
            "AUTH" => self.login(rest).await?,
            "MAIL" => return self.begin(rest).await,
            "RCPT" => return self.recipient(rest).await,
            "DATA" => return self.data().await,
            "RSET" => {
                self.envelope = Envelope::default();
                self.say("250 2.0.0 forgotten").await?;
            }
            "NOOP" => self.say("250 2.0.0 nothing done").await?,
            "QUIT" => {
                self.say("221 2.0.0 goodbye").await?;
                return Ok(Next::End);
            }
            _ => self.say("500 5.5.1 what?").await?,
        }
        Ok(Next::GoOn)
    }

    async fn begin(&mut self, rest: &str) -> io::Result<Next> {
        let Some(from) = address(rest) else {
            self.say("501 5.5.4 MAIL FROM:<address>").await?;
            return Ok(Next::GoOn);
        };
        if self.goes_wrong(&format!("/smtp/mail/{from}")).await? {
            return Ok(Next::End);
        }
        self.envelope = Envelope { from: Some(from), to: Vec::new() };
        self.say("250 2.1.0 fine").await?;
        Ok(Next::GoOn)
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<Next> {
        let to = address(rest).filter(|to| to.contains('@'));
        let full = self.envelope.to.len() >= RECIPIENTS;
        let (Some(to), true, false) = (to, self.envelope.from.is_some(), full) else {
            let answer =
                if full { "452 4.5.3 too many" } else { "503 5.5.1 MAIL FROM, then RCPT TO:<address>" };
            self.say(answer).await?;
            return Ok(Next::GoOn);
        };
        match self.fault(&format!("/smtp/rcpt/{to}")).await {
            Some(fault) if fault.code.is_some() => self.refuse(fault.code).await?,
            Some(_) => return Ok(Next::End),
            None => {
                self.envelope.to.push(to);
                self.say("250 2.1.5 fine").await?;
            }
        }
        Ok(Next::GoOn)
    }

    async fn data(&mut self) -> io::Result<Next> {
        if self.envelope.to.is_empty() {
            self.say("503 5.5.1 nobody to send it to").await?;
            return Ok(Next::GoOn);
        }
        if self.goes_wrong("/smtp/data").await? {
            return Ok(Next::End);
        }
        self.say("354 end with a dot").await?;
        let Some(data) = self.text().await? else {
            self.say("552 5.3.4 too large").await?;
            return Ok(Next::GoOn);
        };
        let fault = self.fault("/smtp/end").await;
        if fault.as_ref().is_none_or(|fault| fault.after_effect) {
            self.keep(&data);
        }
        self.envelope = Envelope::default();
        match fault {
            None => self.say("250 2.0.0 taken").await?,
            Some(MailFault { answer_after_ms: Some(ms), .. }) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                self.say("250 2.0.0 taken").await?;
            }
            Some(MailFault { code: Some(code), .. }) => self.refuse(Some(code)).await?,
            Some(_) => return Ok(Next::End),
        }
        Ok(Next::GoOn)
    }

    /// The letter's lines, dots undone; `None` if it is too large.
    async fn text(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut data = Vec::new();
        let mut large = false;
        loop {
            let line = self.bytes().await?.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
            if matches!(line.as_slice(), b".\r\n" | b".\n") {
                return Ok((!large).then_some(data));
            }
            large |= data.len() + line.len() > LARGEST;
            if !large {
                data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            }
        }
    }

    fn keep(&self, data: &[u8]) {
        let mut ground = self.sim.write();
        let now = ground.now();
        let from = self.envelope.from.clone().unwrap_or_default();
        ground.written.mail_came(Taken::new(now, self.by.clone(), from, self.envelope.to.clone(), data));
    }

    /// PLAIN at once or on demand, LOGIN by question and answer.
    async fn login(&mut self, rest: &str) -> io::Result<()> {
        let (kind, given) = rest.split_once(' ').unwrap_or((rest, ""));
        let (name, password) = match kind.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let given = if given.is_empty() { self.ask("").await? } else { decode(given) };
                let mut parts = given.split('\0').skip(1);
                (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default().to_owned())
            }
            "LOGIN" => {
                let name = if given.is_empty() { self.ask("Username:").await? } else { decode(given) };
                (name, self.ask("Password:").await?)
            }
            _ => return self.say("504 5.5.4 PLAIN or LOGIN").await,
        };
        if (name.as_str(), password.as_str()) == (LOGIN, PASSWORD) {
            self.by = Some(name);
            return self.say("235 2.7.0 welcome").await;
        }
        self.say("535 5.7.8 wrong name or password").await
    }

    async fn ask(&mut self, question: &str) -> io::Result<String> {
        self.say(&format!("334 {}", BASE64.encode(question))).await?;
        Ok(decode(self.line().await?.unwrap_or_default().trim()))
    }

    /// Answers as the fault says; whether the conversation is over.
    async fn goes_wrong(&mut self, path: &str) -> io::Result<bool> {
        let Some(fault) = self.fault(path).await else { return Ok(false) };
        self.refuse(fault.code).await?;
        Ok(true)
    }

    async fn refuse(&mut self, code: Option<u16>) -> io::Result<()> {
        match code {
            Some(code) => self.say(&format!("{code} {}.3.0 simulated fault", code / 100)).await,
            None => Ok(()),
        }
    }

    /// What goes wrong here, after the wait that it brings.
    async fn fault(&self, path: &str) -> Option<MailFault> {
        let (wait, fault) = self.sim.faults().decide_mail(path);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        fault
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        Ok(self.bytes().await?.map(|line| String::from_utf8_lossy(&line).into_owned()))
    }

    async fn bytes(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.stream).take(LINE);
        let read = timeout(SILENCE, bounded.read_until(b'\n', &mut line)).await;
        read.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok((!line.is_empty()).then_some(line))
    }
}

/// `FROM:<a@b> SIZE=1`, of which the verb and what follows it are gone.
fn address(rest: &str) -> Option<String> {
    let (_, after) = rest.split_once('<')?;
    after.split_once('>').map(|(address, _)| address.trim().to_owned())
}

fn decode(text: &str) -> String {
    BASE64.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
