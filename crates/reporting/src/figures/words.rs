//! The words of figures, in each language. A pipeline's labels may put others in their place.

use std::collections::BTreeMap;

use vintner_panel::Label;

use super::text_width::minus;
use crate::error::{ReportingError, Result};
use crate::language::Language;
use crate::number_format::significant;

/// Key, English, Chinese. `{name}` is a placeholder.
const WORDS: &[(&str, &str, &str)] = &[
    ("synthetic", "Synthetic data, no evidence", "合成数据，不构成实证证据"),
    ("units", "units", "个地区"),
    ("published", "published", "原文数值"),
    ("not_estimable", "not estimable", "无法估计"),
    ("no_data", "no data", "无数据"),
    ("stop", ". ", "。"),
    ("list", ", ", "、"),
    ("also", "; ", "；"),
    ("none", "none", "无"),
    // Paths.
    ("paths_title", "{name} ({id}) by unit", "各地区{name}（{id}）的变化"),
    (
        "paths_median",
        "median, where at least three in four have a value",
        "中位数（至少四分之三的地区有观测值时）",
    ),
    ("paths_own", "the unit itself", "该地区"),
    (
        "paths_description",
        "{name} ({id}) of {n} {units}, {first} to {last}, a panel each. Highest: {high} in {high_unit} ({high_time}); \
         lowest: {low} in {low_unit} ({low_time}). From its first value to its last it rises in {up} and falls in \
         {down} of them. {missing} of {cells} values are missing",
        "{n}{units}{first}至{last}年的{name}（{id}），每个地区一幅小图。最高值为{high_unit}{high_time}年的{high}，\
         最低值为{low_unit}{low_time}年的{low}。自首个至末个观测值，{up}个地区上升，{down}个地区下降。\
         {cells}个观测值中有{missing}个缺失",
    ),
    ("paths_empty", "{name} ({id}): no values", "{name}（{id}）：无观测值"),
    // Forests.
    ("forest_title", "Table {id}: {title}", "表{id}：{title}"),
    (
        "forest_estimate",
        "estimate from this vintage, with intervals of 90, 95 and 99%",
        "本数据版本的估计值及其90%、95%与99%置信区间",
    ),
    ("forest_outside", "outside the figure", "超出图幅"),
    (
        "forest_description",
        "{title}. Coefficients of {regressors} in the equation of {dependent}, a row for each of {n} units and the \
         panel, with intervals of 90, 95 and 99%. Of {estimated} estimates {positive} are significantly positive \
         and {negative} significantly negative at 5%; {missing} can't be estimated",
        "{title}。被解释变量为{dependent}，列示{regressors}的系数，共{n}个地区与面板各一行，附90%、95%与99%置信区间。\
         {estimated}个估计值中，在5%水平上显著为正的有{positive}个，显著为负的有{negative}个；{missing}个无法估计",
    ),
    (
        "forest_published",
        "{inside} of {known} published values lie within the 95% interval",
        "{known}个原文数值中有{inside}个落在95%置信区间内",
    ),
    // Directions.
    ("directions_title", "Directions of effect between {names}", "{names}之间的影响方向"),
    ("directions_positive", "significant, positive", "显著为正"),
    ("directions_negative", "significant, negative", "显著为负"),
    ("directions_weak", "not significant", "不显著"),
    ("directions_mutual", "both ways", "双向影响"),
    ("directions_differs", "published otherwise, as beside it", "与原文不同，旁为原文结论"),
    ("directions_stars", "{stars} p < {level}", "{stars} p < {level}"),
    (
        "directions_link",
        "{cause} to {effect}: positive in {positive}, negative in {negative}, not significant in {weak} of the \
         {n} units, panel: {pooled}",
        "{cause}→{effect}：{n}个地区中{positive}个显著为正，{negative}个显著为负，{weak}个不显著，面板：{pooled}",
    ),
    (
        "directions_description",
        "{title}, by unit. {links}. {differing} of {known} findings differ from what was published",
        "{title}，按地区列示。{links}。{known}项结论中有{differing}项与原文不同",
    ),
    ("pooled_positive", "positive", "显著为正"),
    ("pooled_negative", "negative", "显著为负"),
    ("pooled_weak", "not significant", "不显著"),
    // Correlations.
    ("correlations_title", "Correlations of the variables", "变量的相关系数"),
    ("correlations_name", "{name} ({id})", "{name}（{id}）"),
    ("correlations_below", "below the diagonal: all values", "对角线以下：全部观测值"),
    ("correlations_above", "above it: deviations from each unit's mean", "对角线以上：相对各地区均值的离差"),
    (
        "correlations_description",
        "{title}, {n} variables. Over all values the strongest is {strongest}, the weakest {weakest}; within units the \
         strongest is {within}",
        "{title}，共{n}个变量。全部观测值中相关最强的是{strongest}，最弱的是{weakest}；地区内相关最强的是{within}",
    ),
    ("correlations_pair", "{value} ({one}, {other})", "{one}与{other}（{value}）"),
    // Missing values.
    ("missing_title", "Missing values", "缺失值"),
    ("missing_by_time", "by year (of {n} units)", "按年份（共{n}个地区）"),
    ("missing_by_unit", "by unit (of {n} years)", "按地区（共{n}年）"),
    (
        "missing_description",
        "{title}: {missing} of {cells} values",
        "{title}：{cells}个观测值中缺失{missing}个",
    ),
    (
        "missing_variable",
        "{id}: {missing}, most in {unit} and in {time}",
        "{id}缺失{missing}个，{unit}与{time}年最多",
    ),
    ("missing_complete", "Complete: {ids}", "完整的变量：{ids}"),
    // Agreement.
    ("agreement_title", "Published coefficients and those of this vintage", "原文系数与本数据版本的系数"),
    ("agreement_across", "published coefficient", "原文系数"),
    ("agreement_up", "coefficient from this vintage", "本数据版本的系数"),
    ("agreement_table", "table {id}", "表{id}"),
    ("agreement_filled", "filled: same stars", "实心：显著性相同"),
    ("agreement_hollow", "hollow: other stars", "空心：显著性不同"),
    ("agreement_equal", "equal", "相等"),
    ("agreement_far", "Farthest apart (published, here)", "差异最大者（原文，本版本）"),
    (
        "agreement_point",
        "{unit}, {regressor} in ({table}): {published}, {estimate}",
        "{unit}，（{table}）{regressor}：{published}，{estimate}",
    ),
    (
        "agreement_description",
        "{title}, on scales that are linear near zero and logarithmic beyond {threshold}. Of {n} coefficients that \
         were published and could be estimated, {digits} agree to the printed digits, {signs} in sign and {stars} in \
         stars",
        "{title}，坐标轴在零附近为线性，绝对值超过{threshold}后为对数。{n}个既有原文数值又能估计的系数中，{digits}个与\
         印刷数值一致，{signs}个符号相同，{stars}个显著性相同",
    ),
    ("agreement_farthest", "Farthest apart: {points}", "差异最大者：{points}"),
    // Specification curves.
    (
        "curve_title",
        "Equation ({id}): {regressor} in the equation of {dependent}",
        "方程（{id}）：{dependent}方程中的{regressor}",
    ),
    ("curve_model", "Model", "模型"),
    ("curve_errors", "Standard errors", "标准误"),
    (
        "curve_description",
        "{title}. {n} specifications in order of their estimates, with 95% intervals",
        "{title}。{n}种设定按估计值排序，附95%置信区间",
    ),
    (
        "curve_range",
        ", from {first} to {last}; at {level} {positive} are significantly positive and {negative} significantly negative",
        "，自{first}至{last}；在{level}水平上，{positive}种显著为正，{negative}种显著为负",
    ),
    ("curve_published", "; published: {value}", "；原文数值：{value}"),
    ("curve_missing", "; {n} without an estimate", "；{n}种没有估计值"),
    (
        "curve_marks",
        ". Filled marks are significant, the diamond is the published specification.",
        "。实心标记表示显著，菱形为原文设定。",
    ),
];

