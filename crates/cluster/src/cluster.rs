//! An executor that has branches made by jobs of a queue.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use vintner_pipeline::{Cancelled, Digest, Ended, Executor, News, PipelineError, Ready, Resources, Store};

use crate::error::{ClusterError, Result};
use crate::group::{Asked, Group};
use crate::grouping::{Share, groups};
use crate::jobs::{Array, Job, tail};
use crate::limits::Limits;
use crate::line::Line;
use crate::note::{NOTE, Note, age, has_note, noted, remove};
use crate::queue::{self, Named, Queue, Queued};
use crate::settled;
use crate::worker_call::WorkerCall;

/// The pauses between two looks at what jobs say, and between two questions to the queue at first.
const LOOK: Duration = Duration::from_millis(50);
const LONGEST_LOOK: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(500);
/// So long a queue may take to list what it was handed, in seconds.
const LISTED: u64 = 10;
/// So long a result may take to be seen from here that a worker has said to be there: file systems of a network remember
/// for a while that something isn't.
const SEEN: Duration = Duration::from_secs(90);
/// So many full groups are submitted while the run may hand over more.
const ENOUGH: usize = 32;
/// So often in a row a job has to be missing from the queue.
const MISSED: usize = 2;

/// Has branches made by jobs of a queue, each of which is a worker with a group of branches.
#[derive(Debug)]
pub struct Cluster {
    queue: Box<dyn Queue>,
    store: Store,
    call: WorkerCall,
    limits: Limits,
    cancelled: Cancelled,
    /// What was handed over and isn't looked at yet. It has a lock of its own, as the queue may take its time.
    arrived: Mutex<Vec<Ready>>,
    state: Mutex<State>,
}

/// What is known of what was handed over.
#[derive(Debug)]
struct State {
    /// What isn't in the queue.
    ready: Vec<Wanted>,
    /// What is, or was a moment ago.
    away: BTreeMap<Digest, Wanted>,
    arrays: Vec<Array>,
    /// Folders of arrays that were looked at.
    known: BTreeSet<PathBuf>,
    /// How long branches of each stage took that were made in this run: the sum, and of how many.
    took: BTreeMap<String, (f64, u32)>,
    next_poll: Instant,
    pause: Duration,
    look: Duration,
    /// Since when the queue can't be asked.
    trouble: Option<Instant>,
    /// What was last said of why jobs wait.
    reason: Option<String>,
    /// Since when none of them runs, and whether that was said.
    waiting: Option<(Instant, bool)>,
    ending: bool,
    news: Vec<News>,
}

/// A branch that this run wants.
#[derive(Debug)]
struct Wanted {
    ready: Ready,
    /// How often its job ended without a result.
    strikes: usize,
}

impl State {
    /// Tells what became of a branch, if this run waits for it.
    fn ended(&mut self, fingerprint: Digest, ended: Ended) {
        if self.away.remove(&fingerprint).is_some() {
            self.news.push(News::Ended(fingerprint, ended));
        }
    }

    /// Takes up what a job says.
    fn heard(&mut self, job: &mut Job, line: Line) {
        let (Line::Began { branch } | Line::Made { branch, .. } | Line::Failed { branch, .. }) = &line;
        let Some(fingerprint) = job.branches.get(branch).cloned() else { return };
        job.making = None;
        match line {
            Line::Began { .. } => {
                if self.away.contains_key(&fingerprint) {
                    self.news.push(News::Began(fingerprint.clone()));
                }
                job.making = Some(fingerprint);
            }
            Line::Made { seconds, .. } => {
                if let Some(wanted) = self.away.get(&fingerprint) {
                    let (sum, count) = self.took.entry(wanted.ready.stage.clone()).or_default();
                    *sum += seconds.max(0.0);
                    *count += 1;
                }
                job.told.insert(fingerprint);
            }
            Line::Failed { message, log, .. } => {
                job.left.remove(&fingerprint);
                self.ended(fingerprint, Ended::Failed { message, log });
            }
        }
    }
}

