//! What is asked of whom: the Backend API, the Frontend API, DNS, certificates, the status page, the
//! deployed site and the webhook endpoint. One file each; how it is asked lies in `net`.
//!
//! All of it happens on one thread beside the reading of the code, and all of it overlaps. Only the visit
//! of the routes waits, for the route map.

mod certificates;
mod dns;
mod front;
mod frontend;
mod hook;
pub mod instance;
pub mod question;
mod status;
mod surface;
mod visited;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::Ask;
use super::net::{self, Lane, Net};
use super::progress::Progress;
use crate::facts::live::Live;
use crate::facts::live::certificates::Certificates;
use crate::facts::live::dns::Dns;
use crate::facts::live::frontend::Frontend;
use crate::facts::live::instance::Instance;
use crate::facts::live::site::Visited;
use crate::facts::live::site::visited::{Tour, tour};
use crate::facts::live::status::Status;
use crate::facts::{Facts, Need};
use crate::model::{Known, Secret};
pub use question::Question;

/// Where questions are handed in, and answered meanwhile.
#[derive(Debug)]
pub struct Desk {
    jobs: UnboundedSender<Job>,
    thread: Option<JoinHandle<BTreeMap<usize, Live>>>,
}

enum Job {
    /// Everything about an app but its routes, or the part of it that can be asked before all is known.
    Ask {
        app: Option<usize>,
        question: Box<Question>,
    },
    /// What stands behind the routes of an app.
    Visit {
        app: usize,
        question: Box<Question>,
        tour: Known<Tour>,
    },
}

impl Desk {
    /// Opens the desk; the time of the plan begins.
    pub fn open(ask: &Ask, progress: &Progress) -> Self {
        let (jobs, handed_in) = unbounded_channel();
        let (ask, progress) = (ask.clone(), progress.clone());
        let work = move || net::run(|| serve(ask, progress, handed_in)).unwrap_or_default();
        let thread = thread::Builder::new().spawn(work).ok();
        Self { jobs, thread }
    }

    /// Asks ahead what an app will want to know in any case.
    pub fn expect(&self, question: Question) {
        self.hand_in(Job::Ask {
            app: None,
            question: Box::new(question),
        });
    }

    /// Asks everything about an app but its routes.
    pub fn ask(&self, app: usize, question: Question) {
        self.hand_in(Job::Ask {
            app: Some(app),
            question: Box::new(question),
        });
    }

    /// Asks what stands behind the routes of an app.
    pub fn visit(&self, app: usize, question: Question, tour: Known<Tour>) {
        self.hand_in(Job::Visit {
            app,
            question: Box::new(question),
            tour,
        });
    }

    fn hand_in(&self, job: Job) {
        // Without a thread nobody takes it, and nothing was answered: see `close`.
        let _ = self.jobs.send(job);
    }

    /// Waits for what is still being asked. Of an app that is missing nothing was answered.
    pub fn close(self) -> BTreeMap<usize, Live> {
        drop(self.jobs);
        let thread = self.thread.map(JoinHandle::join);
        thread.and_then(Result::ok).unwrap_or_default()
    }
}

/// What all questions share.
pub(crate) struct Shared {
    pub(crate) ask: Ask,
    pub(crate) net: Net,
    progress: Progress,
    lanes: RefCell<BTreeMap<Pair, Rc<Lanes>>>,
    instances: Cells<(String, Secret), Instance>,
    details: Cells<(String, Secret), Instance>,
    frontends: Cells<Way, Frontend>,
    records: Cells<Way, Dns>,
    certificates: Cells<Way, Certificates>,
    status: Rc<OnceCell<Known<Status>>>,
}

/// The publishable and the secret key of an app. Apps with the same ones share answers and limits; limits
/// are Clerk's for each instance, so that another app's questions do not use them up.
type Pair = (Secret, Secret);

/// The same, and by which way their hosts are asked: the site and the proxy.
type Way = (Pair, String);

type Cells<K, T> = RefCell<BTreeMap<K, Rc<OnceCell<Known<T>>>>>;

/// So many routes are asked for at a time.
pub(crate) const ROUTES_AT_ONCE: usize = 24;

/// How much is asked of whom.
pub(crate) struct Lanes {
    /// The Backend API: the instance shares one limit, the app's own calls included.
    pub(crate) backend: Lane,
    /// The Frontend API, the Account Portal and a proxy before them.
    pub(crate) frontend: Lane,
    /// The status page.
    pub(crate) status: Lane,
    /// The site, but its routes.
    pub(crate) site: Lane,
    /// The routes of the site.
    pub(crate) routes: Lane,
    /// Its scripts and source maps.
    pub(crate) assets: Lane,
    /// The webhook endpoint.
    pub(crate) hook: Lane,
}

