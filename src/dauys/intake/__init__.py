"""What stations and observers send, checked, kept, and answered with a signed receipt."""
