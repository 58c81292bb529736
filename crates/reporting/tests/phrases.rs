//! Every sentence that the program makes for a report's readers is said in Chinese, and in full.
//!
//! The sentences are read from the sources that make them, so that a new one without a phrase is found here.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use vintner_estimation::{Collinearity, Reason};
use vintner_panel::Shape;
use vintner_reporting::{Language, Wording, model_words};

/// Files of `estimation` whose texts are for those who write pipelines: they end up in faults, not in reports.
const FOR_AUTHORS: [&str; 9] = [
    "covariance/kernel.rs",
    "covariance/options.rs",
    "fit/linear_hypothesis.rs",
    "formula/",
    "outcome/error.rs",
    "outcome/not_an_effect.rs",
    "sample/",
    "unit_root/mackinnon/",
    "chunked/walk.rs",
];

/// Parts of sentences, which no reader meets alone; `sentences_of_parts` below has each in its sentence.
const PARTS: [&str; 19] = [
    // Parts of what is said of a regressor in disguise, and of a coefficient that isn't there.
    "{sign}{}",
    "no coefficient of {regressor} in ({table}) for ",
    "a variable missing",
    "a weight of zero",
    "an effect that no other row has (`singletons: drop`)",
    "{rows} {} with {cause}",
    " at step {step} of the iteration",
    ": {} without residuals",
    "{} for {}",
    "{} {many} ({})",
    "1 {one} ({name})",
    "no {one}",
    // An argument of `schemars`, of `debug_struct` or of `expect`.
    "a covariance, {kind: ...}",
    "take intercept or trend",
    "deterministic: none",
    "{name}.bar",
    "nothing is left of {} {what}",
    "the residual covariance of the equations is singular{}",
    "the {name}",
];

/// Words of small letters that stand in names.
const OF_NAMES: [&str; 6] = ["and", "rk", "urca", "bar", "t-bar", "linearmodels"];

fn chinese() -> Wording {
    Wording::among([], "zh").unwrap()
}

/// English that a text still has: words of three small letters or more.
fn english(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_'.`/".contains(c)))
        .map(|word| word.trim_matches(['.', '\'', '-']))
        .filter(|word| {
            word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '\'')
        })
        .filter(|word| !OF_NAMES.contains(word))
        .collect()
}

/// The texts in quotes of a source's program, without its tests, comments and what `serde` reads.
fn quoted(source: &str) -> Vec<String> {
    let program = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut letters = program.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '/' if program[at..].starts_with("//") => {
                while letters.next_if(|(_, letter)| *letter != '\n').is_some() {}
            }
            // A quote, or a backslash and what it escapes, as a character.
            '\'' if program[at..].starts_with("'\"'") => {
                letters.nth(1);
            }
            '"' => {
                let mut text = String::new();
                while let Some((_, letter)) = letters.next() {
                    match letter {
                        '"' => break,
                        '\\' => match letters.next() {
                            Some((_, '\n')) => while letters.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                            Some((_, other)) => text.push(other),
                            None => break,
                        },
                        other => text.push(other),
                    }
                }
                let before = program[..at].trim_end();
                let before = &before[before.len().saturating_sub(60)..].replace('\n', " ");
                if !["#[serde", ".expect(", "json_schema!", "hint: ", "debug_struct("]
                    .iter()
                    .any(|call| before.contains(call))
                {
                    found.push(text);
                }
            }
            _ => {}
        }
    }
    found
}

/// The files of a folder and those below it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// A template with a name in each of its places, as a test for phrases.
fn example(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    let mut count = 1;
    while let Some((before, after)) = rest.split_once('{') {
        let (_, after) = after.split_once('}').unwrap_or(("", after));
        count += 1;
        text.push_str(&format!("{before}{count}"));
        rest = after;
    }
    text + rest
}

/// What of the texts no phrase fits, each with where it stands.
fn unsaid(texts: impl IntoIterator<Item = (String, String)>) -> Vec<String> {
    let wording = chinese();
    let sentence = |text: &str| text.trim().contains(' ') && !english(text).is_empty();
    texts
        .into_iter()
        .filter(|(_, text)| sentence(text) && !PARTS.contains(&text.as_str()))
        .filter_map(|(place, text)| {
            let example = example(&text);
            let said = wording.said(&example);
            let left = english(&said);
            (!left.is_empty()).then(|| format!("{place}: {text:?} is said as {said:?}"))
        })
        .collect()
}

