//! `describe` and `granger`.

use serde_json::Value as Json;

use crate::branches::{Branch, read};
use crate::error::Result;
use crate::outcomes;
use crate::program::Program;
use crate::script::{Call, Statement, Value};
use crate::specifications::heading;
use crate::variables::{frame_under, texts};

/// The statements of a branch of `describe`, and the numbers that it made.
pub(crate) fn add_describe(program: &mut Program, branch: &Branch<'_>) -> Result<()> {
    const STATISTICS: [&str; 10] =
        ["n", "mean", "sd", "sd_between", "sd_within", "min", "p25", "median", "p75", "max"];
    let Some(frame) = frame_under(program, branch, "panel") else { return Ok(()) };
    let made: Vec<Json> =
        branch.json("descriptives").map(|made| made.as_array().cloned().unwrap_or_default())?;
    for one in &made {
        let name: String = read(one, "variable").unwrap_or_default();
        if one.get("categories").and_then(Json::as_array).is_some_and(|list| !list.is_empty()) {
            program.leave_out(format!("{}, {name}", branch.name), "a column of text");
            continue;
        }
        let values = STATISTICS.map(|statistic| (statistic, read::<f64>(one, statistic)));
        outcomes::add_values(program, &branch.name, &name, &values);
    }
    let call = Call::new("describe")
        .with(Value::text(&branch.name))
        .with(frame)
        .with(Value::texts(texts(branch.params(), "variables")));
    program.estimates.extend([Statement::Comment(heading(branch)), Statement::Do(call), Statement::Blank]);
    Ok(())
}

/// The statements of a branch of `granger`, and the numbers that it made.
pub(crate) fn add_granger(program: &mut Program, branch: &Branch<'_>) -> Result<()> {
    let Some(frame) = frame_under(program, branch, "panel") else { return Ok(()) };
    let params = branch.params();
    let output = branch.outputs().next().unwrap_or("tests").to_owned();
    let made: Vec<Json> = branch.json(&output).map(|made| made.as_array().cloned().unwrap_or_default())?;
    let order: Option<u64> = branch.param("lags");
    let (None, Some(order)) = (branch.param::<String>("where"), order) else {
        let reason = "lag orders that are chosen, and rows that are, aren't among the scripts' helpers";
        program.leave_out(branch.name.clone(), reason);
        return Ok(());
    };
    for name in ["bootstrap", "pooled"] {
        if params.get(name).is_some_and(|asked| !asked.is_null()) {
            program.leave_out(format!("{}, {name}", branch.name), "it isn't among the scripts' helpers");
        }
    }
    let leaves_out = branch.param::<String>("untestable").is_some_and(|word| word == "leave_out");
    program.estimates.push(Statement::Comment(heading(branch)));
    for pair in &made {
        let effect: String = read(pair, "effect").unwrap_or_default();
        let cause: String = read(pair, "cause").unwrap_or_default();
        let name = format!("{cause} -> {effect}");
        for unit in pair.get("units").and_then(Json::as_array).into_iter().flatten() {
            let own: String = read(unit, "unit").unwrap_or_default();
            let outcome = unit.get("outcome").cloned().unwrap_or_default();
            let of = |field: &str| read::<f64>(&outcome, field);
            let values =
                ["f", "f_p_value", "chi_squared", "chi_squared_p_value"].map(|field| (field, of(field)));
            outcomes::add_values(program, &branch.name, &format!("{name}: {own}"), &values);
        }
        let of = |field: &str, part: &str| pair.get(field).and_then(|own| read::<f64>(own, part));
        let values = [
            ("w_bar", read::<f64>(pair, "w_bar")),
            ("z_bar", of("z_bar", "statistic")),
            ("z_bar_p_value", of("z_bar", "p_value")),
            ("z_tilde", of("z_tilde", "statistic")),
            ("z_tilde_p_value", of("z_tilde", "p_value")),
            ("fisher", of("fisher", "statistic")),
            ("fisher_p_value", of("fisher", "p_value")),
        ];
        outcomes::add_values(program, &branch.name, &name, &values);
        let call = Call::new("granger")
            .with(Value::text(&branch.name))
            .with(frame.clone())
            .named("effect", Value::text(&effect))
            .named("cause", Value::text(&cause))
            .named("order", Value::Number(order as f64))
            .maybe("leave_out", leaves_out.then_some(Value::Bool(true)));
        program.estimates.push(Statement::Do(call));
    }
    program.estimates.push(Statement::Blank);
    Ok(())
}
