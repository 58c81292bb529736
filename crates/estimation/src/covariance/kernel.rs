//! Weights of autocovariances, and how many lags have one.

use std::borrow::Cow;
use std::f64::consts::PI;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The weight of lag j at bandwidth b.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kernel {
    /// 1 - j/(b + 1) up to b (Newey and West 1987, Econometrica 55, 703-708): every program's default.
    #[default]
    Bartlett,
    /// With z = j/(b + 1), 1 - 6z^2 + 6z^3 up to 1/2, then 2(1 - z)^3 (Gallant 1987).
    Parzen,
    /// With z = 6 pi j/(5b), 3/z^2 (sin(z)/z - cos(z)), at every lag (Andrews 1991, Econometrica 59, 817-858).
    QuadraticSpectral,
}

impl Kernel {
    /// The weights of lags 0 to at most `most`; that of lag 0 is one.
    pub fn weights(self, bandwidth: f64, most: usize) -> Vec<f64> {
        let whole = bandwidth.max(0.0).floor();
        let last = if self == Self::QuadraticSpectral { most } else { most.min(whole as usize) };
        let mut weights = vec![1.0];
        weights.extend((1..=last).map(|lag| {
            let lag = lag as f64;
            match self {
                Self::Bartlett => 1.0 - lag / (whole + 1.0),
                Self::Parzen => {
                    let z = lag / (whole + 1.0);
                    if z <= 0.5 { 1.0 - 6.0 * z * z + 6.0 * z * z * z } else { 2.0 * (1.0 - z).powi(3) }
                }
                Self::QuadraticSpectral if bandwidth <= 0.0 => 0.0,
                Self::QuadraticSpectral => quadratic_spectral(6.0 * PI * lag / (5.0 * bandwidth)),
            }
        }));
        weights
    }
}

fn quadratic_spectral(z: f64) -> f64 {
    if z < 0.1 {
        // The difference cancels: its series instead.
        let square = z * z;
        return 1.0 - square / 10.0 * (1.0 - square / 28.0 * (1.0 - square / 54.0 * (1.0 - square / 88.0)));
    }
    3.0 / (z * z) * (z.sin() / z - z.cos())
}

/// How far apart errors are still taken to be correlated: a number, or a rule. T counts the times of the
/// estimated rows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Bandwidth {
    /// A number, not negative. For Bartlett's and Parzen's kernel it is the last lag with a weight.
    Fixed(f64),
    /// floor(T_max^(1/4)) with T_max the longest series of the sample: plm. Serialised `plm`.
    Plm,
    /// floor(T^(1/4)) (Newey and West 1987): pyfixest, sandwich's `NW1987`. Serialised `newey_west_1987`.
    NeweyWest1987,
    /// floor(4 (T/100)^(2/9)) (after Newey and West 1994): linearmodels, statsmodels, sandwich's `NW1994`.
    /// Serialised `newey_west_1994`.
    #[default]
    NeweyWest1994,
}

// A bandwidth that is read or computed is a number.
impl Eq for Bandwidth {}

const RULES: [(&str, Bandwidth); 3] = [
    ("plm", Bandwidth::Plm),
    ("newey_west_1987", Bandwidth::NeweyWest1987),
    ("newey_west_1994", Bandwidth::NeweyWest1994),
];

impl Bandwidth {
    /// A whole number of lags.
    pub fn lags(lags: usize) -> Self {
        Self::Fixed(lags as f64)
    }

    /// The number, given the times of the estimated rows and the longest series of the sample.
    pub fn number(self, times: usize, longest: usize) -> f64 {
        // Whole numbers' fourth roots come out whole: 16^(1/4) is exactly 2.
        match self {
            Self::Fixed(number) => number,
            Self::Plm => (longest as f64).sqrt().sqrt().floor(),
            Self::NeweyWest1987 => (times as f64).sqrt().sqrt().floor(),
            Self::NeweyWest1994 => (4.0 * (times as f64 / 100.0).powf(2.0 / 9.0)).floor(),
        }
    }
}

