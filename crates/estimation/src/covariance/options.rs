//! Reading a covariance: every option by name, so that a fault is told at its place.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::classical::{ClassicalCovariance, Divisor};
use super::cluster::ClusterCovariance;
use super::cluster_type::ClusterType;
use super::clusters::ClusterBy;
use super::covariance_choice::Covariance;
use super::driscoll_kraay::DriscollKraayCovariance;
use super::heteroskedastic::{GroupwiseCovariance, HeteroskedasticCovariance};
use super::kernel::{Bandwidth, Kernel};
use super::leverage::Leverage;
use super::newey_west::{LagBy, NeweyWestCovariance};
use super::panel_corrected::{PanelCorrectedBy, PanelCorrectedCovariance};
use super::residual_type::ResidualType;
use super::small_sample::SmallSample;
use super::test_distribution::TestDistribution;
use super::two_way_cluster::{GroupCount, TwoWayClusterCovariance};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// In the place of a name that was a fault already, so that nothing is said of the options beside it.
    Unread,
    Classical,
    Heteroskedastic,
    Groupwise,
    Cluster,
    TwoWayCluster,
    NeweyWest,
    DriscollKraay,
    PanelCorrected,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Classical,
        Self::Heteroskedastic,
        Self::Groupwise,
        Self::Cluster,
        Self::TwoWayCluster,
        Self::NeweyWest,
        Self::DriscollKraay,
        Self::PanelCorrected,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Unread => "",
            Self::Classical => "classical",
            Self::Heteroskedastic => "heteroskedastic",
            Self::Groupwise => "groupwise",
            Self::Cluster => "cluster",
            Self::TwoWayCluster => "two_way_cluster",
            Self::NeweyWest => "newey_west",
            Self::DriscollKraay => "driscoll_kraay",
            Self::PanelCorrected => "panel_corrected",
        }
    }

    /// The options that it has.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Unread => FIELDS,
            Self::Classical => &["divisor", "test"],
            Self::Heteroskedastic => &["type", "leverage", "small_sample", "test"],
            Self::Groupwise | Self::Cluster => &["by", "type", "leverage", "small_sample", "test"],
            Self::TwoWayCluster => {
                &["by", "and", "type", "leverage", "small_sample", "groups", "fix", "test"]
            }
            Self::NeweyWest => &["kernel", "bandwidth", "lag", "type", "leverage", "small_sample", "test"],
            Self::DriscollKraay => &["kernel", "bandwidth", "type", "leverage", "small_sample", "test"],
            Self::PanelCorrected => {
                &["by", "diagonal", "pairwise", "type", "leverage", "small_sample", "test"]
            }
        }
    }
}

impl JsonSchema for Kind {
    fn schema_name() -> Cow<'static, str> {
        "CovarianceKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"enum": Kind::ALL.map(Kind::name)})
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KindVisitor)
    }
}

struct KindVisitor;

impl Visitor<'_> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a kind of covariance")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Kind, E> {
        // A reader that goes on after a fault hands on an empty text.
        if text.is_empty() {
            return Ok(Kind::Unread);
        }
        Kind::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
            let names: Vec<String> = Kind::ALL.iter().map(|kind| format!("`{}`", kind.name())).collect();
            E::custom(format!("`{text}` is no kind of covariance; there are {}", names.join(", ")))
        })
    }
}

/// All values of `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Type {
    Hc0,
    Hc1,
    Hc2,
    Hc3,
    Hc4,
    Hc4m,
    Hc5,
    Cr2,
    Cr3,
}

impl Type {
    fn of_rows(self) -> Result<ResidualType, String> {
        Ok(match self {
            Self::Hc0 => ResidualType::Hc0,
            Self::Hc1 => ResidualType::Hc1,
            Self::Hc2 => ResidualType::Hc2,
            Self::Hc3 => ResidualType::Hc3,
            Self::Hc4 => ResidualType::Hc4,
            Self::Hc4m => ResidualType::Hc4m,
            Self::Hc5 => ResidualType::Hc5,
            Self::Cr2 | Self::Cr3 => {
                return Err(
                    "`cr2` and `cr3` are about clusters of one kind; use them with `kind: cluster`".into()
                );
            }
        })
    }

