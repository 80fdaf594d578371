"""Zhiqiao, the vocational bridge."""
