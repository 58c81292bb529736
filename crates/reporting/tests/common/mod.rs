//! A made-up report of two units and two equations, to be put through the repository's templates.

#![allow(clippy::expect_used, clippy::unwrap_used, dead_code)]

use std::path::{Path, PathBuf};

use vintner_estimation::{
    Description, DumitrescuHurlin, GrangerOutcome, GrangerTest, LagOrders, PanelStatistic, Reason,
    ReferenceDistribution, UnitGranger,
};
use vintner_panel::{Gap, Label};
use vintner_reporting::{
    Bibliography, DroppedRow, EstimateOutcome, EstimateRow, Published, Renderer, ReportContext, ReportFormat,
    ReportInputs, ReportSpec, ReportUnit, SourceSummary, StarLevels, TableContext, TableSpec, TemplateSource,
    Translation, VariableDefinition, VintageSummary, Wording, templates_over_usual, usual_file,
};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The program's templates.
pub fn templates() -> Vec<TemplateSource> {
    templates_over_usual(Vec::new())
}

/// The formats, each with the report's template in it.
pub const FORMATS: [(ReportFormat, &str); 3] = [
    (ReportFormat::Markdown, "report.md.tera"),
    (ReportFormat::Latex, "report.tex.tera"),
    (ReportFormat::Html, "report.html.tera"),
];

/// The languages that the program has labels of.
pub const LANGUAGES: [&str; 2] = ["en", "zh"];

/// The program's labels of a language.
pub fn wording(language: &str) -> Wording {
    Wording::among([], language).unwrap()
}

/// A report in one format, in English.
pub fn render(format: ReportFormat, spec: &ReportSpec, inputs: &ReportInputs) -> String {
    render_in("en", format, spec, inputs)
}

/// A report in one format and language.
pub fn render_in(language: &str, format: ReportFormat, spec: &ReportSpec, inputs: &ReportInputs) -> String {
    let (_, name) = FORMATS.into_iter().find(|(known, _)| *known == format).unwrap();
    let spec = ReportSpec { language: language.into(), ..spec.clone() };
    let context = vintner_reporting::ReportContext::build(&spec, inputs).unwrap();
    let works = bibliography();
    Renderer::citing(format, &templates(), &wording(language), &works)
        .unwrap()
        .render(name, &context)
        .unwrap()
}

/// The works that the repository's templates may cite.
pub fn bibliography() -> Bibliography {
    let mut works = Bibliography::default();
    works.read("references.bib", usual_file("references.bib").unwrap(), false).unwrap();
    works
}

/// The report's model in a language.
pub fn context_in(language: &str, spec: &ReportSpec, inputs: &ReportInputs) -> ReportContext {
    let spec = ReportSpec { language: language.into(), ..spec.clone() };
    ReportContext::build(&spec, inputs).unwrap()
}

/// A table as a file of its own.
pub fn table_alone(language: &str, format: ReportFormat, table: &TableContext) -> String {
    let name = match format {
        ReportFormat::Html => "table.html.tera",
        _ => "table.tex.tera",
    };
    Renderer::new(format, &templates(), &wording(language)).unwrap().render(name, table).unwrap()
}

pub fn label(en: &str, zh: &str) -> Label {
    Label { en: en.into(), zh: (!zh.is_empty()).then(|| zh.into()) }
}

pub fn estimated(
    table: &str,
    dependent: &str,
    unit: &str,
    regressor: &str,
    estimate: f64,
    std_error: f64,
    p_value: f64,
) -> EstimateRow {
    EstimateRow {
        table: table.into(),
        dependent: dependent.into(),
        unit: unit.into(),
        regressor: regressor.into(),
        outcome: EstimateOutcome::Estimated {
            estimate,
            std_error: Some(std_error),
            statistic: Some(estimate / std_error),
            p_value: Some(p_value),
        },
        n_obs: Some(10),
        df_resid: Some(8),
        reference: Some(ReferenceDistribution::StudentT { df: 8 }),
        note: String::new(),
    }
}

fn not_estimable(table: &str, dependent: &str, unit: &str, regressor: &str) -> EstimateRow {
    EstimateRow {
        outcome: EstimateOutcome::NotEstimable { reason: "2 observations, 3 parameters".into() },
        n_obs: Some(2),
        df_resid: None,
        reference: None,
        ..estimated(table, dependent, unit, regressor, 0.0, 1.0, 1.0)
    }
}

fn granger(cause: &str, effect: &str) -> DumitrescuHurlin {
    let test = GrangerTest {
        order: 1,
        n_obs: 9,
        f: 7.2345,
        df_numerator: 1,
        df_denominator: 6,
        f_p_value: 0.0361,
        chi_squared: 7.2345,
        chi_squared_p_value: 0.0072,
    };
    let refused = Reason::TooFewObservations { observations: 2, parameters: 3 };
    let short = Reason::SeriesTooShort { entity: "alpha".into(), length: 8, order: 1, bound: 8 };
    DumitrescuHurlin {
        left_out: Vec::new(),
        chosen: None,
        bootstrap: None,
        pooled: None,
        effect: effect.into(),
        cause: cause.into(),
        orders: LagOrders::Common(1),
        w_bar: Some(7.2345),
        z_bar: PanelStatistic::Value { statistic: 6.234_51, p_value: 4.5e-10 },
        z_tilde: PanelStatistic::NotEstimable { reason: short },
        fisher: PanelStatistic::NotEstimable { reason: refused.clone() },
        units: vec![
            UnitGranger {
                unit: "beta".into(),
                outcome: GrangerOutcome::NotEstimable { reason: refused, n_obs: 2 },
            },
            UnitGranger { unit: "alpha".into(), outcome: GrangerOutcome::Test(test) },
        ],
    }
}

