//! A rendering's numbers for a renderer elsewhere: the page's shader, which takes every constant from here.

/// Which formulas the numbers belong to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum Formula {
    /// A matrix.
    #[default]
    Untonemapped,
    /// `aces1`
    Aces1,
    /// `aces2::render`
    Aces2,
}

/// Numbers that are looked up, as a small picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) width: usize,
    /// Row by row.
    pub(crate) texels: Vec<[f32; 4]>,
}

/// Everything that a rendering has worked out, by the name it has in the core.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numbers {
    pub(crate) formula: Formula,
    /// Row by row.
    pub(crate) matrices: Vec<(&'static str, [[f32; 3]; 3])>,
    pub(crate) scalars: Vec<(&'static str, f32)>,
    /// Empty where the rendering has none.
    pub(crate) table: Table,
}
