//! What stands for the errors in a cluster's score.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::residual_type::ResidualType;
use super::small_sample::SmallSample;

/// What stands for the errors in a cluster's score, X_g'u_g.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterType {
    /// u_g = e_g, the residuals (Liang and Zeger 1986): CR0, and CR1 with a small-sample factor. Serialised
    /// `hc0`.
    #[default]
    Hc0,
    /// Each residual over sqrt(1 - h_i), as in plm's `arellano`.
    Hc2,
    /// Each residual over 1 - h_i, as in plm's `arellano`.
    Hc3,
    /// Each residual over (1 - h_i)^(d/2), as in plm's `arellano`.
    Hc4,
    /// u_g = (I - H_gg)^(-1/2) e_g with H_gg the cluster's block of the projection on regressors and effects
    /// (Bell and McCaffrey 2002, Survey Methodology 28, 169-181): clubSandwich's CR2, sandwich's `vcovCL`
    /// HC2 with `cadjust`.
    Cr2,
    /// u_g = (I - H_gg)^-1 e_g: the jackknife over clusters, exactly (MacKinnon, Nielsen and Webb 2023,
    /// Journal of Econometrics 232, eq. 11). clubSandwich's CR3, pyfixest's CRV3, sandwich's HC3.
    Cr3,
}

impl ClusterType {
    /// The small-sample factor that goes with it where none is named: none with `cr2`, whose residuals are
    /// corrected themselves (clubSandwich), and with `cr3` the jackknife's (MacKinnon, Nielsen and Webb 2023).
    pub(super) fn usual_factor(self) -> SmallSample {
        match self {
            Self::Cr2 => SmallSample::None,
            Self::Cr3 => SmallSample::Jackknife,
            Self::Hc0 | Self::Hc2 | Self::Hc3 | Self::Hc4 => SmallSample::default(),
        }
    }

    pub(super) fn by_row(self) -> ResidualType {
        match self {
            Self::Hc0 | Self::Cr2 | Self::Cr3 => ResidualType::Hc0,
            Self::Hc2 => ResidualType::Hc2,
            Self::Hc3 => ResidualType::Hc3,
            Self::Hc4 => ResidualType::Hc4,
        }
    }
}