    fn of_clusters(self) -> Result<ClusterType, String> {
        Ok(match self {
            Self::Hc0 => ClusterType::Hc0,
            Self::Hc2 => ClusterType::Hc2,
            Self::Hc3 => ClusterType::Hc3,
            Self::Hc4 => ClusterType::Hc4,
            Self::Cr2 => ClusterType::Cr2,
            Self::Cr3 => ClusterType::Cr3,
            Self::Hc1 => {
                return Err("clusters have no `type: hc1`; its factor is `small_sample: plm_hc1`".into());
            }
            Self::Hc4m | Self::Hc5 => {
                return Err("clusters have `type` hc0, hc2, hc3, hc4, cr2 and cr3 only".into());
            }
        })
    }
}

const FIELDS: &[&str] = &[
    "kind",
    "by",
    "and",
    "type",
    "leverage",
    "small_sample",
    "test",
    "divisor",
    "groups",
    "fix",
    "kernel",
    "bandwidth",
    "lag",
    "diagonal",
    "pairwise",
];

/// The options of all kinds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Options {
    kind: Kind,
    /// What the clusters are.
    by: Option<ClusterBy>,
    /// What the clusters of the other way are.
    and: Option<ClusterBy>,
    /// How residuals are weighed.
    #[serde(rename = "type")]
    residuals: Option<Type>,
    /// Whose leverage they are weighed by.
    leverage: Option<Leverage>,
    /// The factor for small samples.
    small_sample: Option<SmallSample>,
    /// The distribution that statistics are referred to.
    test: Option<TestDistribution>,
    /// What the residuals' sum of squares is divided by.
    divisor: Option<Divisor>,
    /// Whose number of groups counts in the factor.
    groups: Option<GroupCount>,
    /// Whether a matrix that isn't positive semi-definite is made so, its negative eigenvalues set to zero.
    fix: Option<bool>,
    /// The weights of lags.
    kernel: Option<Kernel>,
    /// How many lags count.
    bandwidth: Option<Bandwidth>,
    /// Whether a lag is a row before or a time before.
    lag: Option<LagBy>,
    /// Whether errors of different entities are taken for uncorrelated.
    diagonal: Option<bool>,
    /// Whether each pair of entities is compared over the times that both have.
    pairwise: Option<bool>,
}

