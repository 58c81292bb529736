//! What can be said on the command line.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Reproducible empirical research: one command takes raw spreadsheets to a replicated paper.
#[derive(Debug, Parser)]
#[command(name = "vintner", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The folder of the paper: where pipeline.yaml, data and reports are [default: this folder, or the
    /// nearest one above it that has the pipeline]
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub(crate) workspace: Option<PathBuf>,
    /// The pipeline, relative to the workspace
    #[arg(long, global = true, value_name = "FILE", default_value = "pipeline.yaml")]
    pub(crate) pipeline: PathBuf,
    /// A folder laid out like data/vintages, in which manifests and raw files are looked for first
    #[arg(long, global = true, value_name = "DIR", env = "VINTNER_DATA_ROOT")]
    pub(crate) data_root: Option<PathBuf>,
    /// Put a value in the place of the pipeline's, as in params.base_year=2010 or
    /// stages.granger.params.lags=2; may be repeated
    #[arg(long, global = true, value_name = "PATH=VALUE", value_parser = override_of)]
    pub(crate) set: Vec<(String, String)>,
    /// Use the cache and folders of published files though they are symbolic links, whose files may lie
    /// outside of the workspace
    #[arg(long, global = true, env = "VINTNER_FOLLOW_LINKS", value_parser = FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    pub(crate) follow_links: bool,
    /// Ask for no locks, as on file systems that have none: no other run uses the cache
    #[arg(long, global = true, env = "VINTNER_NO_LOCK", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) no_lock: bool,
    /// Say more on stderr; twice for more still
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Say nothing but what failed
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a workspace: a pipeline, a first vintage, a first report
    Init(Init),
    /// Make everything that isn't made yet, from raw files to the report
    Reproduce(Reproduce),
    /// Make it, and make it again whenever a file changes, with what changed; Ctrl-C ends it
    Watch(Watch),
    /// Make branches for a run elsewhere, and leave nothing behind but their results: what jobs of a cluster run
    Worker(Worker),
    /// Show which stages are fresh and which would run, and why
    Status(Status),
    /// Show why a stage would run, or why it last ran, down to the cells that changed
    Why(Why),
    /// Show what is kept of a stage, what it was made from and what it holds; of all, a table
    Audit(Audit),
    /// Compare what is made with pipeline.lock, which `reproduce` writes
    Lock(Lock),
    /// Compare what two revisions of git made: files, values, coefficients, claims
    Diff(Diff),
    /// Remove files that were published and aren't any longer: lists them, and removes them with --yes
    Clean(Clean),
    /// Show what the cache keeps, and take away what nobody needs
    Cache(Cache),
    /// Draw the pipeline
    Graph(Graph),
    /// Show an output of a stage: a table's first rows, a value, a text
    Show(Show),
    /// Show where a number comes from, back to cells of raw files, or what depends on a cell
    Trace(Trace),
    /// Write the replication package of a vintage, or check one
    Package(Package),
    /// Show what the paper concludes, and whether its own tables and a vintage bear it out
    Claims(Claims),
    /// Make a synthetic vintage again from published tables
    Reconstruct(Reconstruct),
    /// Could published tables come from any data? Data that give them, or a proof that there are none
    Consistency(ConsistencyOf),
    /// List vintages, check them, compare them
    #[command(subcommand)]
    Vintage(Vintage),
    /// List the vintages: the same as `vintage list`
    #[command(hide = true)]
    Vintages(FormatOnly),
    /// Write a template, a file of labels or the list of works into the workspace, to be changed there
    Eject(Eject),
    /// Write the pipeline as plain scripts in R and in Python that make the same numbers without Vintner
    Replicate(Replicate),
    /// List the operations that pipeline.yaml can name, or tell of one
    Operations(Operations),
    /// Print the JSON Schema of a file that people write, for editors that complete and underline
    Schema(SchemaOf),
    /// Print what a shell needs to complete commands, options and their choices
    Completions(Completions),
    /// Write the manual pages, one a command
    Man(Man),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder; where one stands if none is named
    pub(crate) folder: Option<PathBuf>,
    /// Files of data to begin with: they are copied, looked at and described
    #[arg(long, num_args = 1.., value_name = "FILES")]
    pub(crate) from: Vec<PathBuf>,
    /// A replication package in Stata, R or Python: its programs become stages, as they are
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["from", "formula", "template"])]
    pub(crate) from_package: Option<PathBuf>,
    /// The first equation, as in "lwage ~ union | person + year"
    #[arg(long, value_name = "EQUATION", conflicts_with = "template")]
    pub(crate) formula: Option<String>,
    /// Begin with a pattern of a pipeline
    #[arg(long, value_enum)]
    pub(crate) template: Option<Template>,
    /// What the first vintage is called
    #[arg(long, value_name = "NAME", default_value = "first")]
    pub(crate) vintage: String,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Patterns of pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// Pooled, random and fixed effects
    Panel,
    /// Least squares under robust errors
    CrossSection,
    /// A difference in differences with an event study
    Did,
    /// Instruments beside least squares
    Iv,
    /// A published table beside what the data give
    Replication,
}

