"""One thin file per verb: parse, call one pipeline function, print."""
