"""Work that is planned in an area for a period, so that nobody needs to report what is already known."""
