//! From evidence to categories. The order is that of [`Category::ALL`]; every category that fits is told.
//!
//! Silence counts only while the control hosts answer: a machine without a network hears nobody. And what
//! somebody plainly answered counts in any case.

use super::backend::Api;
use super::control::{self, Control};
use super::frontend::{self, Health};
use super::hook::Hook;
use super::names::SHARED;
use super::site::Breakage;
use super::token::Deployed;
use super::{Collected, Read, RowKind};
use crate::model::Known;
use crate::model::triage::{Category, Evidence, Mark, Match};

/// Every category that fits, the main one first; empty where none does.
pub(super) fn decide(collected: &Collected, read: &Read) -> Vec<Match> {
    let look = Look {
        collected,
        read,
        online: read.control == Control::Online,
    };
    let (outage, by_page_alone) = look.outage();
    let rules = [
        look.bypass(),
        outage,
        look.host(),
        look.keys(),
        look.middleware(),
        look.names(),
        look.compromise(),
        look.sessions(),
        look.limit(),
        look.webhooks(),
    ];
    let mut all: Vec<Match> = rules.into_iter().flatten().collect();
    if by_page_alone {
        // The page may be about something else: what was seen here goes first.
        all.sort_by_key(|one| one.category == Category::ClerkOutage);
    }
    // Nothing can be said without a network, but of what was plainly answered.
    all.extend(look.offline());
    all
}

/// What it is if no rule fits: health only where something of the user's was seen, and nothing was odd.
pub(super) fn nothing(collected: &Collected, read: &Read, evidence: &[Evidence]) -> Match {
    let core = || {
        evidence
            .iter()
            .filter(|one| matches!(one.id, "E2" | "E3" | "E6"))
    };
    // A host that lost the app answers too, so not every answer of the site shows health.
    let shows = |one: &Evidence| {
        one.id != "E6" && one.mark == Mark::Good && !one.says.contains("without a secret key")
    };
    let matrix = read.matrix.as_ref();
    let seen = core().any(shows) || matrix.is_some_and(|matrix| matrix.alive);
    let mut troubled: Vec<String> = core()
        .filter(|one| match one.mark {
            Mark::Bad | Mark::Silent => true,
            Mark::Odd => one.id != "E6" && !(one.id == "E2" && read.key_here_is_old()),
            Mark::Good | Mark::NotAsked => false,
        })
        .map(|one| format!("{}: {}: {}", one.id, one.subject, one.says))
        .collect();
    let odd = matrix.map_or(&[][..], |matrix| &matrix.troubles);
    troubled.extend(odd.iter().map(|words| format!("E6: {words}")));
    troubled.extend(no_answer_to_a_token(collected, read));
    let (category, because) = match (troubled.is_empty(), seen) {
        (true, true) => (Category::Healthy, Vec::new()),
        (true, false) => (
            Category::Unknown,
            vec!["nothing of yours could be asked: give --url, or the keys in the environment or with --env-file".to_owned()],
        ),
        (false, _) => (Category::Unknown, troubled),
    };
    Match {
        category,
        sure: true,
        because,
        title: None,
    }
}

/// A site that answers, but not to a forged token: what a revoked key looks like (the SDK asks Clerk for the
/// signing keys again and again before it says so), and no proof of one.
fn no_answer_to_a_token(collected: &Collected, read: &Read) -> Option<String> {
    let app = collected.app.as_ref()?;
    let page = app.rows.iter().find(|row| row.kind == RowKind::Page)?;
    page.probe.answer()?;
    match &read.deployed {
        Some(deployed @ Deployed::Unanswered(_)) => {
            Some(format!("E7: the site: {}", deployed.words()))
        }
        _ => None,
    }
}

struct Look<'l> {
    collected: &'l Collected,
    read: &'l Read,
    online: bool,
}

fn is(category: Category, sure: bool, because: Vec<String>) -> Option<Match> {
    (!because.is_empty()).then_some(Match {
        category,
        sure,
        because,
        title: None,
    })
}

