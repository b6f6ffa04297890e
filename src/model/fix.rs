//! How a finding can be mended by a program: plain data, which says what becomes of a file and not how
//! its bytes change. Who applies it looks at the file as it then is.

/// Whether a fix may be applied unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// It changes nothing that the app does, but what was surely meant.
    Safe,
    /// It changes what the app does: somebody reads it first.
    Review,
}

/// What mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it may be applied unread.
    pub safety: Safety,
    /// The changes, each of use by itself.
    pub edits: Vec<Edit>,
}

/// One change of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The file, relative to the audited directory; of [`Change::Variable`], the folder.
    pub file: String,
    /// What changes in it.
    pub change: Change,
}

/// What changes in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A line is added at the end, in a new file where there is none.
    Line(String),
    /// A variable gets another name in the example files of a folder.
    Variable {
        /// The name that is read by nobody.
        from: String,
        /// The name that is.
        to: String,
    },
    /// An entry of a list of `createRouteMatcher()` is written otherwise.
    Entry {
        /// As it is.
        was: String,
        /// As it should be.
        with: String,
    },
    /// A function begins with `await auth.protect()`.
    Guard(Guarded),
    /// The call at a place is awaited.
    Await(Spot),
    /// The middleware of Next.js runs on what these patterns match, each as it stands between quotes.
    Matcher(Vec<String>),
    /// The call at a place takes sessions of this origin alone when it runs in production.
    Parties {
        /// Where.
        at: Spot,
        /// The origin.
        origin: String,
    },
}

/// Which function of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarded {
    /// The one that it exports under a name; `default` is one.
    Export(String),
    /// A server function of a name, exported or not.
    Action(String),
}

/// A place in a file: 1-based, the column counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl Fix {
    /// A fix that may be applied unread.
    pub fn safe(edits: impl IntoIterator<Item = Edit>) -> Self {
        Self {
            safety: Safety::Safe,
            edits: edits.into_iter().collect(),
        }
    }

    /// A fix that somebody reads first.
    pub fn review(edits: impl IntoIterator<Item = Edit>) -> Self {
        Self {
            safety: Safety::Review,
            edits: edits.into_iter().collect(),
        }
    }
}

impl Edit {
    /// A change of a file.
    pub fn new(file: impl Into<String>, change: Change) -> Self {
        Self {
            file: file.into(),
            change,
        }
    }
}

impl Change {
    /// What is done, as a clause for a list of changes.
    pub fn words(&self) -> String {
        match self {
            Change::Line(line) => format!("added {line}"),
            Change::Variable { from, to } => format!("renamed {from} to {to}"),
            Change::Entry { was, with } => format!("made \"{was}\" \"{with}\""),
            Change::Guard(_) => "added await auth.protect()".to_owned(),
            Change::Await(_) => "added await".to_owned(),
            Change::Matcher(_) => "rewrote config.matcher".to_owned(),
            Change::Parties { .. } => "added authorizedParties".to_owned(),
        }
    }
}