impl Lanes {
    fn new(ask: &Ask) -> Self {
        // A request for each route and for where it leads; other shapes and spellings of some, and origins.
        let routes = u32::try_from(ask.sample).unwrap_or(u32::MAX);
        Self {
            backend: Lane::new(2, 20),
            frontend: Lane::new(2, 24),
            status: Lane::new(1, 4),
            site: Lane::new(4, 60),
            assets: Lane::new(4, 40),
            routes: Lane::new(ROUTES_AT_ONCE, routes.saturating_mul(2).saturating_add(400))
                .paced(ask.rate),
            hook: Lane::new(1, 16),
        }
    }
}

/// One question, and what was answered to it so far.
pub(crate) struct Asker {
    pub(crate) shared: Rc<Shared>,
    pub(crate) question: Question,
    lanes: Rc<Lanes>,
    instance: Rc<OnceCell<Known<Instance>>>,
    details: Rc<OnceCell<Known<Instance>>>,
    frontend: Rc<OnceCell<Known<Frontend>>>,
    records: Rc<OnceCell<Known<Dns>>>,
    certificates: Rc<OnceCell<Known<Certificates>>>,
}

impl Asker {
    fn new(shared: &Rc<Shared>, question: Question) -> Self {
        fn cell<K: Ord, T>(cells: &Cells<K, T>, key: K) -> Rc<OnceCell<Known<T>>> {
            cells.borrow_mut().entry(key).or_default().clone()
        }
        let secret = question.secret.as_ref().cloned().unwrap_or_default();
        let publishable = question.publishable.clone().unwrap_or_default();
        let base = question.base.as_ref().map(ToString::to_string);
        let site = question.site.as_ref().map(ToString::to_string);
        let pair = (publishable, secret.clone());
        let way = format!(
            "{} {:?} {}",
            site.unwrap_or_default(),
            question.proxy,
            question.proxied
        );
        let way = (pair.clone(), way);
        let instance = (base.unwrap_or_default(), secret);
        let lanes = || Rc::new(Lanes::new(&shared.ask));
        let mut known = shared.lanes.borrow_mut();
        Self {
            lanes: known.entry(pair).or_insert_with(lanes).clone(),
            records: cell(&shared.records, way.clone()),
            certificates: cell(&shared.certificates, way.clone()),
            instance: cell(&shared.instances, instance.clone()),
            details: cell(&shared.details, instance),
            frontend: cell(&shared.frontends, way),
            shared: shared.clone(),
            question,
        }
    }

    /// The network.
    pub(crate) fn net(&self) -> &Net {
        &self.shared.net
    }

    /// How much is asked of whom.
    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// Whether a check needs to be told.
    pub(crate) fn wants(&self, need: Need) -> bool {
        self.question.needs.contains(&need)
    }

    /// The instance, by the Backend API: whether the key is accepted, its domains and signing keys, which
    /// others wait for. Asked once for each key.
    pub(crate) async fn instance(&self) -> &Known<Instance> {
        self.instance.get_or_init(|| instance::ask(self)).await
    }

    /// Clerk's status page; asked once, and only where there is something of Clerk's to ask for.
    async fn status(&self) -> Known<Status> {
        if let (Known::NotAsked(why), Known::NotAsked(_)) =
            (&self.question.key, &self.question.secret)
        {
            return Known::NotAsked(why.clone());
        }
        self.shared
            .status
            .get_or_init(|| status::ask(self))
            .await
            .clone()
    }

    /// The instance with everything that checks want to know of it. Asked once for each key.
    async fn details(&self) -> &Known<Instance> {
        let details = || async { instance::details(self, self.instance().await).await };
        self.details.get_or_init(details).await
    }

    /// The instance, by its Frontend API; asked once for each key and site.
    pub(crate) async fn frontend(&self) -> &Known<Frontend> {
        self.frontend.get_or_init(|| frontend::ask(self)).await
    }

    /// Everything but the routes.
    async fn everything(&self) -> Live {
        let (instance, frontend, dns, certificates, status, front, surface, hook) = tokio::join!(
            self.if_instance_is_wanted(),
            self.if_wanted(&[Need::Frontend], async { self.frontend().await.clone() }),
            self.if_wanted(&[Need::Dns], async {
                self.records.get_or_init(|| dns::ask(self)).await.clone()
            }),
            self.if_wanted(&[Need::Certificates], async {
                self.certificates
                    .get_or_init(|| certificates::ask(self))
                    .await
                    .clone()
            }),
            self.if_wanted(&[Need::Status], self.status()),
            self.if_wanted(&[Need::Front], front::ask(self)),
            self.if_wanted(&[Need::Surface], surface::ask(self)),
            self.if_wanted(&[Need::Hook], hook::ask(self)),
        );
        Live {
            site: self.question.site.clone(),
            instance,
            frontend,
            dns,
            certificates,
            status,
            front,
            surface,
            hook,
            ..Live::not_asked("not selected")
        }
    }

