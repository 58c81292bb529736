//! What is known of a plan's branches, as it comes to be known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use polars::prelude::DataType;
use vintner_diagnostics::one_of;
use vintner_panel::type_and_width_in_words;

use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::operation::{InputDeclaration, decode_frame};
use crate::plan::{Branch, BranchAt, BranchId, Plan, Read};
use crate::spec::{BRANCHES, Bound, ForEach, Item, PipelineStage, Reference, SourceFile, no_branch};
use crate::store::{Record, Store};

/// The branches of a stage, once they are known, with what is known of each.
pub(crate) struct Branches<'a, T> {
    pub(crate) branches: Vec<Branch<'a>>,
    pub(crate) results: Vec<OnceLock<T>>,
    /// Where each item's branch stands.
    by_item: BTreeMap<String, usize>,
}

/// Something that is known of a branch, which may have a record.
pub(crate) trait HasRecord {
    fn record(&self) -> Option<(&Digest, &Record)>;

    /// Whether it is known that whatever the branch reads of the workspace is a file, and no folder.
    fn reads_files_alone(&self) -> bool {
        false
    }
}

/// What is known of a plan's branches, as it comes to be known.
pub(crate) struct Progress<'a, T>(Vec<OnceLock<Branches<'a, T>>>);

impl<'a, T: HasRecord> Progress<'a, T> {
    pub(crate) fn new(plan: &Plan<'a>) -> Self {
        Self(plan.pipeline.stages.iter().map(|_| OnceLock::new()).collect())
    }

