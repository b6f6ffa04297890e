//! What `triage` says: a category, what speaks for it, what to do, and every piece of evidence with its time.

use super::moment::Moment;

/// What an incident is, in the order of the rules: the first that fits is the main one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// The evidence does not tell.
    Unknown,
    /// The emergency bypass is on.
    BypassActive,
    /// Clerk itself is out.
    ClerkOutage,
    /// The site or its host is down.
    HostDown,
    /// A key is wrong, revoked, or of another instance.
    Keys,
    /// The middleware fails.
    MiddlewareFailure,
    /// A record or a certificate is wrong.
    DnsTls,
    /// A key is in the wrong hands, or may be.
    KeyCompromised,
    /// Sessions end or loop.
    SessionTrouble,
    /// The instance is rate limited.
    RateLimited,
    /// Webhooks are not taken.
    WebhookBacklog,
    /// Nothing is wrong as far as can be seen.
    Healthy,
}

/// How grave an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// Nobody can sign in, or everybody is in.
    Critical,
    /// Many are concerned.
    High,
    /// Some are concerned.
    Medium,
    /// Nobody who signs in notices.
    Low,
    /// It cannot be told.
    Unknown,
    /// There is no incident.
    None,
}

impl Gravity {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Gravity::Critical => "critical",
            Gravity::High => "high",
            Gravity::Medium => "medium",
            Gravity::Low => "low",
            Gravity::Unknown => "unknown",
            Gravity::None => "none",
        }
    }
}

impl Category {
    /// All of them, in the order of the rules.
    pub const ALL: &[Category] = &[
        Category::Unknown,
        Category::BypassActive,
        Category::ClerkOutage,
        Category::HostDown,
        Category::Keys,
        Category::MiddlewareFailure,
        Category::DnsTls,
        Category::KeyCompromised,
        Category::SessionTrouble,
        Category::RateLimited,
        Category::WebhookBacklog,
        Category::Healthy,
    ];

    /// Its stable name.
    pub const fn id(self) -> &'static str {
        match self {
            Category::Unknown => "unknown",
            Category::BypassActive => "bypass-active",
            Category::ClerkOutage => "clerk-outage",
            Category::HostDown => "host-down",
            Category::Keys => "keys",
            Category::MiddlewareFailure => "middleware-failure",
            Category::DnsTls => "dns-tls",
            Category::KeyCompromised => "key-compromised",
            Category::SessionTrouble => "session-trouble",
            Category::RateLimited => "rate-limited",
            Category::WebhookBacklog => "webhook-backlog",
            Category::Healthy => "healthy",
        }
    }

    /// What it is, as a sentence without a full stop.
    pub const fn title(self) -> &'static str {
        match self {
            Category::Unknown => "What is going on cannot be told from here",
            Category::BypassActive => "An emergency bypass lets visitors in without a session",
            Category::ClerkOutage => "Clerk itself does not answer as it should",
            Category::HostDown => "The site or its host is down; Clerk is not the cause",
            Category::Keys => "A key is wrong, revoked, or of another instance",
            Category::MiddlewareFailure => "The middleware of the site fails",
            Category::DnsTls => "A DNS record or a certificate is wrong",
            Category::KeyCompromised => "A secret key is in the wrong hands, or may be",
            Category::SessionTrouble => "Sessions end or loop",
            Category::RateLimited => "Clerk limits the requests of the instance",
            Category::WebhookBacklog => "Webhooks do not arrive",
            Category::Healthy => "Nothing is wrong as far as can be seen from here",
        }
    }

    /// How grave it is.
    pub const fn gravity(self) -> Gravity {
        match self {
            Category::Unknown => Gravity::Unknown,
            Category::BypassActive
            | Category::ClerkOutage
            | Category::Keys
            | Category::KeyCompromised => Gravity::Critical,
            Category::HostDown | Category::MiddlewareFailure | Category::DnsTls => Gravity::High,
            Category::SessionTrouble | Category::RateLimited => Gravity::Medium,
            Category::WebhookBacklog => Gravity::Low,
            Category::Healthy => Gravity::None,
        }
    }
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is wrong.
    Healthy,
    /// Something is.
    Incident,
    /// It cannot be told.
    CannotTell,
}

impl Standing {
    /// The word of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Healthy => "healthy",
            Standing::Incident => "incident",
            Standing::CannotTell => "cannot-tell",
        }
    }
}

/// How a piece of evidence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// As it should be.
    Good,
    /// It speaks for an incident.
    Bad,
    /// Not as expected, and it decides nothing.
    Odd,
    /// Asked, and no answer came.
    Silent,
    /// Not asked.
    NotAsked,
}

impl Mark {
    /// The word of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Mark::Good => "good",
            Mark::Bad => "bad",
            Mark::Odd => "odd",
            Mark::Silent => "silent",
            Mark::NotAsked => "not-asked",
        }
    }
}

/// A piece of evidence. Every text in it is fit to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `E1` to `E13`.
    pub id: &'static str,
    /// Who or what was looked at.
    pub subject: String,
    /// How it stands.
    pub mark: Mark,
    /// What was seen, and what it means.
    pub says: String,
    /// When the answer was there, or was given up.
    pub at: Option<Moment>,
    /// How long it took.
    pub took_ms: Option<u64>,
}

