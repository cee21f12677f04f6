//! What editorial is given: scenes and shots by their names, the cut they make, and the files that describe it.

mod ale;
mod edl;
mod ids;
mod job;
mod metadata;
mod mhl;
mod otio;
mod package;
mod table;
mod timeline;

pub use ale::ale;
pub use edl::edl;
pub use ids::{SceneId, ShotId, check_name};
pub use job::{ExportJob, JobStatus};
pub use metadata::{DeliveredFile, ShotFacts, generate_scene_metadata, generate_shot_metadata};
pub use mhl::{MhlCreator, MhlFile, mhl_chain, mhl_manifest};
pub use otio::otio;
pub use package::EditorialPackage;
pub use table::csv;
pub use timeline::{Clip, Event, Marker, Media, Numbered, Timeline};