#[derive(Debug, Args)]
pub(crate) struct Operations {
    /// The operation; all are listed where none is named
    pub(crate) operation: Option<String>,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PackageCommand {
    /// Look at a package, ours or another's, as a data editor does: a verdict for each rule
    Check(PackageCheck),
    /// Is a package still what it was? Its files against its checksums, its seal and the seal's signature
    Verify(PackageVerify),
}

#[derive(Debug, Args)]
pub(crate) struct PackageVerify {
    /// The package: a folder or a ZIP; its seal lies beside it
    #[arg(value_name = "DIR|FILE.zip")]
    pub(crate) package: PathBuf,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct PackageCheck {
    /// The package: a folder or a ZIP
    #[arg(value_name = "DIR|FILE.zip")]
    pub(crate) package: PathBuf,
    /// The list of checksums of the round before (its manifest.sha256), to see what changed
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Package {
    #[command(subcommand)]
    pub(crate) command: Option<PackageCommand>,
    /// The folder that is written; a ZIP where the name ends so
    #[arg(value_name = "DIR|FILE.zip", required_unless_present = "zenodo_metadata")]
    pub(crate) target: Option<PathBuf>,
    /// Print what Zenodo's deposit API asks for, as JSON, in the place of writing the package
    #[arg(long, conflicts_with = "target")]
    pub(crate) zenodo_metadata: bool,
    /// Seal it: a TRACE declaration of all its files beside it, which can be checked without the data
    #[arg(long)]
    pub(crate) seal: bool,
    /// Sign the seal: a key of gpg's keyring, or the file of a private key for openssl
    #[arg(long, value_name = "KEY", requires = "seal")]
    pub(crate) key: Option<String>,
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// The package's date, as YYYY-MM-DD; where none is given, that of package.yaml or of the vintage
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<String>,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaOf {
    /// The file
    #[arg(value_enum, default_value_t = Written::Pipeline)]
    pub(crate) file: Written,
    /// Write all of them into .vintner/schemas, where the first lines of files that `init` writes look for them
    #[arg(long, conflicts_with = "file")]
    pub(crate) write: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder that they are written into, as ~/.local/share/man/man1
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Files that people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Written {
    /// pipeline.yaml
    Pipeline,
    /// vintage.yaml
    Vintage,
    /// A file of claims
    Claims,
    /// package.yaml
    Package,
}

#[derive(Debug, Args)]
pub(crate) struct Replicate {
    /// The folder that the scripts are written into; made where it isn't there
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The vintage; the pipeline's own if none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Leave the raw files out; the scripts are told where they lie by the variable REPLICATE_DATA
    #[arg(long)]
    pub(crate) without_data: bool,
    /// For people or for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Eject {
    /// Its name, as in labels.en.yaml or latex/tables.tex.tera; all names are listed where none is given
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The folder of the workspace that it is written into
    #[arg(long, value_name = "FOLDER", default_value = "reports/templates")]
    pub(crate) to: PathBuf,
    /// For people or for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// The number: TABLE/UNIT/REGRESSOR (as in the last column of estimates.csv), descriptives/VARIABLE,
    /// granger/CAUSE->EFFECT[/UNIT], unit_roots/VARIABLE, tests/EQUATION[/TEST], specifications/EQUATION/REGRESSOR,
    /// system/EQUATION, agreement/TABLE, claims/CLAIM or value/VARIABLE/UNIT/YEAR
    #[arg(value_name = "NUMBER", required_unless_present_any = ["cell", "all"], conflicts_with_all = ["cell", "all"])]
    pub(crate) number: Option<String>,
    /// Every number that depends on a cell, FILE!SHEET!D15
    #[arg(long, value_name = "CELL")]
    pub(crate) cell: Option<String>,
    /// Every number of the report with its address; as JSON with all that each comes from
    #[arg(long, conflicts_with = "cell")]
    pub(crate) all: bool,
    /// Show every cell
    #[arg(long)]
    pub(crate) detail: bool,
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// For people or for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Vintage {
    /// List the vintages, and what is missing
    List(FormatOnly),
    /// Read every file of a vintage as its manifest says, and show all that is wrong; makes nothing
    Check(OfVintageNamed),
    /// Begin a vintage from a folder of files: guess how each is to be read, every guess marked for review
    New(VintageNew),
    /// Get the files that a vintage's manifest gives a `url` or a `query` for, checked against their checksums
    Fetch(VintageFetch),
    /// Show what changed from one vintage to another: sources, data, estimates, claims
    Diff(VintageDiff),
    /// Lay coefficients side by side over several vintages
    Compare(VintageCompare),
}

#[derive(Debug, Args)]
pub(crate) struct OfVintageNamed {
    /// The vintage; the pipeline's own where none is named
    #[arg(value_name = "VINTAGE")]
    pub(crate) vintage: Option<String>,
    /// For people or for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct VintageNew {
    /// Its name: that of its folder in data/vintages
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The folder of files
    #[arg(long, value_name = "FOLDER")]
    pub(crate) from: PathBuf,
    /// The vintage whose variables are looked for; the pipeline's own where none is named
    #[arg(long, value_name = "VINTAGE")]
    pub(crate) like: Option<String>,
    /// Copy the files into the vintage's folder
    #[arg(long)]
    pub(crate) copy: bool,
    /// For people or for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct VintageFetch {
    /// The vintage; the pipeline's own where none is named
    #[arg(value_name = "VINTAGE")]
    pub(crate) vintage: Option<String>,
    /// Get the files as they are published now, and make a new vintage where one has changed
    #[arg(long)]
    pub(crate) update: bool,
    /// What the new vintage is called; by its date where nothing is said
    #[arg(long = "as", value_name = "NAME", requires = "update")]
    pub(crate) named: Option<String>,
    /// So many bytes of a file are taken at most
    #[arg(long, value_name = "BYTES")]
    pub(crate) limit: Option<u64>,
    /// For people or for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct VintageCompare {
    /// The vintages
    #[arg(value_name = "VINTAGE", required = true, num_args = 2..)]
    pub(crate) vintages: Vec<String>,
    /// Coefficients as TABLE/UNIT/REGRESSOR, of which `*` stands for any; all pooled ones where none is named
    #[arg(long, value_name = "PATTERN")]
    pub(crate) coefficient: Vec<String>,
    /// For people or for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct VintageDiff {
    /// The vintage before
    #[arg(value_name = "BEFORE")]
    pub(crate) before: String,
    /// The vintage after
    #[arg(value_name = "AFTER")]
    pub(crate) after: String,
    /// Show every cell and every coefficient that differs, and a map of the cells
    #[arg(long)]
    pub(crate) detail: bool,
    /// For people, for scripts, or as Markdown
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
}

/// How a difference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people
    Text,
    /// For scripts
    Json,
    /// As Markdown
    Markdown,
}

#[derive(Debug, Args)]
pub(crate) struct Claims {
    /// One claim, with its words, its statements and the numbers that decide; all where none is named
    #[arg(value_name = "CLAIM")]
    pub(crate) claim: Option<String>,
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// For people or for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Reproduce {
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Say what would run and why, and run nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Of a dry run: exit with 1 where anything would run
    #[arg(long, requires = "dry_run")]
    pub(crate) exit_code: bool,
    /// Run every selected stage, whatever the cache has
    #[arg(long)]
    pub(crate) force: bool,
    /// Who makes what has to be made [default: what vintner.toml says, or `local`]
    #[arg(long, value_enum)]
    pub(crate) executor: Option<Executor>,
    /// Take nothing from the shared store that vintner.toml names: make here what isn't kept here
    #[arg(long)]
    pub(crate) no_remote: bool,
    /// Fail where anything comes out other than pipeline.lock says, and then publish nothing
    #[arg(long)]
    pub(crate) locked: bool,
    /// Publish into this folder, and not where pipeline.yaml says; what it makes with --set is otherwise
    /// published beside that, under a name that says what was set
    #[arg(long, value_name = "DIR")]
    pub(crate) publish_to: Option<PathBuf>,
    /// Make these stages alone, or these branches (`stage[item]`); what they read has to be made already
    #[arg(long, value_name = "STAGE,...")]
    pub(crate) only: Vec<String>,
    /// Make these stages and those that read them; what these read besides has to be made already
    #[arg(long, value_name = "STAGE,...")]
    pub(crate) from: Vec<String>,
    /// Make these stages and what they read, and nothing else
    #[arg(long, value_name = "STAGE,...")]
    pub(crate) until: Vec<String>,
    /// Make what is in this language alone, `en` or `zh`, beside what is in none
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) lang: Option<String>,
    /// Where a stage fails, run all that doesn't depend on it
    #[arg(short, long)]
    pub(crate) keep_going: bool,
    /// How many stages may run at once [default: one a processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Who makes branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Executor {
    /// The threads of this program
    #[default]
    Local,
    /// Jobs of Slurm
    Slurm,
    /// Tasks of HyperQueue
    Hq,
}

#[derive(Debug, Args)]
pub(crate) struct Worker {
    /// What a run has written down for it
    #[arg(value_name = "FILE", required_unless_present = "branch")]
    pub(crate) file: Option<PathBuf>,
    /// A branch to be made, `stage` or `stage[item]`, in the place of a file; may be repeated
    #[arg(long, value_name = "BRANCH", conflicts_with = "file")]
    pub(crate) branch: Vec<String>,
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Make these stages and what they read, and nothing else
    #[arg(long, value_name = "STAGE,...")]
    pub(crate) until: Vec<String>,
    /// Where a stage fails, run all that doesn't depend on it
    #[arg(short, long)]
    pub(crate) keep_going: bool,
    /// How many stages may run at once [default: one a processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The revision before: a branch, a tag, a commit, HEAD~1
    #[arg(value_name = "BEFORE")]
    pub(crate) before: String,
    /// The revision after; the files of the workspace where none is named
    #[arg(value_name = "AFTER")]
    pub(crate) after: Option<String>,
    /// The vintage; all that either revision has locked where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Make what the cache no longer has of a revision, in a working tree of its own. This runs that
    /// revision's commands
    #[arg(long)]
    pub(crate) make: bool,
    /// Show every cell and every coefficient that differs, and a map of the cells
    #[arg(long)]
    pub(crate) detail: bool,
    /// For people, for scripts, or as Markdown for a pull request
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Exit with 1 where anything would run
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Lock {
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Put what is made into pipeline.lock, in the place of what it says of the vintage
    #[arg(long)]
    pub(crate) write: bool,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct OfVintage {
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Clean {
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Also what was published with --set, apart from the rest
    #[arg(long)]
    pub(crate) apart: bool,
    /// Remove them
    #[arg(long)]
    pub(crate) yes: bool,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// `stage`, or one of its branches as `stage[branch]`; all of them where none is named
    pub(crate) stage: Option<String>,
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Read every byte again, of raw files, the cache and what was published, and fail where
    /// anything isn't what it should be
    #[arg(long)]
    pub(crate) verify: bool,
    /// Make everything again in a scratch store, and fail where anything comes out other than it is
    /// kept
    #[arg(long, conflicts_with = "verify")]
    pub(crate) rebuild: bool,
    /// Write all of it as pages that open from disk, into reports/VINTAGE/audit
    #[arg(long, conflicts_with_all = ["stage", "verify", "rebuild"])]
    pub(crate) html: bool,
    /// Of the pages: compare with this vintage; with each that is made where none is named; may be repeated
    #[arg(long, value_name = "VINTAGE", requires = "html")]
    pub(crate) against: Vec<String>,
    /// Of the pages: the folder, which has to be empty or to hold such pages
    #[arg(long, value_name = "DIR", requires = "html")]
    pub(crate) output: Option<PathBuf>,
    /// The most rows of a table, or lines of a text, that are shown
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) rows: usize,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Cache {
    #[command(subcommand)]
    pub(crate) command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// List the runs whose results are kept; of one vintage's latest run where it is named
    Ls(OfVintage),
    /// Show how much room what takes
    Du(FormatOnly),
    /// Remove what no vintage's latest run and no pipeline.lock needs
    Gc(Gc),
    /// Read every byte again, and fail where anything isn't what its name says
    Verify(VerifyCache),
    /// Give what latest runs need to the shared store that vintner.toml names
    Push(Push),
    /// Take from the shared store what a vintage's run would make
    Pull(OfVintage),
    /// Compare what is kept here with the shared store
    Status(FormatOnly),
}

#[derive(Debug, Args)]
pub(crate) struct Push {
    /// The data vintage whose latest run is given; those of all where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// Give earlier runs, too
    #[arg(long, conflicts_with = "vintage")]
    pub(crate) all: bool,
    /// Say what would be given, and give nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyCache {
    /// Remove what is corrupt or damaged; the next run makes again what it needs of it
    #[arg(long)]
    pub(crate) mend: bool,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Gc {
    /// Keep runs younger than this: 30d, 12h, 90m or 0d
    #[arg(long, value_name = "AGE", default_value = "30d", value_parser = age)]
    pub(crate) older_than: u64,
    /// Remove from the shared store what neither the latest runs nor the locks of this workspace need; a run's age
    /// counts from when it was given
    #[arg(long)]
    pub(crate) remote: bool,
    /// Say what would go, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// `stage`, or one of its branches as `stage[branch]`
    pub(crate) stage: String,
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// The most changes that are shown of each file or output
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Reconstruct {
    /// The vintage: its folder holds reconstruction.yaml, and the raw files are written into it
    #[arg(long, value_name = "NAME", default_value = "reconstructed")]
    pub(crate) vintage: String,
    /// The published tables, relative to the workspace
    #[arg(long, value_name = "FILE", default_value = "data/published/tables.csv")]
    pub(crate) published: PathBuf,
    /// Write nothing; fail where the files there aren't those that would be written
    #[arg(long)]
    pub(crate) check: bool,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ConsistencyOf {
    /// The published tables, relative to the workspace
    #[arg(long, value_name = "FILE", default_value = "data/published/tables.csv")]
    pub(crate) published: PathBuf,
    /// How they are to be read: `tables`, `periods`, `standard_errors`, or a reconstruction.yaml
    #[arg(long, value_name = "FILE", default_value = "data/vintages/reconstructed/reconstruction.yaml")]
    pub(crate) layout: PathBuf,
    /// Of tables of models (columns `model`, `term`): the levels that a star each stands for
    #[arg(long, value_name = "LEVELS", value_delimiter = ',', default_values_t = [0.1, 0.05, 0.01])]
    pub(crate) stars: Vec<f64>,
    /// Of tables of models: the level of their confidence intervals
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95)]
    pub(crate) level: f64,
    /// Write data that give the tables, if there are any, as CSV
    #[arg(long, value_name = "FILE")]
    pub(crate) witness: Option<PathBuf>,
    /// Write the proofs that there are no such data, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct FormatOnly {
    /// Text for people or JSON for scripts
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// How to draw
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub(crate) format: GraphFormat,
    /// Draw every file, every stage in a box of its own, and every edge, where an SVG leaves out what others imply
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// `stage`, `stage.output`, `stage[branch]` or `stage[branch].output`
    pub(crate) output: String,
    /// The data vintage; the pipeline's own where none is named
    #[arg(long, value_name = "NAME")]
    pub(crate) vintage: Option<String>,
    /// The most rows of a table that are shown [default: 20, of CSV all]
    #[arg(long, value_name = "N", conflicts_with = "path")]
    pub(crate) rows: Option<usize>,
    /// Print where the output is kept, as Parquet, JSON, text or the file that it is, and not what is in it
    #[arg(long)]
    pub(crate) path: bool,
    /// Text for people, JSON for scripts, or a table as CSV
    #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
    pub(crate) format: ShowFormat,
}

/// How an output is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    Text,
    Json,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    Text,
    Dot,
    Mermaid,
    Svg,
    Json,
}

impl Command {
    /// Whether it is about a workspace, which is looked for upward where none is named.
    pub(crate) fn is_of_a_workspace(&self) -> bool {
        let checks = matches!(self, Command::Package(Package { command: Some(_), .. }));
        let tells = matches!(
            self,
            Command::Operations(_)
                | Command::Schema(SchemaOf { write: false, .. })
                | Command::Init(_)
                | Command::Completions(_)
                | Command::Man(_)
        );
        !checks && !tells
    }

    /// Whether what it prints is for scripts.
    pub(crate) fn is_json(&self) -> bool {
        let format = match self {
            Command::Init(command) => command.format,
            Command::Reproduce(command) => command.format,
            Command::Watch(_) | Command::Worker(_) => return false,
            Command::Diff(command) => return command.format == DiffFormat::Json,
            Command::Status(command) => command.format,
            Command::Why(command) => command.format,
            Command::Audit(command) => command.format,
            Command::Lock(command) => command.format,
            Command::Clean(command) => command.format,
            Command::Cache(Cache { command }) => match command {
                CacheCommand::Ls(command) => command.format,
                CacheCommand::Du(command) => command.format,
                CacheCommand::Gc(command) => command.format,
                CacheCommand::Verify(command) => command.format,
                CacheCommand::Push(command) => command.format,
                CacheCommand::Pull(command) => command.format,
                CacheCommand::Status(command) => command.format,
            },
            Command::Graph(command) => return command.format == GraphFormat::Json,
            Command::Show(command) => return command.format == ShowFormat::Json,
            Command::Trace(command) => command.format,
            Command::Claims(command) => command.format,
            Command::Package(Package { command: Some(PackageCommand::Check(command)), .. }) => command.format,
            Command::Package(Package { command: Some(PackageCommand::Verify(command)), .. }) => {
                command.format
            }
            Command::Package(command) => command.format,
            Command::Reconstruct(command) => command.format,
            Command::Consistency(command) => command.format,
            Command::Vintage(command) => match command {
                Vintage::List(command) => command.format,
                Vintage::Check(command) => command.format,
                Vintage::Fetch(command) => command.format,
                Vintage::New(command) => command.format,
                Vintage::Diff(command) => return command.format == DiffFormat::Json,
                Vintage::Compare(command) => command.format,
            },
            Command::Eject(command) => command.format,
            Command::Replicate(command) => command.format,
            Command::Vintages(command) => command.format,
            Command::Operations(command) => command.format,
            Command::Schema(SchemaOf { write: false, .. }) => Format::Json,
            Command::Schema(_) | Command::Completions(_) | Command::Man(_) => return false,
        };
        format == Format::Json
    }
}

/// `path=value`, both there.
fn override_of(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((path, value)) if !path.is_empty() => Ok((path.to_owned(), value.to_owned())),
        _ => Err("write PATH=VALUE, as in params.base_year=2010".to_owned()),
    }
}

/// An age in seconds: a whole number of days, hours or minutes.
fn age(text: &str) -> Result<u64, String> {
    let refused = || "write days, hours or minutes, as in 30d, 12h or 90m".to_owned();
    let unit = text.chars().next_back().ok_or_else(refused)?;
    let seconds: u64 = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => return Err(refused()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| refused())?;
    number.checked_mul(seconds).ok_or_else(refused)
}