/// A category that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The category.
    pub category: Category,
    /// Whether the evidence is enough to be sure.
    pub sure: bool,
    /// What speaks for it, each a clause that begins with the id of its evidence.
    pub because: Vec<String>,
    /// What it is, where that is more particular than the title of its category.
    pub title: Option<&'static str>,
}

impl Match {
    /// What it is, as a sentence without a full stop.
    pub fn title(&self) -> &'static str {
        self.title.unwrap_or_else(|| self.category.title())
    }
}

/// What to do about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    /// Now, in this order.
    pub now: Vec<&'static str>,
    /// Not at all, and why.
    pub not: Vec<&'static str>,
    /// What to keep an eye on.
    pub watch: Vec<&'static str>,
}

/// What one look at everything says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triage {
    /// When the look began.
    pub at: Moment,
    /// How long it took.
    pub took_ms: u64,
    /// The main category.
    pub main: Match,
    /// The others that fit, in the order of the rules.
    pub also: Vec<Match>,
    /// What to do.
    pub advice: Advice,
    /// Everything that was looked at.
    pub evidence: Vec<Evidence>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

impl Triage {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        match self.main.category {
            Category::Healthy => Standing::Healthy,
            Category::Unknown => Standing::CannotTell,
            _ => Standing::Incident,
        }
    }
}

/// A line of the timeline: what was so from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// When it was seen.
    pub at: Moment,
    /// The main category.
    pub category: Category,
    /// What it is, as a sentence without a full stop.
    pub title: &'static str,
    /// Whether that is sure.
    pub sure: bool,
    /// What changed, or how it began.
    pub says: String,
}

/// Everything from the first look on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Of the program.
    pub version: &'static str,
    /// When it began, as the user says.
    pub since: Option<Moment>,
    /// The first look.
    pub first: Moment,
    /// The last look.
    pub last: Triage,
    /// The look whose main category is the gravest of all.
    pub worst: Triage,
    /// How many looks there were.
    pub looks: usize,
    /// What changed and when.
    pub timeline: Vec<Turn>,
}

impl Incident {
    /// Begins with the first look.
    pub fn begin(version: &'static str, since: Option<Moment>, first: Triage) -> Self {
        let turn = Turn {
            at: first.at,
            category: first.main.category,
            title: first.main.title(),
            sure: first.main.sure,
            says: opening(&first),
        };
        Self {
            version,
            since,
            first: first.at,
            worst: first.clone(),
            last: first,
            looks: 1,
            timeline: vec![turn],
        }
    }

    /// Goes on with another look; whether anything changed.
    pub fn go_on(&mut self, next: Triage) -> bool {
        self.looks += 1;
        let says = changes(&self.last, &next);
        if outranks(&next.main, &self.worst.main) {
            self.worst = next.clone();
        }
        let changed = !says.is_empty();
        if changed {
            self.timeline.push(Turn {
                at: next.at,
                category: next.main.category,
                title: next.main.title(),
                sure: next.main.sure,
                says: says.join("; "),
            });
        }
        self.last = next;
        changed
    }
}

/// Whether an incident is graver: what cannot be told is graver than health only.
fn outranks(one: &Match, other: &Match) -> bool {
    let rank = |one: &Match| match one.category {
        Category::Unknown => (1, false),
        Category::Healthy => (0, false),
        category => (
            match category.gravity() {
                Gravity::Critical => 5,
                Gravity::High => 4,
                Gravity::Medium => 3,
                _ => 2,
            },
            one.sure,
        ),
    };
    rank(one) > rank(other)
}

fn opening(first: &Triage) -> String {
    let mut says = vec![first.main.title().to_owned()];
    says.extend(first.main.because.iter().cloned());
    says.extend(
        first
            .also
            .iter()
            .map(|one| format!("also {}", one.category.id())),
    );
    says.join("; ")
}

/// What is other than before: the categories, and how each piece of evidence stands.
pub fn changes(before: &Triage, now: &Triage) -> Vec<String> {
    let name = |one: &Match| match one.sure {
        true => one.category.id().to_owned(),
        false => format!("{} (suspected)", one.category.id()),
    };
    let mut says = Vec::new();
    if name(&before.main) != name(&now.main) {
        says.push(format!("{} -> {}", name(&before.main), name(&now.main)));
    }
    let also = |look: &Triage| look.also.iter().map(name).collect::<Vec<_>>();
    let (old, new) = (also(before), also(now));
    let came = new.iter().filter(|one| !old.contains(one));
    says.extend(came.map(|one| format!("also {one}")));
    let went = old
        .iter()
        .filter(|one| !new.contains(one) && **one != name(&now.main));
    says.extend(went.map(|one| format!("no longer {one}")));
    for one in &now.evidence {
        let same = |other: &&Evidence| other.id == one.id && other.subject == one.subject;
        let was = before.evidence.iter().find(same).map(|other| other.mark);
        if was.is_some_and(|was| was != one.mark) {
            says.push(format!(
                "{} {}: {} ({})",
                one.id,
                one.subject,
                one.mark.word(),
                one.says
            ));
        }
    }
    says
}