impl Options {
    /// The options given that the kind hasn't got.
    fn foreign(&self) -> Vec<&'static str> {
        [
            ("by", self.by.is_some()),
            ("and", self.and.is_some()),
            ("type", self.residuals.is_some()),
            ("leverage", self.leverage.is_some()),
            ("small_sample", self.small_sample.is_some()),
            ("test", self.test.is_some()),
            ("divisor", self.divisor.is_some()),
            ("groups", self.groups.is_some()),
            ("fix", self.fix.is_some()),
            ("kernel", self.kernel.is_some()),
            ("bandwidth", self.bandwidth.is_some()),
            ("lag", self.lag.is_some()),
            ("diagonal", self.diagonal.is_some()),
            ("pairwise", self.pairwise.is_some()),
        ]
        .into_iter()
        .filter(|(name, given)| *given && !self.kind.options().contains(name))
        .map(|(name, _)| name)
        .collect()
    }

    fn of_rows(&self, default: ResidualType) -> Result<ResidualType, String> {
        self.residuals.map_or(Ok(default), Type::of_rows)
    }

    fn covariance(self) -> Result<Covariance, String> {
        if let Some(name) = self.foreign().first() {
            let options = self.kind.options().join(", ");
            return Err(format!("`kind: {}` has no option `{name}`; it has {options}", self.kind.name()));
        }
        if self.test == Some(TestDistribution::Satterthwaite) {
            let adjusted = matches!(self.residuals, None | Some(Type::Hc0 | Type::Cr2 | Type::Cr3));
            if !(matches!(self.kind, Kind::Cluster | Kind::Unread) && adjusted) {
                return Err(
                    "`test: satterthwaite` goes with `kind: cluster` and `type: hc0`, `cr2` or `cr3`".into(),
                );
            }
        }
        let leverage = self.leverage.unwrap_or_default();
        Ok(match self.kind {
            Kind::Unread => Covariance::classical(),
            Kind::Classical => Covariance::Classical(ClassicalCovariance {
                divisor: self.divisor.unwrap_or_default(),
                test: self.test.unwrap_or_default(),
            }),
            Kind::Heteroskedastic => {
                let default = HeteroskedasticCovariance::default();
                Covariance::Heteroskedastic(HeteroskedasticCovariance {
                    residuals: self.of_rows(default.residuals)?,
                    leverage,
                    small_sample: self.small_sample.unwrap_or(default.small_sample),
                    test: self.test.unwrap_or(default.test),
                })
            }
            Kind::Groupwise => {
                let default = GroupwiseCovariance::default();
                Covariance::Groupwise(GroupwiseCovariance {
                    residuals: self.of_rows(default.residuals)?,
                    by: self.by.unwrap_or_default(),
                    leverage,
                    small_sample: self.small_sample.unwrap_or(default.small_sample),
                    test: self.test.unwrap_or(default.test),
                })
            }
            Kind::Cluster => {
                let residuals = self.residuals.map_or(Ok(ClusterType::default()), Type::of_clusters)?;
                let default = ClusterCovariance::of_type(residuals);
                Covariance::Cluster(ClusterCovariance {
                    residuals,
                    by: self.by.unwrap_or_default(),
                    leverage,
                    small_sample: self.small_sample.unwrap_or(default.small_sample),
                    test: self.test.unwrap_or(default.test),
                })
            }
            Kind::TwoWayCluster => {
                let default = TwoWayClusterCovariance::default();
                let residuals = self.of_rows(default.residuals)?;
                let (by, and) = (self.by.unwrap_or(default.by), self.and.unwrap_or(default.and));
                if by == and {
                    return Err(format!("clusters by {0} and {0} are of one kind; name two", by.name()));
                }
                Covariance::TwoWayCluster(TwoWayClusterCovariance {
                    by,
                    and,
                    residuals,
                    leverage,
                    small_sample: self.small_sample.unwrap_or(default.small_sample),
                    groups: self.groups.unwrap_or_default(),
                    fix: self.fix.unwrap_or_default(),
                    test: self.test.unwrap_or(default.test),
                })
            }
            Kind::NeweyWest => {
                let default = NeweyWestCovariance::default();
                Covariance::NeweyWest(NeweyWestCovariance {
                    residuals: self.of_rows(default.residuals)?,
                    kernel: self.kernel.unwrap_or_default(),
                    bandwidth: self.bandwidth.unwrap_or_default(),
                    lag: self.lag.unwrap_or_default(),
                    leverage,
                    small_sample: self.small_sample.unwrap_or(default.small_sample),
                    test: self.test.unwrap_or(default.test),
                })
            }
            Kind::DriscollKraay => {
                let default = DriscollKraayCovariance::default();
                Covariance::DriscollKraay(DriscollKraayCovariance {
                    residuals: self.of_rows(default.residuals)?,
                    kernel: self.kernel.unwrap_or_default(),
                    bandwidth: self.bandwidth.unwrap_or_default(),
                    leverage,
                    small_sample: self.small_sample.unwrap_or(default.small_sample),
                    test: self.test.unwrap_or(default.test),
                })
            }
            Kind::PanelCorrected => {
                let default = PanelCorrectedCovariance::default();
                let residuals = self.of_rows(default.residuals)?;
                let by = match self.by {
                    None | Some(ClusterBy::Time) => PanelCorrectedBy::Time,
                    Some(ClusterBy::Entity) => PanelCorrectedBy::Entity,
                    Some(ClusterBy::Column(name)) => {
                        return Err(format!(
                            "panel-corrected errors are correlated by time or by entity, not by `{name}`"
                        ));
                    }
                };
                Covariance::PanelCorrected(PanelCorrectedCovariance {
                    by,
                    diagonal: self.diagonal.unwrap_or(default.diagonal),
                    pairwise: self.pairwise.unwrap_or(default.pairwise),
                    residuals,
                    leverage,
                    small_sample: self.small_sample.unwrap_or(default.small_sample),
                    test: self.test.unwrap_or(default.test),
                })
            }
        })
    }
}

/// One schema a kind, each with the options that it has.
impl JsonSchema for Covariance {
    fn schema_name() -> Cow<'static, str> {
        "Covariance".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let all = generator.root_schema_for::<Options>();
        let option = |name: &str| all.get("properties").and_then(|properties| properties.get(name)).cloned();
        if let Some(definitions) = all.get("$defs").and_then(|definitions| definitions.as_object()) {
            generator.definitions_mut().extend(definitions.clone());
        }
        let kinds = Kind::ALL.map(|kind| {
            let mut properties = serde_json::Map::new();
            properties.insert("kind".into(), serde_json::json!({"const": kind.name()}));
            for name in kind.options() {
                properties.insert((*name).into(), option(name).unwrap_or_default());
            }
            json_schema!({
                "type": "object",
                "properties": properties,
                "required": ["kind"],
                "additionalProperties": false
            })
        });
        json_schema!({"description": "How standard errors are made: `kind`, and what that kind has to be told.", "oneOf": kinds})
    }
}

