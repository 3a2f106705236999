//! Small dense matrices: Cholesky factors and the eigenvalues of symmetric ones.

/// A matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matrix {
    columns: usize,
    cells: Vec<f64>,
}

impl Matrix {
    /// All zero.
    pub(super) fn zero(rows: usize, columns: usize) -> Self {
        Self { columns, cells: vec![0.0; rows * columns] }
    }

    /// Filled by row and column.
    pub(super) fn from_fn(rows: usize, columns: usize, cell: impl Fn(usize, usize) -> f64) -> Self {
        let cells = (0..rows * columns).map(|at| cell(at / columns, at % columns)).collect();
        Self { columns, cells }
    }

    pub(super) fn get(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.columns + column]
    }

    pub(super) fn get_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.cells[row * self.columns + column]
    }

    pub(super) fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        Self::from_fn(self.rows(), other.columns, |i, j| {
            (0..self.columns).map(|k| self.get(i, k) * other.get(k, j)).sum()
        })
    }

    pub(super) fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows(), |i, j| self.get(j, i))
    }

    /// Eigenvalues of a symmetric matrix, by Jacobi's rotations: slow, short and exact to rounding.
    pub(super) fn symmetric_eigenvalues(mut self) -> Vec<f64> {
        let n = self.rows();
        let size: f64 = self.cells.iter().map(|cell| cell * cell).sum();
        for _ in 0..60 {
            let mut outside = 0.0;
            for p in 0..n {
                for q in p + 1..n {
                    outside += self.get(p, q) * self.get(p, q);
                    self.rotate(p, q);
                }
            }
            if outside <= 1e-34 * size {
                break;
            }
        }
        (0..n).map(|i| self.get(i, i)).collect()
    }

    /// Rotates the axes p and q so that the cell between them becomes 0.
    fn rotate(&mut self, p: usize, q: usize) {
        let between = self.get(p, q);
        if between == 0.0 {
            return;
        }
        let theta = (self.get(q, q) - self.get(p, p)) / (2.0 * between);
        let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
        let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
        let sine = tangent * cosine;
        for k in 0..self.rows() {
            let (a, b) = (self.get(k, p), self.get(k, q));
            *self.get_mut(k, p) = cosine * a - sine * b;
            *self.get_mut(k, q) = sine * a + cosine * b;
        }
        for k in 0..self.rows() {
            let (a, b) = (self.get(p, k), self.get(q, k));
            *self.get_mut(p, k) = cosine * a - sine * b;
            *self.get_mut(q, k) = sine * a + cosine * b;
        }
    }
}

/// The lower triangle L of a symmetric, positive definite matrix `L L'`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cholesky(Matrix);

impl Cholesky {
    /// `Err` holds the first column that is, to rounding, a sum of multiples of the columns before it.
    pub(super) fn new(matrix: &Matrix) -> Result<Self, usize> {
        let n = matrix.rows();
        let mut lower = Matrix::zero(n, n);
        for j in 0..n {
            let known: f64 = (0..j).map(|k| lower.get(j, k) * lower.get(j, k)).sum();
            let left = matrix.get(j, j) - known;
            if left.is_nan() || left <= 1e-12 * matrix.get(j, j) {
                return Err(j);
            }
            let diagonal = left.sqrt();
            *lower.get_mut(j, j) = diagonal;
            for i in j + 1..n {
                let known: f64 = (0..j).map(|k| lower.get(i, k) * lower.get(j, k)).sum();
                *lower.get_mut(i, j) = (matrix.get(i, j) - known) / diagonal;
            }
        }
        Ok(Self(lower))
    }

    /// Solves `L y = b`.
    pub(super) fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut y = b.to_vec();
        for i in 0..y.len() {
            let known: f64 = (0..i).map(|k| self.0.get(i, k) * y[k]).sum();
            y[i] = (y[i] - known) / self.0.get(i, i);
        }
        y
    }

    /// Solves `L L' x = b`.
    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.forward(b);
        for i in (0..x.len()).rev() {
            let known: f64 = (i + 1..x.len()).map(|k| self.0.get(k, i) * x[k]).sum();
            x[i] = (x[i] - known) / self.0.get(i, i);
        }
        x
    }
}
