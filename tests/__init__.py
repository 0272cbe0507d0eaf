"""Tests in sentences about families. The cast is always the same; see cast.py."""