impl Cluster {
    /// By a queue, for the runs of a store.
    pub fn new(
        queue: Box<dyn Queue>,
        store: Store,
        call: WorkerCall,
        limits: Limits,
        cancelled: Cancelled,
    ) -> Self {
        let state = State {
            ready: Vec::new(),
            away: BTreeMap::new(),
            arrays: Vec::new(),
            known: BTreeSet::new(),
            took: BTreeMap::new(),
            next_poll: Instant::now(),
            pause: POLL,
            look: LOOK,
            trouble: None,
            reason: None,
            waiting: None,
            ending: false,
            news: Vec::new(),
        };
        Self { queue, store, call, limits, cancelled, arrived: Mutex::default(), state: Mutex::new(state) }
    }

    /// What would be submitted for branches that ask for these resources and took so many seconds, a line for each array.
    pub fn in_words(&self, branches: &[(Resources, Option<f64>)]) -> Vec<String> {
        let shares: Vec<Share<'_>> = branches
            .iter()
            .map(|(resources, seconds)| Share { resources, seconds: *seconds, forced: false })
            .collect();
        let mut alike: BTreeMap<&Resources, (usize, usize)> = BTreeMap::new();
        for group in groups(&shares, &self.limits, true) {
            let Some((resources, _)) = group.first().and_then(|at| branches.get(*at)) else { continue };
            let (jobs, of) = alike.entry(resources).or_default();
            *jobs += 1;
            *of += group.len();
        }
        let line = |(resources, (jobs, of)): (&Resources, (usize, usize))| {
            let command = self.queue.in_words(jobs, resources);
            format!("{} in {}: {command}", many(of, "branch", "branches"), many(jobs, "job", "jobs"))
        };
        alike.into_iter().map(line).collect()
    }

    /// Submits what is ready, unless an earlier run's jobs are at it.
    fn submit(&self, state: &mut State, whole: bool, is_made: &dyn Fn(&Digest) -> bool) -> Result<()> {
        let arrived = std::mem::take(&mut *self.arrived.lock().unwrap_or_else(PoisonError::into_inner));
        state.ready.extend(arrived.into_iter().map(|ready| Wanted { ready, strikes: 0 }));
        if state.ready.is_empty() || state.trouble.is_some() && Instant::now() < state.next_poll {
            return Ok(());
        }
        // Much may be on its way yet, and goes together then.
        if !whole && self.groups(state, whole).len() < ENOUGH {
            return Ok(());
        }
        // Two runs that begin at once would each find nothing of the other's.
        let _submitting = self.store.submitting()?;
        match self.find_earlier(state) {
            Err(error) if error.is_passing() => return self.wait(state, &error),
            found => found?,
        }
        self.join_earlier(state, is_made);
        let submitted = self.submit_groups(state, whole);
        let away = &state.away;
        state.ready.retain(|wanted| !away.contains_key(&wanted.ready.fingerprint));
        submitted
    }

    /// Submits groups of what is ready, as many as may be in the queue.
    fn submit_groups(&self, state: &mut State, whole: bool) -> Result<()> {
        for chunk in self.groups(state, whole).chunks(self.limits.array.max(1)) {
            // Those of a chunk ask for the same.
            let mut left = chunk;
            while let Some(first) = left.first() {
                let of = |group: &[usize]| {
                    let wanted = group.first().and_then(|at| state.ready.get(*at));
                    wanted.map(|wanted| (wanted.ready.resources.clone(), wanted.ready.forced))
                };
                let asked = of(first);
                let count = left.iter().take_while(|group| of(group) == asked).count();
                let Some((resources, forced)) = asked else { break };
                let (alike, after) = left.split_at(count);
                if !self.submit_alike(state, alike, &resources, forced)? {
                    return Ok(());
                }
                left = after;
            }
        }
        Ok(())
    }

    /// The groups that may be submitted now, by positions of what is ready.
    fn groups(&self, state: &State, whole: bool) -> Vec<Vec<usize>> {
        let seconds = |wanted: &Wanted| {
            let took = state.took.get(&wanted.ready.stage).map(|(sum, count)| sum / f64::from(*count));
            wanted.ready.seconds.or(took)
        };
        let shares: Vec<Share<'_>> = state
            .ready
            .iter()
            .map(|wanted| Share {
                resources: &wanted.ready.resources,
                seconds: seconds(wanted),
                forced: wanted.ready.forced,
            })
            .collect();
        let mut groups = groups(&shares, &self.limits, whole);
        groups.truncate(
            self.limits.jobs.max(1).saturating_sub(state.arrays.iter().map(Array::jobs_left).sum()),
        );
        groups
    }

