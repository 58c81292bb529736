//! Tests a panel for unit roots.

use vintner_panel::Panel;

use super::panel_result::PanelUnitRoot;
use super::panel_test::{PanelTest, PanelUnitRootOptions};
use super::{cips, fisher, hadri, im_pesaran_shin, levin_lin_chu};
use crate::outcome::Result;

/// Tests a variable of a panel for unit roots (by Hadri's test, for stationarity).
///
/// # Errors
/// Where the variable isn't there or isn't numeric, where a test isn't defined with an option, and where lags per
/// entity leave one out. What the data don't allow is a reason in the result.
pub fn panel_unit_root(
    panel: &Panel,
    variable: &str,
    test: &PanelTest,
    options: &PanelUnitRootOptions,
) -> Result<PanelUnitRoot> {
    test.check(options)?;
    match test {
        PanelTest::LevinLinChu { kernel, bandwidth } => {
            levin_lin_chu::test(panel, variable, test, options, *kernel, *bandwidth)
        }
        PanelTest::ImPesaranShin { statistic } => {
            im_pesaran_shin::test(panel, variable, test, options, *statistic)
        }
        PanelTest::MaddalaWu { units }
        | PanelTest::ChoiModifiedP { units }
        | PanelTest::ChoiInverseNormal { units }
        | PanelTest::ChoiLogit { units } => fisher::test(panel, variable, test, options, *units),
        PanelTest::Hadri { heteroskedastic, kernel, bandwidth } => {
            hadri::test(panel, variable, test, options, (*heteroskedastic, *kernel, *bandwidth))
        }
        PanelTest::Cips { model, lags, truncated, interpolation } => {
            let asked = (*model, *lags, *truncated, *interpolation);
            cips::test(panel, variable, test, options, asked)
        }
    }
}
