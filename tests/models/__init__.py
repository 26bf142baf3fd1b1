"""Tests of the models that do more than hold values."""