    async fn if_instance_is_wanted(&self) -> Known<Instance> {
        let about = |need: &Need| matches!(need, Need::Clerk | Need::Instance | Need::Part(_));
        if self.question.needs.iter().any(about) {
            self.details().await.clone()
        } else {
            Known::NotAsked("not selected".to_owned())
        }
    }

    /// Asks if a check needs to be told. In a box each: all of them beside each other would not fit on a stack.
    fn if_wanted<'s, T: 's>(
        &'s self,
        needs: &'static [Need],
        ask: impl Future<Output = Known<T>> + 's,
    ) -> Pin<Box<dyn Future<Output = Known<T>> + 's>> {
        if needs.iter().any(|need| self.wants(*need)) {
            Box::pin(ask)
        } else {
            Box::pin(ready(Known::NotAsked("not selected".to_owned())))
        }
    }
}

/// The routes to visit of an app.
pub fn routes_to_visit(facts: &Facts, ask: &Ask) -> Known<Tour> {
    match &facts.routes {
        Known::Yes(map) => Known::Yes(tour(map, ask.sample)),
        Known::NotAsked(why) => Known::NotAsked(why.clone()),
        Known::Failed(why) => Known::Failed(why.clone()),
    }
}

/// What became of a job.
enum Done {
    Nothing,
    Live(usize, Box<Live>),
    Visited(usize, Box<Known<Visited>>),
}

async fn serve(
    ask: Ask,
    progress: Progress,
    mut jobs: UnboundedReceiver<Job>,
) -> BTreeMap<usize, Live> {
    let shared = Rc::new(Shared {
        net: Net::new(ask.settings.clone(), ask.budget),
        lanes: RefCell::default(),
        records: RefCell::default(),
        certificates: RefCell::default(),
        status: Rc::default(),
        instances: RefCell::default(),
        details: RefCell::default(),
        frontends: RefCell::default(),
        progress,
        ask,
    });
    let telling = tokio::task::spawn_local(tell(shared.clone()));
    let mut running = JoinSet::new();
    let mut begun = BTreeSet::new();
    while let Some(job) = jobs.recv().await {
        // What comes ahead is asked while the code is read, which may take longer than all of it.
        let stage = match &job {
            Job::Ask { app: None, .. } => 0,
            Job::Ask { .. } => 1,
            Job::Visit { .. } => 2,
        };
        if begun.insert(stage) {
            shared.net.restart();
        }
        running.spawn_local(perform(shared.clone(), job));
    }
    let mut answers: BTreeMap<usize, Live> = BTreeMap::new();
    let mut visits = Vec::new();
    while let Some(done) = running.join_next().await {
        match done {
            Ok(Done::Live(app, live)) => drop(answers.insert(app, *live)),
            Ok(Done::Visited(app, visited)) => visits.push((app, *visited)),
            Ok(Done::Nothing) | Err(_) => {}
        }
    }
    telling.abort();
    shared.progress.asking(String::new);
    for (app, visited) in visits {
        if let Some(live) = answers.get_mut(&app) {
            live.visited = visited;
        }
    }
    answers
}

/// Says how far it is.
async fn tell(shared: Rc<Shared>) {
    const STEP: Duration = Duration::from_millis(150);
    loop {
        shared.progress.asking(|| shared.net.progress());
        net::pause(STEP).await;
    }
}

async fn perform(shared: Rc<Shared>, job: Job) -> Done {
    match job {
        Job::Ask { app, question } => {
            let asker = Asker::new(&shared, *question);
            match app {
                Some(app) => Done::Live(app, Box::new(asker.everything().await)),
                None => {
                    tokio::join!(
                        asker.if_instance_is_wanted(),
                        asker
                            .if_wanted(&[Need::Frontend], async { asker.frontend().await.clone() }),
                    );
                    Done::Nothing
                }
            }
        }
        Job::Visit {
            app,
            question,
            tour,
        } => {
            let asker = Asker::new(&shared, *question);
            let visit = async {
                match tour {
                    Known::Yes(tour) => visited::ask(&asker, tour).await,
                    Known::NotAsked(why) => Known::NotAsked(why),
                    Known::Failed(why) => Known::Failed(why),
                }
            };
            let visited = asker.if_wanted(&[Need::Visited], visit).await;
            Done::Visited(app, Box::new(visited))
        }
    }
}
