//! Every format × every kind of report, one file each in `tests/snapshots/grid`.

use clerk_audit::model::Report;
use clerk_audit::report::{ALL, Options, Style};

use crate::render;
use crate::reports::{all_good, every_outcome, hostile, nothing_to_audit, several_apps};

#[test]
fn every_format_of_every_report() {
    let reports: [(&str, Report); 5] = [
        ("every_outcome", every_outcome()),
        ("all_good", all_good()),
        ("several_apps", several_apps()),
        ("nothing_to_audit", nothing_to_audit()),
        ("hostile", hostile()),
    ];
    for format in ALL {
        for (name, report) in &reports {
            let page = render(format.name, report, Style::PLAIN, Options::default());
            insta::with_settings!({
                snapshot_path => "../snapshots/grid",
                prepend_module_to_snapshot => false,
                omit_expression => true,
            }, {
                insta::assert_snapshot!(format!("{}__{name}", format.name), page);
            });
        }
    }
}
