"""The command line: parse, call one use case, hand to output."""
