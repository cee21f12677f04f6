//! 3x3 matrices on column vectors, in 64-bit floats.

use std::ops::Mul;

/// A 3x3 matrix, row by row; it maps column vectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix3(pub [[f64; 3]; 3]);

impl Matrix3 {
    /// Changes nothing.
    pub const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// Scales each component.
    pub const fn diagonal(scale: [f64; 3]) -> Self {
        Self([[scale[0], 0.0, 0.0], [0.0, scale[1], 0.0], [0.0, 0.0, scale[2]]])
    }

    /// The image of a vector.
    pub fn apply(&self, v: [f64; 3]) -> [f64; 3] {
        self.0.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
    }

    /// The matrix that undoes this one, or `None` if nothing can.
    pub fn inverse(&self) -> Option<Self> {
        let [a, b, c] = self.0;
        let cofactors = [cross(b, c), cross(c, a), cross(a, b)];
        let determinant = a[0] * cofactors[0][0] + a[1] * cofactors[0][1] + a[2] * cofactors[0][2];
        if !determinant.is_finite() || determinant.abs() < 1e-12 {
            return None;
        }
        // The adjugate is the cofactors transposed.
        let at = |row: usize, column: usize| cofactors[column][row] / determinant;
        Some(Self(std::array::from_fn(|row| std::array::from_fn(|column| at(row, column)))))
    }

    /// The same numbers, rounded to what pixels are computed in.
    pub fn to_f32(&self) -> [[f32; 3]; 3] {
        self.0.map(|row| row.map(|value| value as f32))
    }
}

impl Mul for Matrix3 {
    type Output = Self;

    /// `self` after `right`.
    fn mul(self, right: Self) -> Self {
        let entry = |row: usize, column: usize| (0..3).map(|k| self.0[row][k] * right.0[k][column]).sum();
        Self(std::array::from_fn(|row| std::array::from_fn(|column| entry(row, column))))
    }
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::Matrix3;

    #[test]
    fn an_inverse_undoes_and_a_flat_matrix_has_none() {
        let matrix = Matrix3([[2.0, 1.0, 0.5], [0.0, 3.0, 1.0], [1.0, 0.0, 4.0]]);
        let round_trip = matrix.inverse().map(|inverse| inverse * matrix);
        let off = round_trip.map(|m| {
            let entries = m.0.into_iter().flatten().zip(Matrix3::IDENTITY.0.into_iter().flatten());
            entries.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        });
        assert!(off.is_some_and(|off| off < 1e-15), "{off:?}");
        assert_eq!(Matrix3([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.0, 0.0, 1.0]]).inverse(), None);
    }
}
