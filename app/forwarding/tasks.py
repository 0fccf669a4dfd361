"""The job that hands a report over."""
