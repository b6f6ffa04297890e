//! Many questions at a time, and never more waiting than can be asked.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use tokio::task::JoinSet;

use super::super::ROUTES_AT_ONCE;
use super::visitor::Visitor;

/// Has the visitor do a work for each of many, and keeps what comes of it, in their order.
pub(super) async fn each<T, R, W, F>(visitor: &Rc<Visitor>, all: Vec<T>, work: W) -> Vec<R>
where
    T: 'static,
    R: 'static,
    W: Fn(Rc<Visitor>, T) -> F + 'static,
    F: Future<Output = Option<R>> + 'static,
{
    let queue = Rc::new(RefCell::new(all.into_iter().enumerate()));
    let work = Rc::new(work);
    let mut workers = JoinSet::new();
    for _ in 0..ROUTES_AT_ONCE {
        let (queue, work, visitor) = (queue.clone(), work.clone(), visitor.clone());
        workers.spawn_local(async move {
            let mut done = Vec::new();
            loop {
                let next = queue.borrow_mut().next();
                let Some((at, one)) = next else { break };
                if let Some(result) = work(visitor.clone(), one).await {
                    done.push((at, result));
                }
            }
            done
        });
    }
    let mut done = Vec::new();
    while let Some(part) = workers.join_next().await {
        done.extend(part.unwrap_or_default());
    }
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
