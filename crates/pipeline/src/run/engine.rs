//! Running a plan: which branch when, and what is kept and shown at the end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::branch_result::BranchResult;
use super::executor::{Ended, News, Threads};
use super::finish::Finish;
use super::locked::locked;
use super::making::Making;
use super::observer::Observer;
use super::progress::Progress;
use super::publish::{self, Publishing};
use super::reading::Reading;
use super::report::{Outcome, Report, StageReport};
use super::run_options::RunOptions;
use super::seen::Seen;
use super::snapshot::KnownBranches;
use super::tasks::Tasks;
use crate::error::{PipelineError, Result};
use crate::plan::{BranchAt, Part, Plan};
use crate::spec::ForEach;
use crate::store::{SpareLocks, Store, WriteThrough};

/// So many branches are met one after the other: to look at one takes less than to wake a thread for it.
const TOGETHER: usize = 32;

/// Runs plans against a store.
pub struct Engine<'a> {
    store: &'a Store,
    observer: &'a dyn Observer,
}

impl<'a> Engine<'a> {
    /// An engine over a store.
    pub fn new(store: &'a Store, observer: &'a dyn Observer) -> Self {
        Self { store, observer }
    }

    /// Makes what isn't made yet. Failed branches are in the report, and what was made is kept.
    ///
    /// # Errors
    /// Where the store or the workspace can't be written.
    pub fn run(&self, plan: &Plan<'_>, options: &RunOptions) -> Result<Report> {
        if !options.store_only {
            publish::check(plan, self.store, &plan.known_publications(), &[])?;
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs)
            .build()
            .map_err(|error| PipelineError::Threads { jobs: options.jobs, message: error.to_string() })?;
        let _in_use = self.store.share()?;
        if !options.store_only {
            plan.pipeline.secret_key.keep();
        }
        // Whoever wants all made anew believes nothing that was remembered.
        let remembered = options.remember.as_ref().filter(|_| !options.force && !options.store_only);
        let known = remembered.map(|request| KnownBranches::load(self.store, plan, request));
        let mut readers: Vec<Vec<usize>> = vec![Vec::new(); plan.reads.len()];
        for (stage, reads) in plan.reads.iter().enumerate() {
            reads.iter().for_each(|read| readers[*read].push(stage));
        }
        let run = Run {
            making: Making {
                store: self.store,
                observer: self.observer,
                plan,
                options,
                reading: Reading::asking(self.store, &options.cancelled, options.force),
                seen: Seen::default(),
                disk: match options.records_only {
                    true => WriteThrough::at_once(),
                    false => WriteThrough::default(),
                },
                executor: options.executor.clone().unwrap_or_else(|| Arc::new(Threads)),
                away: Mutex::default(),
                spare_locks: SpareLocks::default(),
                known: known.unwrap_or_default(),
                latest: OnceLock::new(),
                progress: Progress::new(plan),
            },
            waiting_for: plan.reads.iter().map(|reads| AtomicUsize::new(reads.len())).collect(),
            left: plan.reads.iter().map(|_| AtomicUsize::new(0)).collect(),
            unlaid: plan.reads.iter().map(|_| OnceLock::new()).collect(),
            unknown: OnceLock::new(),
            stopping: AtomicBool::new(false),
            tasks: Tasks::default(),
            readers,
        };
        let running = &run;
        pool.in_place_scope(|scope| {
            for (stage, reads) in plan.reads.iter().enumerate() {
                if reads.is_empty() {
                    running.spawn(scope, move |scope| running.begin(scope, stage));
                }
            }
            running.follow(scope);
        });
        if options.records_only { run.leave() } else { run.finish() }
    }
}

struct Run<'a> {
    making: Making<'a>,
    /// How many of the stages that each stage reads aren't done yet.
    waiting_for: Vec<AtomicUsize>,
    /// How many branches of each stage aren't done yet.
    left: Vec<AtomicUsize>,
    readers: Vec<Vec<usize>>,
    /// Stages whose branches couldn't be laid out.
    unlaid: Vec<OnceLock<StageReport>>,
    /// A branch that was asked for and that there isn't, as came out when its stage was laid out.
    unknown: OnceLock<PipelineError>,
    /// Set at the first failure, unless the run is to go on.
    stopping: AtomicBool,
    /// What the threads of the run are at.
    tasks: Tasks,
}

