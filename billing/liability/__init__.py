"""Kommunens betalningsansvar (lag (2017:612) 5 kap.), month by month, without a single person."""
