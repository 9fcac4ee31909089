"""The papers of a polling station: slips, marks, receipts, openings; pure, from facts to dots and bytes."""
