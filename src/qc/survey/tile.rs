//! Tiles: what small squares of the frame are like.

/// Side of a tile in pixels: the smallest that shows how strong its noise is (to 15 or 20 %), so that most tiles hold no
/// edge.
pub(in crate::qc) const TILE: usize = 8;

/// One square of the frame. Energies are means of squared second differences over six: what white noise of that variance
/// has.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::qc) struct Tile {
    /// Mean signal.
    pub(in crate::qc) mean: f32,
    /// Energy at a distance of two pixels, along rows and along columns.
    pub(in crate::qc) across: f32,
    pub(in crate::qc) down: f32,
    /// Energy at a distance of one and of eight pixels, along rows.
    pub(in crate::qc) fine: f32,
    pub(in crate::qc) coarse: f32,
    /// Energy at a distance of two pixels on the sampled rows, here, in the frame before, and of their product.
    pub(in crate::qc) now: f32,
    pub(in crate::qc) then: f32,
    pub(in crate::qc) cross: f32,
    /// Correlation of fine detail between red and green, and between green and blue.
    pub(in crate::qc) layers: [f32; 2],
    /// Share of it that is flat in all channels.
    pub(in crate::qc) flat: f32,
}

/// The tiles of a frame; what is left at the right and the bottom edge is in none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::qc) struct Tiles {
    /// Tiles in a row.
    pub(in crate::qc) columns: usize,
    /// Row by row from the top left.
    pub(in crate::qc) all: Vec<Tile>,
    /// Energy of each in the quietest of the four windows of 2 x 2 tiles that it is in: 256 pixels tell noise four times
    /// as well as 64, and with four windows to choose from an edge nearby does not matter.
    pub(in crate::qc) energy: Vec<f32>,
}

impl Tile {
    /// Energy in the direction that has less of it: an edge has none along itself, noise has it everywhere.
    pub(in crate::qc) fn energy(&self) -> f32 {
        self.across.min(self.down)
    }

    /// Energy of the difference to the frame before: equal to [`Self::energy`] for noise that is made anew.
    pub(in crate::qc) fn change(&self) -> f32 {
        (0.5 * (self.now + self.then) - self.cross).max(0.0)
    }
}

impl Tiles {
    pub(in crate::qc) fn new(columns: usize, all: Vec<Tile>) -> Self {
        let energy = quietest(&all, columns);
        Self { columns, all, energy }
    }

    /// [`Tile::change`] over a tile and its neighbours to the right and below: one tile has few sampled rows.
    pub(in crate::qc) fn change(&self, index: usize) -> f32 {
        let (column, mut sum, mut count) = (index % self.columns, 0.0, 0.0);
        for (right, below) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            if column + right < self.columns
                && let Some(tile) = self.all.get(index + right + below * self.columns)
            {
                sum += tile.change();
                count += 1.0;
            }
        }
        sum / count
    }

    /// Rows of tiles.
    pub(in crate::qc) fn rows(&self) -> usize {
        self.all.len().checked_div(self.columns).unwrap_or(0)
    }
}

fn quietest(tiles: &[Tile], columns: usize) -> Vec<f32> {
    let rows = tiles.len().checked_div(columns).unwrap_or(0);
    let own: Vec<f32> = tiles.iter().map(Tile::energy).collect();
    if rows < 2 || columns < 2 {
        return own;
    }
    let mut quietest = vec![f32::INFINITY; own.len()];
    for row in 0..rows - 1 {
        for column in 0..columns - 1 {
            let at = row * columns + column;
            let four = [at, at + 1, at + columns, at + columns + 1];
            let mean = 0.25 * ((own[four[0]] + own[four[1]]) + (own[four[2]] + own[four[3]]));
            for index in four {
                quietest[index] = if mean < quietest[index] { mean } else { quietest[index] };
            }
        }
    }
    quietest
}
