//! QR codes for paper: cards and receipts. Conversion only.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// The modules of the smallest QR code (level Q, ISO/IEC 18004) that holds a text: one row after another, 1 is dark.
#[pyfunction]
fn qr_modules(text: &str) -> PyResult<Vec<Vec<u8>>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Quartile)
        .map_err(|_| PyValueError::new_err("too long for a QR code"))?;
    let row = |y| {
        (0..code.size())
            .map(|x| u8::from(code.get_module(x, y)))
            .collect()
    };
    Ok((0..code.size()).map(row).collect())
}

/// Adds the functions of this file to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(qr_modules, module)?)
}
