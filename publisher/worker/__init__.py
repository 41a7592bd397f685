"""Who wakes the pipeline; decides nothing."""
