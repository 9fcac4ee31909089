"""The pages: each function takes a View and returns the Page, or yields many."""
