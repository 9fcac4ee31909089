//! Python module `dauys._core`: converts, releases the GIL, maps errors. No mathematics here.

mod ballots;
mod measure;
mod notes;
mod qr;
mod record;
mod trustees;

use dauys_core::{error::Error, group};
use pyo3::{create_exception, exceptions::PyValueError, prelude::*, types::PyBytes};

create_exception!(
    _core,
    CoreError,
    PyValueError,
    "The core refused its input: (word, sentence)."
);

fn refuse(error: Error) -> PyErr {
    CoreError::new_err((error.word(), error.to_string()))
}

/// Decode a ristretto255 point and encode it again; canonical bytes come back unchanged.
#[pyfunction]
fn check_point<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let point = group::decode_point(data).map_err(refuse)?;
    Ok(PyBytes::new(py, &group::encode_point(&point)))
}

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("CoreError", module.py().get_type::<CoreError>())?;
    module.add_function(wrap_pyfunction!(check_point, module)?)?;
    module.add_class::<notes::NoteKey>()?;
    module.add_function(wrap_pyfunction!(notes::verify_ed25519, module)?)?;
    ballots::register(module)?;
    qr::register(module)?;
    record::register(module)?;
    trustees::register(module)?;
    Ok(())
}