#[test]
fn what_estimation_says_is_said_in_chinese() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../estimation/src");
    let mut texts = Vec::new();
    for file in sources(&root) {
        let place = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        if !FOR_AUTHORS.iter().any(|own| place.starts_with(own)) {
            let source = std::fs::read_to_string(&file).unwrap();
            texts.extend(quoted(&source).into_iter().map(|text| (place.clone(), text)));
        }
    }
    for (file, least) in [("outcome/reason.rs", 60), ("outcome/note.rs", 20), ("specification/", 60)] {
        let found = texts.iter().filter(|(place, _)| place.starts_with(file)).count();
        assert!(found >= least, "{found} texts in {file} are too few to be all");
    }
    let unsaid = unsaid(texts);
    assert!(
        unsaid.is_empty(),
        "{} texts have no phrase in labels.zh.yaml:\n{}",
        unsaid.len(),
        unsaid.join("\n")
    );
}

#[test]
fn what_is_said_of_claims_and_gaps_is_said_in_chinese() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // In other files texts are faults, too; a gap's reason is made by one of these.
    let makers = ["Missing::computed(", "Missing::Absent(", "Missing::Upstream(", "|| format!(", "(|| {"];
    let mut texts = Vec::new();
    for file in ["claims/evaluate.rs", "claims/evidence.rs", "tidy_estimate.rs", "context/robustness_view.rs"]
    {
        let source = std::fs::read_to_string(root.join("reporting/src").join(file)).unwrap();
        let errors = source.split("/// # Errors").next().unwrap_or_default();
        let program = if file == "tidy_estimate.rs" { errors } else { source.as_str() };
        texts.extend(quoted(program).into_iter().map(|text| (file.to_owned(), text)));
    }
    for file in [
        "expression/functions.rs",
        "expression/window.rs",
        "expression/evaluate.rs",
        "cell.rs",
        "lag.rs",
        "deflate.rs",
    ] {
        let source = std::fs::read_to_string(root.join("transform/src").join(file)).unwrap();
        let program = source.split("#[cfg(test)]").next().unwrap_or_default();
        for maker in makers {
            for after in program.split(maker).skip(1) {
                let end = after.find(';').unwrap_or(after.len());
                let reason = quoted(&after[..end]).into_iter().next();
                texts.extend(reason.map(|text| (file.to_owned(), text)));
            }
        }
    }
    assert!(texts.len() > 40, "{} texts are too few to be all", texts.len());
    let unsaid = unsaid(texts);
    assert!(
        unsaid.is_empty(),
        "{} texts have no phrase in labels.zh.yaml:\n{}",
        unsaid.len(),
        unsaid.join("\n")
    );
}

fn within(entity: &str, reason: Reason) -> Reason {
    Reason::Entity { entity: entity.into(), reason: Box::new(reason) }
}

