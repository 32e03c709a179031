#!/usr/bin/env python3
"""Reference values of lib/sim/listener.c: prints the rows of listener.inc.

The formula of design.md, section 6, in decimal arithmetic with fifty digits, so with no rounding to speak of before
the one that it asks for. Needs nothing but Python.

    python3 tests/reference/listener.py >tests/reference/listener.inc
"""
import random
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

getcontext().prec = 50


def time(bias, sharpness, gamma, affinity, plays):
    """Decimal(x) of a float is exactly that float."""
    z = (Decimal(affinity) - Decimal(bias)) * Decimal(sharpness)
    part = 1 / (1 + (-z).exp()) * (Decimal(gamma) ** plays if plays else 1)
    return part.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def row(*args):
    print("\t\t{%r, %r, %r, %r, %d, %s}," % (*args, time(*args)))


def main():
    draw = random.Random(1)
    row(5.0, 1.0, 0.8, 5.0, 0)
    for plays in range(20):
        row(5.0, 1.0, 0.8, 7.0, plays)
    for _ in range(300):
        row(round(draw.uniform(-5, 10), 2), round(draw.uniform(0, 4), 2), round(draw.uniform(0, 1), 2),
            draw.uniform(-10, 15), draw.choice([0, 0, 0, 1, 2, 3, 10]))


main()