impl Run<'_> {
    /// Lays out the branches of a stage, of which all that it reads is done, and visits them.
    fn begin<'s>(&'s self, scope: &rayon::Scope<'s>, stage: usize) {
        let Making { plan, progress, store, .. } = &self.making;
        if plan.parts[stage] == Part::LeftOut {
            return self.end(scope, stage);
        }
        let branches = match self.is_known(stage) && !self.is_ending() {
            false => Err(Outcome::without(self.read_by(stage))),
            true => progress.lay_out(plan, stage, store).map_err(|error| {
                let outcome = Outcome::Failed(error.to_string());
                if matches!(error, PipelineError::Unknown { .. }) {
                    let _ = self.unknown.set(error);
                }
                outcome
            }),
        };
        match branches {
            Ok(branches) => {
                let known = progress.put_branches(stage, branches);
                if plan.parts[stage] == Part::Made {
                    let name = &plan.pipeline.stages[stage].name;
                    self.making.observer.planned(name, known.branches.len());
                }
                self.left[stage].store(known.branches.len(), Ordering::Release);
                if known.branches.is_empty() {
                    self.end(scope, stage);
                }
                for first in (0..known.branches.len()).step_by(TOGETHER) {
                    let branches = first..known.branches.len().min(first + TOGETHER);
                    let branches = branches.map(move |branch| BranchAt { stage, branch });
                    self.spawn(scope, move |scope| branches.for_each(|at| self.meet(scope, at)));
                }
            }
            Err(outcome) => {
                if matches!(outcome, Outcome::Failed(_)) {
                    self.failed();
                }
                let report = StageReport::new(&plan.pipeline.stages[stage].name, outcome);
                self.making.observer.finished(&report);
                let _ = self.unlaid[stage].set(report);
                self.end(scope, stage);
            }
        }
    }

    /// What became of all that a stage reads.
    fn read_by(&self, stage: usize) -> impl Iterator<Item = &Outcome> {
        let reads = self.making.plan.reads[stage].iter().copied();
        let unlaid = reads.clone().filter_map(|read| Some(&self.unlaid[read].get()?.outcome));
        let known = reads.filter_map(|read| self.making.progress.stage(read));
        let branches = known.flat_map(|known| known.results.iter().filter_map(OnceLock::get));
        unlaid.chain(branches.map(|result| &result.report.outcome))
    }

    /// Whether enough is made to lay out the branches of a stage.
    fn is_known(&self, stage: usize) -> bool {
        let Making { plan, progress, .. } = &self.making;
        let laid_out = plan.reads[stage].iter().all(|read| progress.stage(*read).is_some());
        let column = match &plan.pipeline.stages[stage].foreach {
            Some(ForEach::Column { stage, .. }) => plan.pipeline.positions.get(stage),
            _ => None,
        };
        let made = column.and_then(|stage| progress.stage(*stage)).is_none_or(|known| {
            known.results.iter().all(|result| result.get().is_some_and(|result| result.made.is_some()))
        });
        laid_out && made
    }

    /// Notes a branch that is as it was, and has any other one visited, which takes longer.
    fn meet<'s>(&'s self, scope: &rayon::Scope<'s>, at: BranchAt) {
        let branch = self.making.progress.branch(at);
        match branch.and_then(|branch| self.making.unmoved(at, branch)) {
            Some(result) => self.visited(scope, at, result),
            None => self.spawn(scope, move |scope| self.visit(scope, at)),
        }
    }

    fn visit<'s>(&'s self, scope: &rayon::Scope<'s>, at: BranchAt) {
        let Some(known) = self.making.progress.stage(at.stage) else { return };
        let branch = &known.branches[at.branch];
        match self.making.make(at, branch, self.is_ending()) {
            Some(result) => self.visited(scope, at, result),
            None => self.tasks.handed_over(),
        }
    }

    /// Notes what became of a branch.
    fn visited<'s>(&'s self, scope: &rayon::Scope<'s>, at: BranchAt, result: BranchResult) {
        let Some(known) = self.making.progress.stage(at.stage) else { return };
        if matches!(result.report.outcome, Outcome::Failed(_)) {
            self.failed();
        }
        if self.making.plan.parts[at.stage] == Part::Made {
            self.making.observer.finished(&result.report);
        }
        // Each branch is visited once.
        let _ = known.results[at.branch].set(result);
        if self.left[at.stage].fetch_sub(1, Ordering::AcqRel) == 1 {
            self.end(scope, at.stage);
        }
    }

    /// Begins the stages that waited for this one alone.
    fn end<'s>(&'s self, scope: &rayon::Scope<'s>, stage: usize) {
        for reader in self.readers[stage].iter().copied() {
            if self.waiting_for[reader].fetch_sub(1, Ordering::AcqRel) == 1 {
                self.spawn(scope, move |scope| self.begin(scope, reader));
            }
        }
    }

    /// Has something done on a thread of the run.
    fn spawn<'s>(&'s self, scope: &rayon::Scope<'s>, work: impl FnOnce(&rayon::Scope<'s>) + Send + 's) {
        let task = self.tasks.begin();
        scope.spawn(move |scope| {
            let _task = task;
            work(scope);
        });
    }

    /// Follows what the executor took, until nothing is left to do.
    fn follow<'s>(&'s self, scope: &rayon::Scope<'s>) {
        let (making, executor) = (&self.making, self.making.executor.as_ref());
        let mut ended = [false; 2];
        // Nothing may be handed over once the threads are idle and nothing is away: all that begins anything is one of them.
        while self.tasks.wait(|| making.is_any_away()) {
            let cancelled = making.options.cancelled.is_cancelled();
            for (asked, at_once) in [(self.is_ending(), false), (cancelled, true)] {
                if asked && !std::mem::replace(&mut ended[usize::from(at_once)], true) {
                    executor.end(at_once);
                }
            }
            let is_made = |fingerprint: &_| making.has(fingerprint);
            match executor.news(self.tasks.are_idle(), &is_made) {
                Ok(news) => news.into_iter().for_each(|news| self.hear(scope, news)),
                Err(error) => self.give_up(scope, &error),
            }
        }
        let told = executor.settle(&|fingerprint| making.has(fingerprint));
        told.iter().for_each(|told| making.observer.said(told));
    }

    fn hear<'s>(&'s self, scope: &rayon::Scope<'s>, news: News) {
        match news {
            News::Said(text) => self.making.observer.said(&text),
            News::Began(fingerprint) => self.making.began(&fingerprint),
            News::Ended(fingerprint, ended) => {
                let Some(away) = self.making.back(&fingerprint) else { return };
                self.spawn(scope, move |scope| {
                    let at = away.at;
                    if let Some(result) = self.making.settle(&fingerprint, away, ended) {
                        self.visited(scope, at, result);
                    }
                });
            }
        }
    }

    /// The executor can't go on: one branch says why, and the others weren't made.
    fn give_up<'s>(&'s self, scope: &rayon::Scope<'s>, error: &PipelineError) {
        let mut message = Some(error.to_string());
        self.stopping.store(true, Ordering::SeqCst);
        for (fingerprint, away) in self.making.all_back() {
            let ended = match message.take() {
                Some(message) => Ended::Failed { message, log: String::new() },
                None => Ended::Stopped,
            };
            let at = away.at;
            if let Some(result) = self.making.settle(&fingerprint, away, ended) {
                self.visited(scope, at, result);
            }
        }
    }

    fn failed(&self) {
        if !self.making.options.keep_going {
            self.stopping.store(true, Ordering::SeqCst);
        }
    }

    fn is_ending(&self) -> bool {
        self.stopping.load(Ordering::SeqCst) || self.making.options.cancelled.is_cancelled()
    }

    /// Ends where records are all that is left behind.
    fn leave(self) -> Result<Report> {
        let Making { plan, progress, options, disk, .. } = self.making;
        let mut report = Report::new(plan, options.cancelled.is_cancelled());
        for ((known, unlaid), part) in progress.into_stages().zip(self.unlaid).zip(&plan.parts) {
            report.stages.extend(unlaid.into_inner());
            let results = known.into_iter().flat_map(|known| known.results).filter_map(OnceLock::into_inner);
            let told = results.map(|result| result.report);
            report.stages.extend(
                told.filter(|told| *part == Part::Made || matches!(told.outcome, Outcome::Failed(_))),
            );
        }
        disk.settle()?;
        self.unknown.into_inner().map_or(Ok(report), Err)
    }

    /// Shows and publishes what was made, and notes what is the latest.
    fn finish(self) -> Result<Report> {
        let Making { plan, progress, reading, store, options, disk, spare_locks, known, .. } = self.making;
        drop(spare_locks);
        let came_out = locked(&progress, plan, &reading);
        let stages: Vec<_> = progress.into_stages().collect();
        let mut ending = Finish::new((plan, store, options), &reading, &known, &stages, &self.unlaid);
        ending.note_what_came_out(came_out)?;
        if let Err(unlocked) = ending.hold_to_the_lock() {
            // What was made stays in the store, where the next run finds it.
            disk.settle()?;
            reading.save();
            return Err(unlocked);
        }
        // Two runs at once show their results one after the other, and each adds to what is the latest.
        let showing = store.showing()?;
        let mut publishing = Publishing::new(store, plan, &reading, &options.known, showing.is_alone());
        let before = store.latest(plan.key());
        let (shown, latest) = ending.show_and_publish(&mut publishing, &before);
        let is_settled = ending.settle(disk);
        let others = ending.tidy(&shown, &showing);
        let noted = ending.put_down(publishing, (&before, latest), &others, is_settled);
        ending.note_failures(noted);
        store.remove_dead_locks();
        ending.take_snapshot();
        let told = ending.told(self.unknown);
        if options.ends_program {
            // What is held of thousands of branches takes long to give back piece by piece.
            std::mem::forget(stages);
        }
        told
    }
}
