"""The licence of all that is published."""

LICENCE = "http://publications.europa.eu/resource/authority/licence/NLOD_2_0"
LICENCE_PAGE = "https://data.norge.no/nlod/no/2.0"
LICENCE_NAME = "NLOD 2.0"