impl<'de> Deserialize<'de> for Covariance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Covariance", FIELDS, CovarianceVisitor)
    }
}

struct CovarianceVisitor;

impl<'de> Visitor<'de> for CovarianceVisitor {
    type Value = Covariance;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a covariance, {kind: ...}")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Covariance, A::Error> {
        let options = Options::deserialize(MapAccessDeserializer::new(map))?;
        options.covariance().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> serde_json::Result<Covariance> {
        serde_json::from_str(text)
    }

    #[test]
    fn options_are_named_after_the_peers() -> serde_json::Result<()> {
        use super::super::small_sample::FixestEffects;
        assert_eq!(parse(r#"{"kind": "classical"}"#)?, Covariance::classical());
        assert_eq!(parse(r#"{"kind": "cluster"}"#)?, Covariance::clustered(SmallSample::StataXtreg));
        assert_eq!(
            parse(r#"{"kind": "cluster", "by": "time", "small_sample": "plm_sss", "test": "residual"}"#)?,
            Covariance::Cluster(ClusterCovariance {
                by: ClusterBy::Time,
                small_sample: SmallSample::PlmSss,
                test: TestDistribution::Residual,
                ..ClusterCovariance::default()
            })
        );
        let fixest = r#"{"kind": "cluster", "small_sample": {"fixest": {"k_adj": true, "k_fixef": "full", "g_adj": false}}}"#;
        assert_eq!(
            parse(fixest)?,
            Covariance::clustered(SmallSample::Fixest {
                k_adj: true,
                k_fixef: FixestEffects::Full,
                g_adj: false
            })
        );
        assert_eq!(
            parse(
                r#"{"kind": "cluster", "by": {"column": "region"}, "type": "cr2", "test": "satterthwaite"}"#
            )?
            .columns(),
            ["region"]
        );
        Ok(())
    }

    #[test]
    fn a_type_of_clusters_brings_its_own_factor() -> serde_json::Result<()> {
        for (name, factor) in
            [("hc0", SmallSample::StataXtreg), ("cr2", SmallSample::None), ("cr3", SmallSample::Jackknife)]
        {
            let Covariance::Cluster(read) = parse(&format!(r#"{{"kind": "cluster", "type": "{name}"}}"#))?
            else {
                unreachable!("clusters")
            };
            assert_eq!(read.small_sample, factor, "{name}");
        }
        Ok(())
    }

    #[test]
    fn what_is_written_is_read_again() -> serde_json::Result<()> {
        for covariance in [
            Covariance::classical(),
            Covariance::heteroskedastic(ResidualType::Hc4m),
            Covariance::Groupwise(GroupwiseCovariance::default()),
            Covariance::clustered(SmallSample::Jackknife),
            Covariance::TwoWayCluster(TwoWayClusterCovariance::default()),
            Covariance::NeweyWest(NeweyWestCovariance::default()),
            Covariance::DriscollKraay(DriscollKraayCovariance::default()),
            Covariance::PanelCorrected(PanelCorrectedCovariance::default()),
        ] {
            assert_eq!(parse(&serde_json::to_string(&covariance)?)?, covariance);
        }
        Ok(())
    }

    #[test]
    fn options_of_other_kinds_are_faults() {
        let fault = |text: &str| parse(text).map_or_else(|error| error.to_string(), |_| String::new());
        assert!(fault(r#"{"kind": "cluster", "small": "none"}"#).contains("unknown field `small`"));
        assert!(fault(r#"{"kind": "clutser", "by": "time"}"#).contains("there are `classical`, "));
        assert!(
            fault(r#"{"kind": "classical", "by": "entity"}"#)
                .contains("`kind: classical` has no option `by`; it has divisor, test")
        );
        assert!(fault(r#"{"kind": "heteroskedastic", "type": "cr2"}"#).contains("`kind: cluster`"));
        assert!(fault(r#"{"kind": "cluster", "type": "hc1"}"#).contains("plm_hc1"));
        assert!(fault(r#"{"kind": "newey_west", "bandwidth": -2}"#).contains("can't be below zero"));
        assert!(fault(r#"{"kind": "two_way_cluster", "and": "entity"}"#).contains("of one kind"));
        assert!(fault(r#"{"kind": "classical", "test": "satterthwaite"}"#).contains("`kind: cluster`"));
    }
}