    /// The branches of a stage, where they are known.
    pub(crate) fn stage(&self, stage: usize) -> Option<&Branches<'a, T>> {
        self.0.get(stage)?.get()
    }

    pub(crate) fn put_branches(&self, stage: usize, branches: Vec<Branch<'a>>) -> &Branches<'a, T> {
        let results = branches.iter().map(|_| OnceLock::new()).collect();
        let items = branches.iter().enumerate();
        let by_item = items.filter_map(|(at, branch)| Some((branch.id.item.clone()?, at))).collect();
        self.0[stage].get_or_init(|| Branches { branches, results, by_item })
    }

    pub(crate) fn into_stages(self) -> impl Iterator<Item = Option<Branches<'a, T>>> {
        self.0.into_iter().map(OnceLock::into_inner)
    }

    pub(crate) fn branch(&self, at: BranchAt) -> Option<&Branch<'a>> {
        self.stage(at.stage)?.branches.get(at.branch)
    }

    pub(crate) fn result(&self, at: BranchAt) -> Option<&T> {
        self.stage(at.stage)?.results.get(at.branch)?.get()
    }

    pub(crate) fn record(&self, at: BranchAt) -> Option<(&Digest, &Record)> {
        self.result(at)?.record()
    }

    /// Lays out the branches of a stage. All stages that it reads are laid out, and what its
    /// `foreach` reads is made.
    pub(crate) fn lay_out(&self, plan: &Plan<'a>, stage: usize, store: &Store) -> Result<Vec<Branch<'a>>> {
        let described: &'a PipelineStage = &plan.pipeline.stages[stage];
        let items: Vec<(Option<Item>, Option<&'a SourceFile>)> = match &described.foreach {
            None => vec![(None, None)],
            Some(ForEach::Sources) => {
                let reads = described.reads_sources();
                let of =
                    |source: &'a SourceFile| (Some(Item::of_text(&source.name)), reads.then_some(source));
                plan.vintage.sources.iter().map(of).collect()
            }
            Some(ForEach::Items(items)) => items.iter().map(|item| (Some(item.clone()), None)).collect(),
            Some(ForEach::Column { stage: from, output, column }) => {
                let items = self.items_of_column(plan, from, output.as_deref(), column, store)?;
                items.into_iter().map(|item| (Some(item), None)).collect()
            }
        };
        let mut branches = Vec::with_capacity(items.len());
        for (item, source) in items {
            let bound = match &item {
                Some(item) => plan.pipeline.bind(described, item).map_err(PipelineError::Spec)?,
                None => Arc::clone(&described.bound),
            };
            let id = BranchId { stage: described.name.clone(), item: item.map(|item| item.key) };
            let reads = self.reads(plan, &bound)?;
            branches.push(Branch { id, bound, source, reads });
        }
        if let Some(wanted) = plan.named.get(&stage) {
            let known: BTreeSet<&str> = keys(&branches).collect();
            if let Some(unknown) = wanted.iter().find(|item| !known.contains(item.as_str())) {
                return Err(no_branch(&described.name, unknown, known));
            }
        }
        if let Some(wanted) = plan.items.get(&stage) {
            branches.retain(|branch| wanted.contains(branch.id.item.as_deref().unwrap_or_default()));
        }
        Ok(branches)
    }

    fn reads(&self, plan: &Plan<'a>, bound: &Bound) -> Result<Vec<Read>> {
        let mut reads = Vec::new();
        for (role, reference) in &bound.inputs {
            let Reference::Output { stage: from, branch: wanted, output } = reference else { continue };
            let stage = plan.pipeline.position(from)?;
            let known = self.stage(stage);
            let branches = known.map(|known| known.branches.as_slice()).unwrap_or_default();
            let read = |(branch, of): (usize, &Branch<'_>), key: &str| {
                let output = match output.as_str() {
                    "" => of.bound.output_declarations.first().map(|first| first.name.clone()),
                    named => Some(named.to_owned()),
                };
                Read {
                    role: role.clone(),
                    from: BranchAt { stage, branch },
                    output: output.unwrap_or_default(),
                    key: key.to_owned(),
                }
            };
            match wanted {
                None => {
                    let of_branch = |(at, branch): (usize, &Branch<'_>)| {
                        read((at, branch), branch.id.item.as_deref().unwrap_or_default())
                    };
                    let mut of_role: Vec<Read> = branches.iter().enumerate().map(of_branch).collect();
                    // An order that the stage doesn't see makes no difference to it.
                    if !bound.declaration(role).is_some_and(|declared| declared.in_order) {
                        of_role.sort_by(|one, other| one.key.cmp(&other.key));
                    }
                    reads.extend(of_role);
                }
                Some(wanted) => {
                    let found = known.and_then(|known| known.by_item.get(wanted)).copied();
                    let found = found.and_then(|at| Some((at, branches.get(at)?)));
                    reads.push(read(found.ok_or_else(|| no_branch(from, wanted, keys(branches)))?, ""));
                }
            }
        }
        Ok(reads)
    }

    /// The values of a column, in the order in which they first appear.
    fn items_of_column(
        &self,
        plan: &Plan<'a>,
        from: &str,
        output: Option<&str>,
        column: &str,
        store: &Store,
    ) -> Result<Vec<Item>> {
        let stage = plan.pipeline.position(from)?;
        let mut items: Vec<Item> = Vec::new();
        let mut seen = BTreeSet::new();
        let branches = self.stage(stage).map_or(0, |known| known.branches.len());
        for branch in 0..branches {
            let Some((_, record)) = self.record(BranchAt { stage, branch }) else { continue };
            let main = plan.pipeline.stages[stage].bound.output_declarations.first();
            let output = output.or(main.map(|main| main.name.as_str())).unwrap_or_default();
            let what = format!("{from}.{output}");
            let refused = |message: String| PipelineError::Artifact { what: what.clone(), message };
            let Some(kept) = record.outputs.get(output) else { continue };
            if !kept.columns.contains_key(column) {
                let hint = one_of(column, kept.columns.keys().map(String::as_str)).unwrap_or_default();
                return Err(refused(format!("it has no column `{column}`; {hint}")));
            }
            let bytes =
                store.object(&kept.digest).ok_or_else(|| refused("it is corrupt in the cache".into()))?;
            let declared = InputDeclaration::frame("of").columns([column]);
            let frame = decode_frame(&bytes, Some(&declared), &what)?;
            let values = frame.column(column).map_err(|error| refused(error.to_string()))?;
            let found: Vec<Item> = match values.dtype() {
                DataType::String => {
                    let texts = values.str().map_err(|error| refused(error.to_string()))?;
                    texts.iter().flatten().filter(|text| !text.is_empty()).map(Item::of_text).collect()
                }
                kind if kind.is_integer() => {
                    let numbers =
                        values.cast(&DataType::Int64).map_err(|error| refused(error.to_string()))?;
                    let numbers = numbers.i64().map_err(|error| refused(error.to_string()))?;
                    numbers.iter().flatten().map(Item::of_number).collect()
                }
                kind => {
                    let holds = type_and_width_in_words(kind);
                    let message = format!("the column `{column}` holds {holds}; texts or whole numbers");
                    return Err(refused(format!("{message} are needed to make a branch for each")));
                }
            };
            items.extend(found.into_iter().filter(|item| seen.insert(item.key.clone())));
            if items.len() > BRANCHES {
                return Err(refused(format!(
                    "its column `{column}` has more than {BRANCHES} values, and a stage may have as many branches; \
                     group them in a column of their own"
                )));
            }
        }
        Ok(items)
    }
}

/// The items of branches.
fn keys<'b>(branches: &'b [Branch<'_>]) -> impl Iterator<Item = &'b str> + Clone {
    branches.iter().filter_map(|branch| branch.id.item.as_deref())
}
