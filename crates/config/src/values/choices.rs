//! Settings that are one of a few words.

macro_rules! choices {
    ($($(#[doc = $doc:literal])+ $name:ident: $expected:literal {
        $($(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal,)+
    })+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $name {
                $($(#[doc = $variant_doc])+ $variant,)+
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(match self { $(Self::$variant => $word,)+ })
                }
            }

            impl std::str::FromStr for $name {
                type Err = ();

                fn from_str(word: &str) -> Result<Self, ()> {
                    $(if word.eq_ignore_ascii_case($word) { return Ok(Self::$variant); })+
                    Err(())
                }
            }

            $crate::setting::by_text! { $name: $expected; }
        )+
    };
}

choices! {
    /// Which of the portal's interfaces is spoken.
    PortalFace: "hydra, v3 or graphql" {
        /// The v1 interface that the Python dashboard uses.
        Hydra = "hydra",
        /// The REST interface that follows it.
        V3 = "v3",
        /// The GraphQL interface.
        Graphql = "graphql",
    }
    /// How Bugzilla is told the key.
    BugzillaAuth: "bearer, query or header" {
        /// `Authorization: Bearer`, as Red Hat's Bugzilla wants it.
        Bearer = "bearer",
        /// `?api_key=`, for plain Bugzilla 5.0.
        Query = "query",
        /// `X-BUGZILLA-API-KEY`, for plain Bugzilla 5.1 and later.
        Header = "header",
    }
    /// How the connection to the mail server is protected.
    MailSecurity: "none, starttls or tls" {
        /// Not at all.
        None = "none",
        /// It begins in the open and is encrypted before anything is said; port 587 if none is given.
        StartTls = "starttls",
        /// It is encrypted from the first byte on; port 465 if none is given.
        Tls = "tls",
    }
    /// In which order people take cases that no account decides.
    AssignmentOrder: "chance or least-work" {
        /// Drawn by lot.
        Chance = "chance",
        /// Who has the least open work first.
        LeastWork = "least-work",
    }
    /// How log lines look.
    LogFormat: "text or json" {
        /// For people.
        Text = "text",
        /// One JSON object a line, for collectors.
        Json = "json",
    }
    /// How traces travel.
    TraceProtocol: "http/protobuf, the only one that is spoken here (a collector takes it at port 4318)" {
        /// OTLP over HTTP, as protobuf.
        HttpProtobuf = "http/protobuf",
    }
    /// Where traces go.
    TraceExporter: "otlp or none" {
        /// To a collector.
        Otlp = "otlp",
        /// Nowhere.
        None = "none",
    }
    /// Which traces are kept.
    TraceSampler: "always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or parentbased_traceidratio" {
        /// All.
        AlwaysOn = "always_on",
        /// None.
        AlwaysOff = "always_off",
        /// A share.
        Ratio = "traceidratio",
        /// As whoever asks does, else all.
        ParentOrOn = "parentbased_always_on",
        /// As whoever asks does, else none.
        ParentOrOff = "parentbased_always_off",
        /// As whoever asks does, else a share.
        ParentOrRatio = "parentbased_traceidratio",
    }
}
