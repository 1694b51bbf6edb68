// Tallies are found by their ids alone, or by rule and day.
DROP INDEX tally_rule IF EXISTS;