#[test]
fn sentences_of_parts_are_said_whole() {
    let wording = chinese();
    let collinear = vec![
        Collinearity { column: "a".into(), on: vec!["(Intercept)".into()] },
        Collinearity { column: "c".into(), on: vec!["a".into(), "b".into()] },
    ];
    let short = Reason::NoResidualDegreesOfFreedom { observations: 3, parameters: 3 };
    let reasons = [
        (
            Reason::NoRowsLeft { missing: 3, weightless: 1, alone: 2 },
            "没有观测值：3行有变量缺失、1行权重为零、2行独占某一固定效应（`singletons: drop`）",
        ),
        (short.clone(), "观测值3个，参数3个：自由度为零，无法计算标准误"),
        (within("唐山", short.clone()), "唐山：观测值3个，参数3个：自由度为零，无法计算标准误"),
        (
            within("z", Reason::RankDeficient { collinear: collinear.clone() }),
            "z：解释变量共线：a为常数；c是a、b的线性组合",
        ),
        (
            Reason::RankDeficientOnce { what: "after differences are taken".into(), collinear },
            "差分后解释变量共线：a为常数；c是a、b的线性组合",
        ),
        (
            Reason::TooFewGroups { groups: 1, of: "entities".into(), parameters: 2 },
            "个体1个，参数2个：不足以对均值作回归",
        ),
        (
            Reason::Keys { shape: Shape::CrossSection, what: "errors that are clustered by time".into() },
            "截面数据没有时间：无法采用标准误（按时间聚类）",
        ),
        (
            Reason::SingularResidualCovariance { step: 3, perfect: vec!["a".into(), "b".into()] },
            "迭代至第3步，各方程残差的协方差矩阵奇异：a、b没有残差",
        ),
        (
            Reason::TooFewEstimated { periods: 1, all: 9, time: "2008".into(), reason: Box::new(short) },
            "能够估计该方程的只有时期1个（共9个），要求至少2个；2008：观测值3个，参数3个：自由度为零，无法计算标准误",
        ),
        (
            Reason::NotDefined {
                what: "frequency weights".into(),
                model: "errors that are clustered by entity".into(),
            },
            "频数权重不适用于标准误（按个体聚类）",
        ),
    ];
    for (reason, expected) in reasons {
        assert_eq!(wording.said(&reason.to_string()), expected);
    }
    let sentences = [
        (
            "3 observations, 3 parameters: no degrees of freedom for standard errors; 2 observations, 3 parameters",
            "观测值3个，参数3个：自由度为零，无法计算标准误；观测值2个，参数3个",
        ),
        (
            "Hausman test, (1), (2): the difference of the two covariances isn't positive definite, so the statistic has no chi-squared distribution",
            "豪斯曼检验，（1）、（2）：两个协方差矩阵之差不是正定的，统计量不服从卡方分布",
        ),
        (
            "not 邢台: lnEG in (1) 5.589 (p = 0.245), lnCO2 in (2) -0.07977 (p = 0.200)",
            "邢台不符：方程（1）中lnEG为5.589（p = 0.245），方程（2）中lnCO2为-0.07977（p = 0.200）",
        ),
        (
            "co2 is missing (missing in list (1).xlsx!B3 (raw \"n.a.\"))",
            "co2缺失（单元格list (1).xlsx!B3缺失（原文为\"n.a.\"））",
        ),
        (
            "overidentified: 3 exogenous variables excluded (a, b, c) for 1 endogenous regressor (x); rank 1 of 1",
            "过度识别：排除外生变量3个（a、b、c），内生解释变量1个（x）；秩为1，需1",
        ),
        (
            "lnAI is minus the log of population after effects of units and times (correlation -1.0000)",
            "扣除个体效应和时间效应后lnAI即population的对数的相反数（相关系数为-1.0000）",
        ),
        (
            "x is the change in the log of z after effects of units, as it was made (x = ln(z) - ln(lag(z)))",
            "扣除个体效应后x即z的对数的一阶差分，系按其定义得到（x = ln(z) - ln(lag(z))）",
        ),
        ("minus the log of z", "z的对数的相反数"),
        ("no coefficient of lnEG in (1) for 邢台", "方程（1）中没有邢台的lnEG系数"),
        (
            "1 instrument that tells something, 2 coefficients: not identified",
            "有效的工具变量1个，系数2个：不可识别",
        ),
        (
            "1 cluster, 3 parameters: the small-sample factor isn't defined",
            "聚类1个，参数3个：小样本修正因子无定义",
        ),
        ("a bootstrap of pairs isn't defined for OLS", "成对自助法不适用于OLS"),
        ("Mean absolute correlation", "平均绝对相关系数"),
        ("OLS is enough", "混合回归即可（不存在固定效应）"),
        // Words of somebody else stay as they are, and whole.
        (
            "Source: as the authors say; 3 observations, 3 parameters",
            "Source: as the authors say; 3 observations, 3 parameters",
        ),
    ];
    for (english, expected) in sentences {
        assert_eq!(wording.said(english), expected);
    }
    let models = model_words(Language::Chinese).unwrap();
    assert_eq!(models.said("3 observations, 3 parameters"), "观测值3个，参数3个");
}
