"""Matrix products as prepared calls, cut into parts where that makes them faster.

OpenBLAS, which NumPy's wheels bring, packs its operands before it multiplies them. With AVX-512 it also has kernels
that take them where they stand, for at most 100³ multiplications (`sgemm_small_kernel_permit`, and for float64
likewise). A product cut into parts of that size takes 5 to 30 % less time: the larger the batch and the layers, the
less is gained. An Intel processor loses by cutting what a Zen still gains a little by. Elsewhere nothing is cut. The
same machine always cuts alike, so that a seed gives the same bits.
"""

from itertools import pairwise

import numpy as np

from ..tape import Array, Tape, copy
from ..tape.memory import fresh

_CONFIG = np.show_config(mode="dicts") or {}
LIBRARY: str = _CONFIG.get("Build Dependencies", {}).get("blas", {}).get("name", "")
#: What NumPy finds in this processor, by its own names; AVX-512 is x86-64-v4, or has an older name.
FOUND = frozenset(_CONFIG.get("SIMD Extensions", {}).get("found", []))
CUTS = "openblas" in LIBRARY and not FOUND.isdisjoint(("X86_V4", "AVX512_SKX"))

#: Multiplications up to which nothing is packed.
SMALL = 1_000_000
#: Parts of fewer rows lose more by the number of calls than packing costs. An Intel Xeon (from Sapphire Rapids on,
#: which AVX512_SPR is named after) loses more: a step of 784-512-512-10 took 10 to 12 % longer in parts of 12 rows,
#: where a Zen 4 took 1.5 % less time.
FEWEST = 48 if "AVX512_SPR" in FOUND else 12
#: Parts of a transposed view need np.matmul, which takes longer to begin: `dot` would copy them first.
FEWEST_TRANSPOSED = 24
#: The kernels take so many rows at a time.
TOGETHER = 4
#: Up to so many rows a gradient gains less than it costs to turn δ.
NARROW = 32
#: One call for fewer gradients takes no less time than a call for each, as np.matmul takes longer to begin.
TOGETHER_FROM = 3
#: Up to so many numbers δ is turned 64 rows at a time, as more would throw each other out of the cache; a larger one
#: is not in it anyway.
WARM, AT_ONCE = 32_768, 64


def parts(rows: int, each: int, fewest: int = 0) -> list[slice]:
    """The rows of a product, each of so many multiplications, in parts, where one may have `fewest` rows and FEWEST.

    Else, or where cutting does not pay, one part.

    >>> parts(8, 100)
    [slice(0, 8, None)]
    """
    most = SMALL // each // TOGETHER * TOGETHER
    if not CUTS or rows * each <= SMALL or most < max(fewest, FEWEST):
        return [slice(0, rows)]
    count = -(-rows // most)
    size = -(-rows // count // TOGETHER) * TOGETHER
    return [slice(*bounds) for bounds in pairwise([*range(0, rows, size), rows])]


def product(a: Array, b: Array, out: Array) -> Tape:
    """out = a b, for a (rows, n), which may be a transposed view, b (n, columns) and out in one piece."""
    if a.flags.c_contiguous:
        return [(a[part].dot, (b, out[part])) for part in parts(len(a), b.size)]
    cut = parts(len(a), b.size, FEWEST_TRANSPOSED)
    if len(cut) == 1:
        return [(a.dot, (b, out))]
    return [(np.matmul, (a[part], b, out[part])) for part in cut]


def gradient_product(h: Array, delta: Array, out: Array) -> Tape:
    """out = h δᵀ, for h (n, batch), delta (units, batch), out (n, units).

    Both run along the batch, which no kernel for small products likes: a large one takes δ turned, as a copy.
    """
    if len(h) <= NARROW or len(parts(len(h), delta.size)) == 1:
        return [(h.dot, (delta.T, out))]
    turned = fresh(delta.shape[::-1], delta.dtype)
    return _turn(delta, turned) + product(h, turned, out)


def gradients_together(h: Array, delta: Array, out: Array) -> Tape:
    """The same for neighbouring layers of one shape, (layers, …) each, in one call; none where that gains nothing.

    NumPy then goes from product to product itself: a thirtieth of a step of 2-[16]×10-1.
    """
    if len(h) < TOGETHER_FROM or (h.shape[1] > NARROW and len(parts(h.shape[1], delta[0].size)) > 1):
        return []
    return [(np.matmul, (h, delta.swapaxes(1, 2), out))]


def _turn(delta: Array, turned: Array) -> Tape:
    """turned = δᵀ."""
    at_once = AT_ONCE if delta.size <= WARM else len(delta)
    places = [slice(start, start + at_once) for start in range(0, len(delta), at_once)]
    return [copy(turned[:, place], delta[place].T) for place in places]