    /// Submits groups that ask for the same as one array; whether the queue took it.
    fn submit_alike(
        &self,
        state: &mut State,
        groups: &[Vec<usize>],
        resources: &Resources,
        forced: bool,
    ) -> Result<bool> {
        let group = |positions: &Vec<usize>| {
            let branches = positions.iter().filter_map(|at| state.ready.get(*at)).map(|wanted| Asked {
                branch: wanted.ready.branch.clone(),
                fingerprint: wanted.ready.fingerprint.clone(),
                depends_on: wanted.ready.depends_on.clone(),
            });
            let (version, spec) = (self.call.version.clone(), self.call.spec.clone());
            Group { version, spec, forced, branches: branches.collect() }
        };
        let written: Vec<Group> = groups.iter().map(group).collect();
        settled::begin(&self.store)?;
        let mut note = Note::write(&self.store, self.queue.name(), &written)?;
        let array = queue::Array {
            name: &note.name.clone(),
            folder: &note.folder.clone(),
            groups: written.len(),
            resources,
            call: &self.call,
        };
        let numbered = match self.queue.submit(&array) {
            Ok(id) => {
                note.numbered(&id);
                self.answered(state);
                format!(" as {id}")
            }
            // It may have been taken all the same, and is found by its name then.
            Err(ClusterError::Silent { .. }) => String::new(),
            Err(error) if error.is_passing() => {
                note.remove();
                self.wait(state, &error)?;
                return Ok(false);
            }
            Err(error) => {
                note.remove();
                return Err(error);
            }
        };
        let branches: usize = groups.iter().map(Vec::len).sum();
        let (of, in_jobs) = (many(branches, "branch", "branches"), many(written.len(), "job", "jobs"));
        state.news.push(News::Said(format!("{}: {of} submitted in {in_jobs}{numbered}", self.queue.name())));
        state.known.insert(note.folder.clone());
        state.arrays.push(Array::new(note, &written));
        for wanted in groups.iter().flatten().filter_map(|at| state.ready.get(*at)) {
            let fingerprint = wanted.ready.fingerprint.clone();
            state.away.insert(fingerprint, Wanted { ready: wanted.ready.clone(), strikes: wanted.strikes });
        }
        self.hurry(state);
        Ok(true)
    }

    /// Finds arrays that other runs have submitted and that are in the queue, and takes away what is noted of others.
    fn find_earlier(&self, state: &mut State) -> Result<()> {
        let unknown = |folder: &PathBuf| !state.known.contains(folder);
        let folders: Vec<PathBuf> = noted(&self.store).into_iter().filter(unknown).collect();
        let (folders, unsubmitted): (Vec<PathBuf>, Vec<PathBuf>) =
            folders.into_iter().partition(|folder| has_note(folder));
        // Nobody else is about to write one just now.
        unsubmitted.iter().for_each(|folder| remove(folder));
        let read = folders.iter().filter_map(|folder| Note::read(folder, self.queue.name(), true));
        let found: Vec<(Note, Vec<Group>)> = read.collect();
        if found.is_empty() {
            return Ok(());
        }
        let names: Vec<Named<'_>> = found.iter().map(|(note, _)| note.named()).collect();
        let listed = self.queue.list(&names, &self.cancelled)?;
        let mut adopted = 0;
        for (note, written) in found {
            let is_listed = listed.get(&note.name).is_some_and(|queued| !queued.jobs.is_empty());
            // One that was handed over a moment ago may not be listed yet, whether or not its number is known.
            let is_young = age(&note.folder.join(NOTE)).is_some_and(|age| age < LISTED);
            if is_listed || is_young || !note.is_own() {
                adopted += usize::from(is_listed);
                state.known.insert(note.folder.clone());
                state.arrays.push(Array::new(note, &written));
            } else {
                note.remove();
            }
        }
        if adopted > 0 {
            let said = format!(
                "{}: {} of an earlier run found in the queue",
                self.queue.name(),
                many(adopted, "array", "arrays")
            );
            state.news.push(News::Said(said));
        }
        Ok(())
    }