/// The words of figures in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FigureWords {
    language: Language,
    own: BTreeMap<String, String>,
}

impl FigureWords {
    /// The words in that language.
    pub fn new(language: Language) -> Self {
        Self { language, own: BTreeMap::new() }
    }

    /// Puts a text in the place of the usual one.
    ///
    /// # Errors
    /// Where there is no word of that name, or the text has a placeholder that the usual one hasn't.
    pub fn set(&mut self, key: &str, text: &str) -> Result<()> {
        let Some(usual) = self.usual(key) else {
            return Err(ReportingError::UnknownWord {
                key: key.into(),
                available: WORDS.iter().map(|(key, _, _)| (*key).to_owned()).collect(),
            });
        };
        let known = placeholders(usual);
        if let Some(unknown) = placeholders(text).into_iter().find(|name| !known.contains(name)) {
            return Err(ReportingError::UnknownPlaceholder {
                key: key.into(),
                placeholder: unknown.to_owned(),
                available: known.into_iter().map(str::to_owned).collect(),
            });
        }
        self.own.insert(key.into(), text.into());
        Ok(())
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    fn usual(&self, key: &str) -> Option<&'static str> {
        let (_, english, chinese) = WORDS.iter().find(|(known, _, _)| *known == key)?;
        Some(match self.language {
            Language::English => english,
            Language::Chinese => chinese,
        })
    }