impl Serialize for Bandwidth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fixed(number) if number.fract() == 0.0 && *number >= 0.0 && *number < 1e15 => {
                serializer.serialize_u64(*number as u64)
            }
            Self::Fixed(number) => serializer.serialize_f64(*number),
            rule => {
                let name = RULES.iter().find(|(_, named)| named == rule).map_or("", |(name, _)| name);
                serializer.serialize_str(name)
            }
        }
    }
}

impl JsonSchema for Bandwidth {
    fn schema_name() -> Cow<'static, str> {
        "Bandwidth".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of lags, or the rule that gives it.",
            "anyOf": [{"type": "number", "minimum": 0}, {"enum": RULES.map(|(name, _)| name)}]
        })
    }
}

impl<'de> Deserialize<'de> for Bandwidth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BandwidthVisitor)
    }
}

struct BandwidthVisitor;

impl Visitor<'_> for BandwidthVisitor {
    type Value = Bandwidth;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number of lags, `plm`, `newey_west_1987` or `newey_west_1994`")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Bandwidth, E> {
        Ok(Bandwidth::Fixed(number as f64))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Bandwidth, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Bandwidth, E> {
        if number.is_finite() && number >= 0.0 {
            return Ok(Bandwidth::Fixed(number));
        }
        Err(E::custom(format!("a bandwidth of {number}; it counts lags, so it can't be below zero")))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Bandwidth, E> {
        RULES.iter().find(|(name, _)| *name == text).map(|(_, rule)| *rule).ok_or_else(|| {
            E::custom(format!(
                "`{text}` is no bandwidth; give a number of lags, or one of {}",
                RULES.map(|(name, _)| format!("`{name}`")).join(", ")
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_the_formulas() {
        assert_eq!(Kernel::Bartlett.weights(3.0, 10), [1.0, 0.75, 0.5, 0.25]);
        assert_eq!(Kernel::Bartlett.weights(3.0, 1), [1.0, 0.75]);
        assert_eq!(Kernel::Parzen.weights(1.0, 5), [1.0, 0.25]);
        assert_eq!(Kernel::QuadraticSpectral.weights(0.0, 2), [1.0, 0.0, 0.0]);
        // the series joins on to the formula
        let formula = |z: f64| 3.0 / (z * z) * (z.sin() / z - z.cos());
        assert!((quadratic_spectral(0.0999) - formula(0.0999)).abs() < 1e-12);
        assert!((quadratic_spectral(1e-9) - 1.0).abs() < 1e-15);
        let z = 6.0 * PI / 10.0;
        assert_eq!(Kernel::QuadraticSpectral.weights(2.0, 1)[1], 3.0 / (z * z) * (z.sin() / z - z.cos()));
    }

    #[test]
    fn bandwidths_are_numbers_or_rules() -> serde_json::Result<()> {
        assert_eq!(serde_json::from_str::<Bandwidth>("2")?, Bandwidth::lags(2));
        assert_eq!(serde_json::from_str::<Bandwidth>("\"plm\"")?, Bandwidth::Plm);
        assert_eq!(serde_json::to_string(&Bandwidth::lags(2))?, "2");
        assert_eq!(serde_json::to_string(&Bandwidth::NeweyWest1987)?, "\"newey_west_1987\"");
        assert!(serde_json::from_str::<Bandwidth>("-1").is_err_and(|e| e.to_string().contains("below zero")));
        assert!(serde_json::from_str::<Bandwidth>("\"andrews\"").is_err());
        assert_eq!(Bandwidth::Plm.number(15, 16), 2.0);
        assert_eq!(Bandwidth::NeweyWest1987.number(15, 16), 1.0);
        assert_eq!(Bandwidth::NeweyWest1994.number(20, 20), 2.0);
        Ok(())
    }
}
