//! Signatures of notes: `NoteKey` and `verify_ed25519`.

use crate::refuse;
use dauys_core::{ed25519, note_key};
use pyo3::{prelude::*, types::PyBytes};

/// An Ed25519 key that signs the text of notes; the secret stays here and is erased at the end.
#[pyclass(frozen, module = "dauys._core")]
pub struct NoteKey(note_key::NoteKey);

#[pymethods]
impl NoteKey {
    #[staticmethod]
    fn from_seed(seed: &[u8]) -> PyResult<Self> {
        note_key::NoteKey::from_seed(seed).map(Self).map_err(refuse)
    }

    fn public<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.public())
    }

    fn sign<'py>(&self, py: Python<'py>, text: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.sign(text))
    }

    fn __repr__(&self) -> &'static str {
        "NoteKey(secret)"
    }
}

/// Raise `CoreError` unless the signature holds by the strict rule.
#[pyfunction]
pub fn verify_ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> PyResult<()> {
    ed25519::verify(key, message, signature).map_err(refuse)
}