    /// Leaves branches to jobs that are at them already.
    fn join_earlier(&self, state: &mut State, is_made: &dyn Fn(&Digest) -> bool) {
        let taken: BTreeSet<&Digest> = state.arrays.iter().flat_map(Array::left).collect();
        let is_taken = |wanted: &Wanted| taken.contains(&wanted.ready.fingerprint) && !wanted.ready.forced;
        let (joined, ready): (Vec<Wanted>, Vec<Wanted>) =
            std::mem::take(&mut state.ready).into_iter().partition(is_taken);
        state.ready = ready;
        for wanted in joined {
            let fingerprint = wanted.ready.fingerprint.clone();
            // It may have been made since the run looked, by what is gone from the queue by now.
            if is_made(&fingerprint) {
                state.news.push(News::Ended(fingerprint, Ended::Made));
            } else {
                state.away.insert(fingerprint, wanted);
            }
        }
    }

    /// Reads what jobs have said since they were last asked.
    fn hear(&self, state: &mut State, is_made: &dyn Fn(&Digest) -> bool) {
        let mut arrays = std::mem::take(&mut state.arrays);
        for array in &mut arrays {
            for job in array.jobs.iter_mut().filter(|job| !job.is_over()) {
                for line in job.said(&array.note.folder) {
                    state.heard(job, line);
                }
                // What a worker says to be there is looked for until it is seen.
                let seen: Vec<Digest> = job.told.iter().filter(|told| is_made(told)).cloned().collect();
                for fingerprint in seen {
                    job.told.remove(&fingerprint);
                    job.left.remove(&fingerprint);
                    state.ended(fingerprint, Ended::Made);
                }
                if job.ended.is_some_and(|ended| job.told.is_empty() || ended.elapsed() > SEEN) {
                    self.take_back(state, &array.note, job, is_made);
                }
            }
        }
        let (over, arrays): (Vec<Array>, Vec<Array>) = arrays.into_iter().partition(Array::is_over);
        state.arrays = arrays;
        // What another run has submitted is its own to take away.
        for array in over.into_iter().filter(|array| array.note.is_own()) {
            state.known.remove(&array.note.folder);
            array.note.remove();
        }
    }

    /// Takes back what a job hasn't made that the queue has no longer, to be handed over again or to fail.
    fn take_back(&self, state: &mut State, note: &Note, job: &mut Job, is_made: &dyn Fn(&Digest) -> bool) {
        let is_there = |fingerprint: &Digest| {
            let forced = state.away.get(fingerprint).is_some_and(|wanted| wanted.ready.forced);
            !forced && is_made(fingerprint)
        };
        let (made, lost): (Vec<Digest>, Vec<Digest>) =
            std::mem::take(&mut job.left).into_iter().partition(is_there);
        for fingerprint in made {
            state.ended(fingerprint, Ended::Made);
        }
        let name = format!("{} {}_{}", self.queue.name(), note.id.as_deref().unwrap_or("?"), job.at);
        let making = job.making.take();
        let mut again = 0;
        for fingerprint in lost {
            if state.ending {
                state.ended(fingerprint, Ended::Stopped);
                continue;
            }
            let Some(wanted) = state.away.get_mut(&fingerprint) else { continue };
            // Of a job that ended in the middle, the others had no turn.
            wanted.strikes += usize::from(making.as_ref().is_none_or(|making| *making == fingerprint));
            if wanted.strikes > self.limits.retries {
                let times = times(wanted.strikes);
                let log = tail(&note.folder, job.at);
                let message = format!("its job ended without a result, {times}; the last was {name}{log}");
                state.ended(fingerprint, Ended::Failed { message, log: String::new() });
            } else {
                again += 1;
                state.ready.extend(state.away.remove(&fingerprint));
            }
        }
        if again > 0 {
            let log = tail(&note.folder, job.at);
            let again = match again {
                1 => "1 branch is".to_owned(),
                many => format!("{many} branches are"),
            };
            state.news.push(News::Said(format!(
                "{name} ended without all of its results; {again} handed over again{log}"
            )));
        }
    }

