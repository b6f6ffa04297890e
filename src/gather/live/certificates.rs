//! The certificates of the domain's hosts.

use url::Url;

use super::Asker;
use super::dns::{NoDomain, domain, domains};
use crate::facts::http::TlsFault;
use crate::facts::live::certificates::{Certificates, Doubt, Host, HostRole, Shown, is_same};
use crate::facts::live::dns::{Book, Kind, Question, Seen, Wanted};
use crate::facts::live::instance::Domain;
use crate::gather::net::{Ask, Lane, Method, Resolvers};
use crate::model::{Known, Site};

/// No more of a body is read than shows that there is one.
const LITTLE: usize = 4096;

/// What is asked of the host that is known to be good.
const CONTROL: &str = "/api/v2/status.json";

/// The certificates of the domain's hosts.
pub(super) async fn ask(asker: &Asker) -> Known<Certificates> {
    let app = app(asker);
    let domain = match (domain(asker).await, &app) {
        (Ok(domain), _) => Some(domain),
        (Err(_), Some(_)) => None,
        (Err(NoDomain::NotAsked(why)), None) => return Known::NotAsked(why),
        (Err(NoDomain::Failed(why)), None) => return Known::Failed(why),
        (Err(NoDomain::BesideThePoint(why)), None) => {
            return Known::Yes(Certificates::BesideThePoint(why));
        }
    };
    let domain = domain.as_deref();
    // Whatever the instance takes to say what there is, the hosts are asked meanwhile.
    let (mut hosts, instance) = tokio::join!(all(asker, domain, app), asker.instance());
    let named = |one: &&Domain| Some(one.name.as_str()) == domain;
    if let Some(own) = domains(instance).and_then(|all| all.iter().find(named)) {
        hosts.retain(|host| match host.role {
            HostRole::Frontend => own.proxy_url.is_none(),
            HostRole::Portal => own.accounts_portal_url.is_some(),
            HostRole::App => true,
        });
        for host in &mut hosts {
            let accounts = own.accounts_portal_url.as_deref();
            let accounts = accounts.and_then(|url| Url::parse(url).ok());
            host.named = host.role == HostRole::Portal
                && accounts.is_some_and(|url| url.host_str() == Some(host.name.as_str()));
        }
    }
    Known::Yes(Certificates::Asked(hosts))
}

/// Every host that there may be.
async fn all(asker: &Asker, domain: Option<&str>, app: Option<Site>) -> Vec<Host> {
    let (frontend, portal, app) = tokio::join!(
        async { show(asker, HostRole::Frontend, frontend(asker, domain)?).await },
        async {
            let site = Site::of_domain(&format!("accounts.{}", domain?))?;
            show(asker, HostRole::Portal, site).await
        },
        async { show(asker, HostRole::App, app?).await },
    );
    let mut hosts: Vec<Host> = [frontend, portal, app].into_iter().flatten().collect();
    settle_doubts(asker, &mut hosts).await;
    hosts
}

/// The app, where it is served over TLS and not from this machine.
fn app(asker: &Asker) -> Option<Site> {
    let site = asker.question.site.as_ref()?;
    (site.is_tls() && !site.is_loopback()).then(|| site.clone())
}

/// The Frontend API, unless the app goes to it through a proxy of its own, which then needs no certificate
/// of Clerk's.
fn frontend(asker: &Asker, domain: Option<&str>) -> Option<Site> {
    let site = Site::of_domain(&format!("clerk.{}", domain?))?;
    let stand_in = asker.shared.ask.frontend.clone();
    let site = stand_in.unwrap_or(site);
    (asker.question.proxy.is_none() && site.is_tls()).then_some(site)
}

async fn show(asker: &Asker, role: HostRole, site: Site) -> Option<Host> {
    let lanes = asker.lanes();
    let head = |site: &Site| Ask::new(Method::Head, site.at("/"));
    let (lane, ask): (&Lane, Ask) = match role {
        HostRole::Frontend => (&lanes.frontend, Ask::get(site.at("/v1/health"))),
        HostRole::Portal => (&lanes.frontend, head(&site)),
        HostRole::App => (&lanes.site, head(&site)),
    };
    let exchange = asker.net().ask(lane, ask.at_most(LITTLE)).await;
    Some(Host {
        name: site.host().to_owned(),
        role,
        named: false,
        shown: Shown::of(&exchange),
    })
}

/// Where a host shows no certificate to trust, looks at what else could be to blame: this machine's clock
/// and network, and the record that leads to the host.
async fn settle_doubts(asker: &Asker, hosts: &mut [Host]) {
    let is_faulty = |host: &Host| matches!(host.shown, Shown::Fault(..));
    if !hosts.iter().any(is_faulty) {
        return;
    }
    let pointed = async {
        let mut found = Vec::new();
        for host in hosts.iter() {
            let wants = is_faulty(host) && host.role != HostRole::App;
            found.push(if wants {
                pointed(asker, host).await
            } else {
                None
            });
        }
        found
    };
    let (control, pointed) = tokio::join!(control(asker), pointed);
    for (host, pointed) in hosts.iter_mut().zip(pointed) {
        if let Shown::Fault(fault, doubt) = &mut host.shown {
            *doubt = Doubt {
                everywhere: control
                    .as_ref()
                    .map(|seen| seen.as_ref().is_some_and(|seen| is_same(seen, fault))),
                pointed,
            };
        }
    }
}

/// The fault of a host that is known to be good, Clerk's status page, if it has one; `None` where it could
/// not be asked.
async fn control(asker: &Asker) -> Option<Option<TlsFault>> {
    let url = match &asker.shared.ask.status {
        Some(site) => site.at(CONTROL),
        None => Url::parse(&format!("https://status.clerk.com{CONTROL}")).ok()?,
    };
    // Without TLS it says nothing of certificates.
    if url.scheme() != "https" {
        return None;
    }
    let ask = Ask::get(url).at_most(LITTLE);
    let exchange = asker.net().ask(&asker.lanes().status, ask).await;
    match Shown::of(&exchange) {
        Shown::Trusted(_) => Some(None),
        Shown::Fault(fault, _) => Some(Some(fault)),
        Shown::NoAddress | Shown::Silent(_) => None,
    }
}

/// Whether the CNAME of a host is Clerk's.
async fn pointed(asker: &Asker, host: &Host) -> Option<bool> {
    let domain = host.name.split_once('.')?.1;
    let resolvers = Resolvers::open(asker.net(), &asker.shared.ask.resolvers).await?;
    let mut book = Book::default();
    let question = Question::new(&host.name, Kind::Cname);
    resolvers.ask([question], &mut book).await;
    let record = Wanted::by_rule(domain)
        .into_iter()
        .find(|one| one.name == host.name)?;
    let seen: Vec<Seen> = (0..resolvers.names().len())
        .map(|resolver| record.seen(&book, resolver))
        .filter(|seen| !matches!(seen, Seen::Unheard(_)))
        .collect();
    (!seen.is_empty()).then(|| seen.iter().all(|seen| *seen == Seen::Right))
}
