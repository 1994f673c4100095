//! Keys with a certificate, made on the spot.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::openssl;
use super::sign::Hash;

/// What kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA of 2048 bits.
    Rsa,
    /// RSA of 1024 bits, which is not enough.
    ShortRsa,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
}

impl Algorithm {
    /// How long each number of an ECDSA signature is.
    fn number_bytes(self) -> Option<usize> {
        match self {
            Self::Rsa | Self::ShortRsa => None,
            Self::P256 => Some(32),
            Self::P384 => Some(48),
            Self::P521 => Some(66),
        }
    }
}

/// A private key and its certificate, in files that go with this value.
#[derive(Debug)]
pub struct KeyPair {
    algorithm: Algorithm,
    folder: tempfile::TempDir,
    certificate: String,
    private_key: String,
}

impl KeyPair {
    /// Makes a key; the certificate's subject is `name`.
    pub fn generate(algorithm: Algorithm, name: &str) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("t5g-saml-").tempdir().context("making a folder")?;
        let kind: &[&str] = match algorithm {
            Algorithm::Rsa => &["-newkey", "rsa:2048"],
            Algorithm::ShortRsa => &["-newkey", "rsa:1024"],
            Algorithm::P256 => &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
            Algorithm::P384 => &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"],
            Algorithm::P521 => &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp521r1"],
        };
        let subject = format!("/CN={name}");
        let rest =
            ["-x509", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", &subject];
        openssl::run(folder.path(), &[&["req"], kind, &rest].concat(), &[])?;
        let certificate = read(&folder, "cert.pem")?;
        let private_key = read(&folder, "key.pem")?;
        Ok(Self { algorithm, folder, certificate, private_key })
    }

    /// PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The certificate's base64 on one line, as it stands in messages.
    pub fn bare_certificate(&self) -> String {
        self.certificate.lines().filter(|line| !line.starts_with("-----")).collect()
    }

    /// PEM, PKCS#8.
    pub fn private_key(&self) -> &str {
        &self.private_key
    }

    /// PEM, the older PKCS#1.
    pub fn old_private_key(&self) -> anyhow::Result<String> {
        let pem = openssl::run(self.folder.path(), &["rsa", "-in", "key.pem", "-traditional"], &[])?;
        String::from_utf8(pem).context("a key that is not text")
    }

    /// Signs as XML wants it.
    pub fn sign(&self, hash: Hash, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let digest = format!("-{}", hash.name());
        let signature = openssl::run(self.folder.path(), &["dgst", &digest, "-sign", "key.pem"], message)?;
        match self.algorithm.number_bytes() {
            None => Ok(signature),
            Some(width) => two_numbers(&signature, width).context("a signature that is not DER"),
        }
    }

    /// The signature algorithm's name in XML.
    pub fn method(&self, hash: Hash) -> String {
        let family = if self.algorithm.number_bytes().is_some() { "ecdsa" } else { "rsa" };
        match hash {
            Hash::Sha1 if family == "rsa" => "http://www.w3.org/2000/09/xmldsig#rsa-sha1".to_owned(),
            hash => format!("http://www.w3.org/2001/04/xmldsig-more#{family}-{}", hash.name()),
        }
    }

    /// The public key as XML writes it, without its certificate.
    pub fn key_value(&self) -> anyhow::Result<String> {
        if self.algorithm.number_bytes().is_none() {
            let told =
                openssl::run(self.folder.path(), &["rsa", "-in", "key.pem", "-noout", "-modulus"], &[])?;
            let told = String::from_utf8(told).context("a modulus that is not text")?;
            let digits = told.trim().strip_prefix("Modulus=").context("no modulus")?.to_owned();
            let bytes: Vec<u8> = digits
                .as_bytes()
                .chunks(2)
                .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect();
            let modulus = STANDARD.encode(bytes);
            return Ok(format!(
                "<ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue>"
            ));
        }
        anyhow::ensure!(self.algorithm == Algorithm::P256, "only P-256 is written so");
        let der =
            openssl::run(self.folder.path(), &["ec", "-in", "key.pem", "-pubout", "-outform", "DER"], &[])?;
        // The point is the last thing in it.
        let point = der.len().checked_sub(65).and_then(|start| der.get(start..)).context("no point")?;
        Ok(format!(
            "<dsig11:ECKeyValue xmlns:dsig11=\"http://www.w3.org/2009/xmldsig11#\">\
             <dsig11:NamedCurve URI=\"urn:oid:1.2.840.10045.3.1.7\"></dsig11:NamedCurve>\
             <dsig11:PublicKey>{}</dsig11:PublicKey></dsig11:ECKeyValue>",
            STANDARD.encode(point)
        ))
    }

    /// Encrypts a short text so that only this key opens it: RSA with OAEP.
    pub(super) fn seal(&self, secret: &[u8], digest: &str, mask: &str) -> anyhow::Result<Vec<u8>> {
        let (digest, mask) = (format!("rsa_oaep_md:{digest}"), format!("rsa_mgf1_md:{mask}"));
        let options = ["-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", &digest, "-pkeyopt", &mask];
        let key = ["pkeyutl", "-encrypt", "-certin", "-inkey", "cert.pem"];
        openssl::run(self.folder.path(), &[&key[..], &options].concat(), secret)
    }
}

fn read(folder: &tempfile::TempDir, name: &str) -> anyhow::Result<String> {
    let bytes = std::fs::read(folder.path().join(name)).with_context(|| format!("reading {name}"))?;
    String::from_utf8(bytes).with_context(|| format!("{name} is not text"))
}

/// OpenSSL packs the two numbers of an ECDSA signature in DER; XML wants them side by side, of one width.
fn two_numbers(der: &[u8], width: usize) -> Option<Vec<u8>> {
    // A length that does not fit into seven bits takes another byte.
    let head = if *der.get(1)? < 0x80 { 2 } else { 3 };
    let (first, rest) = number(der.get(head..)?, width)?;
    let (second, _) = number(rest, width)?;
    Some([first, second].concat())
}

fn number(der: &[u8], width: usize) -> Option<(Vec<u8>, &[u8])> {
    let [2, length, rest @ ..] = der else { return None };
    let (number, rest) = rest.split_at_checked(usize::from(*length))?;
    let bare: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut padded = vec![0; width.checked_sub(bare.len())?];
    padded.extend(bare);
    Some((padded, rest))
}
