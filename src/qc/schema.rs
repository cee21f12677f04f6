//! The schema of `qc_report.json`, made from the types that write it and their documentation.

use schemars::Schema;
use schemars::generate::SchemaSettings;

use super::QcReport;

/// The JSON Schema (draft 2020-12) that every report we write keeps to. Fields may be added in later versions.
pub fn report_schema() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<QcReport>()
}