/// Two units, the second with too few years for the second equation; one estimate agrees, one has other
/// stars, one another sign.
pub fn small() -> (ReportSpec, ReportInputs) {
    let units = vec![
        ReportUnit { id: "all".into(), label: label("All units", "合计"), printed: None, pooled: true },
        ReportUnit { id: "alpha".into(), label: label("Alpha", "甲"), printed: None, pooled: false },
        ReportUnit {
            id: "beta".into(), label: label("Beta", ""), printed: Some("乙".into()), pooled: false
        },
    ];
    let table = |id: &str, dependent: &str, regressors: &[&str], note: &str| TableSpec {
        id: id.into(),
        title: label(&format!("What moves {dependent}"), "回归结果"),
        dependent: dependent.into(),
        regressors: regressors.iter().map(|&regressor| regressor.into()).collect(),
        note: label(note, ""),
        in_report: true,
    };
    let spec = ReportSpec {
        language: "en".into(),
        title: label("A small report", "小报告"),
        authors: vec!["A. Author".into(), "乙".into()],
        citation: label("Author (2020), A paper & its data", ""),
        introduction: vec![label("Two made-up units.", "两个虚构的地区。")],
        translations: vec![Translation {
            language: "zh-CN".into(),
            name: "中文".into(),
            file: "report.zh".into(),
        }],
        trace_links: true,
        tables: vec![
            table("1", "y", &["x", "z"], "Intercepts aren't shown."),
            table("2", "x", &["y"], ""),
            table("1-clustered", "y", &["x", "z"], "Standard errors are clustered."),
        ],
        units,
        star_levels: StarLevels::default(),
        commands: vec!["just reproduce".into()],
        sections: Vec::new(),
    };
    let published = "table,dependent,unit,regressor,coefficient,stars\n\
                     1,y,甲,x,0.350,3\n1,y,甲,z,-0.00408,0\n1,y,乙,x,14.28,2\n1,y,乙,z,0.5,0\n\
                     1,y,合计,x,0.251,1\n1,y,合计,z,-1.05,0\n2,x,甲,y,1.2,1\n2,x,乙,y,-0.000,0\n2,x,合计,y,2,0\n";
    let gap = |entity: &str, year: i32, variable: &str| Gap {
        entity: entity.into(),
        time: Some(year.into()),
        variable: variable.into(),
        reason: "no row in the source".into(),
    };
    let inputs = ReportInputs {
        unit_roots: Vec::new(),
        diagnostics: Vec::new(),
        system: None,
        vintage: VintageSummary {
            name: "made-up".into(),
            title: label("Made-up data", "虚构数据"),
            kind: "synthetic".into(),
            date: "2020-01-31".into(),
            notice: Some(label("Made up for a test; no evidence about anything.", "仅供测试。")),
            review: Vec::new(),
            sources: vec![SourceSummary {
                file: "raw_values.csv".into(),
                sha256: "0123456789abcdef".repeat(4),
                citation: label("Nobody (2020)", ""),
                licence: label("CC0-1.0", ""),
                url: "https://example.org/a?b=1&c=2".into(),
                rows: Some(24),
                corrections: Vec::new(),
                flags: "x: p (provisional) 3, * 1".into(),
                codes: String::new(),
            }],
        },
        variables: ["x", "y", "z"]
            .into_iter()
            .map(|id| VariableDefinition {
                id: id.into(),
                label: label(&format!("Quantity {id}"), "量"),
                unit: label("kg", "千克"),
                definition: label(&format!("ln({id}_raw)"), ""),
            })
            .collect(),
        descriptives: vec![Description {
            variable: "x".into(),
            n: 22,
            missing: 2,
            n_entities: 2,
            mean: Some(-12.345_67),
            sd: Some(0.012_345_67),
            sd_between: None,
            sd_within: None,
            min: Some(-1e-7),
            p25: None,
            median: None,
            p75: None,
            max: None,
            categories: Vec::new(),
        }],
        granger: vec![granger("x", "y"), granger("y", "x")],
        estimates: vec![
            estimated("2", "x", "all", "y", 2.4, 1.0, 0.2),
            estimated("1", "y", "all", "x", 0.2511, 0.2, 0.08),
            estimated("1", "y", "all", "z", 1.0501, 2.0, 0.6),
            estimated("1", "y", "alpha", "x", 0.350_123_456_789, 0.05, 0.0001),
            estimated("1", "y", "alpha", "z", -0.004_081_2, 0.05, 0.9),
            estimated("1", "y", "beta", "x", 14.2849, 6.0, 0.09),
            estimated("1", "y", "beta", "z", 0.54, 6.0, 0.93),
            estimated("2", "x", "alpha", "y", 1.24, 0.6, 0.07),
            not_estimable("2", "x", "beta", "y"),
            estimated("1-clustered", "y", "all", "x", 0.2511, 0.3, 0.4),
            estimated("1-clustered", "y", "all", "z", 1.0501, 2.0, 0.6),
        ],
        published: Published::parse(published, "published.csv").unwrap(),
        gaps: vec![
            gap("beta", 2011, "x"),
            gap("beta", 2009, "x"),
            gap("beta", 2010, "x"),
            gap("alpha", 2009, "z"),
        ],
        robustness: None,
        claims: Vec::new(),
        figures: Default::default(),
        dropped: vec![DroppedRow {
            table: "1".into(),
            unit: "beta".into(),
            time: Some(2010.into()),
            missing: vec!["x".into()],
        }],
        models: Default::default(),
        plots: Default::default(),
        before: None,
    };
    (spec, inputs)
}