    /// The text of a name, with its placeholders filled in. Texts that are filled in aren't looked at again.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.own.get(key).map(String::as_str).or_else(|| self.usual(key)).unwrap_or(key);
        let mut said = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let filled = after.split_once('}').and_then(|(name, after)| {
                let (_, value) = values.iter().find(|(known, _)| *known == name)?;
                Some((value, after))
            });
            match filled {
                Some((value, after)) => {
                    said.push_str(value);
                    rest = after;
                }
                None => {
                    said.push('{');
                    rest = after;
                }
            }
        }
        said.push_str(rest);
        said
    }

    /// A label in this language.
    pub(crate) fn of<'a>(&self, label: &'a Label) -> &'a str {
        self.language.of(label)
    }

    /// Names one after the other.
    pub(crate) fn list<S: AsRef<str>>(&self, names: &[S]) -> String {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        if names.is_empty() { self.say("none", &[]) } else { names.join(&self.say("list", &[])) }
    }

    /// Sentences one after the other, each with its full stop.
    pub(crate) fn sentences(&self, sentences: &[String]) -> String {
        let stop = self.say("stop", &[]);
        let said: String = sentences.iter().flat_map(|sentence| [sentence.as_str(), &stop]).collect();
        said.trim_end().to_owned()
    }
}

/// A number with four significant digits and a real minus.
pub(crate) fn number(value: f64) -> String {
    minus(&significant(value))
}

fn placeholders(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_fill_in_the_same() {
        for (key, english, chinese) in WORDS {
            let sorted = |text| {
                let mut names = placeholders(text);
                names.sort_unstable();
                names.dedup();
                names
            };
            assert_eq!(sorted(english), sorted(chinese), "{key}");
            assert!(!english.contains("  ") && !chinese.contains(' ') || key.contains("stars"), "{key}");
        }
    }

    #[test]
    fn every_word_that_is_said_is_there() {
        let sources = [
            include_str!("drawing.rs"),
            include_str!("path_panels.rs"),
            include_str!("forest.rs"),
            include_str!("directions.rs"),
            include_str!("correlation_map.rs"),
            include_str!("missing_map.rs"),
            include_str!("agreement_scatter.rs"),
            include_str!("specification_curve.rs"),
            include_str!("words.rs"),
            include_str!("../context/robustness_view.rs"),
        ];
        let quoted: Vec<&str> = sources.iter().flat_map(|source| source.split('"')).collect();
        for (key, _, _) in WORDS {
            let said = quoted.iter().filter(|text| *text == key).count();
            assert!(said >= 2, "{key} is never said");
        }
        for source in sources {
            for after in source.split(".say(").skip(1) {
                let Some(key) = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
                else {
                    continue;
                };
                if key.contains(|letter: char| !letter.is_ascii_lowercase() && letter != '_') {
                    continue;
                }
                assert!(WORDS.iter().any(|(known, _, _)| *known == key), "{key} isn't there");
            }
        }
    }

    #[test]
    fn placeholders_are_filled_in_once() {
        let words = FigureWords::default();
        let said = words.say("curve_published", &[("value", "{value} {x")]);
        assert_eq!(said, "; published: {value} {x");
        assert_eq!(words.say("no such", &[]), "no such");
        assert_eq!(words.list(&["a", "b"]), "a, b");
        assert_eq!(words.sentences(&["One".into(), "Two".into()]), "One. Two.");
    }

    #[test]
    fn own_words_are_held_against_the_usual_ones() {
        let own = |key: &str, text: &str| {
            let mut words = FigureWords::new(Language::Chinese);
            words.set(key, text).map(|()| words)
        };
        assert_eq!(own("units", "座城市").unwrap().say("units", &[]), "座城市");
        let unknown = own("unit", "x").unwrap_err().to_string();
        assert!(unknown.contains("no word `unit`") && unknown.contains("units"), "{unknown}");
        let placeholder = own("curve_missing", "{m}").unwrap_err().to_string();
        assert!(placeholder.contains("`{m}`") && placeholder.contains("{n}"), "{placeholder}");
    }
}