    /// Asks the queue what it has.
    fn poll(&self, state: &mut State) -> Result<()> {
        if state.arrays.is_empty() || Instant::now() < state.next_poll {
            return Ok(());
        }
        let names: Vec<Named<'_>> = state.arrays.iter().map(|array| array.note.named()).collect();
        let listed = match self.queue.list(&names, &self.cancelled) {
            Err(_) if self.cancelled.is_cancelled() => return Ok(()),
            Err(error) if error.is_passing() => return self.wait(state, &error),
            listed => listed?,
        };
        self.answered(state);
        let mut changed = false;
        let mut reason = None;
        for array in &mut state.arrays {
            let queued = listed.get(&array.note.name);
            if let (None, Some(queued)) = (&array.note.id, queued) {
                array.note.numbered(&queued.id);
            }
            reason = reason.or_else(|| Some((array.note.name.clone(), queued?.reason.clone()?)));
            let is_young = array.note.id.is_none() && array.since.elapsed().as_secs() < LISTED;
            for job in array.jobs.iter_mut().filter(|job| job.ended.is_none()) {
                let is_listed = queued.is_some_and(|queued| queued.jobs.contains_key(&job.at));
                job.missed = if is_listed || is_young { 0 } else { job.missed + 1 };
                if job.missed >= MISSED {
                    job.ended = Some(Instant::now());
                }
                changed |= job.missed > 0;
            }
        }
        let reason = reason.map(|(name, reason)| format!("{}: {name} waits: {reason}", self.queue.name()));
        if reason.is_some() && reason != state.reason {
            state.news.extend(reason.clone().map(News::Said));
            state.reason = reason;
        }
        self.look_whether_any_runs(state, &listed);
        match changed {
            true => self.hurry(state),
            false => state.pause = (state.pause * 2).min(self.limits.poll),
        }
        state.next_poll = Instant::now() + state.pause;
        Ok(())
    }

    /// Says once where none of the jobs has begun for long: a node that is out of use is no reason that a queue tells of.
    fn look_whether_any_runs(&self, state: &mut State, listed: &BTreeMap<String, Queued>) {
        let mut jobs = listed.values().flat_map(|queued| queued.jobs.values()).peekable();
        if jobs.peek().is_none() || jobs.any(|runs| *runs) {
            state.waiting = None;
            return;
        }
        let (since, is_said) = state.waiting.get_or_insert_with(|| (Instant::now(), false));
        if !*is_said && since.elapsed() >= self.limits.notice {
            *is_said = true;
            state.news.push(News::Said(format!(
                "{}: no job has begun for {} s; {}",
                self.queue.name(),
                self.limits.notice.as_secs(),
                self.queue.machines()
            )));
        }
    }

    /// The queue can be asked.
    fn answered(&self, state: &mut State) {
        if state.trouble.take().is_some() {
            state.news.push(News::Said(format!("{} answers again", self.queue.name())));
        }
    }

    /// Asks the queue soon.
    fn hurry(&self, state: &mut State) {
        state.pause = POLL.min(self.limits.poll);
        state.next_poll = Instant::now() + state.pause;
    }

    /// Waits for a queue that can't be asked, unless that has gone on for too long.
    fn wait(&self, state: &mut State, error: &ClusterError) -> Result<()> {
        let patience = self.limits.patience;
        match state.trouble {
            None => {
                state.trouble = Some(Instant::now());
                let name = self.queue.name();
                state
                    .news
                    .push(News::Said(format!("{name}: {error}; waiting for up to {} s", patience.as_secs())));
                state.pause = POLL;
            }
            Some(since) if since.elapsed() > patience => {
                let message = format!(
                    "waited for {} s, and {error}\n  jobs that are in the queue go on; the same command finds them and what \
                     they made",
                    since.elapsed().as_secs()
                );
                return Err(ClusterError::Pipeline(Box::new(PipelineError::Executor {
                    executor: self.queue.name().to_owned(),
                    message,
                })));
            }
            Some(_) => {}
        }
        state.pause = (state.pause * 2).min(self.limits.poll);
        state.next_poll = Instant::now() + state.pause;
        Ok(())
    }