impl Look<'_> {
    fn offline(&self) -> Option<Match> {
        if self.online {
            return None;
        }
        let backend = self.collected.backend.probe.answer().is_some();
        let front = self.collected.frontend.as_ref();
        let front = front.is_some_and(|front| front.health.answer().is_some());
        let app = self.collected.app.as_ref();
        let site = app.is_some_and(|app| app.rows.iter().any(|row| row.probe.answer().is_some()));
        if backend && front && site {
            // A firewall keeps the control hosts out; all that matters was heard.
            return None;
        }
        let heard = backend || site;
        let backend = &self.collected.backend.probe;
        let words = if heard {
            "E13: no control host answers, so this machine hears only some hosts, and silence says nothing"
        } else if control::shares_fault(&self.collected.control, backend) {
            "E13: no host is trusted from here, the control hosts and Clerk's neither: the clock of this machine is wrong, or a gateway of its network reads along (--ca-file)"
        } else {
            "E13: no control host answers, so this machine has no network"
        };
        is(Category::Unknown, !heard, vec![words.to_owned()])
    }

    fn bypass(&self) -> Option<Match> {
        let mut because = Vec::new();
        let matrix = self.read.matrix.as_ref();
        let header = matrix.and_then(|matrix| matrix.bypass.as_ref());
        because.extend(header.map(|path| format!("E12: {path} answers with X-Auth-Bypass")));
        if let Some(place) = &self.collected.told.bypass {
            because.push(format!("E12: CLERK_EMERGENCY_BYPASS is on in {place}"));
        }
        let open = matrix.map_or(&[][..], |matrix| &matrix.open);
        because.extend(open.iter().map(|path| {
            format!(
                "E6: {path} is protected, as you say, and was shown to a visitor without a session"
            )
        }));
        is(Category::BypassActive, header.is_some(), because)
    }

    /// Whether Clerk's own services are seen to be well.
    fn clerk_is_well(&self) -> bool {
        let front = self.read.frontend.as_ref();
        let front = front.is_none_or(|front| {
            matches!(front.health, Health::Well | Health::Limited) && !front.maintenance
        });
        front && self.read.backend.is_up()
    }

    /// Two signs make it sure. The second value: whether the status page is the only one.
    fn outage(&self) -> (Option<Match>, bool) {
        let mut because = Vec::new();
        match &self.read.backend {
            Api::Down(words) => because.push(format!("E2: {words}")),
            Api::Away(words) if self.online => because.push(format!("E2: {words}")),
            _ => {}
        }
        let gone = self
            .collected
            .names
            .as_ref()
            .is_some_and(super::Names::shared_is_gone);
        because.extend(self.front_outage(gone));
        if gone {
            because.push(format!("E4: {SHARED} has no address"));
        }
        let own = because.len();
        let page = self
            .read
            .status
            .as_ref()
            .and_then(super::status::Page::outage);
        let page_says = page.is_some();
        because.extend(page.map(|words| format!("E1: {words}")));
        if let Some(deployed @ (Deployed::NotServed(_) | Deployed::Unreachable)) =
            &self.read.deployed
        {
            because.push(format!("E7: the site: {}", deployed.words()));
        }
        let by_page_alone = own == 0 && because.len() == 1 && self.clerk_is_well();
        let by_page_alone = by_page_alone && because.iter().all(|one| one.starts_with("E1"));
        // What the app says of itself supports others, and decides nothing: it may miss its database.
        let sick = self
            .read
            .matrix
            .as_ref()
            .and_then(|matrix| matrix.sick.as_ref());
        let mut sure = because.len() >= 2;
        if sure && self.only_silent_to_us(page_says) {
            sure = false;
            because.push(
                "E7: the site reaches Clerk, so it may be the network of this machine".to_owned(),
            );
        }
        if let Some(path) = sick.filter(|_| !because.is_empty()) {
            because.push(format!("E6: {path} says 503"));
        }
        let mut found = is(Category::ClerkOutage, sure, because);
        if let Some(found) = found.as_mut().filter(|_| own == 0 && !page_says) {
            found.title = self.only_the_site();
        }
        (found, by_page_alone)
    }

    /// What it is where the site alone has trouble with Clerk, which is well as seen from here.
    fn only_the_site(&self) -> Option<&'static str> {
        match &self.read.deployed {
            Some(Deployed::Unreachable) if self.clerk_is_well() => {
                Some("The site does not reach Clerk; from here Clerk answers")
            }
            Some(Deployed::NotServed(_)) if self.clerk_is_well() => {
                Some("The site gets no signing keys from Clerk; from here Clerk answers")
            }
            _ => None,
        }
    }

    /// Whether Clerk is silent to this machine only: nobody says that anything is wrong, and the site, which
    /// had to ask Clerk just now, was answered.
    fn only_silent_to_us(&self, page_says: bool) -> bool {
        let reached = matches!(
            self.read.deployed,
            Some(Deployed::Pairs | Deployed::Works | Deployed::Foreign | Deployed::Refused)
        );
        let silent = matches!(self.read.backend, Api::Away(_))
            && self
                .read
                .frontend
                .as_ref()
                .is_none_or(|front| matches!(front.health, Health::Away(_)));
        reached && silent && !page_says
    }

    fn front_outage(&self, gone: bool) -> Option<String> {
        let front = self.read.frontend.as_ref()?;
        let ours = self.names_fault();
        match &front.health {
            Health::Sick(words) => Some(format!("E3: the Frontend API has a fault ({words})")),
            Health::Away(words) if self.online && !ours => Some(format!("E3: {words}")),
            Health::NoName(words) if gone => Some(format!("E3: {words}")),
            _ if front.maintenance => Some("E3: Clerk has this instance in maintenance".to_owned()),
            _ => None,
        }
    }

    /// Whether the user's own record is wrong.
    fn names_fault(&self) -> bool {
        let front = self.read.frontend.as_ref();
        let names = self.collected.names.as_ref();
        names.is_some_and(|names| names.fault(front).is_some())
    }

    fn host(&self) -> Option<Match> {
        let matrix = self.read.matrix.as_ref()?;
        let app = self.collected.app.as_ref()?;
        let answered = app.rows.iter().any(|row| row.probe.answer().is_some());
        let mut because = Vec::new();
        if matrix.down && (self.online || answered) {
            because.push("E6: nothing of the site works, static files included".to_owned());
        } else if matrix.unreached.is_some() {
            because.push(
                "E6: static files work, and pages get 502, 503 or 504: what stands before the app does not reach it, or keeps it closed"
                    .to_owned(),
            );
        } else if matrix.app {
            because.push("E6: the app answers 5xx although Clerk's middleware ran".to_owned());
        }
        let all = matrix.down || matrix.unreached == Some(Breakage::All);
        is(Category::HostDown, all && self.clerk_is_well(), because)
    }

    fn keys(&self) -> Option<Match> {
        let mut because = Vec::new();
        let mut sure = false;
        if let Api::Refused(words) = &self.read.backend
            && !self.read.key_here_is_old()
        {
            sure = true;
            because.push(format!("E2: {words}"));
        }
        if let Some(why) = &self.collected.unsendable {
            because.push(format!("E2: {why}"));
        }
        if let Some(deployed @ (Deployed::Refused | Deployed::Foreign)) = &self.read.deployed {
            let session = self.read.session.as_ref();
            let confirmed = session.is_some_and(|session| session.confirmed);
            let certain = *deployed == Deployed::Refused || confirmed;
            sure |= certain;
            let whose = if certain {
                ""
            } else {
                "; by the publishable key given here, which the site does not show"
            };
            because.push(format!("E7: the site: {}{whose}", deployed.words()));
        }
        if let Some(words) = self.two_instances() {
            sure = true;
            because.push(words);
        }
        let mixed = self
            .read
            .session
            .as_ref()
            .and_then(|session| session.mixed.as_ref());
        because.extend(mixed.map(|words| format!("E9: {words}")));
        is(Category::Keys, sure, because)
    }

    /// The id of a signing key is that of its instance.
    fn two_instances(&self) -> Option<String> {
        let Api::Works(Some(instance)) = &self.read.backend else {
            return None;
        };
        // Without a key that was given, the Frontend API is that of the page, which is another question.
        self.collected.key.as_ref()?;
        let kids = &self.read.frontend.as_ref()?.kids;
        let telling = !kids.is_empty() && kids.iter().all(|kid| kid.starts_with("ins_"));
        (telling && !kids.contains(instance)).then(|| {
            format!(
                "E2: the secret key is of {instance}, the publishable key of {}",
                kids.join(", ")
            )
        })
    }

    fn middleware(&self) -> Option<Match> {
        let breakage = self.read.matrix.as_ref()?.middleware?;
        let words = match breakage {
            Breakage::All => {
                "E6: everything that the middleware covers answers 5xx before Clerk is asked, and static files work"
            }
            Breakage::Some => {
                "E6: some of what the middleware covers answers 5xx before Clerk is asked, and static files work"
            }
        };
        let sure = breakage == Breakage::All && self.clerk_is_well();
        is(Category::MiddlewareFailure, sure, vec![words.to_owned()])
    }

    fn names(&self) -> Option<Match> {
        let mut because = Vec::new();
        let mut sure = false;
        let front = self.read.frontend.as_ref();
        let names = self.collected.names.as_ref();
        if let Some((words, certain)) = names.and_then(|names| names.fault(front)) {
            sure |= certain;
            because.push(format!("E4: {words}"));
        }
        let gone = names.is_some_and(super::Names::shared_is_gone);
        if let Some(Health::NoName(words)) = front.map(|front| &front.health)
            && self.online
            && !gone
        {
            sure = true;
            because.push(format!("E3: {words}"));
        }
        if let Some(Health::Unbound) = front.map(|front| &front.health) {
            because
                .push("E3: the record leads to Clerk, where no instance has this host".to_owned());
        }
        let site = self
            .read
            .matrix
            .as_ref()
            .and_then(|matrix| matrix.no_name.as_ref());
        if let Some(words) = site.filter(|_| self.online) {
            sure = true;
            because.push(format!("E6: {words}"));
        }
        for (words, needed) in frontend::untrusted(self.collected) {
            sure |= needed;
            because.push(format!("E5: {words}"));
        }
        is(Category::DnsTls, sure, because)
    }

    fn compromise(&self) -> Option<Match> {
        let mut because = Vec::new();
        let told = self.collected.told.compromised;
        let mut sure = told;
        if told {
            because.push("you say so (--compromised)".to_owned());
        }
        if let Some(leaked) = self
            .read
            .matrix
            .as_ref()
            .and_then(|matrix| matrix.leaked.as_ref())
        {
            let ours = self.collected.backend.key.as_ref() == Some(leaked);
            sure |= ours;
            let whose = if ours { "your" } else { "a" };
            because.push(format!(
                "E6: the front page shows {whose} secret key, {leaked}"
            ));
        }
        let burst = self
            .read
            .people
            .as_ref()
            .and_then(|people| people.burst.as_ref());
        because.extend(burst.map(|words| format!("E11: {words}")));
        is(Category::KeyCompromised, sure, because)
    }

    fn sessions(&self) -> Option<Match> {
        let skew = self.read.skew.as_ref().and_then(super::clock::Skew::fault);
        let mut because: Vec<String> = skew
            .map(|words| format!("E8: {words}"))
            .into_iter()
            .collect();
        let mut sure = !because.is_empty();
        if let Some(session) = &self.read.session {
            sure |= !session.faults.is_empty();
            let all = session.faults.iter().chain(&session.other);
            because.extend(all.map(|fault| format!("E9: {fault}")));
        }
        is(Category::SessionTrouble, sure, because)
    }

    fn limit(&self) -> Option<Match> {
        let mut because = Vec::new();
        if let Api::Limited(wait) = &self.read.backend {
            let wait =
                wait.map_or_else(String::new, |seconds| format!("; Retry-After: {seconds} s"));
            because.push(format!("E2: HTTP 429{wait}"));
        }
        if let Some(Health::Limited) = self.read.frontend.as_ref().map(|front| &front.health) {
            because.push("E3: HTTP 429".to_owned());
        }
        is(Category::RateLimited, true, because)
    }

    fn webhooks(&self) -> Option<Match> {
        let mut because = Vec::new();
        let mut sure = false;
        if let (Some(Hook::Deaf(words, certain)), Known::Yes((path, probe))) =
            (&self.read.hook, &self.collected.hook)
            && (*certain || self.online)
            && !control::shares_fault(&self.collected.control, probe)
        {
            sure |= certain;
            because.push(format!("E10: {path} {words}"));
        }
        let page = self
            .read
            .status
            .as_ref()
            .and_then(super::status::Page::webhooks);
        because.extend(page.map(|words| format!("E1: {words}")));
        if let Some((words, certain)) = self
            .read
            .people
            .as_ref()
            .and_then(|people| people.gap.as_ref())
        {
            sure |= certain;
            because.push(format!("E11: {words}"));
        }
        is(Category::WebhookBacklog, sure, because)
    }
}
