"""Benchmarks: ratios measured side by side in one run; the figures are kept in docs/benchmarks.json and .md."""