    fn turn(&self, state: &mut State, idle: bool, is_made: &dyn Fn(&Digest) -> bool) -> Result<()> {
        match state.ending {
            true => self.give_back(state),
            false => self.submit(state, idle, is_made)?,
        }
        self.hear(state, is_made);
        self.poll(state)
    }

    /// Gives back what isn't in the queue.
    fn give_back(&self, state: &mut State) {
        let arrived = std::mem::take(&mut *self.arrived.lock().unwrap_or_else(PoisonError::into_inner));
        let ready = std::mem::take(&mut state.ready).into_iter().map(|wanted| wanted.ready);
        let unbegun = ready.chain(arrived).map(|ready| News::Ended(ready.fingerprint, Ended::Stopped));
        state.news.extend(unbegun);
    }

    /// Takes from the queue what this run put there.
    fn cancel(&self, state: &mut State, waiting: bool) {
        let own: Vec<&Array> = state.arrays.iter().filter(|array| array.note.is_own()).collect();
        let names: Vec<Named<'_>> = own.iter().map(|array| array.note.named()).collect();
        if names.is_empty() {
            return;
        }
        match self.queue.cancel(&names, waiting) {
            Ok(()) if waiting => {}
            Ok(()) => {
                let count: usize = own.iter().map(|array| array.jobs_left()).sum();
                let said = format!("{}: {} cancelled", self.queue.name(), many(count, "job", "jobs"));
                state.news.push(News::Said(said));
                let (own, others): (Vec<Array>, Vec<Array>) =
                    std::mem::take(&mut state.arrays).into_iter().partition(|array| array.note.is_own());
                state.arrays = others;
                own.into_iter().for_each(|array| array.note.remove());
            }
            Err(error) => {
                let said = format!(
                    "{}: jobs can't be cancelled, and go on: {error}; the same command finds them",
                    self.queue.name()
                );
                state.news.push(News::Said(said));
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Executor for Cluster {
    fn takes(&self, stage: &str) -> bool {
        !self.limits.here.iter().any(|here| here == stage)
    }

    fn take(&self, ready: Ready) {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).push(ready);
    }

    fn news(&self, idle: bool, is_made: &dyn Fn(&Digest) -> bool) -> vintner_pipeline::Result<Vec<News>> {
        let mut state = self.state();
        let turned = self.turn(&mut state, idle, is_made);
        turned.map_err(|error| error.into_pipeline(self.queue.name()))?;
        let news = std::mem::take(&mut state.news);
        state.look = if news.is_empty() { (state.look * 5 / 4).min(LONGEST_LOOK) } else { LOOK };
        let pause = if news.is_empty() { state.look } else { Duration::ZERO };
        drop(state);
        // Ctrl-C and what is handed over meanwhile are looked at soon.
        let began = Instant::now();
        let has_arrived = || !self.arrived.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        while began.elapsed() < pause && !self.cancelled.is_cancelled() {
            thread::sleep(LOOK.min(pause));
            if has_arrived() {
                break;
            }
        }
        Ok(news)
    }

    fn end(&self, at_once: bool) {
        let mut state = self.state();
        state.ending = true;
        // What is cancelled is to end at once, which is said next.
        if !at_once && self.cancelled.is_cancelled() {
            return;
        }
        self.give_back(&mut state);
        self.cancel(&mut state, !at_once);
        if at_once {
            let away = std::mem::take(&mut state.away);
            state.news.extend(away.into_keys().map(|away| News::Ended(away, Ended::Stopped)));
        }
    }

    fn settle(&self, is_made: &dyn Fn(&Digest) -> bool) -> Vec<String> {
        // What is known of them is written down, and nobody waits for them any longer.
        drop(std::mem::take(&mut self.state().arrays));
        let queue = self.queue.as_ref();
        settled::settle(&self.store, queue, self.limits.patience, &self.cancelled, is_made)
    }
}

fn many(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
